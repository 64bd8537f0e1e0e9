"""Who may pass which door: one line for every address of the project. This table is the authorisation matrix.

HOW TO ADD A PAGE. Every name in a urls.py needs a line in DOORS, or `test_every_address_has_its_door` fails and names
it. A line says, in the order in which the page asks:

    enter   what it asks at the door: ANYONE, SIGNED_IN, or a right of people/rights.py that is asked at the
            organisation in the address
    of      whose thing the address names: "" nobody's; "area": of Icb One, and so not to be found from elsewhere;
            a user name of the cast ("gp"): that person's alone, not to be found by anybody else;
            a code ("PRACTICE1"): found at that organisation's own address and nowhere else
    get     the right that looking needs beyond `enter`, or "" (none); "a|b" is either of two; with "@area" it is
            asked at Icb One, with "@above" at the organisation in the address unless it is a practice
    post    the same for sending a form; None: as `get`; NEVER: the address takes no form (405), or only forms
    args    which thing of the world (tests/world.py) stands in each place of the address
    also    what else may be answered to those who are let in: 404 where the small world has no data to show

Whoever is not let in gets: sign-in (nobody is signed in), 403 (no right), 404 (not theirs to know of).
A page with a thing of its own (a cycle, a letter) adds it to tests/world.py and names it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ANYONE, SIGNED_IN, NEVER = "anyone", "signed in", "never"
# taken without the token against forgery: a mail program sends it, and the letter's own secret stands in the address
WITHOUT_TOKEN = frozenset({"letters:stop"})  # RFC 8058


@dataclass(frozen=True)
class Door:
    """One address; the fields are told above."""

    enter: str = "read"
    of: str = ""
    get: str = ""
    post: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)
    also: frozenset[int] = frozenset()

    def needs(self, method: str) -> str:
        """What this method asks beyond `enter`."""
        return self.get if method == "GET" or self.post is None else self.post


def door(
    enter: str = "read", *, of: str = "", get: str = "", post: str | None = None, also: int = 0, **args: str
) -> Door:
    """One line of the table."""
    return Door(enter, of, get, post, args, frozenset({also} - {0}))


_FORM = {"get": NEVER}  # takes a form and shows nothing
_AREA = {"of": "area"}
_ROUND, _SCHEME = {"of": "area", "key": "round"}, {"of": "area", "key": "scheme"}
_API = {"post": NEVER}
DOORS: dict[str, Door] = {
    # site, people
    "site:accessibility": door(ANYONE),
    "people:sign_in": door(ANYONE),
    "people:sign_out": door(ANYONE, get=NEVER, post=""),
    "people:not_signed_in": door(ANYONE, also=403),
    "people:ask_link": door(ANYONE),
    "people:register": door(ANYONE),
    "people:sent": door(ANYONE),
    "people:link": door(ANYONE, token="rest", also=410),
    "people:erased": door(ANYONE),
    "people:me": door(SIGNED_IN),
    "people:details": door(SIGNED_IN),
    "people:email": door(SIGNED_IN),
    "people:confirm_email": door(SIGNED_IN, of="gp", token="new_address"),
    "people:end_sessions": door(SIGNED_IN, get=NEVER, post=""),
    "people:agree": door(SIGNED_IN, get=NEVER, post=""),
    "people:my_data": door(SIGNED_IN, post=NEVER),
    "people:erase": door(SIGNED_IN),
    "people:switch": door(),
    "people:people": door("administer"),
    "people:verify": door("administer", key="colleague", also=404),
    "people:give_post": door("administer"),
    "people:end_post": door("administer", number="post", also=404),
    "people:add_unit": door("administer", also=404),
    "people:extracts": door("administer", also=404),
    "people:audit": door("administer", also=404),
    "people:tokens": door(SIGNED_IN),
    "people:revoke_token": door(SIGNED_IN, of="gp", get=NEVER, post="", pk="token"),
    # home
    "home:front": door(ANYONE),
    "home:about": door(ANYONE),
    "home:following": door(SIGNED_IN),
    "home:find": door(SIGNED_IN),
    "home:organisation": door(),
    "home:desk": door("administer"),
    "home:desk_data": door("administer"),
    "home:measure": door(measure="measure", also=404),
    "home:pathway": door(pathway="pathway"),
    "home:visit": door(),
    # listen
    "listen:index": door(),
    "listen:new_wave": door("moderate"),
    "listen:wave": door(key="wave", **_AREA),
    "listen:close": door(get="moderate@area", key="wave", **_AREA),
    "listen:became": door(get="moderate@area", key="wave", **_AREA),
    "listen:answer": door("answer", of="gp", key="wave"),
    "listen:check": door("answer", of="gp", key="wave"),
    "listen:thanks": door("answer", key="wave", **_AREA),
    # see
    "see:index": door(),
    "see:changed": door(),
    "see:outliers": door(),
    "see:medicines": door(),
    "see:explore": door(),
    "see:keep": door(**_FORM, post=""),
    "see:forget": door(of="gp", **_FORM, post="", key="search"),
    "see:groups": door(),
    "see:new_group": door(),
    "see:group": door(of="gp", key="group"),
    "see:remove_group": door(of="gp", **_FORM, post="", key="group"),
    "see:follow": door(**_FORM, post="", measure="measure", also=404),
    "see:rows": door(get="see_rows@above", measure="measure", also=404),
    "see:presentations": door(measure="measure", also=404),
    # decide
    "decide:index": door(),
    "decide:round": door(**_ROUND),
    "decide:vote": door(**_ROUND, get="vote@area", also=404),
    "decide:my_votes": door(**_ROUND, get="vote@area"),
    "decide:stand": door(**_ROUND),
    "decide:mine": door(),
    "decide:add": door(**_ROUND, get="vote@area"),
    "decide:moderation": door("moderate", also=404, **_ROUND),
    "decide:new_round": door("moderate"),
    "decide:draft_plain": door("draft", **_ROUND, statement="statement"),
    "decide:draft": door("draft", **_ROUND, statement="statement"),
    "decide:register": door(),
    "decide:record": door("record_decision"),
    "decide:ask": door("ask_upward"),
    "decide:leads": door(post="administer"),
    "decide:decision": door(**_AREA, post="record_decision@area", pk="decision"),
    "decide:blocker": door(**_AREA, post="answer_upward@area", pk="blocker"),
    "decide:scheme": door(**_SCHEME),
    "decide:priorities": door(post="prioritise"),
    "decide:comment": door("comment", **_SCHEME, **_FORM, post=""),
    "decide:sign": door(**_SCHEME, **_FORM, post="", also=404),
    "decide:withdraw": door(**_SCHEME, **_FORM, post=""),
    "decide:amend": door(**_SCHEME, get="draft@area"),
    "decide:amend_plain": door(**_SCHEME, get="draft@area"),
    "decide:version": door(**_SCHEME, number="one"),
    "decide:reasons": door(measure="measure", post="explain"),
    "decide:weigh": door("weigh", **_FORM, post="", measure="measure", pk="explanation", also=404),
    # change
    "change:index": door(),
    "change:campaign": door(**_AREA, key="campaign"),
    "change:new_campaign": door("run_campaign"),
    "change:new_awareness": door("run_campaign"),
    "change:design": door(**_AREA, get="run_campaign@area", key="campaign"),
    "change:outcome": door(**_AREA, key="campaign"),
    "change:spread": door(**_AREA, key="campaign"),
    "change:seal": door(**_AREA, **_FORM, post="run_campaign@area", key="campaign"),
    "change:launch": door(**_AREA, **_FORM, post="run_campaign@area", key="campaign"),
    "change:modules": door(),
    "change:module": door(content="content"),
    "change:aside": door(**_FORM, post="promise", content="content"),
    "change:promise": door("promise", content="content"),
    "change:promise_measure": door("promise", measure="measure", also=404),
    "change:promise_scheme": door("promise", **_SCHEME),
    "change:promises": door(),
    "change:report": door(of="gp", pk="promise"),
    "change:cycles": door(),
    "change:cycle": door(of="PRACTICE1", post="cycle", pk="cycle"),
    "change:plan_cycle": door("cycle", measure="measure", also=404),
    "change:plan_cycle_of_scheme": door("cycle", **_SCHEME),
    "change:bulletin": door(),
    "change:bulletins": door(get="run_campaign|administer"),
    "change:own_letter": door(of="gp", pk="letter"),
    "change:reflections": door(),
    "change:reflect": door(),
    "change:export_reflections": door(of="gp", kind="md"),
    "change:reflection": door(of="gp", pk="reflection"),
    "change:edit_reflection": door(of="gp", pk="reflection"),
    "change:attach_result": door(of="gp", **_FORM, post="", pk="reflection"),
    "change:delete_reflection": door(of="gp", pk="reflection"),
    "change:export_reflection": door(of="gp", pk="reflection", kind="md"),
    # a letter's links: whoever has the letter, signed in or not
    "letters:open": door(ANYONE, post=NEVER, token="letter_token", also=401),  # leads to a page of the reader's
    "letters:stop": door(ANYONE, token="letter_token"),
    "letters:back": door(ANYONE, token="letter_token"),
    # prove
    "prove:index": door(),
    "prove:scheme": door(**_SCHEME),
    "prove:register": door(**_SCHEME, **_FORM, post="prove@area"),
    "prove:ask": door(**_SCHEME, **_FORM, post="prove@area"),
    "prove:verdict": door(**_SCHEME, pk="verdict"),
    # account
    "account:index": door(),
    "account:budgets": door(post="set_budget"),
    "account:entry": door(**_AREA, number="one"),
    "account:move": door(**_SCHEME, **_FORM, post="book@area"),
    "account:confirm": door(**_SCHEME, **_FORM, post="", also=404),
    "account:ledger_file": door("book"),
    "account:reach": door(),
    "account:report": door(kind="html", also=404),
    # the API: what its pages are, for whoever may read them; nothing is sent to it
    "api_home": door(ANYONE, **_API),
    "api_not_there": door(ANYONE, of="nobody", post="", rest="rest"),
    "api:api-root": door(ANYONE, **_API),
    "api:openapi-json": door(ANYONE),
    "api:me": door(SIGNED_IN, **_API),
    "api:organisations": door(SIGNED_IN, **_API),
    "api:organisation": door(**_API),
    "api:measures": door(SIGNED_IN, **_API),
    "api:measure": door(SIGNED_IN, **_API, measure="measure"),
    **{f"api:{name}": door(**_API) for name in (
        "standings", "changed", "outliers", "surveys", "rounds", "schemes", "decisions", "campaigns", "verdicts",
        "guardrails", "money", "savings", "ledger",
    )},
    **{f"api:{name}": door(**_API, measure="measure", also=404) for name in ("standing", "spread", "over_time",
                                                                            "course")},
    "api:survey": door(**_AREA, **_API, key="wave", also=404),
    "api:round": door(**_ROUND, **_API),
    "api:scheme": door(**_SCHEME, **_API),
    "api:versions": door(**_SCHEME, **_API),
    "api:version": door(**_SCHEME, **_API, number="one"),
    "api:campaign": door(**_AREA, **_API, key="campaign"),
    "api:verdict": door(**_AREA, **_API, scheme="scheme"),
    "api:entry": door(**_AREA, **_API, number="one"),
    "api:forecast": door(**_API, also=404),
    "api:budgets": door(**_API, also=404),
}  # fmt: skip
