"""An awareness campaign: did more people know in the next wave of the survey, because of it?

Some were drawn to get the module and others to wait; both were asked before and again after. What the repeated
question gives in one arm and not in the other is the campaign's doing; what both arms gained is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..change import Power, power
from ..errors import InputError, did_you_mean
from ..prove.regression import fit
from ..records import Effect, Record
from .planning import correlation, icc

Floats = NDArray[np.float64]
FEWEST_ANSWERS = 10  # ENGAGEMENT.md C3: no group under ten is shown
FEWEST_CLUSTERS = 2  # in each arm: one cluster cannot be told from its arm


@dataclass(frozen=True, eq=False)
class ArmAsked(Record):
    """One arm in both waves: how many were asked, how many answered, and the share that said so."""

    arm: str
    asked_first: int
    answered_first: int
    share_first: float
    asked_last: int
    answered_last: int
    share_last: float


@dataclass(frozen=True, eq=False)
class Awareness(Record):
    """What an awareness campaign did to the repeated question.

    effects: percentage-point change as a share (0.12: 12 points more), each arm against the control; change: of all
    who were not held out, from wave to wave, which is no effect; clusters: how many were drawn, None where people were;
    paired: of those who answered the last wave, how many had answered the first, by arm; {} where nobody asked.
    """

    arms: tuple[ArmAsked, ...]
    effects: tuple[Effect, ...]
    control: str
    first: str
    last: str
    change: float
    clusters: int | None
    weighted: bool
    level: float
    paired: dict[str, int] = field(default_factory=dict)


def awareness(
    answer: Floats,
    wave: Sequence[str],
    arm: Sequence[str],
    *,
    control: str,
    clusters: Sequence[str] | None = None,
    person: Sequence[str] | None = None,
    weights: Floats | None = None,
    strata: Sequence[str] | None = None,
    first: str | None = None,
    last: str | None = None,
    level: float = 0.95,
    own: bool = False,
) -> Awareness:
    """Estimate what a randomised awareness campaign did to the share who give an answer.

    The answers of the last wave are compared between arms, by intention to treat, adjusted for the first wave: for
    the share that the drawn cluster (or the person) gave then, where it is known, and for the strata of the draw.
    Errors are by cluster (CR2, with Satterthwaite's degrees of freedom, so that few clusters are not flattered). It
    holds where the same question was asked of the same frame before the launch and after it.

    Parameters
    ----------
    answer
        float64 (rows,), one row for each place in the frame and wave: 1 gave the answer, 0 another, NaN none.
    wave, arm
        A label (rows,) each; an empty arm is nobody of the campaign and is left out.
    clusters, person
        What was drawn as one (a network, a practice) and who each row is; without clusters people were drawn.
    weights
        Design weights (rows,), above 0; all equal if not given.
    strata
        The stratum (rows,) in which it was drawn.
    first, last
        The two waves; needed unless the waves are numbered or dated (2025, wave 2, 2026-01).
    own
        With clusters: adjust for what each person said in the first wave as well, where it is known. Errors stay those
        of the clusters, as they were drawn.

    Raises
    ------
    InputError
        If there are not two waves in a known order, the control is no arm, an arm has fewer than ten answers in the
        last wave or fewer than two clusters, a cluster is in two arms, a weight is not above 0, or own answers are
        asked for and nobody says who each row is.

    Source: ANCOVA with the cluster's baseline, Vickers and Altman (2001), BMJ 323:1123; missing baselines by
    indicator, White and Thompson (2005), Stat Med 24:993; CR2, Bell and McCaffrey (2002), Survey Methodology 28:169.
    """
    arms = [str(label).strip() for label in arm]
    inside = np.array([bool(label) for label in arms])
    start, end = _two(wave, inside, first, last)
    names = list(dict.fromkeys(label for label in arms if label))
    if control not in names:
        raise InputError(f"no arm {control!r}{did_you_mean(control, names)}; there are: {', '.join(names)}")
    w = _weights(weights, len(answer), inside)
    before = inside & np.array([label == start for label in wave])
    after = inside & np.array([label == end for label in wave])
    unit = _units(clusters, person, len(answer), inside)
    if own and person is None:
        raise InputError("own: to adjust for a person's own first answer, person has to say who each row is")
    who = [str(name) for name in person] if own and person is not None and clusters is not None else None
    _one_arm_each(unit, arms, inside, clusters is not None)
    rows = np.flatnonzero(after & np.isfinite(answer))
    labels = np.array(arms, dtype=object)
    _enough(labels[rows], [unit[i] for i in rows], names)
    treated = [name for name in names if name != control]
    shares = [_first(answer, w, before, rows, names_of) for names_of in (unit, who) if names_of is not None]
    X = _columns(rows, labels, treated, shares, strata)
    root = np.sqrt(w[rows])
    model = fit(answer[rows] * root, X * root[:, None], clusters=[unit[i] for i in rows], errors="CR2")
    effects = []
    for column, name in enumerate(treated, 1):
        low, high = model.interval(column, level)
        effects.append(Effect(
            name, float(model.beta[column]), float(model.se[column]), low, high, model.p(column),
            float(model.df[column]), "randomised, repeated question adjusted for the first wave, CR2 errors", True,
            level,
        ))  # fmt: skip
    known = np.isfinite(answer) & (labels != control)
    return Awareness(
        tuple(_asked(name, labels == name, before, after, answer, w) for name in names), tuple(effects), control,
        start, end, _share(answer, w, after & known) - _share(answer, w, before & known),
        None if clusters is None else len({unit[i] for i in np.flatnonzero(inside)}), weights is not None, level,
        {} if who is None else {name: int(np.isfinite(shares[-1][labels[rows] == name]).sum()) for name in names},
    )  # fmt: skip


def awareness_power(
    answer: Floats, clusters: Sequence[str], *, effect: float | None = None, treated: int | None = None,
    compared: int | None = None,
) -> Power | None:  # fmt: skip
    """What an awareness campaign could see, from how the clusters answered before; None where that cannot be known.

    Parameters
    ----------
    answer, clusters
        As in `awareness`, the wave before the launch alone.
    effect
        The change of the share that would matter (0.1: ten points more).
    compared, treated
        Clusters in one comparison of an arm with the hold-out (all, if not given), and how many of those would be
        written to (half).
    """
    known = np.isfinite(answer)
    names = np.array([str(name) for name in clusters], dtype=object)[known]
    labels, group = np.unique(names.astype(str), return_inverse=True)
    if len(labels) < 4 or not 0 < answer[known].mean() < 1:
        return None
    top, size = np.bincount(group, weights=answer[known]), np.bincount(group).astype(float)
    share = float(top.sum() / size.sum())
    own = icc(top / size, size, share) if (size > 1).any() else 0.0
    return power(
        clusters=compared or len(labels), size=float(size.mean()), icc=own, baseline=share, effect=effect,
        size_cv=float(size.std() / size.mean()), correlation=correlation(*_halves(answer[known], group, len(labels))),
        treated=treated,
    )  # fmt: skip


def _halves(answer: Floats, group: NDArray[np.int64], many: int) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Each cluster's answers dealt into two halves: how well one tells the other."""
    turn = np.zeros(len(group), dtype=np.int64)
    for g in range(many):
        own = np.flatnonzero(group == g)
        turn[own] = np.arange(len(own)) % 2
    def half(rows: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        hits = np.bincount(group[rows], weights=answer[rows], minlength=many)
        return np.asarray(hits, dtype=np.float64), np.bincount(group[rows], minlength=many).astype(np.float64)

    return half(turn == 0), half(turn == 1)


def _first(
    answer: Floats, w: Floats, before: NDArray[np.bool_], rows: NDArray[np.int64], unit: Sequence[str]
) -> Floats:
    """What the unit of each row (a cluster, or the person) said in the first wave; NaN where that is not known."""
    sums: dict[str, list[float]] = {}
    for i in np.flatnonzero(before & np.isfinite(answer)).tolist():
        pair = sums.setdefault(unit[i], [0.0, 0.0])
        pair[0] += w[i] * answer[i]
        pair[1] += w[i]
    return np.array([sums[unit[i]][0] / sums[unit[i]][1] if unit[i] in sums else np.nan for i in rows])


def _columns(
    rows: NDArray[np.int64], labels: NDArray[np.object_], treated: Sequence[str], firsts: Sequence[Floats],
    strata: Sequence[str] | None,
) -> Floats:  # fmt: skip
    """1, the treated arms, each share of the first wave and whether it is unknown, strata; no idle one."""
    columns = [np.ones(len(rows)), *((labels[rows] == name).astype(float) for name in treated)]
    for shares in firsts:
        missing = ~np.isfinite(shares)
        if not missing.all():
            columns += [np.where(missing, np.nanmean(shares), shares), missing.astype(float)]
    if strata is not None:
        words = [str(strata[i]) for i in rows]
        columns += [np.array([float(word == one) for word in words]) for one in list(dict.fromkeys(words))[1:]]
    kept = columns[: 1 + len(treated)]
    for column in columns[1 + len(treated) :]:
        trial = np.column_stack([*kept, column])
        if np.linalg.matrix_rank(trial / np.maximum(np.linalg.norm(trial, axis=0), 1e-300), tol=1e-9) == trial.shape[1]:
            kept.append(column)
    return np.column_stack(kept)


def _two(wave: Sequence[str], inside: NDArray[np.bool_], first: str | None, last: str | None) -> tuple[str, str]:
    there = sorted({str(label) for label, yes in zip(wave, inside, strict=True) if yes}, key=_numbers)
    for asked in (first, last):
        if asked is not None and asked not in there:
            raise InputError(f"no wave {asked!r}{did_you_mean(asked, there)}; there are: {', '.join(there)}")
    if not (first and last) and len({tuple(re.split(r"\d+", label)) for label in there}) > 1:
        raise InputError(f"cannot tell which wave came first of {', '.join(there)}; say it with first and last")
    start, end = first or (there[0] if there else ""), last or (there[-1] if there else "")
    if len(there) < 2 or start == end:
        raise InputError(f"need two waves, before the launch and after it; found {', '.join(there) or 'none'}")
    return start, end


def _numbers(label: str) -> tuple[list[int], str]:
    """Wave 2 before wave 10, 2025-11 before 2026-01."""
    return [int(part) for part in re.findall(r"\d+", label)], label


def _weights(weights: Floats | None, rows: int, inside: NDArray[np.bool_]) -> Floats:
    if weights is None:
        return np.ones(rows)
    bad = np.flatnonzero(inside & ~(np.isfinite(weights) & (weights > 0)))
    if len(bad):
        raise InputError(f"row {bad[0] + 2}: expected a weight above 0, found {weights[bad[0]]:g}")
    return weights


def _units(
    clusters: Sequence[str] | None, person: Sequence[str] | None, rows: int, inside: NDArray[np.bool_]
) -> list[str]:
    """What each row's error is counted by: its cluster, else its person, else itself."""
    given = clusters if clusters is not None else person
    if given is None:
        return [str(row) for row in range(rows)]
    blank = next((row for row, (name, yes) in enumerate(zip(given, inside, strict=True)) if yes and not name), None)
    if blank is not None:
        what = "cluster" if clusters is not None else "person"
        raise InputError(f"row {blank + 2}: expected a {what}, found a blank")
    return [str(name) for name in given]


def _one_arm_each(unit: Sequence[str], arms: Sequence[str], inside: NDArray[np.bool_], clustered: bool) -> None:
    home: dict[str, str] = {}
    for i in np.flatnonzero(inside).tolist():
        if home.setdefault(unit[i], arms[i]) != arms[i]:
            what = "cluster" if clustered else "person"
            raise InputError(f"row {i + 2}: {what} {unit[i]!r} is in arm {arms[i]!r} and in {home[unit[i]]!r}; "
                             "expected one arm in both waves")  # fmt: skip


def _enough(arm: NDArray[np.object_], unit: Sequence[str], names: Sequence[str]) -> None:
    if len(names) < 2:
        raise InputError(f"only one arm, {', '.join(names)}; need a hold-out and at least one other")
    for name in names:
        own = [u for u, a in zip(unit, arm, strict=True) if a == name]
        if len(own) < FEWEST_ANSWERS:
            raise InputError(f"arm {name!r} has {len(own)} answers in the last wave; need {FEWEST_ANSWERS} or more")
        if len(set(own)) < FEWEST_CLUSTERS:
            raise InputError(f"arm {name!r} lies in one cluster, {own[0]!r}; need at least 2 in each arm")


def _asked(
    name: str, own: NDArray[np.bool_], before: NDArray[np.bool_], after: NDArray[np.bool_], answer: Floats, w: Floats
) -> ArmAsked:
    known = np.isfinite(answer)
    return ArmAsked(
        name, int((own & before).sum()), int((own & before & known).sum()), _share(answer, w, own & before & known),
        int((own & after).sum()), int((own & after & known).sum()), _share(answer, w, own & after & known),
    )  # fmt: skip


def _share(answer: Floats, w: Floats, rows: NDArray[np.bool_]) -> float:
    return float(np.average(answer[rows], weights=w[rows])) if rows.any() else float("nan")
