"""The fifteen suggestions one by one: what a machine looks for, and what it says when it finds it or does not.

Each rule answers (state, why, what would be right). The suggestions are Brehaut's (see message.py), in our words;
how a machine looks for them is ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from . import message_words as said
from .message_sending import Sending, State
from .message_words import Wording

Found = tuple[State, str, str]
Rule = Callable[[Wording, Sending], Found]
MOST_WORDS = 150  # PAGES.md, Bulletin
MOST_NUMBERS = 5  # our rule: own figure, comparison, what is asked, two to spare
LONGEST_SENTENCE = 20  # words, on average: GOV.UK style, sentences of about 15 to 20 words, 25 at most
OLDEST = 4  # months: prescribing data is published about two months after its month, so a quarter's message can hold it


def goals(text: Wording, sending: Sending) -> Found:
    if sending.goal:
        return "met", f"It serves {sending.goal}.", "Nothing."
    return "for_a_person", "No goal is named with it.", "Name the guideline or the signed scheme that it serves."


def in_their_power(text: Wording, sending: Sending) -> Found:
    now, aim = sending.baseline, sending.benchmark
    if now is None or aim is None or not sending.better:
        return ("for_a_person", "Whether there is room to improve is not said with it.",
                "Send it where the figure is on the worse side of the benchmark, about a decision the reader takes.")
    if (now > aim) if sending.better == "lower" else (now < aim):
        return ("for_a_person", f"There is room: {now:.3g} now, {aim:.3g} aimed at. Who decides it, no machine sees.",
                "Ask one reader whether the decision is theirs.")
    return "not_met", f"There is no room: {now:.3g} now, {aim:.3g} aimed at.", "Send it where there is room to improve."


def specific(text: Wording, sending: Sending) -> Found:
    right = "One sentence that says who does what, and when: “From Monday, start ... unless ...”."
    if not text.actions:
        return "not_met", "No sentence asks the reader to do something.", right
    for action in text.actions:
        first = action.split()[0].lower().strip(",")
        if first not in said.GENERAL and (said.TIMES.search(action) or re.search(r"\d", action)):
            return "met", f"It asks: “{_short(action)}”.", "Nothing."
    return "not_met", f"It asks “{_short(text.actions[0])}”, and not when or how many.", right


def more_than_once(text: Wording, sending: Sending) -> Found:
    if sending.times is None:
        return "for_a_person", "How often it is sent is not said.", "Plan two or more, with a new figure each time."
    if sending.times > 1:
        return "met", f"It is sent {sending.times} times.", "Nothing."
    return "not_met", "It is sent once.", "Plan two or more, with a new figure each time; once does little."


def soon(text: Wording, sending: Sending) -> Found:
    old = sending.months_old
    if old is None:
        return ("for_a_person", "How old the figures are when they are read is not said.",
                f"Send figures of the last {OLDEST} months, as often as there are new cases.")
    if old < 0:
        return "not_met", f"The figures end in {sending.data_to}, after it is sent.", "Mend the months."
    if old <= OLDEST:
        return "met", f"The figures are {old} months old when they are read.", "Nothing."
    return "not_met", f"The figures are {old} months old when read.", f"Send figures of the last {OLDEST} months."


def own_figure(text: Wording, sending: Sending) -> Found:
    right = "Give the reader's own figure: {value} of {organisation}."
    if sending.level in ("area", "network"):
        return "not_met", f"Its figure is that of the {sending.level}, not the reader's.", right
    if found := said.OWN.search(text.text):
        if text.numbers:
            return "met", f"It gives the reader's own figure (“{found[0]}”).", "Nothing."
        return "not_met", f"It speaks of the reader (“{found[0]}”) and gives no figure.", right
    return "not_met", "It gives nobody's own figure.", right


def comparison(text: Wording, sending: Sending) -> Found:
    right = "Hold it against the best quarter ({benchmark}), which leaves room to improve for most."
    better, average = said.BETTER.search(text.text), said.AVERAGE.search(text.text)
    if better or sending.comparator == "best":
        return "met", f"It is held against those who do well{_quoted(better)}.", "Nothing."
    if average or sending.comparator == "average":
        return "not_met", f"It is held against the middle{_quoted(average)}: half of the readers look fine.", right
    if (peers := said.PEERS.search(text.text)) or sending.comparator == "peers":
        return "for_a_person", f"It is held against peers{_quoted(peers)}; whether that pushes is for a person.", right
    return "not_met", "It compares with nobody.", right


def picture_and_words(text: Wording, sending: Sending) -> Found:
    right = "Put the chart beside the sentence that says what it shows, with the same figure in both."
    if sending.picture is None:
        return "for_a_person", "Whether a chart stands with it is not said.", right
    if not sending.picture:
        return "not_met", "No chart stands with it.", right
    if said.OWN.search(text.text) and text.numbers:
        return "met", "A chart stands with it, and the text says the same figure.", "Nothing."
    return "not_met", "A chart stands with it, and the text does not say what it shows.", right


def more_than_one_way(text: Wording, sending: Sending) -> Found:
    right = "Say it in words, in a figure and in a picture."
    ways = ["words", *(["a figure"] if text.numbers else []), *(["a picture"] if sending.picture else [])]
    if len(ways) == 3 or (len(ways) == 2 and sending.picture):
        return "met", f"It comes in {' and '.join(ways)}.", "Nothing."
    if sending.picture is None:
        return "for_a_person", f"It comes in {' and '.join(ways)}; whether a picture stands with it is not said.", right
    return "not_met", f"It comes in {' and '.join(ways)} only.", right


def light(text: Wording, sending: Sending) -> Found:
    mean = text.words / max(1, len(text.sentences))
    heavy = [
        (text.words > MOST_WORDS, f"{text.words} words; {MOST_WORDS} at most"),
        (mean > LONGEST_SENTENCE, f"{mean:.0f} words a sentence; {LONGEST_SENTENCE} at most on average"),
        (len(text.numbers) > MOST_NUMBERS, f"{len(text.numbers)} numbers; {MOST_NUMBERS} at most"),
    ]
    wrong = [words for is_wrong, words in heavy if is_wrong]
    if wrong:
        right = "One number, one comparison, one action; move the rest one click away."
        return "not_met", f"It is heavy: {'; '.join(wrong)}.", right
    return "met", f"{text.words} words, {mean:.0f} a sentence, {len(text.numbers)} numbers.", "Nothing."


def barriers(text: Wording, sending: Sending) -> Found:
    if sending.barriers:
        return "met", f"It is sent with help: {sending.barriers}.", "Nothing."
    if found := said.HELP.search(text.text):
        return "met", f"It speaks of what stands in the way (“{found[0]}”).", "Nothing."
    return "not_met", "It does not speak of what may stand in the way.", "Name the usual barrier and the help there is."


def short_then_more(text: Wording, sending: Sending) -> Found:
    right = "Begin with the figure or the action; put the detail one click away."
    opens = bool(said.read(text.opening).numbers or said.read(text.opening).actions)
    more = bool(text.links or sending.module)
    if opens and more:
        return "met", "The first 50 words carry the figure or the action, and the rest is one click away.", "Nothing."
    missing = [] if opens else ["the first 50 words carry neither figure nor action"]
    missing += [] if more else ["there is no link to more"]
    return "not_met", f"{' and '.join(missing).capitalize()}.", right


def believable(text: Wording, sending: Sending) -> Found:
    there = {
        "where the data is from": bool(sending.source or said.SOURCED.search(text.text)),
        "up to which month": bool(sending.data_to or said.DATED.search(text.text)),
        "who signs it": bool(sending.sender or said.SIGNED.search(text.text)),
    }
    missing = [words for words, known in there.items() if not known]
    if missing:
        right = "Say where the data is from, up to when, and who signs: somebody they know."
        return "not_met", f"It does not say {', '.join(missing)}.", right
    return "met", "It says where the data is from, up to when, and who signs it.", "Nothing."


def no_defence(text: Wording, sending: Sending) -> Found:
    right = "Ask a question instead of giving a verdict; say that some of the difference may be right for the patients."
    shouted = [word for word in re.findall(r"\b[A-Z]{5,}\b", text.text) if word not in ("NHSBSA",)]
    if found := said.BLAME.search(said.CLINICAL.sub(" ", text.text)):
        return "not_met", f"“{found[0]}” may be read as blame.", right
    if "!" in text.text or shouted:
        return "not_met", f"It raises its voice ({'“!”' if '!' in text.text else shouted[0]}).", right
    if found := said.OPEN.search(text.text):
        return "met", f"No word of blame, and it leaves the question open (“{found[0]}”).", "Nothing."
    return "for_a_person", "No word of blame; whether it reads as a verdict is for a person.", right


def social(text: Wording, sending: Sending) -> Found:
    if found := said.SOCIAL.search(text.text):
        return "met", f"It asks for an answer or a talk (“{found[0]}”).", "Nothing."
    return "not_met", "It asks for no answer and no talk.", "Invite an answer, or bring it to a meeting they have."


def _short(sentence: str, most: int = 80) -> str:
    return sentence if len(sentence) <= most else f"{sentence[:most].rsplit(' ', 1)[0]} ..."


def _quoted(found: re.Match[str] | None) -> str:
    return f" (“{found[0]}”)" if found else ""


RULES: tuple[tuple[str, Rule], ...] = (
    ("The action fits goals that the reader has already", goals),
    ("There is room to improve, and it is in the reader's power", in_their_power),
    ("The action is specific", specific),
    ("It comes more than once", more_than_once),
    ("It comes soon, as often as there are new cases", soon),
    ("The figure is the reader's own", own_figure),
    ("The comparison pushes in the right direction", comparison),
    ("Picture and words belong together", picture_and_words),
    ("It is said in more than one way", more_than_one_way),
    ("It is light to read", light),
    ("It helps with what stands in the way", barriers),
    ("It is short, can be acted on, and has detail for those who want it", short_then_more),
    ("It can be believed", believable),
    ("It does not make the reader defend themselves", no_defence),
    ("It invites an answer or a talk", social),
)
