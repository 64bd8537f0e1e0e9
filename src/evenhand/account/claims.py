"""Claims: which saving holds which cell now, and how the cells that several share are divided.

Months and codes of a claim are kept as bits of one whole number each, so that two claims are compared at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .facts import Block, ClaimFacts, Sides

Key = tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]  # kind, level, the block's three lists
Part = tuple[str, int, int]  # saving, its months, its codes
_YEAR_0 = 1900


class Claims:
    """Every cell claimed so far. Time and memory grow with the organisations of a claim."""

    def __init__(self) -> None:
        self._ever: dict[str, dict[str, int]] = {}  # kind -> organisation -> every code that was ever claimed
        self._parts: dict[str, dict[str, list[Part]]] = {}  # kind -> organisation -> by whom, once two claims meet
        self._holders: set[str] = set()  # who stands in them
        self._late: list[tuple[str, ClaimFacts, bool]] = []  # saving, claim, taken: not yet among the parts
        self._bits: dict[str, int] = {}
        self._words: list[str] = []
        self._codes: dict[tuple[str, ...], int] = {}
        self._months: dict[tuple[str, ...], int] = {}
        self._level: dict[str, dict[str, set[str]]] = {}
        self._blocks: dict[Key, dict[str, tuple[Sides, Sides]]] = {}  # block -> saving -> reduction, net
        self._mine: dict[str, dict[Key, None]] = {}

    def clash(self, saving: str, claim: ClaimFacts) -> str | None:
        """The first cell that another saving holds and does not share, in words; None if there is none."""
        kind, level, organisations, months, codes, shared = claim
        if kind == "panel" and (found := self._other_level(saving, level, codes)):
            return found
        when, what = self._when(months), self._what(codes)
        ever = self._ever.get(kind, {})
        meets = [organisation for organisation in organisations if ever.get(organisation, 0) & what]
        taken = self._by_organisation(kind) if meets else {}  # most claims meet none
        for organisation in meets:
            for holder, their_when, their_what in taken.get(organisation, ()):
                if (both := when & their_when) and (same := what & their_what) and holder != saving:
                    cell = self._unshared(holder, (kind, level), organisation, both, same, shared)
                    if cell is not None:
                        return f"{organisation} x {cell} was claimed by {holder}"
        return None

    def outside(self, claim: ClaimFacts) -> str | None:
        """Why the shared parts of a claim are not parts of it, or meet one another; None if all is well."""
        _, _, organisations, months, codes, shared = claim
        for number, block in enumerate(shared):
            lists = zip(block[:3], (organisations, months, codes), strict=True)
            if not all(set(part) <= set(whole) for part, whole in lists):
                return "shares cells that it does not claim"
            if not (block[0] and block[1] and block[2]):
                return "a shared part holds no cell"
            for other in shared[:number]:
                if all(set(mine) & set(theirs) for mine, theirs in zip(block[:3], other[:3], strict=True)):
                    return "two shared parts of it hold the same cell"
        return None

    def over(self, saving: str, claim: ClaimFacts) -> str | None:
        """What is counted in a shared part beyond its reduction, in words; None if everything fits."""
        for block in claim[5]:
            held = self._blocks.get((claim[0], claim[1], *block[:3]), {})
            others = [amounts for name, amounts in held.items() if name != saving]
            for side, word in enumerate(("pence", "patients")):
                least = min([block[3][side], *(reduction[side] for reduction, _ in others)])
                total = block[5][side] + sum(net[side] for _, net in others)
                if total > max(least, 0):
                    return f"{total} {word} are claimed in shared cells where {least} were reduced"
        return None

    def take(self, saving: str, claim: ClaimFacts) -> None:
        """Claim the cells."""
        kind, level, organisations, _, codes, _ = claim
        what, ever = self._what(codes), self._ever.setdefault(kind, {})
        for organisation in organisations:
            ever[organisation] = ever.get(organisation, 0) | what
        self._late.append((saving, claim, True))
        if kind == "panel":
            for code in codes:
                self._level.setdefault(code, {}).setdefault(level, set()).add(saving)
        self.share(saving, claim)

    def share(self, saving: str, claim: ClaimFacts) -> None:
        """Keep what the saving counts in the shared parts of a claim, in place of what it did."""
        kind, level, *_, shared = claim
        if mine := self._mine.get(saving):
            claimed = (set(claim[2]), set(claim[3]))
            for key in [k for k in mine if set(k[2]) <= claimed[0] and set(k[3]) <= claimed[1]]:
                self._drop(saving, key)
        for block in shared:
            key = (kind, level, *block[:3])
            self._blocks.setdefault(key, {})[saving] = (block[3], block[5])
            self._mine.setdefault(saving, {})[key] = None

    def free(self, saving: str, claims: Sequence[ClaimFacts]) -> None:
        """Give everything back after a reversal."""
        for claim in claims:
            kind, level, _, _, codes, _ = claim
            self._late.append((saving, claim, False))
            if kind == "panel":
                for code in codes:
                    self._level.get(code, {}).get(level, set()).discard(saving)
        for key in list(self._mine.get(saving, ())):
            self._drop(saving, key)

    def _by_organisation(self, kind: str) -> dict[str, list[Part]]:
        """Who holds what of each organisation, in the order of their claims; a saving's parts stand together."""
        for saving, (of, _, organisations, months, codes, _), taken in self._late:
            part, held = (saving, self._when(months), self._what(codes)), self._parts.setdefault(of, {})
            again = saving in self._holders
            for organisation in organisations:
                parts = held.setdefault(organisation, [])
                if not taken:
                    held[organisation] = [one for one in parts if one[0] != saving]
                elif again:
                    after = (place for place, one in enumerate(parts, start=1) if one[0] == saving)
                    parts.insert(max(after, default=len(parts)), part)
                else:
                    parts.append(part)
            (self._holders.add if taken else self._holders.discard)(saving)
        self._late.clear()
        return self._parts.get(kind, {})

    def _drop(self, saving: str, key: Key) -> None:
        self._mine[saving].pop(key)
        self._blocks[key].pop(saving)

    def _other_level(self, saving: str, level: str, codes: tuple[str, ...]) -> str | None:
        for code in codes:
            for other, holders in self._level.get(code, {}).items():
                if other != level and holders - {saving}:
                    holder = min(holders - {saving})
                    return f"{code} was claimed at level {other} by {holder}, so it cannot be claimed at {level}"
        return None

    def _unshared(
        self, holder: str, where: tuple[str, str], organisation: str, both: int, same: int, shared: tuple[Block, ...]
    ) -> str | None:  # fmt: skip
        """The first month x code of two claims that no part shared by both covers."""
        theirs = self._mine.get(holder, {})
        common = [b for b in shared if organisation in b[0] and (*where, *b[:3]) in theirs]
        for month in _bits(both):
            left = same
            for block in common:
                if self._when(block[1]) >> month & 1:
                    left &= ~self._what(block[2])
            if left:
                first = min(self._words[place] for place in _bits(left))
                return f"{_YEAR_0 + month // 12}-{month % 12 + 1:02d} x {first}"
        return None

    def _when(self, months: tuple[str, ...]) -> int:
        found = self._months.get(months)
        if found is None:
            found = self._months[months] = _mask(12 * (int(m[:4]) - _YEAR_0) + int(m[5:7]) - 1 for m in months)
        return found

    def _what(self, codes: tuple[str, ...]) -> int:
        found = self._codes.get(codes)
        if found is None:
            for code in codes:
                if code not in self._bits:
                    self._bits[code] = len(self._words)
                    self._words.append(code)
            found = self._codes[codes] = _mask(self._bits[code] for code in codes)
        return found


def _mask(places: Iterable[int]) -> int:
    found = 0
    for place in places:
        found |= 1 << place
    return found


def _bits(mask: int) -> list[int]:
    """The places of the bits that are set, lowest first."""
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found
