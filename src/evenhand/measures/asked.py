"""Asked: one side of a panel as it is typed - codes, a file of codes, a measure file, or who is registered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import InputError, did_you_mean
from ..table import read as read_table
from .library import read_files
from .side import Counted, Sum, read_codes

# Names that a column of codes may have in a file, the first that is there is read.
COLUMNS = ("bnf_code", "code", "BNF_CODE", "BNF Code", "BNF code", "bnf", "presentation_code", "BNF_PRESENTATION_CODE")
FILES = (".csv", ".csv.gz", ".txt", ".parquet", "-")
# Word before a colon -> the key of a side of patients that what follows it fills.
PATIENTS = {"age": "age", "sex": "sex", "register": "on_register", "star_pu": "star_pu", "astro_pu": "astro_pu"}


def side(text: str, *, name: str, sum: Sum = "items", per: int = 1000) -> Counted:
    """What `--numerator` or `--denominator` says.

    BNF codes with commas between (`~CODE` leaves out, `all` is everything); a file of codes, one a line or in a
    column; a measure file, of which the same side is read; for the denominator `patients`, or patients of an age,
    a sex, a disease register, or weighted: `patients,age:65+`, `register:DM`, `star_pu:oral_antibacterials_item`.

    Raises
    ------
    InputError
        If it is none of these, or a file cannot be read.
    """
    text = text.strip()
    if text.endswith((".yaml", ".yml")):
        found: Counted = getattr(next(iter(read_files([text]).values())), name)
        return found
    try:
        if name == "denominator" and (text.startswith("patients") or text.partition(":")[0] in PATIENTS):
            return _patients(text, per)
        codes = code_file(text) if is_file(text) else text
        return read_codes(codes, sum=sum)
    except ValueError as error:
        # pydantic puts its own words round ours; the last line says what is wrong
        said = str(error).splitlines()
        reason = next((line.split("Value error, ")[1] for line in said if "Value error, " in line), said[0])
        raise InputError(f"--{name}: {reason.split(' [type=')[0]}") from error


def code_file(text: str) -> list[str]:
    """The codes in a file: the column of codes of a table, or one code a line with `#` before comments."""
    path = Path(text.removeprefix("@"))
    if path.suffix == ".txt":
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8'})") from error
        codes = [line.split("#")[0].strip() for line in lines]
    else:
        table = read_table("-" if str(path) == "-" else path)
        column = next((name for name in COLUMNS if table.has(name)), None)
        if column is None:
            hint = did_you_mean("bnf_code", table.columns)
            raise InputError(f"{path}: no column of codes{hint}; expected one named {' or '.join(COLUMNS[:2])}")
        codes = table.text(column)
    found = list(dict.fromkeys(code for code in codes if code))
    if not found:
        raise InputError(f"{path}: holds no code; expected BNF codes, one a row")
    return found


def is_file(text: str) -> bool:
    """Whether a side is named by a file of codes (or a measure file), and not typed."""
    if text.strip().endswith((".yaml", ".yml")):
        return True
    return text.startswith("@") or text == "-" or ("," not in text and text.lower().endswith(FILES[:-1]))


def _patients(text: str, per: int) -> Counted:
    keys: dict[str, Any] = {"patients": per}
    for word in text.split(","):
        key, _, value = word.strip().partition(":")
        if key == "patients" and not value:
            continue
        if key not in PATIENTS or not value:
            right = ", ".join(f"{known}:..." for known in PATIENTS)
            raise ValueError(f"{word!r} is not about patients; expected one of {right}")
        keys[PATIENTS[key]] = value
    return Counted.model_validate({"words": f"{per:,} {text}" if per > 1 else text, **keys})
