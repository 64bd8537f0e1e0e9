"""A bulletin: the largest honest thing, under 150 words, one number with its interval, words that ask."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from evenhand.change.bulletin import FIRST, NOTHING, Action, Letter, Sighting, choose, moved, told_as, write
from evenhand.change.bulletin_rules import broken, count
from evenhand.errors import InputError

SEEN = Sighting(
    "gliptins", "Gliptins other than sitagliptin", "share of items", True, 0.614, 0.58, 0.647, 0.42,
    "the practices compared", True, "2026-09", "place", 4200.0, 2100.0, 40.0,
)  # fmt: skip
PROMISE = Action("promise:gliptins", "Promise one change at your next reviews; it is filled in for you.", "Promise")


def seen(measure: str, **changed: object) -> Sighting:
    return replace(SEEN, measure=measure, **changed)


def test_the_largest_opportunity_beyond_chance_comes_first():
    found = [
        seen("large but chance", worth=9000.0, beyond=False),
        seen("large but may be nothing", worth=8000.0, worth_low=-1.0),
        seen("honest", worth=400.0),
        seen("honest and larger", worth=500.0),
        seen("free", worth=math.nan, worth_low=math.nan),
    ]
    assert choose(found).measure == "honest and larger"


def test_without_a_price_what_is_beyond_chance_comes_before_a_signal():
    signal = seen("signal", kind="signal", concern=True, worth=math.nan, worth_low=math.nan)
    free = seen("free", worth=math.nan, worth_low=math.nan)
    assert (choose([signal, free]).measure, choose([signal]).measure) == ("free", "signal")


def test_good_news_chance_and_what_cannot_be_told_are_no_bulletin():
    found = [seen("a", kind="signal", worth=math.nan), seen("b", beyond=False), seen("c", beyond=None),
             seen("d", low=math.nan), seen("e", middle=math.nan), seen("f", low=0.7)]  # fmt: skip
    assert choose(found) is None
    assert choose([]) is None


def test_the_same_number_is_never_told_twice_and_a_new_month_is_a_new_number():
    told = {told_as(SEEN)}
    later = replace(SEEN, month="2026-10")
    assert choose([SEEN], told) is None
    assert choose([SEEN, later], told) == later


def test_the_order_of_what_is_seen_changes_nothing():
    rng = np.random.default_rng(1)
    found = [seen(f"m{i}", worth=float(100 + i), beyond=bool(i % 3)) for i in range(20)]
    picks = {choose([found[i] for i in rng.permutation(20)]).measure for _ in range(20)}
    assert picks == {"m19"}


def test_a_letter_says_one_number_its_interval_one_comparison_and_one_action():
    letter = write("Practice 12", SEEN, PROMISE, "")
    assert letter.number == "Gliptins other than sitagliptin, Practice 12: 61.4% (95% interval 58.0% to 64.7%)."
    assert letter.comparison == "The middle of the practices compared is 42.0%."
    assert letter.sure == "You are different here: more than chance would give."
    assert (letter.action, letter.became, letter.words < 150) == (PROMISE.words, FIRST, True)


def test_a_rate_carries_its_unit_and_a_signal_its_own_past():
    rate = write("P", replace(SEEN, share=False, unit="items per 1,000 patients", value=1234.5, low=1200.0, high=1260.0,
                              middle=900.0), PROMISE, "")  # fmt: skip
    signal = write(
        "P", replace(SEEN, kind="signal", value=0.7, low=0.5, high=0.6, middle=0.55, concern=True), PROMISE, ""
    )
    assert rate.number == ("Gliptins other than sitagliptin (items per 1,000 patients), P: "
                           "1,234 (95% interval 1,200 to 1,260).")  # fmt: skip
    assert signal.number.endswith("latest month: 70.0% (chance alone gives 50.0% to 60.0%).")
    assert signal.comparison == "Its own months before lie around 55.0%."


def test_with_nothing_beyond_chance_the_letter_says_so_and_gives_no_number():
    letter = write("P", None, PROMISE, "", nothing=True)
    assert (letter.number, letter.comparison, letter.sure) == (NOTHING, "", "")
    assert write("P", None, PROMISE, "", message="Word for word.").number == ""


def test_a_digest_says_in_what_share_of_its_practices_there_is_more_than_chance():
    area = replace(SEEN, kind="within", share=True, value=0.6875, low=0.566, high=0.788, middle=0.663)
    letter = write("Icb One", area, PROMISE, "", where="Most of it lies in Practice 1, Practice 2.")
    assert letter.number.endswith("Practices of Icb One with more to gain than chance gives: "
                                  "68.8% (95% interval 56.6% to 78.8%).")  # fmt: skip
    assert letter.comparison == "Of all practices compared it is 66.3%."
    assert letter.sure == "The practices within it differ from one another by more than chance would give."


def test_a_title_or_name_with_figures_is_not_a_second_number():
    letter = write(
        "Practice 7 at 12 High Street", replace(SEEN, title="Waits under 18 weeks: 92% and more"), PROMISE, ""
    )
    assert broken(letter) == ()


def test_a_campaigns_message_stands_word_for_word_with_its_sender():
    message = "Two colleagues changed this last year.\r\n\r\nWill you?"  # as a form sends it
    letter = write("P", SEEN, PROMISE, "", message=message, sender="Your clinical lead")
    assert letter.message == "Two colleagues changed this last year.\n\nWill you?\nYour clinical lead"


def test_a_letter_too_long_first_gives_up_last_time_then_is_refused_with_the_length_that_would_do():
    long = " ".join(["word"] * 75)
    assert write("P", SEEN, PROMISE, "Last time: " + " ".join(["so"] * 30), message=long).became == ""
    with pytest.raises(InputError, match=r"it has 2\d\d words, and 149 is the most; the campaign's message has 160, "
                                         r"shorten it to \d+"):  # fmt: skip
        write("P", SEEN, PROMISE, "", message=" ".join(["word"] * 160))


def test_what_it_says_to_shorten_to_does():
    def letter(n: int) -> Letter:
        return write("P", SEEN, PROMISE, "", message=" ".join(["word"] * n))

    with pytest.raises(InputError, match="shorten it to") as refused:
        letter(160)
    most = int(str(refused.value).rsplit(" ", 1)[1])
    assert letter(most).words == 149
    with pytest.raises(InputError):
        letter(most + 1)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Your practice is among the worst.", "its message says 'worst': variation is a question, not a verdict"),
        ("Poor prescribing costs money.", "its message says 'Poor'"),
        ("Act now!", "its message has an exclamation mark"),
        ("See https://elsewhere.example/x now.", "its message carries an address; the one action has the one link"),
        ("Write to a.person@nhs.example now.", "its message carries an address"),
    ],
)
def test_words_that_blame_shout_or_lead_elsewhere_are_refused(message, said):
    with pytest.raises(InputError, match=said):
        write("P", SEEN, PROMISE, "", message=message)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"low": math.nan}, "a number in a bulletin needs a value inside its interval"),
        ({"low": 0.7}, "a number in a bulletin needs a value inside its interval"),
        ({"middle": math.nan}, "something to compare it with"),
    ],
)
def test_a_number_without_interval_or_comparison_is_refused(changed, said):
    with pytest.raises(InputError, match=said):
        write("P", replace(SEEN, **changed), PROMISE, "")


def test_nothing_to_do_and_nobody_to_speak_of_are_refused():
    with pytest.raises(InputError, match="it has nothing to do"):
        write("P", SEEN, Action("x", " ", "Promise"), "")
    with pytest.raises(InputError, match="needs the name of the organisation"):
        write(" ", SEEN, PROMISE, "")


def test_a_subject_is_one_line_and_never_too_long_for_one():
    assert len(write("A very long name " * 9, replace(SEEN, title="A long title " * 9), PROMISE, "").subject) <= 90
    with pytest.raises(InputError, match="its subject breaks over lines"):
        write("P\nBcc: a", SEEN, PROMISE, "")


def test_what_became_of_last_time_is_told_only_when_later_months_are_published():
    later = replace(SEEN, month="2026-10", value=0.60, low=0.57, high=0.63)
    fell = replace(SEEN, month="2026-10", value=0.30, low=0.27, high=0.33)
    assert moved(SEEN, SEEN).endswith("The months since are not published; we cannot tell yet.")
    assert moved(SEEN, None).endswith("we cannot tell yet.")
    assert moved(SEEN, later) == ("Last time: gliptins other than sitagliptin, 61.4% then and 60.0% now, "
                                  "which may be chance.")  # fmt: skip
    assert moved(SEEN, fell).endswith("30.0% now, more than chance would give.")


def test_words_are_counted_as_a_reader_counts_them():
    assert (count("two words"), count("61.4% (58.0% to 64.7%) – one"), count("")) == (2, 5, 0)
