"""`evenhand account forecast` and `score`: how likely a target is reached, and how good such forecasts were."""

from __future__ import annotations

import argparse
import calendar
import re
from datetime import date
from pathlib import Path
from typing import Any

from ..account import archive
from ..account.forecast import SHARED, Forecast, forecast
from ..account.outlook import UNSEEN
from ..errors import InputError
from ..when import parse_time
from . import account_score
from .door import add_dates, naming, number, one_date
from .forecast_file import FIELDS, outlooks, read
from .output import add_output, emit


def register(commands: Any) -> None:
    """Add `account forecast` and `account score`."""
    parser = commands.add_parser("forecast", help="how likely a target is reached by a date", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="a row a scheme, CSV and the like, or YAML")
    parser.add_argument("--target", type=number, required=True, metavar="POUNDS")
    parser.add_argument("--by", required=True, metavar="DATE", help="a day, or a month: its last day")
    for name in FIELDS:
        parser.add_argument(f"--{name}", metavar="COL", default=name, help=argparse.SUPPRESS)
    parser.add_argument("--draws", type=int, default=20_000, metavar="N", help="100 or more [20000]")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="fixes chance; 0 or more [1]")
    parser.add_argument("--shared-risk", metavar="ALL,PROGRAMME", default=f"{SHARED[0]},{SHARED[1]}",
                        help=f"of each risk, the part all schemes share, and a programme [{SHARED[0]},{SHARED[1]}]")
    parser.add_argument("--unseen", metavar="LEAST,LIKELY,MOST", default=",".join(map(str, UNSEEN)),
                        help="of what is not confirmed, lost to overlaps nobody saw [0.03,0.06,0.15]")  # fmt: skip
    parser.add_argument("--archive", type=Path, metavar="FILE", help="add the forecast to this archive (JSON lines)")
    parser.add_argument("--name", metavar="NAME", help="its name in the archive [FILE without its ending]")
    parser.add_argument("--made", metavar="TIME", help="when it is made: needed for --archive; no clock is read")
    add_dates(parser)
    add_output(parser)
    parser.set_defaults(run=_run)
    account_score.register(commands)


def _run(options: argparse.Namespace) -> None:
    if options.draws < 100:
        raise InputError(f"--draws {options.draws}: expected 100 or more, so that a 5% tail can be seen")
    if options.seed < 0:
        raise InputError(f"--seed {options.seed}: expected a whole number, 0 or more")
    by = last_day(options.by, options.day_first)
    made = _made(options, by) if options.archive else ""
    given = read(options.file)
    with naming(given):
        schemes = outlooks(given, options)
        found = forecast(
            schemes, target=options.target, by=str(by), until=months_of(by), draws=options.draws, seed=options.seed,
            shared=_parts(options.shared_risk, "--shared-risk", 2),
            unseen=_parts(options.unseen, "--unseen", 3),
        )  # fmt: skip
    document = found.as_json()
    if options.archive:
        kept = archive.append(
            options.archive, found, name=options.name or Path(options.file).stem, made=made,
            inputs=[one.as_json() for one in schemes],
        )  # fmt: skip
        document["archived"] = {"forecast": kept["forecast"], "made": kept["made"], "hash": kept["hash"]}
    emit(options, document, _rows(found, options.out is None), title=_says(found), chart=lambda: _chart(found))


def last_day(text: str, day_first: bool | None) -> date:
    """A day given as an option; a month is its last day."""
    day = one_date(text, "--by", day_first)
    if re.fullmatch(r"\d{4}[-_]\d{1,2}|\d{6}", text.strip()):
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day


def months_of(day: date) -> float:
    """The end of a day as months since January 1970."""
    return 12 * (day.year - 1970) + day.month - 1 + day.day / calendar.monthrange(day.year, day.month)[1]


def _made(options: argparse.Namespace, by: date) -> str:
    if not options.made:
        raise InputError("--archive: expected --made TIME beside it, when this forecast is made; no clock is read")
    try:
        moment, _ = parse_time(options.made, day_first=options.day_first)
    except ValueError as error:
        raise InputError(f"--made: expected {error}, found {options.made!r}") from None
    if moment.astype("datetime64[D]").astype(object) > by:
        raise InputError(f"--made {options.made}: expected a moment before {by}, the day it speaks of")
    return str(moment.astype("datetime64[s]"))


def _parts(text: str, option: str, count: int) -> Any:
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = ()
    if len(found) != count or not all(0 <= part < 1 for part in found):
        raise InputError(f"{option} {text!r}: expected {count} numbers from 0 to below 1, with commas between")
    return found


def _rows(found: Forecast, short: bool) -> list[dict[str, Any]]:
    """One row a scheme; `short` for a terminal, whole pounds and what matters first."""
    if not short:
        return [{k: v for k, v in s.as_json().items() if k != "assumed"} for s in found.by_scheme]
    return [
        {"scheme": s.scheme, "state": s.state, "confirmed": f"{s.confirmed:,.0f}", "mean": f"{s.mean:,.0f}",
         "90%": f"{s.low_90:,.0f} to {s.high_90:,.0f}", "of the variance": f"{s.variance_share:.0%}",
         "one step better": f"{s.one_step_better}: {s.adds_probability:+.2f}" if s.one_step_better else "-"}
        for s in found.by_scheme
    ]  # fmt: skip


def _says(found: Forecast) -> str:
    return (
        f"£{found.median:,.0f} by {found.by} (90% £{found.low_90:,.0f} to £{found.high_90:,.0f}); "
        f"£{found.target:,.0f} is reached with probability {found.probability:.2f}; "
        f"£{found.confirmed:,.0f} is confirmed"
    )


def _chart(found: Forecast) -> Any:
    from .. import charts

    return charts.chances(
        found.quantiles, found.target, found.probability, title=f"What may be saved by {found.by}",
        subtitle=f"The target is reached with probability {found.probability:.2f}; "
                 f"£{found.confirmed:,.0f} is confirmed already",
    )  # fmt: skip

