"""What a bulletin tells one person: gathered from every step, once a week for everybody, or once for a preview."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from evenhand.change import filled_in, places
from evenhand.change.bulletin import TOGETHER, Action, Sighting, choose, moved, told_as
from evenhand.charts.words import number
from evenhand_web.change import reading
from evenhand_web.change.bulletins import Offer, sighting_in
from evenhand_web.change.bulletins_arms import Arms, Sent
from evenhand_web.change.models import Bulletin, Commitment, EngagementEvent
from evenhand_web.decide.models import Explanation, Plan
from evenhand_web.people import rights
from evenhand_web.people.models import Organisation, Person, Post
from evenhand_web.people.rights import Actor, Place, PostHeld
from evenhand_web.people.tree import ancestors, around
from evenhand_web.prove.models import VerdictRecord
from evenhand_web.see.models import Follow
from evenhand_web.site.lake import lake

from . import gathering
from .bulletin_follows import followed
from .bulletin_sights import Sights

ABOVE = ("pcn", "sicbl", "icb", "region", "nation")  # levels with many practices, the nearest first
NAMED = 3  # practices that a digest names
LONGEST = 60  # characters of a promise as a letter repeats it
PROMISE = ("Promise one change for your next patients. It is filled in for you: two clicks, and you are told what "
           "became of it.", "Promise one change")  # fmt: skip
EXPLAIN = ("If your patients explain this, say so in one sentence; if they do not, see what has worked elsewhere.",
           "Explain it, or see what worked")  # fmt: skip
LOOK = ("See where it comes from, and begin a scheme with those who want to.", "See where it comes from")
DONE = ("intends", *EngagementEvent.SIDE_EXITS)  # who did one of these has answered what a module asks


@dataclass(frozen=True)
class Reader:
    """One person as a letter sees them: what they may do, and where it speaks of."""

    person: Person
    actor: Actor
    organisation: Organisation
    kind: str
    works: tuple[Organisation, ...]
    done: frozenset[str]

    def may(self, action: str, place: Place) -> bool:
        """Whether they may do it there."""
        return rights.may(self.actor, action, place)


@dataclass
class Known:
    """What the database holds of one person, read for many at once."""

    posts: list[Post] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    due: list[Commitment] = field(default_factory=list)
    verdict: VerdictRecord | None = None
    explained: set[tuple[str, str]] = field(default_factory=set)
    promised: set[str] = field(default_factory=set)  # measures on which a promise is open
    follows: list[Follow] = field(default_factory=list)


class Gatherer:
    """Gathers for one week; what is true of an organisation is worked out once for all who work there."""

    def __init__(self, week: date) -> None:
        self.week, self.sights, self.arms = week, Sights(lake()), Arms(week)
        self._places: dict[str, Place] = {}
        self._latest: dict[str, Any] = {}
        self._known: dict[str, Known] = {}
        self._modules = {module.facts.measure: module for module in reversed(list(reading.modules().values()))}

    def prepare(self, people: Sequence[Person]) -> None:
        """Read what is kept of many people in a few questions; the people before them are forgotten."""
        keys, today = [person.pk for person in people], timezone.localdate()
        self._known = known = {key: Known() for key in keys}
        posts = Post.objects.filter(Q(until=None) | Q(until__gte=today), since__lte=today, person__in=keys)
        for post in posts.select_related("organisation"):
            known[post.person_id].posts.append(post)
        events = EngagementEvent.objects.filter(person__in=keys, stage__in=DONE)
        for key, content in events.values_list("person", "content"):
            known[key].done.add(content)
        due = Commitment.objects.filter(person__in=keys, by__lte=self.week, reports=None).order_by("by", "id")
        for promise in due.select_related("organisation"):
            known[promise.person_id].due.append(promise)
        open_ = Commitment.objects.filter(person__in=keys, reports=None).values_list("person", "measure")
        for key, measure in open_:
            known[key].promised.add(measure)
        for each in Follow.objects.filter(person__in=keys).select_related("organisation"):
            known[each.person_id].follows.append(each)
        versions = Commitment.objects.filter(person__in=keys).exclude(version=None).values_list("person", "version")
        judged = VerdictRecord.objects.filter(design__version__in={version for _, version in versions})
        latest = {r.design.version_id: r for r in judged.select_related("design").order_by("id")}
        for key, version in versions:
            found = latest.get(version)
            if found is not None and (known[key].verdict is None or known[key].verdict.pk < found.pk):
                known[key].verdict = found
        for key, *what in Explanation.objects.filter(person__in=keys).values_list("person", "measure", "organisation"):
            known[key].explained.add(tuple(what))

    def __call__(self, person: Person, told: Collection[str], last: Bulletin | None) -> Offer | None:
        """What there is to say to somebody this week; None if they have nothing to do."""
        if person.pk not in self._known:
            self.prepare([person])
        reader = self._reader(person)
        if reader is None:
            return None
        offer = self._campaign(reader, told) or self._due(reader, told)
        offer = offer or followed(self, reader, self._known[person.pk].follows, told) or self._largest(reader, told)
        if offer is None:
            return None
        became, key = self._became(reader, told, last)
        return replace(offer, became=became, told=(*offer.told, *([key] if key else [])))

    def _reader(self, person: Person) -> Reader | None:
        """Where somebody works: their widest post above practices, else their practice."""
        held = self._known[person.pk].posts
        if not held:
            return None
        actor = Actor(person.pk, person.profession, person.identity_level,
                      tuple(PostHeld(post.role, self.place(post.organisation)) for post in held))  # fmt: skip
        wide = [post.organisation for post in held if post.organisation.level in ABOVE]
        own = tuple({post.organisation_id: post.organisation for post in held}.values())
        done = frozenset(self._known[person.pk].done)
        if wide:
            return Reader(person, actor, max(wide, key=lambda o: ABOVE.index(o.level)), "digest", own, done)
        if len(own) > 1:
            return Reader(person, actor, max(own, key=self.sights.worth), "digest", own, done)
        return Reader(person, actor, own[0], "single", own, done)

    def _campaign(self, reader: Reader, told: Collection[str]) -> Offer | None:
        """The message of the arm that somebody's organisation was drawn into, once for every new number."""
        for here in reader.works:
            for sent in self.arms.open_to(reader.person, here):
                seen = self.sights.one(here, sent.measure)
                key = f"campaign:{sent.campaign.key}:{seen.month if seen else ''}"
                if key not in told and sent.campaign.content not in reader.done:
                    return self._message(replace(reader, organisation=here, kind="single"), sent, seen, key)
        return None

    def _message(self, reader: Reader, sent: Sent, seen: Sighting | None, key: str) -> Offer:
        campaign, here = sent.campaign, reader.organisation
        if campaign.content in reading.modules():
            action, path = self._module(reader, campaign.content)
        else:
            action = Action(f"look:{sent.measure}", "See where you stand, and decide with your colleagues.", "See it")
            path = reverse("home:measure", args=(here.code, sent.measure))
        inside = places(sent.message)
        return Offer(
            here, reader.kind, None if "value" in inside else seen,  # a message that gives the number gives it alone
            action, path, "", message=filled_in(sent.message, self._values(here, seen, sent)),
            sender=campaign.sender if "sender" not in inside else "", subject=campaign.title, content=campaign.content,
            arm=sent.arm, campaign=campaign, told=(key, *([told_as(seen)] if seen else [])), begins=sent.begins,
        )  # fmt: skip

    def _due(self, reader: Reader, told: Collection[str]) -> Offer | None:
        """A promise whose day has come: say what became of it."""
        for promise in self._known[reader.person.pk].due:
            key = f"report:{promise.pk}"
            if key in told:
                continue
            what = promise.what if len(promise.what) <= LONGEST else f"{promise.what[: LONGEST - 1].rstrip()}…"
            words = f"You promised by {promise.by:%-d %B}: {what.rstrip('.').replace('!', '')}."
            seen = self.sights.one(promise.organisation, promise.measure)
            return Offer(
                promise.organisation, "single", seen, Action(key, words, "Say what became of it"),
                reverse("change:report", args=(promise.organisation_id, promise.pk)), "",
                told=(key, *([told_as(seen)] if seen else [])),
            )  # fmt: skip
        return None

    def _largest(self, reader: Reader, told: Collection[str]) -> Offer | None:
        """The largest honest difference, and what its reader can do about it; else what waits for them elsewhere."""
        place, every = self.place(reader.organisation), self.sights.of(reader.organisation)
        allowed = [s for s in every if self.arms.speaks_of(reader.organisation, s.measure)]
        first, passed = None, set(told)
        while (picked := choose(allowed, passed)) is not None:
            seen = self.sights.full(reader.organisation, picked)
            first = first or seen
            if seen is not None and (found := self._about(reader, place, seen)):
                return found
            passed.add(told_as(picked))
        to_do = gathering.to_do(reader.actor, reader.person, reader.organisation)
        if to_do is None or not to_do.url or f"do:{to_do.url}" in told:
            return None
        action = Action(f"do:{to_do.url}", to_do.words, to_do.button)
        told_now = (action.key, *([told_as(first)] if first else []))
        return Offer(reader.organisation, reader.kind, first, action, to_do.url, "", told=told_now,
                     where=self._where_of(reader, place, first), nothing=choose(every) is None)  # fmt: skip

    def _about(self, reader: Reader, place: Place, seen: Sighting) -> Offer | None:
        """Promise on it, else explain it, else (for who leads) begin with it; None if this reader can do nothing."""
        module, known = self._modules.get(seen.measure), self._known[reader.person.pk]
        content, path = "", reverse("home:measure", args=(reader.organisation.code, seen.measure))
        if reader.kind == "digest" and reader.may("draft", place):
            action = Action(f"look:{seen.measure}", *LOOK)
        elif reader.may("promise", place) and seen.measure not in known.promised \
                and not (module is not None and module.id in reader.done):  # fmt: skip
            if module is not None and self.arms.sends(reader.organisation, module.id):
                action, path = self._module(reader, module.id)
                content = module.id
            else:
                action = Action(f"promise:{seen.measure}", *PROMISE)
                path = reverse("change:promise_measure", args=(reader.organisation.code, seen.measure))
        elif reader.kind == "single" and reader.may("explain", place) and not self._explained(reader, seen.measure):
            action = Action(f"explain:{seen.measure}", *EXPLAIN)
        elif reader.may("draft", place):
            action = Action(f"look:{seen.measure}", *LOOK)
        else:
            return None
        return Offer(reader.organisation, reader.kind, seen, action, path, "", content=content,
                     told=(told_as(seen),), where=self._where_of(reader, place, seen))  # fmt: skip

    def _explained(self, reader: Reader, measure: str) -> bool:
        return (measure, reader.organisation.code) in self._known[reader.person.pk].explained

    def _module(self, reader: Reader, content: str) -> tuple[Action, str]:
        """Promise at once, filled in beforehand, if they may; else read."""
        module = reading.modules()[content]
        args = (reader.organisation.code, content)
        if reader.may("promise", self.place(reader.organisation)):
            return Action(f"promise:{content}", *PROMISE), reverse("change:promise", args=args)
        words = f"Read “{module.facts.title.rstrip('.!')}”: {module.facts.minutes} minutes."
        return Action(f"read:{content}", words, "Read it"), reverse("change:module", args=args)

    def _became(self, reader: Reader, told: Collection[str], last: Bulletin | None) -> tuple[str, str]:
        """What became of last time: of a promise, of the last letter's number, of a scheme here; and its key."""
        judged = self._known[reader.person.pk].verdict
        if judged is not None and f"verdict:{judged.pk}" not in told:
            return f"What became of your promise: {_told(judged.sentence)}", f"verdict:{judged.pk}"
        before = sighting_in(last.facts) if last else None
        if before is not None and last is not None:
            kinds = (before.kind, "together") if before.kind == "within" else (before.kind,)
            now = [s for s in self.sights.of(last.organisation) if s.measure == before.measure and s.kind in kinds]
            full = self.sights.full(last.organisation, now[0]) if now else None
            if full is not None and full.month > before.month and full.kind == before.kind:
                return moved(before, full), ""
        found = self._verdict(reader.organisation)
        if found is not None and f"verdict:{found.pk}" not in told:
            return f"What became of it: {_told(found.sentence)}", f"verdict:{found.pk}"
        if last is None:
            return "", ""
        return moved(before, None) if before else "Last time there was no number to follow.", ""

    def place(self, organisation: Organisation) -> Place:
        """The organisation as rights see it."""
        code = organisation.code
        if code not in self._places:
            above = frozenset(o.code for o in ancestors(organisation))
            self._places[code] = Place(code, organisation.name, above)
        return self._places[code]

    def _values(self, organisation: Organisation, seen: Sighting | None, sent: Sent) -> dict[str, str]:
        """What fills the places of a campaign's message for this organisation."""
        module = reading.modules().get(sent.campaign.content)
        title = module.facts.title if module else sent.campaign.title
        values = {"organisation": organisation.name, "sender": sent.campaign.sender, "module": title}
        if seen is None:
            return values
        value, low, high, middle = (number(x, share=seen.share) for x in (seen.value, seen.low, seen.high, seen.middle))
        values |= {"value": f"{value} ({low} to {high})", "peers": middle, "month": seen.month}
        return values | {"benchmark": self.sights.benchmark(organisation, seen), "source": "published NHS data"}

    def _where_of(self, reader: Reader, place: Place, seen: Sighting | None) -> str:
        """In a digest: the practices with most of it, for those who may see names."""
        if seen is None or seen.kind not in TOGETHER or not reader.may("see_peer_names", place):
            return ""
        shown, names = self.sights.practices(reader.organisation, seen.measure)
        rows = [(float(shown.pounds[row]), names[code]) for row, code in enumerate(shown.codes) if code in names]
        most = [name for pounds, name in sorted(rows, reverse=True)[:NAMED] if pounds > 0]
        return f"Most of it lies in {', '.join(most)}." if most else ""

    def _verdict(self, organisation: Organisation) -> VerdictRecord | None:
        if organisation.code not in self._latest:
            near = around(organisation, Plan)
            judged = VerdictRecord.objects.filter(design__version__plan__organisation__in=near)
            self._latest[organisation.code] = judged.first()
        found: VerdictRecord | None = self._latest[organisation.code]
        return found


def _told(sentence: str) -> str:
    """A verdict's sentence as a letter can carry it."""
    return sentence.replace("!", "")
