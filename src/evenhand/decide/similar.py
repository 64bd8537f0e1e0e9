"""Similar statements: what was said before that may be the same idea, shown before somebody says it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..records import Record

NEAREST = 0.25  # cosine: of the 136 pairs of the demonstration, its one duplicate (0.44) and two others reach it
PIECES = (3, 5)  # letters in a piece of a word, so that "switched" and "switching" have pieces in common


@dataclass(frozen=True, eq=False)
class Similar(Record):
    """One statement that is near; likeness: cosine of their TF-IDF pieces, 0 to 1."""

    statement: str
    likeness: float


def similar(
    text: str, statements: Mapping[str, str], *, most: int = 3, nearest: float = NEAREST
) -> tuple[Similar, ...]:
    """Which statements (id -> text) may say the same as `text`, the nearest first, at most `most` of them.

    Words are compared in pieces of a few letters, the rarer a piece the more it counts; order and case do not
    matter. It finds likeness of words, not of meaning: it asks a person, and decides nothing.

    Source: TF-IDF with cosine, Salton and Buckley (1988), Information Processing & Management 24:513.

    >>> [s.statement for s in similar("First choice: sitagliptin", {"a": "Sitagliptin first.", "b": "Less paper."})]
    ['a']
    """
    if not text.strip() or not statements:
        return ()
    from sklearn.feature_extraction.text import TfidfVectorizer  # slow to import, and only this needs it

    keys = list(statements)
    words = TfidfVectorizer(analyzer="char_wb", ngram_range=PIECES, sublinear_tf=True)
    rows = words.fit_transform([statements[key] for key in keys] + [text])
    likeness = np.asarray((rows[:-1] @ rows[-1].T).todense()).ravel()
    order = np.lexsort((np.arange(len(keys)), -likeness))[:most]
    return tuple(Similar(keys[i], float(likeness[i])) for i in order if likeness[i] >= nearest)
