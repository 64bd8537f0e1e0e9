"""Who belongs to whom, as published: the registers `epraccur` (no header row) and `ePCN`, and the monthly map.

Between them they hold a practice that closed and one that moved to another PCN, with dates.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .calendar import Calendar
from .organisations import Nation
from .published import csv, pick, workbook, write

OPENED = "19740401"  # what the register gives as the opening of most practices
JOINED_PCN = "20190701"  # primary care networks began on 1 July 2019
EPRACCUR_COLUMNS = 27
NETWORK_COLUMNS = (
    "PCN Code", "PCN Name", "Current Sub ICB Loc Code", "Sub ICB Location", "Open Date", "Close Date",
    "Address Line 1", "Address Line 2", "Address Line 3", "Address Line 4", "Address Line 5", "Postcode",
)  # fmt: skip
PARTNER_COLUMNS = (
    "Partner\nOrganisation\nCode", "Partner\nName", "Practice\nParent\nSub ICB Loc Code",
    "Practice\nParent\nSub ICB Loc Name", "PCN Code", "PCN Name", "PCN Parent\nSub ICB Loc Code",
    "PCN Parent\nSub ICB Loc Name", "Practice to PCN\nRelationship\nStart Date",
    "Practice to PCN\nRelationship\nEnd Date", "Practice Sub ICB Loc and PCN Sub ICB Loc Match ",
)  # fmt: skip


def organisation_files(folder: Path, world: Nation, when: Calendar) -> list[Path]:
    """Write the registers as they stand at the end of the last month."""
    return [
        write(folder / "epraccur.csv", _epraccur(world, when)),
        write(folder / "ePCN.xlsx", _networks(world, when)),
        write(folder / f"gp-reg-pat-prac-map-{when.word(-1)}.csv", _map(world, when)),
    ]


def _epraccur(world: Nation, when: Calendar) -> bytes:
    rows = []
    for i, (code, name) in enumerate(zip(world.practices, world.practice_names, strict=True)):
        closed = _day(when, world.closed[1], before=True) if i == world.closed[0] else ""
        sicbl = world.sicbls[world.sicbl[i]]
        row = [""] * EPRACCUR_COLUMNS
        row[0:4] = [code, name, world.regions[world.region_of_icb[world.icb[i]]], world.icbs[world.icb[i]]]
        row[10:17] = [OPENED, closed, "C" if closed else "A", "B", sicbl, OPENED, closed]
        row[21], row[23], row[25] = "0", sicbl, "4"  # not amended; provider; prescribing setting: GP practice
        rows.append(row)
    return _headless(rows)


def _networks(world: Nation, when: Calendar) -> bytes:
    homes = world.sicbl_of_pcn
    details = [
        (code, name, world.sicbls[homes[n]], world.sicbl_names[homes[n]], JOINED_PCN, "", "", "", "", "", "", "")
        for n, (code, name) in enumerate(zip(world.pcns, world.pcn_names, strict=True))
    ]
    return workbook({"PCNDetails": [NETWORK_COLUMNS, *details],
                     "PCN Core Partner Details": [PARTNER_COLUMNS, *_partners(world, when)]})  # fmt: skip


def _partners(world: Nation, when: Calendar) -> list[tuple[str, ...]]:
    moved, first, new = world.moved
    rows = []
    for i in range(len(world.practices)):
        end = _day(when, world.closed[1], before=True) if i == world.closed[0] else ""
        if i == moved:
            rows.append(_partner(world, i, int(world.pcn[i]), JOINED_PCN, _day(when, first, before=True)))
            rows.append(_partner(world, i, new, _day(when, first), ""))
        else:
            rows.append(_partner(world, i, int(world.pcn[i]), JOINED_PCN, end))
    return rows


def _partner(world: Nation, practice: int, pcn: int, start: str, end: str) -> tuple[str, ...]:
    own, home = world.sicbl[practice], world.sicbl_of_pcn[pcn]
    return (
        world.practices[practice], world.practice_names[practice], world.sicbls[own], world.sicbl_names[own],
        world.pcns[pcn], world.pcn_names[pcn], world.sicbls[home], world.sicbl_names[home],
        start, end, "True" if own == home else "False",
    )  # fmt: skip


def _map(world: Nation, when: Calendar) -> bytes:
    t = len(when.months) - 1
    there = np.flatnonzero(world.patients[:, t] > 0)
    pcn, sicbl, icb = world.pcn_in(t)[there], world.sicbl[there], world.icb[there]
    region = world.region_of_icb[icb]
    date = when.months[t].astype("datetime64[D]").astype(object).strftime("%d%b%Y").upper()
    blank, same = [""], np.zeros(len(there), np.int64)
    return csv({
        "PUBLICATION": pick(["GP_PRAC_PAT_LIST"], same), "EXTRACT_DATE": pick([date], same),
        "PRACTICE_CODE": pick(world.practices, there), "PRACTICE_NAME": pick(world.practice_names, there),
        "PRACTICE_POSTCODE": pick(blank, same),
        "PCN_CODE": pick(world.pcns, pcn), "PCN_NAME": pick(world.pcn_names, pcn),
        "ONS_SUB_ICB_LOCATION_CODE": pick(blank, same), "SUB_ICB_LOCATION_CODE": pick(world.sicbls, sicbl),
        "SUB_ICB_LOCATION_NAME": pick(world.sicbl_names, sicbl),
        "ONS_ICB_CODE": pick(blank, same), "ICB_CODE": pick(world.icbs, icb), "ICB_NAME": pick(world.icb_names, icb),
        "ONS_COMM_REGION_CODE": pick(blank, same), "COMM_REGION_CODE": pick(world.regions, region),
        "COMM_REGION_NAME": pick(world.region_names, region), "SUPPLIER_NAME": pick(["DEMONSTRATION"], same),
    })  # fmt: skip


def _day(when: Calendar, month: int, *, before: bool = False) -> str:
    """The first day of a month, or the day before it, as YYYYMMDD."""
    day = when.months[month].astype("datetime64[D]") - int(before)
    return str(day).replace("-", "")


def _headless(rows: list[list[str]]) -> bytes:
    return csv({str(i): [row[i] for row in rows] for i in range(len(rows[0]))}, header=False, quoted=True)
