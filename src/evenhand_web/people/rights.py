"""What somebody may do, where: pure functions over who they are and where the place lies.

Identity levels (DESIGN 6): L0 anyone, L1 NHS e-mail, L2 registration checked and confirmed, L3 CIS2.
Clinicians act at L2 and above; a manager acts at L1 or L3 with a role in the organisation.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

# professions with a registration (GMC, NMC, GPhC, HCPC), as staff lists call them, in small letters
CLINICAL = frozenset({
    "gp", "hospital doctor", "doctor", "consultant", "nurse", "midwife", "pharmacist", "pharmacy technician",
    "dietitian", "optometrist", "paramedic", "physiotherapist", "podiatrist",
})  # fmt: skip


@dataclass(frozen=True)
class Place:
    """An organisation and everything above it."""

    code: str
    name: str = ""
    above: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PostHeld:
    """A role somebody holds now, in one organisation."""

    role: str
    place: Place

    def covers(self, place: Place) -> bool:
        """The post is in this organisation or above it: it may decide here."""
        return self.place.code == place.code or self.place.code in place.above

    def belongs_to(self, place: Place) -> bool:
        """The post is in this organisation or below it: it is one of those who work here."""
        return self.place.code == place.code or place.code in self.place.above


@dataclass(frozen=True)
class Actor:
    """Somebody at the door: a pseudonym, a profession, an identity level and the posts they hold now."""

    key: str = ""
    profession: str = ""
    identity_level: int = 0
    posts: tuple[PostHeld, ...] = ()

    @property
    def clinician(self) -> bool:
        """Whether they act as a clinician: a clinical profession with a registration that was checked."""
        return self.profession.lower() in CLINICAL and self.identity_level >= 2


@dataclass(frozen=True)
class Rule:
    """Who may do one thing. `where`: over, within, either (of this place), anywhere."""

    does: str
    where: str
    roles: Set[str] = frozenset()
    clinician: bool = False
    clinician_or_manager: bool = False


LEADING = frozenset({"clinical_lead", "manager", "medicines_optimisation"})
RULES = {
    "read": Rule("see the pages of", "either"),
    "learn": Rule("see what was tried and proved elsewhere, from", "anywhere"),
    "see_peer_names": Rule("see the names behind the dots in", "over", LEADING | {"analyst"}),
    "see_rows": Rule("see the published rows behind the numbers of", "over",
                     LEADING | {"analyst", "finance_lead", "board_member"}),  # DESIGN: every pound back to its rows
    "answer": Rule("answer surveys of", "within", clinician_or_manager=True),
    "vote": Rule("vote in", "within", clinician_or_manager=True),
    "moderate": Rule("moderate statements of", "over", frozenset({"administrator", "clinical_lead"})),
    "explain": Rule("explain a variation of", "within", clinician=True),
    "weigh": Rule("weigh explanations in", "either", clinician=True),
    "draft": Rule("draft a scheme for", "over", LEADING),
    "record_decision": Rule("record key decisions of", "over", LEADING | {"board_member"}),
    "ask_upward": Rule("ask upward for", "within", clinician_or_manager=True),
    "answer_upward": Rule("answer what is asked of", "over", LEADING | {"board_member"}),
    "comment": Rule("comment on schemes of", "either", clinician_or_manager=True),
    "prioritise": Rule("set priorities for", "within", clinician=True),
    "sign_clinical_lead": Rule("sign as clinical lead for", "over", frozenset({"clinical_lead"}), clinician=True),
    "sign_manager": Rule("sign as manager for", "over", frozenset({"manager"})),
    "run_campaign": Rule("run a campaign in", "over", frozenset({"medicines_optimisation"})),
    "cycle": Rule("plan and study cycles of", "either", clinician_or_manager=True),
    "promise": Rule("promise a change in", "within", clinician=True),
    "prove": Rule("register a design and ask for its verdict in", "over",
                  frozenset({"medicines_optimisation", "analyst"})),
    "book": Rule("book a proved saving for", "over", frozenset({"medicines_optimisation", "analyst", "finance_lead"})),
    "set_budget": Rule("set budgets for", "over", frozenset({"finance_lead"})),
    "confirm_finance_lead": Rule("confirm as finance lead for", "over", frozenset({"finance_lead"})),
    "confirm_clinical_lead": Rule("confirm as clinical lead for", "over", frozenset({"clinical_lead"}), clinician=True),
    "administer": Rule("look after people and data of", "over", frozenset({"administrator"})),
}  # fmt: skip


def may(actor: Actor, action: str, place: Place) -> bool:
    """Whether the actor may do it there. An action that nobody wrote a rule for is our mistake: KeyError."""
    return why_not(actor, action, place) is None


def why_not(actor: Actor, action: str, place: Place) -> str | None:
    """None if the actor may; otherwise what would be needed, as a sentence for a page."""
    rule = RULES[action]
    name = place.name or place.code
    if actor.identity_level < 1:
        return f"To {rule.does} {name} you need to sign in."
    posts = [post for post in actor.posts if _there(post, rule.where, place)]
    if rule.roles:
        posts = [post for post in posts if post.role in rule.roles]
    if not posts:
        return f"To {rule.does} {name} you need {_needed(rule)}."
    if rule.clinician and not actor.clinician:
        return f"To {rule.does} {name} you need a professional registration that has been checked."
    if rule.clinician_or_manager and not (actor.clinician or any(post.role in _MANAGES for post in posts)):
        return f"To {rule.does} {name} you need a checked professional registration, or a manager's role there."
    return None


_MANAGES = frozenset({"manager", "finance_lead", "board_member", "medicines_optimisation"})
_WHERE = {
    "over": "in it or in an organisation above it",
    "within": "in it or in an organisation below it",
    "either": "in it, above it or below it",
    "anywhere": "in any organisation",
}


def _there(post: PostHeld, where: str, place: Place) -> bool:
    if where == "anywhere":
        return True
    if where == "over":
        return post.covers(place)
    if where == "within":
        return post.belongs_to(place)
    return post.covers(place) or post.belongs_to(place)


def _needed(rule: Rule) -> str:
    if not rule.roles:
        return f"a role {_WHERE[rule.where]}"
    words = sorted(role.replace("_", " ") for role in rule.roles)
    named = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    return f"the role of {named} {_WHERE[rule.where]}"
