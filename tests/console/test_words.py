"""Times and amounts as people say them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from console import words
from pipeline.domain import Modality, Origin, Stage, StageStatus, Status

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("passed", "said"), [
    (timedelta(seconds=-3), "just now"),  # clocks differ
    (timedelta(seconds=59), "just now"),
    (timedelta(minutes=2), "2 min ago"),
    (timedelta(minutes=119), "119 min ago"),
    (timedelta(hours=5), "5 hours ago"),
    (timedelta(days=3), "3 days ago"),
    (timedelta(days=45), "on 08 Oct 2026"),
])
def test_a_moment_is_said_as_how_long_ago_it_was(passed: timedelta, said: str) -> None:
    assert words.ago(NOW - passed, NOW) == said


@pytest.mark.parametrize(("seconds", "said"), [
    (0.003, "0 s"), (0.25, "0.25 s"), (5.06, "5.1 s"), (48.2, "48 s"), (59.7, "1 min 0 s"), (160, "2 min 40 s"),
])
def test_seconds_are_said_as_precisely_as_they_matter(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(("amount", "said"), [
    ("0", "$0"), ("0.000000360", "under $0.00001"), ("0.0008046", "$0.00080"), ("0.0046", "$0.0046"),
    ("0.183", "$0.183"), ("12.5", "$12.50"), ("333975", "$333,975.00"), ("-0.183", "−$0.183"), ("-0.0000004", "above −$0.00001"),
])
def test_an_amount_shows_the_digits_that_matter(amount: str, said: str) -> None:
    assert words.dollars(Decimal(amount)) == said


def test_every_word_of_the_vocabulary_has_a_name_on_the_page() -> None:
    assert set(words.STAGES) == set(Stage)
    assert set(words.STAGE_STATES) == set(StageStatus)
    assert set(words.STATES) == set(words.STATE_COLOURS) == set(Status)
    assert set(words.MODALITIES) == set(Modality)
    assert set(words.ORIGINS) == set(Origin)
