"""Bulletins: one a week for a person, whatever the mail server says and whoever changes their mind on the way."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from evenhand_web.change import bulletins, bulletins_queue, bulletins_sending
from evenhand_web.change.models import Bulletin, BulletinChoice, EngagementEvent
from evenhand_web.people.models import Identity, Person, Post
from mailing import WEEK, Always, MailServer


@pytest.fixture
def team(people, monkeypatch, settings, tmp_path):
    """Six people of Practice One with addresses, and something to say to each; nobody else has an address."""
    monkeypatch.setattr(bulletins, "_makers", [lambda week: Always(week, content="diabetes_dpp4_choice")])
    settings.EVENHAND_FROM = "Evenhand <bulletins@evenhand.example>"
    settings.EVENHAND_SMTP_TIMEOUT = 0.4
    settings.EVENHAND_SMTP_LOG = ""
    settings.VAR = tmp_path
    made = []
    for number in range(6):
        person = Person.objects.create(profession="GP", identity_level=2, organisation_id="PRACTICE1")
        Post.objects.create(person=person, organisation_id="PRACTICE1", role="member")
        made.append(Identity.objects.create(person=person, username=f"u{number}", name=f"Name {number}",
                                            email=f"u{number}@nhs.example"))  # fmt: skip
    return made


@pytest.fixture
def server(settings):
    with MailServer() as running:
        settings.EVENHAND_SMTP_URL = running.url
        yield running


def states() -> dict[str, int]:
    return {state: n for state, n in bulletins_queue.counted(WEEK).items() if n}


def due_now() -> None:
    """The wait of letters that are to be tried again is over."""
    Bulletin.objects.filter(state="queued").update(not_before=timezone.now() - timedelta(seconds=1))


def test_everybody_with_something_to_do_gets_one_letter_and_a_second_run_sends_nothing(team, server):
    first = bulletins.make(WEEK)
    runs = [bulletins_sending.send(WEEK), bulletins_sending.send(WEEK)]
    again = bulletins.make(WEEK)
    assert (first.counts["queued"], again.counts["queued"], again.counts["already"]) == (6, 0, 6)
    assert [run.counts["taken"] for run in runs] == [6, 0]
    assert set(server.to.values()) == {1}
    assert len(server.to) == 6


def test_a_week_is_one_whichever_run_makes_it(team, server):
    Identity.objects.filter(username="u5").update(email="")
    made = bulletins.make(WEEK)
    Identity.objects.filter(username="u5").update(email="u5@nhs.example")
    assert (made.counts["queued"], made.counts["without_email"]) == (5, 8)  # seven of the cast have none either
    assert bulletins.make(WEEK).counts["queued"] == 1


def test_the_same_number_is_not_told_in_the_next_week(team, monkeypatch):
    class Once(Always):
        def __call__(self, person, told, last):
            return None if told else super().__call__(person, told, last)

    monkeypatch.setattr(bulletins, "_makers", [Once])
    bulletins.make(WEEK)
    assert bulletins.make(WEEK + timedelta(days=7)).counts["nothing_to_do"] == 6


def test_a_letter_carries_its_twin_and_the_way_out(team, server):
    bulletins.make(WEEK)
    bulletins_sending.send(WEEK, limit=1)
    (address, letter), row = server.letters[0], Bulletin.objects.get(state="sent")
    plain, html = letter.get_body(("plain",)).get_content(), letter.get_body(("html",)).get_content()
    assert letter["Message-ID"] == row.message_id
    assert letter["To"] == address
    assert "Name" not in str(letter)
    assert letter["List-Unsubscribe"] == f"<http://127.0.0.1:8000/bulletins/{row.token}/stop/>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Auto-Submitted"] == "auto-generated"
    for said in ("61.4%", "58.0% to 64.7%", "42.0%", "You are different here"):
        assert said in " ".join(plain.split())
        assert said in html
    assert plain.count("http") == 2
    assert max(len(line) for line in plain.splitlines() if "http" not in line) <= 72


def test_the_html_asks_for_nothing_from_outside_and_tracks_nobody(team):
    bulletins.make(WEEK)
    html = Bulletin.objects.first().html
    for word in ("<img", "src=", "url(", "@import", "<link", "<script", "<iframe", "<form"):
        assert word not in html
    assert html.count("http") == 2
    assert 'lang="en-GB"' in html
    assert '<th scope="row"' in html


def test_a_name_with_signs_of_html_is_only_a_name(team, monkeypatch):
    from evenhand_web.people.models import Organisation

    Organisation.objects.filter(code="PRACTICE1").update(name="A & B <b>Practice</b>")
    bulletins.make(WEEK)
    letter = Bulletin.objects.first()
    assert "<b>Practice" not in letter.html
    assert "A &amp; B &lt;b&gt;" in letter.html
    assert "A & B <b>Practice</b>" in " ".join(letter.text.split())


def test_what_was_taken_is_reached_in_the_funnel_and_nothing_else_is(team, server):
    server.at_rcpt = lambda address: "250 OK" if address != "u3@nhs.example" else "550 no such mailbox"
    bulletins.make(WEEK)
    bulletins_sending.send(WEEK)
    reached = EngagementEvent.objects.filter(stage="reached", content="diabetes_dpp4_choice")
    assert reached.count() == 5 == EngagementEvent.objects.count()
    assert team[3].person.pk not in reached.values_list("person", flat=True)


def test_later_is_later_and_refused_is_for_good(team, server):
    at_rcpt = {"u1@nhs.example": "451 greylisted", "u2@nhs.example": "550 no such mailbox"}
    after = {"u3@nhs.example": "452 disk full", "u4@nhs.example": "554 no"}
    server.at_rcpt = lambda address: at_rcpt.get(address, "250 OK")
    server.answer = lambda address: after.get(address, "250 taken")
    bulletins.make(WEEK)
    run = bulletins_sending.send(WEEK)
    assert states() == {"queued": 2, "sent": 2, "failed": 2}
    assert (run.counts["later"], run.counts["refused"], run.stopped) == (2, 2, "")
    assert bulletins_sending.send(WEEK).counts["taken"] == 0  # not before their time
    server.at_rcpt, server.answer = (lambda a: "250 OK"), (lambda a: "250 taken")
    due_now()
    bulletins_sending.send(WEEK)
    assert states() == {"sent": 4, "failed": 2}
    assert set(server.to.values()) == {1}


def test_it_waits_longer_each_time_and_gives_up_in_the_end(team, server):
    server.at_rcpt = lambda address: "450 try again"
    bulletins.make(WEEK)
    Bulletin.objects.exclude(person=team[0].person).delete()
    waits = []
    for _ in range(20):
        bulletins_sending.send(WEEK)
        letter = Bulletin.objects.get()
        if letter.state == "failed":
            break
        waits.append(round((letter.not_before - timezone.now()).total_seconds() / 60))
        due_now()
    assert waits == [10, 30, 60, 120, 240, 480, 720, 1440]
    assert letter.trouble == "given up after 9 tries: 450 try again"


def test_a_connection_lost_before_the_last_byte_is_tried_again(team, server):
    lost = {"u0@nhs.example"}
    server.at_rcpt = lambda address: "drop" if address in lost else "250 OK"
    bulletins.make(WEEK)
    bulletins_sending.send(WEEK)
    assert states() == {"queued": 1, "sent": 5}
    lost.clear()
    due_now()
    bulletins_sending.send(WEEK)
    assert set(server.to.values()) == {1}
    assert len(server.to) == 6


@pytest.mark.parametrize(("how", "had"), [("keep and drop", 1), ("drop", 0), ("silence", 1)])
def test_a_connection_lost_after_the_last_byte_is_in_doubt_and_never_sent_again_by_itself(team, server, how, had):
    server.answer = lambda address: how if address == "u2@nhs.example" else "250 taken"
    bulletins.make(WEEK)
    bulletins_sending.send(WEEK)
    server.answer = lambda address: "250 taken"
    due_now()
    bulletins_sending.send(WEEK)
    assert states() == {"sending": 1, "sent": 5}
    assert [letter.person_id for letter in bulletins_queue.in_doubt(WEEK)] == [team[2].person.pk]
    assert server.to["u2@nhs.example"] == had


@pytest.mark.parametrize("how", ["keep and drop", "drop"])
def test_the_mail_servers_log_settles_what_is_in_doubt(team, server, settings, tmp_path, how):
    server.log = tmp_path / "mail.log"
    settings.EVENHAND_SMTP_LOG = str(server.log)
    server.log.touch()
    server.answer = lambda address: how if address == "u2@nhs.example" else "250 taken"
    bulletins.make(WEEK)
    bulletins_sending.send(WEEK)
    server.answer = lambda address: "250 taken"
    Bulletin.objects.filter(state="sending").update(handed_at=timezone.now() - timedelta(seconds=1))
    run = bulletins_sending.send(WEEK)
    assert run.settled == ({"sent": 1} if how == "keep and drop" else {"again": 1})
    assert states() == {"sent": 6}
    assert set(server.to.values()) == {1}
    assert len(server.to) == 6
    assert EngagementEvent.objects.filter(stage="reached").count() == 6


def test_a_log_says_not_taken_only_when_the_server_has_had_its_time(team, server, tmp_path):
    server.answer = lambda address: "drop"
    bulletins.make(WEEK)
    Bulletin.objects.exclude(person=team[0].person).delete()
    bulletins_sending.send(WEEK)
    log = tmp_path / "mail.log"
    log.write_text("nothing of ours\n")
    assert bulletins_queue.settle_by_log(WEEK, log) == {}
    assert states() == {"sending": 1}


def test_postfix_takes_a_letter_when_its_queue_has_it_whole(tmp_path):
    log = tmp_path / "mail.log"
    log.write_text(
        "Nov 16 07:00:01 mx postfix/cleanup[7]: 4F9D195432C: message-id=<20261116.aa@e.example>\n"
        "Nov 16 07:00:01 mx postfix/qmgr[9]: 4F9D195432C: from=<b@e.example>, size=900, nrcpt=1 (queue active)\n"
        "Nov 16 07:00:02 mx postfix/cleanup[7]: 4F9D195432D: message-id=<20261116.bb@e.example>\n"
        "Nov 16 07:00:03 mx other: <= b@e.example id=20261116.cc@e.example\n"
    )  # fmt: skip
    wanted = {f"20261116.{x}@e.example" for x in ("aa", "bb", "cc", "dd")}
    assert bulletins_queue.accepted(log, wanted) == {"20261116.aa@e.example", "20261116.cc@e.example"}


@pytest.mark.parametrize(("word", "left"), [("sent", {"sent": 1}), ("again", {"queued": 1})])
def test_an_operators_word_settles_what_is_in_doubt(team, server, word, left):
    server.answer = lambda address: "drop"
    bulletins.make(WEEK)
    Bulletin.objects.exclude(person=team[0].person).delete()
    bulletins_sending.send(WEEK)
    assert bulletins_queue.settle_by_word(WEEK, word) == 1
    assert states() == left
    assert bulletins_queue.settle_by_word(WEEK, word) == 0


def test_a_server_that_hangs_up_after_every_letter_is_left_alone_after_three(team, server):
    server.answer = lambda address: "drop"
    bulletins.make(WEEK)
    run = bulletins_sending.send(WEEK)
    assert run.stopped.startswith("the mail server did not answer 3 times in a row")
    assert states() == {"queued": 3, "sending": 3}


def test_without_a_server_nothing_is_lost_and_no_try_is_counted(team, settings):
    with MailServer() as gone:
        settings.EVENHAND_SMTP_URL = gone.url
    bulletins.make(WEEK)
    run = bulletins_sending.send(WEEK)
    assert run.stopped.startswith("the mail server did not answer 3 times in a row")
    assert states() == {"queued": 6}
    assert set(Bulletin.objects.values_list("tries", flat=True)) == {0}


def test_a_server_that_refuses_everybody_is_not_ten_thousand_wrong_addresses(team, server, monkeypatch):
    monkeypatch.setattr(bulletins_sending, "ALL_REFUSED", 4)
    server.at_rcpt = lambda address: "554 relay access denied"
    bulletins.make(WEEK)
    run = bulletins_sending.send(WEEK)
    assert run.stopped.startswith("the first 4 letters were all refused")
    assert states() == {"queued": 2, "failed": 4}


def test_what_the_server_says_is_kept_without_the_address(team, server):
    server.at_rcpt = lambda address: f"550 5.1.1 <{address.upper()}>: unknown, ask postmaster@mx.example"
    bulletins.make(WEEK)
    bulletins_sending.send(WEEK)
    said = " ".join(Bulletin.objects.values_list("trouble", flat=True))
    assert "nhs.example" not in said.lower()
    assert "mx.example" not in said
    assert "unknown" in said


@pytest.mark.parametrize("how", ["stopped", "erased", "no address", "left", "asleep"])
def test_who_is_gone_or_has_stopped_since_the_queue_was_made_gets_nothing(team, server, how):
    bulletins.make(WEEK)
    who = team[4]
    if how == "stopped":
        bulletins.choose(who.person, False, "page")
    elif how == "erased":
        who.delete()
    elif how == "left":
        Post.objects.filter(person=who.person).update(until=timezone.localdate() - timedelta(days=1))
    else:
        Identity.objects.filter(pk=who.pk).update(**({"email": ""} if how == "no address" else {"is_active": False}))
    run = bulletins_sending.send(WEEK)
    assert states() == {"sent": 5, "withheld": 1}
    assert run.counts["withheld"] == 1
    assert server.to["u4@nhs.example"] == 0
    assert not EngagementEvent.objects.filter(person=who.person_id).exists()


def test_who_stops_while_their_letter_is_on_its_way_gets_nothing_either(team, server, monkeypatch):
    bulletins.make(WEEK)
    hand_over = bulletins_queue.hand_over

    def stopped_first(letter, name, address):
        if address == "u1@nhs.example":
            BulletinChoice.objects.create(person=letter.person, wanted=False, how="link")
        return hand_over(letter, name, address)

    monkeypatch.setattr(bulletins_queue, "hand_over", stopped_first)
    bulletins_sending.send(WEEK)
    assert states() == {"sent": 5, "withheld": 1}
    assert server.to["u1@nhs.example"] == 0
    assert len(server.to) == 5


def test_an_address_that_changes_on_the_way_is_used_as_it_is_now(team, server, monkeypatch):
    bulletins.make(WEEK)
    hand_over = bulletins_queue.hand_over

    def moved_first(letter, name, address):
        if address == "u1@nhs.example":
            Identity.objects.filter(username="u1").update(email="new@nhs.example")
        return hand_over(letter, name, address)

    monkeypatch.setattr(bulletins_queue, "hand_over", moved_first)
    bulletins_sending.send(WEEK)
    assert states() == {"sent": 6}
    assert (server.to["u1@nhs.example"], server.to["new@nhs.example"]) == (0, 1)


def test_a_worker_given_up_for_dead_changes_nothing_when_it_wakes(team, server):
    bulletins.make(WEEK)
    slow = bulletins_queue.claim(WEEK, "elsewhere:slow")
    Bulletin.objects.filter(pk=slow.pk).update(claimed_at=timezone.now() - timedelta(hours=1))
    bulletins_sending.send(WEEK)
    assert not bulletins_queue.hand_over(slow, "elsewhere:slow", "u0@nhs.example")
    bulletins_queue.back(slow, "elsewhere:slow", "late")
    bulletins_queue.fail(slow, "elsewhere:slow", "late")
    assert not bulletins_queue.sent(slow, "elsewhere:slow")
    assert states() == {"sent": 6}
    assert set(server.to.values()) == {1}


def test_a_worker_on_another_machine_keeps_its_letter_for_its_time(team, server):
    bulletins.make(WEEK)
    bulletins_queue.claim(WEEK, "elsewhere:busy")
    bulletins_sending.send(WEEK)
    assert states() == {"sending": 1, "sent": 5}


def test_a_living_worker_here_keeps_its_letter_however_long_it_takes(team, server):
    bulletins.make(WEEK)
    with bulletins_queue.worker() as name:
        held = bulletins_queue.claim(WEEK, name)
        Bulletin.objects.filter(pk=held.pk).update(claimed_at=timezone.now() - timedelta(days=1))
        bulletins_sending.send(WEEK)
        assert states() == {"sending": 1, "sent": 5}
    bulletins_sending.send(WEEK)
    assert states() == {"sent": 6}
    assert set(server.to.values()) == {1}


def test_of_two_workers_one_gets_a_letter(team):
    bulletins.make(WEEK)
    claimed = [bulletins_queue.claim(WEEK, f"w{i % 2}") for i in range(8)]
    taken = [letter.pk for letter in claimed if letter]
    assert len(taken) == len(set(taken)) == 6


def test_what_a_worker_did_not_come_to_is_given_back_and_counts_no_try(team):
    bulletins.make(WEEK)
    with bulletins_queue.worker() as name:
        first, *_ = bulletins_queue.claim_some(WEEK, name, 4)
        assert bulletins_queue.hand_over(first, name, Identity.objects.get(person=first.person).email)
        assert bulletins_queue.release(name) == 3
        bulletins_queue.claim_some(WEEK, name, 2)
    assert bulletins_queue.recover(WEEK) == 2  # its sender is gone
    assert states() == {"queued": 5, "sending": 1}
    assert set(Bulletin.objects.filter(state="queued").values_list("tries", flat=True)) == {0}


def test_a_letter_that_was_taken_is_kept_before_a_run_ends_however_it_ends(team, server, monkeypatch):
    bulletins.make(WEEK)
    one = bulletins_sending._one

    def broken(letter, *rest):
        if Bulletin.objects.filter(state="sending").exclude(handed_at=None).exists():  # the one before was taken
            raise RuntimeError("the sender is broken")
        return one(letter, *rest)

    monkeypatch.setattr(bulletins_sending, "_one", broken)
    with pytest.raises(RuntimeError):
        bulletins_sending.send(WEEK)
    assert states() == {"queued": 5, "sent": 1}
    assert EngagementEvent.objects.filter(stage="reached").count() == 1


def test_an_old_letter_is_not_sent_after_a_newer_one_was_made(team, server):
    bulletins.make(WEEK)
    bulletins.make(WEEK + timedelta(days=7))
    bulletins_sending.send(WEEK)
    assert states() == {"withheld": 6}
    assert not server.letters


def test_lines_that_begin_with_a_dot_arrive_as_they_were(team, server):
    bulletins.make(WEEK)
    Bulletin.objects.all().update(text=".one\n..two\n.\nthree\n")
    bulletins_sending.send(WEEK, limit=1)
    assert server.letters[0][1].get_body(("plain",)).get_content().split() == [".one", "..two", ".", "three"]


def test_the_command_makes_sends_and_counts(team, server):
    out = io.StringIO()
    call_command("bulletins", week="2026-11-16", send=True, json=True, limit="4", stdout=out)
    said = json.loads(out.getvalue())
    assert (said["made"]["queued"], said["run"]["taken"], said["states"]["queued"]) == (6, 4, 2)
    assert "nhs.example" not in out.getvalue()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"week": "2026-11-17"}, "--week 2026-11-17: a week begins on a Monday, and that is a Tuesday"),
        ({"week": "16/11/2026"}, "--week 16/11/2026: no date"),
        ({"week": "2026-11-16", "limit": "3"}, "--limit says how many letters go out, so it needs --send"),
        ({"week": "2026-11-16", "limit": "0", "send": True}, "--limit 0: expected a whole number, 1 or more"),
        ({"week": "2026-11-16", "delivered": Path("no.log")}, None),
    ],
)
def test_a_mistake_in_the_command_is_refused_in_one_line_and_nothing_is_made(team, server, options, said):
    if said is None:
        bulletins.make(WEEK)
        letter = bulletins_queue.claim(WEEK, "")
        Bulletin.objects.filter(pk=letter.pk).update(handed_at=timezone.now(), claim="")
        said = "no.log: the mail server's log cannot be read (No such file or directory); nothing was done"
    before = Bulletin.objects.count()
    with pytest.raises(CommandError) as refused:
        call_command("bulletins", **options, stdout=io.StringIO())
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)
    assert (refused.value.returncode, Bulletin.objects.count()) == (2, before)


@pytest.mark.parametrize(
    ("url", "sender", "said"),
    [
        ("", "a@b.example", "EVENHAND_SMTP_URL is missing"),
        ("http://mail.example", "a@b.example", "EVENHAND_SMTP_URL=http:... is no mail server"),
        ("smtp://a:b@mail.example", "a@b.example", "EVENHAND_SMTP_URL has a password and no encryption"),
        ("smtp://mail.example:x", "a@b.example", "EVENHAND_SMTP_URL cannot be read"),
        ("smtp://mail.example", "Evenhand", "EVENHAND_FROM='Evenhand' is no address to send from"),
    ],
)
def test_settings_that_cannot_be_used_are_said_before_anything_is_made(team, settings, url, sender, said):
    settings.EVENHAND_SMTP_URL, settings.EVENHAND_FROM = url, sender
    with pytest.raises(CommandError) as refused:
        call_command("bulletins", week="2026-11-16", send=True, stdout=io.StringIO())
    assert str(refused.value).startswith(said)
    assert refused.value.returncode == 2
    assert not Bulletin.objects.exists()
    assert "a:b" not in str(refused.value)


def test_a_stopped_run_ends_with_an_exit_code(team, settings):
    with MailServer() as gone:
        settings.EVENHAND_SMTP_URL = gone.url
    with pytest.raises(CommandError, match="what was not sent is queued") as ended:
        call_command("bulletins", week="2026-11-16", send=True, stdout=io.StringIO())
    assert ended.value.returncode == 1
