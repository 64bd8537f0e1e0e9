"""`python -m evenhand_web bulletins`: make the week's queue of bulletins, send it, and settle letters in doubt."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evenhand.errors import InputError
from evenhand_web.change import bulletins, spreading
from evenhand_web.change import bulletins_queue as queue
from evenhand_web.change import bulletins_sending as sending
from evenhand_web.people import trail

USERS_MISTAKE, TROUBLE = 2, 1


class Command(BaseCommand):
    help = "Make the week's queue of bulletins; with --send also send what may be sent now. Twice is as once."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--week", required=True, metavar="YYYY-MM-DD", help="its Monday")
        parser.add_argument("--send", action="store_true", help="send what is queued and may be tried now")
        parser.add_argument("--limit", metavar="N", help="with --send: letters that go out at most in this run")
        parser.add_argument("--delivered", type=Path, metavar="LOG",
                            help="settle letters in doubt by the mail server's log: what it holds was sent")
        parser.add_argument("--in-doubt", choices=["sent", "again"], metavar="sent|again",
                            help="settle letters in doubt by your word")
        parser.add_argument("--json", action="store_true", help="one JSON document, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            week, limit = bulletins.monday(_day(options["week"])), _limit(options)
            if options["send"]:
                sending.server()  # what is wrong with the settings is said before anything is made
            answer = self._run(week, limit, options)
        except InputError as error:
            raise CommandError(str(error), returncode=USERS_MISTAKE) from error
        self.stdout.write(json.dumps(answer) if options["json"] else _table(answer))
        spreading.prepare()  # once a month there is something to do; whoever runs this by clock has it done
        self._end(week, answer)

    def _run(self, week: date, limit: int | None, options: dict[str, Any]) -> dict[str, Any]:
        shown = sys.stderr.isatty() and not options["json"]
        answer: dict[str, Any] = {"week": week.isoformat()}
        if options["delivered"]:
            answer["settled"] = dict(queue.settle_by_log(week, options["delivered"]))
        if options["in_doubt"]:
            answer["settled_by_word"] = queue.settle_by_word(week, options["in_doubt"])
        answer["made"] = bulletins.make(week, self._shown("people looked at") if shown else None).as_json()
        if options["send"]:
            told = self._shown("letters tried")
            answer["run"] = sending.send(
                week, limit=limit, progress=(lambda run: told(sum(run.counts.values()))) if shown else None
            ).as_json()
        kept = {**answer.get("run", {}), "by_log": answer.get("settled"), "by_word": answer.get("settled_by_word")}
        kept = {word: said for word, said in kept.items() if said and not isinstance(said, str)}
        if kept:  # every ten minutes there is mostly nothing to send, and nothing to say
            trail.keep("letters sent or settled", what=f"week {week}", **kept)
        return answer | {"states": queue.counted(week), "in_doubt": len(queue.in_doubt(week))}

    def _shown(self, what: str) -> Any:
        def show(many: int) -> None:
            if many % 100 == 0:
                self.stderr.write(f"\r{many:,} {what}", ending="")

        return show

    def _end(self, week: date, answer: dict[str, Any]) -> None:
        """What needs somebody, on stderr; an exit code for whoever runs this by clock."""
        if doubt := answer["in_doubt"]:
            self.stderr.write(
                f"{doubt} letters are in doubt: their sender ended after the last byte. Ask the mail server's log "
                "(--delivered LOG), or say --in-doubt sent or --in-doubt again."
            )
        for why in answer["made"]["why_refused"]:
            self.stderr.write(f"{why['people']} letters could not be written: {why['reason']}")
        stopped = answer.get("run", {}).get("stopped")
        if stopped:
            raise CommandError(f"{stopped}; what was not sent is queued", returncode=TROUBLE)
        if answer["made"]["why_refused"]:
            raise CommandError("mend the messages above and run this again", returncode=TROUBLE)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"--week {text}: no date; give the Monday of the week as 2026-11-16") from error


def _limit(options: dict[str, Any]) -> int | None:
    text = options["limit"]
    if text is None:
        return None
    if not options["send"]:
        raise InputError("--limit says how many letters go out, so it needs --send")
    if not str(text).isdigit() or int(text) < 1:
        raise InputError(f"--limit {text}: expected a whole number, 1 or more")
    return int(text)


def _table(answer: dict[str, Any]) -> str:
    made, lines = answer["made"], [f"Week of {answer['week']}"]
    lines += [f"  {word.replace('_', ' '):22}{made[word]:>7,}" for word in made if isinstance(made[word], int)]
    if run := answer.get("run"):
        lines += ["This run"]
        lines += [f"  {word.replace('_', ' '):22}{n:>7,}" for word, n in run.items() if word != "stopped"]
    lines += ["The week's letters"] + [f"  {state:22}{n:>7,}" for state, n in answer["states"].items()]
    return "\n".join(lines)
