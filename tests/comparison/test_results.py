"""A set in figures: paired differences, the largest first, and nothing dropped without a word."""

from pipeline.comparison import Measure, Result, Variant, ordered, sentences
from pipeline.comparison.results import Pair, table
from pipeline.domain import Modality
from tests.comparison.test_differences import side

NAMES = ("Text", "Video")


def result(**fields: object) -> Result:
    return Result(measured=side(**fields).measured)


def pairs() -> list[Pair]:
    return [
        Pair(number=1, question="a", one=result(words=100), other=result(words=150, seconds=62.0)),
        Pair(number=2, question="b", one=result(words=100), other=result(words=20, seconds=82.0)),
        Pair(number=3, question="c", one=Result(missing="it failed: no"), other=result(words=1)),
        Pair(number=4, question="d", one=result(words=100, terms=(), covered=()), other=result(words=110, usd=None, seconds=72.0)),
    ]


def test_differences_are_the_other_minus_the_one():
    found = table(pairs(), names=NAMES, seed=1)
    assert [row.differences[Measure.WORDS] for row in found.rows] == [50, -80, None, 10]
    summary = next(each for each in found.summaries if each.measure is Measure.SECONDS)
    assert (summary.one, summary.other, summary.difference.value, summary.difference.n, summary.missing) == (22.0, 72.0, 50.0, 3, 1)
    assert 40.0 <= summary.difference.low <= 50.0 <= summary.difference.high <= 60.0


def test_the_largest_difference_comes_first_in_either_direction_and_the_missing_last():
    rows = table(pairs(), names=NAMES, seed=1).rows
    assert [row.number for row in ordered(rows, Measure.WORDS)] == [2, 1, 4, 3]
    assert [row.number for row in ordered(rows, Measure.TERMS)] == [1, 2, 3, 4]


def test_what_does_not_count_is_named_with_its_reason():
    gaps = [(gap.number, gap.measures, gap.why) for gap in table(pairs(), names=NAMES, seed=1).missing]
    assert gaps == [
        (3, tuple(Measure), "Text: it failed: no"),
        (4, (Measure.TERMS,), "Text: its topic lists no key terms"),
        (4, (Measure.USD,), "Video: some usage has no price"),
    ]
    missing = {each.measure: each.missing for each in table(pairs(), names=NAMES, seed=1).summaries}
    assert missing == {Measure.USD: 2, Measure.SECONDS: 1, Measure.READING: 1, Measure.GROUNDING: 1, Measure.TERMS: 2, Measure.WORDS: 1}


def test_a_set_of_which_nothing_was_made_has_no_numbers_and_says_so():
    found = table([Pair(number=1, question="a", one=Result(missing="x"), other=Result(missing="y"))], names=NAMES, seed=1)
    assert all(each.difference is None and each.one is None for each in found.summaries) and len(found.missing) == 2


def test_a_variant_that_changes_nothing_is_the_usual_one_beside_others_of_its_form():
    plain, other = Variant(modality=Modality.TEXT), Variant(modality=Modality.TEXT, grade_level=8)
    (said,) = sentences([plain, other], [result(words=100), result(words=50)])
    assert "The usual text has 100 words, and the text for grade 8 has 50." in said
    (said,) = sentences([plain, Variant(modality=Modality.VIDEO)], [result(words=100), result(words=50)])
    assert "The text has 100 words, and the video has 50." in said
