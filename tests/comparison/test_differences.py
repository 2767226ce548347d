"""The difference of two lessons, in the words that a product manager reads."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.comparison.differences import Side, difference, duration, times
from pipeline.comparison.measures import Measured

TERMS = ("action", "reaction", "force", "mass", "weight", "inertia", "normal force", "friction")


def side(name: str = "the text", **fields: object) -> Side:
    known = {
        "topic": "topic_a", "seconds": 22.0, "stage_seconds": {}, "usd": Decimal("0.001"), "usage": {}, "words": 500,
        "reading_grade": 8.0, "asked_grade": 10, "grounded": 4, "sentences": 5, "terms": TERMS, "covered": TERMS[:7],
        "passages": ("p1", "p2"),
    }
    return Side(name=name, measured=Measured.model_validate({**known, **fields}))


def first(one: Side, other: Side) -> str:
    return difference(one, other)[0]


def test_the_sentence_that_the_product_managers_asked_for():
    text, video = side(), side("the video", usd=Decimal("0.0114"), seconds=60.0)
    said = "The video costs 11.4 times as much and takes 38 s longer; both cover 7 of 8 key terms."
    assert first(text, video) == said
    assert first(video, text) == said  # the same, whichever stands first


@pytest.mark.parametrize(("usd", "seconds", "said"), [
    ("0.001", 22.0, "Both cost about the same; both take equally long"),
    ("0.00104", 22.4, "Both cost about the same; both take equally long"),
    ("0.00106", 22.0, "The video costs 6 % more and takes equally long"),
    ("0.0019", 10.0, "The video costs 90 % more and takes 12 s less"),
    ("0.002", 182.0, "The video costs 2 times as much and takes 2 min 40 s longer"),
    ("1.24", 62.0, "The video costs 1,240 times as much and takes 40 s longer"),
    ("0", 23.0, "The text costs $0.001 and the video nothing; the video takes 1 s longer"),
    ("0.001", 10.0, "Both cost about the same; the text takes 12 s longer"),
])
def test_cost_and_time(usd: str, seconds: float, said: str):
    assert first(side(), side("the video", usd=Decimal(usd), seconds=seconds)).startswith(f"{said};")


def test_what_costs_nothing_on_both_sides_is_said_so():
    assert first(side(usd=Decimal(0)), side("the audio", usd=Decimal(0))).startswith("Both cost nothing; both take")


def test_usage_without_a_price_is_named_and_is_not_nothing():
    said = first(side(), side("the video", usd=None, seconds=60))
    assert said.startswith("The costs cannot be compared, because some usage of the video has no price; the video takes 38 s longer")
    assert "of the text and the video has" in first(side(usd=None), side("the video", usd=None))


@pytest.mark.parametrize(("fields", "said"), [
    ({"covered": TERMS}, "the video covers 8 of 8 key terms, and the text covers 7: the text lacks friction."),
    ({"covered": TERMS[:5]}, "the text covers 7 of 8 key terms, and the video covers 5: the video lacks inertia and normal force."),
    ({"covered": TERMS[1:]}, "both cover 7 of 8 key terms, but not the same: the text lacks friction and the video lacks action."),
    ({"covered": (*TERMS[3:], "action")}, "the text covers 7 of 8 key terms, and the video covers 6: the text lacks friction and "
                                           "the video lacks reaction and force."),
    ({"topic": "topic_b", "terms": (), "covered": ()}, "they are about different topics."),
])
def test_key_terms_that_only_one_has_are_named(fields: dict[str, object], said: str):
    assert first(side(), side("the video", **fields)).endswith(f"; {said}")


def test_what_is_not_known_is_left_out():
    told = difference(side(terms=(), covered=(), sentences=0, passages=()), side("the video", terms=(), covered=(), sentences=0, passages=()))
    assert told == ("Both cost about the same; both take equally long.", "Both read at grade 8.0 (grade 10 was asked).",
                    "Both have 500 words.")


def test_the_other_sentences():
    other = side("the text for grade 6", reading_grade=6.2, asked_grade=6, words=1430, grounded=3, passages=("p2", "p3"))
    assert difference(side(), other)[1:] == (
        "The text reads at grade 8.0, and the text for grade 6 reads at 6.2 (grades 10 and 6 were asked).",
        "The text for grade 6 has 1,430 words, and the text has 500.",
        "In the text, 4 of 5 connecting sentences rest on the library, and in the text for grade 6, 3 of 5.",
        "Of the 3 passages they rest on they share 1.",
    )
    assert difference(side(), side("the video"))[3:] == (
        "In both, 4 of 5 connecting sentences rest on the library.", "Both rest on the same 2 passages.")


@pytest.mark.parametrize(("seconds", "said"), [
    (0.42, "0.4 s"), (3.0, "3 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min"), (160, "2 min 40 s"), (3900, "1 h 5 min"),
])
def test_durations(seconds: float, said: str):
    assert duration(seconds) == said


@pytest.mark.parametrize(("ratio", "said"), [
    ("1.23", "23 % more"), ("2", "2 times as much"), ("2.04", "2 times as much"), ("11.43", "11.4 times as much"),
    ("99.96", "100 times as much"), ("100.4", "100 times as much"), ("12345.6", "12,346 times as much"),
])
def test_ratios(ratio: str, said: str):
    assert times(Decimal(ratio)) == said


AMOUNTS = st.none() | st.decimals(min_value=0, max_value=1000, places=6)
SECONDS = st.floats(min_value=0, max_value=1e5)
SOME = st.lists(st.sampled_from(TERMS), unique=True).map(tuple)


@given(AMOUNTS, AMOUNTS, SECONDS, SECONDS, SOME, SOME)
def test_whatever_was_measured_it_is_told_in_whole_sentences_and_alike_from_both_ends(a, b, fast, slow, mine, yours):
    one = side(usd=a, seconds=fast, covered=mine)
    other = side("the video", usd=b, seconds=slow, covered=yours)
    told = difference(one, other)
    assert all(sentence[0].isupper() and sentence.endswith(".") and "  " not in sentence for sentence in told)
    if fast != slow and a != b and set(mine) == set(yours):
        assert difference(other, one)[0] == told[0]
