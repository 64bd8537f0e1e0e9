"""`evenhand see peers`: the organisations most like one, from the lake's list sizes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .output import add_output, emit


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("peers", help="the organisations most like one", allow_abbrev=False)
    parser.add_argument("--level", required=True, help="practice, pcn, sicbl, icb or a group's level")
    parser.add_argument("--organisation", required=True, metavar="CODE", help="whose peers")
    parser.add_argument("--lake", required=True, type=Path, metavar="DIR", help="the lake")
    parser.add_argument("--by", choices=("similar", "size", "network", "deprivation"), default="similar",
                        help="patients most alike, like size, the same place above, the same fifth of deprivation, as "
                             "the page of a measure chooses [similar]")  # fmt: skip
    parser.add_argument("--peers", dest="count", type=int, default=10, metavar="N", help="how many [10]")
    add_output(parser)
    parser.set_defaults(run=_peers)


def _peers(options: argparse.Namespace) -> None:
    from ..lake import Lake
    from ..measures.patient_mix import patient_mix
    from ..see import peers
    from ..sources import organisations

    lake = Lake.open(options.lake)
    if options.by != "similar":
        _chosen(options, lake)
        return
    codes, features = patient_mix(lake, options.level)
    group = peers(codes, features, options.organisation, n=options.count)
    names = organisations.read(lake)
    shown = []
    for code, distance in zip((group.code, *group.codes), (0.0, *group.distance), strict=True):
        at = codes.index(code)
        shown.append({"code": code, "name": names.name(code), "distance": float(distance),
                      **{name: float(column[at]) for name, column in features.items()}})  # fmt: skip
    document = {
        "organisation": shown[0], "level": options.level, "features": list(group.features), "peers": shown[1:],
    }  # fmt: skip
    emit(options, document, shown[1:], title=f"Most like {names.name(group.code)}")


def _chosen(options: argparse.Namespace, lake: Any) -> None:
    from ..sources import organisations
    from ..story.comparators import comparators

    found, names = comparators(lake, options.level, options.organisation, options.by), organisations.read(lake)
    rows = [{"code": code, "name": names.name(code)} for code in found.codes]
    document = {"organisation": options.organisation, "level": options.level, "by": found.by, "peers": rows}
    emit(options, document, rows, title=f"{len(rows)} {found.words}")
