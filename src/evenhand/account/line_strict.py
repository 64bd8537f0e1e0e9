"""The schema of a line once more, with the words that the ledger knows in it: what nearly every line is.

Where a word is one of a few, msgspec finds it among them and makes no new text of it.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from ..records import GUARDRAIL_VERDICTS
from . import line_parts as parts
from .line_words import BASES, CELL_KINDS, CLASSES, KINDS, ORIGINS
from .states import SPEND, STATES

ROLES = ("clinical_lead", "manager", "finance_lead")


def _strict(part: type[msgspec.Struct], **words: Any) -> Any:
    """A part with these fields of other types; the fields stay in their order."""
    given = [
        (field.name, words.get(field.name, field.type), *(() if field.required else (field.default,)))
        for field in msgspec.structs.fields(part)
    ]
    names = {field.name: field.encode_name for field in msgspec.structs.fields(part)}
    return msgspec.defstruct(
        part.__name__, given, gc=False, forbid_unknown_fields=True, kw_only=True, rename=names, module=__name__
    )


_posting: Any = _strict(parts.Posting, account=Literal[(*STATES[:-1], SPEND)])
_signed: Any = _strict(parts.Signed, role=Literal[ROLES])
_held: Any = _strict(parts.Held, verdict=Literal[GUARDRAIL_VERDICTS])
_judged: Any = _strict(parts.Judged, guardrails=list[_held])
_proof: Any = _strict(parts.Proof, verdict=_judged | msgspec.UnsetType)
_claim: Any = _strict(parts.Claim, kind=Literal[CELL_KINDS])
Line: type[parts.Line] = _strict(  # it has the fields of Line, with fewer values
    parts.Line, basis=Literal[BASES], cells=_claim | None, from_=Literal[STATES] | None, kind=Literal[KINDS],
    lines=list[_posting], origin=Literal[ORIGINS], proof=_proof, saving_class=Literal[CLASSES],
    signatures=list[_signed], state=Literal[STATES],
)  # fmt: skip
