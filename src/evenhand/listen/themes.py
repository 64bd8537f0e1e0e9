"""Themes: what people wrote in their own words, counted by theme, on this machine."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ..definition import load
from ..errors import InputError
from ..records import Record
from .question import Strict
from .result import FEWEST

NONE = "none of these"
NEAREST = 0.2  # cosine of TF-IDF pieces: below it two answers share little but common words
PIECES = (3, 5)  # letters in a piece of a word, so that "switched" and "switching" have pieces in common
ANSWERS_A_THEME = 15  # no more themes are suggested than one for each 15 answers: fewer could not be shown


class Theme(Strict):
    """One theme: its title, and the words by which an answer is known to speak of it."""

    title: str = Field(min_length=1)
    words: tuple[str, ...] = Field(min_length=1)


class Themes(Strict):
    """A theme file: themes by their code, in order."""

    title: str = Field(min_length=1)
    written_by: str = Field(min_length=1)
    themes: dict[str, Theme] = Field(min_length=1)

    @model_validator(mode="after")
    def _readable(self) -> Themes:
        for code, theme in self.themes.items():
            for word in theme.words:
                if not re.search(r"\w", word.rstrip("*")):
                    raise ValueError(f"theme {code!r}: {word!r} holds no word")
        return self


@dataclass(frozen=True, eq=False)
class ThemeCount(Record):
    """One theme: how many answers speak of it. n, share: None and NaN where fewer than ten do; words: what marks it."""

    theme: str
    title: str
    n: int | None
    share: float
    words: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Coded(Record):
    """Answers by theme. answers: how many wrote something; themes: counted; holds: bool (rows, themes); nearest: for
    each row the theme it is most like although no word of it was found, -1 for none; likeness: float64 (rows,)."""

    answers: int
    themes: tuple[ThemeCount, ...]
    holds: NDArray[np.bool_]
    nearest: NDArray[np.int64]
    likeness: NDArray[np.float64]
    way: str


def load_themes(path: str | Path) -> Themes:
    """Read a theme file; InputError with file and line if it is none."""
    return load(Path(path), Themes)


def by_words(answers: Sequence[str], themes: Themes, *, fewest: int = FEWEST) -> Coded:
    """How many answers speak of each theme?

    An answer speaks of a theme if one of its words or phrases is in it: whole words, capitals do not matter, `work*`
    begins a word. It may speak of several, or of none. For one that speaks of none, the theme it is most like is
    suggested: a person decides.

    Parameters
    ----------
    answers
        What each person wrote (rows,), '' for nothing.
    """
    patterns = [_pattern(theme.words) for theme in themes.themes.values()]
    holds = np.array([[bool(p.search(text)) for p in patterns] for text in answers], dtype=bool)
    holds = holds.reshape(len(answers), len(patterns))
    nearest, likeness = _nearest(answers, holds)
    titles = [(code, theme.title, theme.words) for code, theme in themes.themes.items()]
    written = int(sum(bool(text.strip()) for text in answers))
    empty = np.array([bool(text.strip()) for text in answers]) & ~holds.any(axis=1)
    counts = [*holds.sum(axis=0).tolist(), int(empty.sum())]
    shown = _hidden([*titles, ("", NONE, ())], counts, written, fewest)
    return Coded(written, shown, holds, nearest, likeness, "words")


def suggest(answers: Sequence[str], *, most: int = 8, fewest: int = FEWEST, seed: int = 1) -> Coded:
    """Which themes do the answers fall into by the words they share?

    Each answer goes to the theme that it is most made of. It is a beginning for a theme file, not a finding: a person
    names themes.

    Parameters
    ----------
    most
        Themes at most; never more than one for each 15 answers.

    Raises
    ------
    InputError
        If fewer than 15 people wrote something.

    Source: non-negative matrix factorisation of TF-IDF: Lee and Seung (1999), Nature 401:788.
    """
    rows = np.flatnonzero([bool(text.strip()) for text in answers])
    if len(rows) < ANSWERS_A_THEME:
        raise InputError(f"themes need {ANSWERS_A_THEME} answers or more to be suggested; found {len(rows)}")
    from sklearn.decomposition import NMF  # slow to import, and only this needs it
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfVectorizer

    count = max(1, min(most, len(rows) // ANSWERS_A_THEME))
    words = TfidfVectorizer(stop_words="english", min_df=2, sublinear_tf=True)
    try:
        X = words.fit_transform([answers[i] for i in rows.tolist()])
    except ValueError:
        raise InputError("the answers share no word by which themes could be suggested") from None
    count = min(count, X.shape[1])
    model = NMF(count, init="nndsvda", random_state=seed, max_iter=1000, tol=1e-5)
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        # answers that say the same are met exactly: no sweep makes it better, and what is left over is a hair below 0
        warnings.simplefilter("ignore", ConvergenceWarning)
        parts = model.fit_transform(X)
    holds = np.zeros((len(answers), count), dtype=bool)
    speaks = parts.max(axis=1) > 0
    holds[rows[speaks], parts[speaks].argmax(axis=1)] = True
    names = words.get_feature_names_out()
    marks = [tuple(str(names[j]) for j in np.argsort(-row, kind="stable")[:6] if row[j] > 0)
             for row in model.components_]  # fmt: skip
    order = np.argsort(-holds.sum(axis=0), kind="stable")
    holds, marks = holds[:, order], [marks[i] for i in order]
    titles = [(f"theme_{i + 1}", " ".join(mark[:3]), mark) for i, mark in enumerate(marks)]
    counts = [*holds.sum(axis=0).tolist(), len(rows) - int(speaks.sum())]
    shown = _hidden([*titles, ("", NONE, ())], counts, len(rows), fewest)
    # the words of a theme that few speak of may be one person's words
    shown = tuple(t if t.n is not None or not t.theme else ThemeCount(t.theme, t.theme, None, math.nan, ())
                  for t in shown)  # fmt: skip
    return Coded(len(rows), shown, holds, np.full(len(answers), -1), np.zeros(len(answers)), "likeness")


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    parts = []
    for word in words:
        stem = r"\s+".join(re.escape(piece) for piece in word.rstrip("*").split())
        parts.append(rf"(?<!\w){stem}" + ("" if word.endswith("*") else r"(?!\w)"))
    return re.compile("|".join(parts), re.IGNORECASE)


def _nearest(answers: Sequence[str], holds: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """For each answer without a theme, the theme whose answers it is most like, and how like."""
    nearest, likeness = np.full(len(answers), -1), np.zeros(len(answers))
    free = np.flatnonzero([bool(t.strip()) and not h.any() for t, h in zip(answers, holds, strict=True)])
    coded = np.flatnonzero(holds.any(axis=1)) if holds.size else np.array([], dtype=np.int64)
    if not len(free) or not len(coded):
        return nearest, likeness
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(analyzer="char_wb", ngram_range=PIECES, sublinear_tf=True)
    X = words.fit_transform([answers[i] for i in (*coded.tolist(), *free.tolist())])
    like = np.asarray((X[len(coded) :] @ X[: len(coded)].T).todense())  # to the nearest answer, not to their middle
    best = np.column_stack([np.where(holds[coded, k], like, 0.0).max(axis=1) for k in range(holds.shape[1])])
    far = best.max(axis=1) < NEAREST
    nearest[free] = np.where(far, -1, best.argmax(axis=1))
    likeness[free] = np.where(far, 0.0, best.max(axis=1))
    return nearest, likeness


def _hidden(
    titles: Sequence[tuple[str, str, tuple[str, ...]]], counts: Sequence[int], answers: int, fewest: int
) -> tuple[ThemeCount, ...]:
    """Counts under `fewest` are hidden, and with a single one the next smallest, for else it could be worked out."""
    small = {i for i, n in enumerate(counts) if 0 < n < fewest}
    shown = sorted((n, i) for i, n in enumerate(counts) if n >= fewest)
    if len(small) == 1 and shown:
        small.add(shown[0][1])
    shares = [math.nan if i in small or not answers else n / answers for i, n in enumerate(counts)]
    return tuple(
        ThemeCount(code, title, None if i in small else n, shares[i], words)
        for i, ((code, title, words), n) in enumerate(zip(titles, counts, strict=True))
    )
