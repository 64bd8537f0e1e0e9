"""From the form to a campaign, and from a campaign to what the desk shows before launch: audience, power, messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.forms import Form
from django.urls import reverse
from django.utils.text import slugify

from evenhand.change import MessageCheck, Power, Sending, check_message, filled_in
from evenhand.charts.words import number
from evenhand.definition import loads
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.listen import hits
from evenhand.measures import Measure, for_lake
from evenhand.records import Scheme
from evenhand.story.awareness import awareness_power
from evenhand.story.campaigning import campaign_power
from evenhand_web.decide.models import Plan
from evenhand_web.listen.models import SurveyWave
from evenhand_web.listen.results import gathered, state
from evenhand_web.people.models import Organisation, Person
from evenhand_web.site.keeping import kept

from .audiences import Audience, audience, first_wave, measure_of
from .campaign_forms import AwarenessDesign, PracticeDesign
from .desk import HELD
from .models import Campaign
from .offered import PART, contents, practice_measures, questions, schemes
from .reading import modules

METHOD = 1  # rises when the same answers would give another power
TREATED = "intervention"
TWO = ("message_a", "message_b")
SOURCES = {"prescribing": "published prescribing data (NHSBSA)", "qof": "the published Quality and Outcomes Framework"}


@dataclass(frozen=True)
class Shown:
    """One message: as one reader sees it, and what of the fifteen suggestions it follows."""

    arm: str
    reader: str
    text: str
    words: int
    check: MessageCheck


@dataclass(frozen=True)
class Look:
    """What the desk shows of a campaign before it is sent. trouble: why it could not be drawn as it stands, or ''."""

    audience: Audience | None
    power: Power | None
    messages: tuple[Shown, ...]
    trouble: str
    share: bool
    unit: str

    @property
    def least(self) -> str:
        """The smallest change that would be seen; '' if none would."""
        known = self.power is not None and np.isfinite(self.power.minimum_detectable_effect)
        return _amount(self.power.minimum_detectable_effect, self.share) if self.power and known else ""

    @property
    def matters(self) -> str:
        """The least effect that would matter, with its direction."""
        if self.power is None:
            return ""
        return f"{_amount(abs(self.power.effect), self.share)} {'lower' if self.power.effect < 0 else 'higher'}"

    @property
    def now(self) -> str:
        """Where the outcome stands."""
        return number(self.power.baseline, share=self.share) if self.power else ""


def practice_form(area: Organisation, lake: Lake | None, *given: Any, **more: Any) -> PracticeDesign:
    """The form of a campaign that is to move a measure."""
    return PracticeDesign(*given, modules=contents(), schemes=schemes(area), measures=practice_measures(lake), **more)


def awareness_form(area: Organisation, *given: Any, **more: Any) -> AwarenessDesign:
    """The form of a campaign for awareness."""
    return AwarenessDesign(*given, modules=contents(), questions=questions(area), **more)


def designed(form: Form, area: Organisation, person: Person | None, campaign: Campaign | None = None) -> Campaign:
    """The campaign that a valid form describes: a new one, or the draft as changed; not saved.

    Raises
    ------
    InputError
        If its scheme is drawn in other arms than the form has messages.
    """
    said = form.cleaned_data
    drawn = said["randomise"] == "yes"
    found = campaign or Campaign(key=_key(said["title"]), author=person)
    scheme = _scheme(said.get("scheme", ""), area)
    texts = [said["message"], *([said["message_b"]] if said["message_b"] else [])]
    treated, held = _arms(scheme, len(texts))
    part, wait = (int(n) for n in said["ratio"].split(":"))
    found.title, found.content, found.sender = said["title"], said["content"], said["sender"]
    found.message, found.variants = texts[0], dict(zip(treated[1:], texts[1:], strict=True))
    found.arms, found.holdout = ([*treated, held], held) if drawn else (treated[:1], "")
    found.ratio = [*([part] * len(treated)), wait] if drawn else [1]
    found.strata, found.cluster, found.level = said["strata"], said["cluster"], "practice"
    found.why_not_randomised = "" if drawn else said["why"].strip()
    found.waves = form.days() if drawn else form.days()[:1]  # type: ignore[attr-defined]
    found.organisation = area
    if isinstance(form, AwarenessDesign):
        wave, question, value = said["question"].split(PART)
        instrument_id = SurveyWave.objects.values_list("instrument", flat=True).get(key=wave)
        found.kind = "awareness"
        found.outcome = {"wave": wave, "instrument": instrument_id, "question": question, "value": value}
        found.least_effect = said["least_effect"] / 100
    else:
        found.kind, found.version = "practice", scheme[0] if scheme else None
        found.measure = scheme[1].measure if scheme else said["measure"]
        found.audience = {"choose": said["choose"]}
        found.window = {"baseline": 6, "follow_up": said["follow_up"]}
        found.least_effect = said["least_effect"]
    return found


def said_before(campaign: Campaign) -> dict[str, Any]:
    """A draft as its form said it, so that it can be changed."""
    days = [date.fromisoformat(day) for day in campaign.waves]
    where, least = campaign.outcome, campaign.least_effect
    return {
        "title": campaign.title, "content": campaign.content, "message": campaign.message, "sender": campaign.sender,
        "message_b": next(iter(campaign.variants.values()), ""), "why": campaign.why_not_randomised,
        "randomise": "no" if campaign.why_not_randomised else "yes",
        "ratio": f"{campaign.ratio[0]}:{campaign.ratio[-1]}" if len(campaign.ratio) > 1 else "1:1",
        "cluster": campaign.cluster, "strata": campaign.strata, "first_day": days[0] if days else None,
        "waves": max(1, len(days)), "weeks": (days[1] - days[0]).days // 7 if len(days) > 1 else 4,
        "scheme": campaign.version.plan.key if campaign.version else "", "measure": measure_of(campaign),
        "choose": campaign.audience.get("choose", "all"), "follow_up": campaign.window.get("follow_up", 6),
        "question": PART.join(where.get(part, "") for part in ("wave", "question", "value")),
        "least_effect": 100 * least if least and campaign.kind == "awareness" else least,
    }  # fmt: skip


def look(campaign: Campaign, lake: Lake | None) -> Look:
    """What the desk shows of a campaign before it is sent; what it could see is told of a draft, and sealed with it."""
    measure = None if lake is None else for_lake(lake).get(measure_of(campaign))
    share = campaign.kind == "awareness" or (measure is not None and measure.is_share)
    unit = "share of those who answer" if campaign.kind == "awareness" else measure.unit if measure else ""
    people, trouble = None, ""
    try:
        people = audience(campaign, lake)
    except InputError as error:
        trouble = str(error)
    if people is not None and not campaign.why_not_randomised and people.networks < len(campaign.arms):
        trouble = f"Only {people.networks} to draw for {len(campaign.arms)} arms: choose a wider audience."
    power = _power(campaign, people) if campaign.sealed_at is None else None
    return Look(people, power, _messages(campaign, people, measure), trouble, share, unit)


def reader_values(campaign: Campaign, people: Audience | None, organisation: Organisation) -> dict[str, str]:
    """What fills the places of a campaign's message for one organisation's readers; what is not known is left out."""
    found = {"organisation": organisation.name, "sender": campaign.sender,
             "module": reverse("change:module", args=(organisation.code, campaign.content))}  # fmt: skip
    here = people.ground if people else None
    if here is None:
        return found
    share = here.measure.is_share
    found |= {"month": f"{date.fromisoformat(f'{here.last}-01'):%B %Y}", "peers": number(here.middle, share=share),
              "source": SOURCES.get(here.measure.kind, "published data")}  # fmt: skip
    if np.isfinite(here.benchmark):
        found["benchmark"] = number(here.benchmark, share=share)
    if organisation.code in here.units:
        found["value"] = number(float(here.value[here.units.index(organisation.code)]), share=share)
    return found


def _messages(campaign: Campaign, people: Audience | None, measure: Measure | None) -> tuple[Shown, ...]:
    arms = [arm for arm in campaign.arms if arm != campaign.control]
    reader = _reader(campaign, people)
    values = reader_values(campaign, people, reader)
    found = []
    for arm in arms:
        raw = campaign.variants.get(arm) or campaign.message
        text, sending = filled_in(raw, values), _sending(campaign, people, reader)
        found.append(Shown(arm, reader.name, text, len(text.split()), check_message(raw, sending)))
    return tuple(found)


def _reader(campaign: Campaign, people: Audience | None) -> Organisation:
    """Whose copy is shown: of the audience, the practice in the middle by its figure."""
    if people is None or not people.units:
        return campaign.area
    units = list(people.units)
    if people.ground is not None:
        value = {unit: people.ground.value[i] for i, unit in enumerate(people.ground.units)}
        units = sorted((u for u in units if np.isfinite(value.get(u, np.nan))), key=lambda u: value[u]) or units
    return Organisation.objects.get(code=units[len(units) // 2])


def _sending(campaign: Campaign, people: Audience | None, reader: Organisation) -> Sending:
    values = reader_values(campaign, people, reader)
    here = people.ground if people else None
    module = modules().get(campaign.content)
    asks = module is not None and any(question.word == "barrier" for question in module.self_audit)
    around: dict[str, Any] = {
        "sender": campaign.sender, "module": campaign.content, "sent": (campaign.waves or [""])[0][:7],
        "goal": f"the scheme “{campaign.version.plan.title}”" if campaign.version else "",
        "barriers": "its module asks what stands in the way" if asks else "",
    }  # fmt: skip
    if here is not None:
        around |= {"data_to": here.last, "level": "practice", "source": values["source"]}
        if np.isfinite(here.benchmark) and reader.code in here.units:
            around |= {"baseline": float(here.value[here.units.index(reader.code)]), "benchmark": here.benchmark,
                       "better": here.measure.direction}  # fmt: skip
    return Sending(**around)


def _power(campaign: Campaign, people: Audience | None) -> Power | None:
    """What it could see; None where nobody can say, or nobody is held out."""
    if people is None or campaign.why_not_randomised or not people.units:
        return None
    try:
        if campaign.kind == "awareness":
            return _awareness_power(campaign, people)
        if people.ground is None:
            return None
        return campaign_power(people.ground, people.units, people.clusters, effect=campaign.least_effect,
                              ratio=campaign.ratio)  # fmt: skip
    except InputError:
        return None


def _awareness_power(campaign: Campaign, people: Audience) -> Power | None:
    """Of a draft that is saved it is kept: it rests on the survey, the question, the audience and the arms."""
    wave = first_wave(campaign)
    if campaign.pk is None:
        return _from_wave(campaign, people, wave)
    rests_on = (METHOD, *state(wave), campaign.outcome["question"], campaign.outcome["value"], campaign.ratio,
                campaign.least_effect, *people.units, "in", *people.clusters)  # fmt: skip
    return kept(f"change.power/{campaign.key}", rests_on, lambda: _from_wave(campaign, people, wave))


def _from_wave(campaign: Campaign, people: Audience, wave: SurveyWave) -> Power | None:
    rows = gathered(wave)
    home = dict(zip(people.units, people.clusters, strict=True))
    codes = dict(wave.invitations.values_list("respondent", "organisation_id"))
    clusters = [home.get(codes[token], "") for token in rows.who]
    answer = hits(rows.cells[campaign.outcome["question"]], campaign.outcome["value"])
    inside = np.array([bool(cluster) for cluster in clusters])
    if not inside.any():
        return None
    least, wait = min(campaign.ratio[:-1]), campaign.ratio[-1]
    compared = int(people.networks * (least + wait) / sum(campaign.ratio))
    treated = min(max(1, round(compared * least / (least + wait))), compared - 1)
    return awareness_power(answer[inside], [c for c in clusters if c], effect=campaign.least_effect,
                           treated=treated, compared=compared)  # fmt: skip


def _scheme(key: str, area: Organisation) -> tuple[Any, Scheme] | None:
    plan = Plan.objects.filter(key=key, organisation=area).first() if key else None
    version = plan.latest() if plan else None
    return None if version is None else (version, loads(version.yaml, Scheme))


def _arms(scheme: tuple[Any, Scheme] | None, messages: int) -> tuple[list[str], str]:
    if scheme is None:
        return ([TREATED] if messages == 1 else list(TWO)), HELD
    treated = list(scheme[1].treated_arms)
    if len(treated) != messages:
        raise InputError(
            f"The scheme is drawn in {len(treated)} arm(s) besides those who wait; write as many messages, "
            f"not {messages}."
        )
    return treated, scheme[1].control_arm


def _amount(change: float, share: bool) -> str:
    """A change as its size: points of a share, else in the measure's own unit."""
    return f"{100 * change:.1f} percentage points" if share else number(change)


def _key(title: str) -> str:
    base = slugify(title)[:70] or "campaign"
    key, number_ = base, 2
    while Campaign.objects.filter(key=key).exists():
        key, number_ = f"{base}-{number_}", number_ + 1
    return key
