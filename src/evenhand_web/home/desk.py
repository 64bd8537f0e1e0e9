"""The administrator's desk: what waits for somebody, what is late, failed or old; and that all is well when it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db.models import Q
from django.urls import reverse

from evenhand import measures
from evenhand.lake import Lake
from evenhand.sources.rhythm import Holding, holdings
from evenhand.story import sights
from evenhand_web.change.models import Bulletin
from evenhand_web.change.reading import modules
from evenhand_web.decide import moderating
from evenhand_web.decide.models import Round
from evenhand_web.people import verifying
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import around

from . import backups
from .models import JobRun

SOON = timedelta(days=90)  # our rule: a quarter's notice of a review
STUCK = timedelta(days=1)  # our rule: a letter of this week that still waits after a day needs somebody


@dataclass(frozen=True)
class Part:
    """One thing the desk looks after. command: what to type, where a page cannot do it."""

    name: str
    title: str
    well: bool
    words: str
    url: str = ""
    link: str = ""
    command: str = ""


@dataclass(frozen=True)
class Review:
    """A module or measure and the day by which somebody looks at it again; url '' for a module that has no page."""

    kind: str
    title: str
    checked_by: str
    due: date
    url: str
    overdue: bool


def parts(organisation: Organisation, lake: Lake | None, folder: Path, now: datetime) -> list[Part]:
    """Everything the desk of an organisation looks after, what is not well first."""
    code = organisation.code
    found = [
        _people(organisation), *_statements(organisation), _reviews(code, now.date()), _data(code, lake, now.date()),
        _refused(code), _pages(lake), _letters(now), _backup(folder, now),
    ]  # fmt: skip
    return sorted(found, key=lambda part: part.well)


def reviews(code: str, today: date) -> list[Review]:
    """Every module and measure that is overdue or due within a quarter, the longest overdue first."""
    found = []
    for module in modules().values():
        due = _day(module.facts.review_due)
        url = reverse("change:module", args=[code, module.id])
        found.append(Review("module", module.facts.title, module.facts.checked_by, due, url, due < today))
    for measure in measures.load_all().values():
        due = _day(measure.review_due)
        url = reverse("home:measure", args=[code, measure.id])
        found.append(Review("measure", measure.title, measure.checked_by, due, url, due < today))
    return sorted((r for r in found if r.due <= today + SOON), key=lambda r: (r.due, r.title))


def held(lake: Lake | None, today: date) -> tuple[Holding, ...]:
    """What the lake holds of each source. A demonstration is published once, so nothing of it is late."""
    if lake is None:
        return ()
    return holdings(lake.snapshots(), date.min if lake.demonstration else today)


def refused() -> list[JobRun]:
    """Loads that were refused and not done since: the latest of each, newest first."""
    last: dict[str, JobRun] = {}
    for run in JobRun.objects.filter(job="load").order_by("-id")[:500]:
        last.setdefault(run.asked, run)
    return [run for run in last.values() if run.state != "done"]


def _people(organisation: Organisation) -> Part:
    waiting = verifying.waiting(organisation)
    url, link = reverse("people:people", args=[organisation.code]), "People and roles"
    if not waiting:
        return Part("people", "People", True, "Nobody waits to be verified.", url, link)
    since = f"{'the longest ' if len(waiting) > 1 else ''}since {waiting[0].since:%-d %B %Y}"
    words = f"{_count(len(waiting), 'person waits', 'people wait')} to be verified, {since}."
    return Part("people", "People", False, words, url, "Verify them")


def _statements(organisation: Organisation) -> list[Part]:
    found = []
    for round_ in Round.objects.filter(organisation__in=around(organisation, Round)):
        number = moderating.waiting(round_, organisation).count()
        if number:
            words = f"{round_.title}: {_count(number, 'statement waits', 'statements wait')} for a moderator."
            url = reverse("decide:moderation", args=[organisation.code, round_.key])
            found.append(Part("statements", "Statements", False, words, url, "Moderate"))
    return found or [Part("statements", "Statements", True, "No statement waits for a moderator.")]


def _reviews(code: str, today: date) -> Part:
    due = reviews(code, today)
    over = [review for review in due if review.overdue]
    url, link = reverse("home:desk_data", args=[code]) + "#reviews", "What is due for review"
    if over:
        words = f"{_count(len(over), 'module or measure is', 'modules and measures are')} overdue for review."
        return Part("reviews", "Content to review", False, words, url, link)
    coming = f"; {_count(len(due), 'falls', 'fall')} due within three months" if due else ""
    return Part("reviews", "Content to review", True, f"Nothing is overdue for review{coming}.", url, link)


def _data(code: str, lake: Lake | None, today: date) -> Part:
    url, link = reverse("home:desk_data", args=[code]), "Data"
    if lake is None or not lake.snapshots():
        return Part("data", "Published data", False, "No published data has been loaded yet, so no page can compare "
                    "anything.", url, link, "python -m evenhand_web load FILES")  # fmt: skip
    there = held(lake, today)
    if not any(holding.last for holding in there):
        return Part("data", "Published data", False, "Organisations are loaded, but no month of anything published, so "
                    "no page can compare anything.", url, link, "python -m evenhand_web load FILES")  # fmt: skip
    late = [holding for holding in there if holding.late_days]
    if late:
        words = "; ".join(f"{h.title} ends in {_month(h.last)} and is {h.late_days} days late" for h in late[:3])
        more = f"; and {len(late) - 3} more" if len(late) > 3 else ""
        return Part("data", "Published data", False, f"{words}{more}.", url, link)
    ends = max((holding.last for holding in there if holding.last), default="")
    until = f" The latest month is {_month(ends)}." if ends else ""
    made_up = " This is the demonstration's own, published once." if lake.demonstration else ""
    return Part("data", "Published data", True, f"{_count(len(there), 'dataset', 'datasets')}, none of them late."
                f"{until}{made_up}", url, link)  # fmt: skip


def _refused(code: str) -> Part:
    last = refused()
    url, link = reverse("home:desk_data", args=[code]) + "#refused", "What was refused and why"
    if not last:
        return Part("refused", "Refused files", True, "No file that was given stands refused.", url, link)
    words = f"{last[0].asked} was refused on {last[0].ended_at:%-d %B %Y}: {last[0].said}"
    more = f" {_count(len(last) - 1, 'more load', 'more loads')} too." if len(last) > 1 else ""
    return Part("refused", "Refused files", False, words + more, url, link)


def _pages(lake: Lake | None) -> Part:
    waiting = len(sights.waiting(lake)) if lake is not None else 0
    if waiting:
        words = f"{_count(waiting, 'measure is', 'measures are')} still to be worked out for what was loaded last."
        return Part("pages", "Measures on pages", False, words, command="evenhand see store --lake LAKE")
    return Part("pages", "Measures on pages", True, "Every measure is worked out for what is loaded.")


def _letters(now: datetime) -> Part:
    failed = Bulletin.objects.filter(state="failed").count()
    stuck = Bulletin.objects.filter(Q(state="queued") | Q(state="sending"), not_before__lt=now - STUCK).count()
    sent = Bulletin.objects.filter(state="sent", sent_at__gte=now - timedelta(days=7)).count()
    week = f"{_count(sent, 'bulletin was', 'bulletins were')} sent in the last seven days."
    if not failed and not stuck:
        return Part("bulletins", "Bulletins", True, f"{week} None failed, and none waits for longer than a day.")
    last = Bulletin.objects.exclude(trouble="").order_by("-id").first()
    why = f" The mail server said last: {last.trouble}" if last is not None else ""
    words = f"{failed} failed and {stuck} wait for longer than a day. {week}{why}"
    return Part("bulletins", "Bulletins", False, words)


def _backup(folder: Path, now: datetime) -> Part:
    found = next(iter(backups.kept(folder)), None)
    command = "python -m evenhand_web backup"
    if found is None:
        return Part("backup", "Backup", False, "No backup of the database has been made yet.", command=command)
    age = now - found.when
    hours = age // timedelta(hours=1)
    words = f"The latest backup is {_count(hours, 'hour', 'hours') if hours < 48 else f'{hours // 24} days'} old."
    if age > backups.OLD:
        return Part("backup", "Backup", False, f"{words} It should be made every day.", command=command)
    return Part("backup", "Backup", True, words)


def _day(text: str) -> date:
    """A review's day: `2027-03` is the last day of that month, `2027-03-15` itself."""
    if len(text) > 7:
        return date.fromisoformat(text)
    year, month = int(text[:4]), int(text[5:7])
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _month(text: str) -> str:
    return f"{date.fromisoformat(f'{text}-01'):%B %Y}" if text else "no month"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
