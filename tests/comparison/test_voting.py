"""Blind votes: the order is drawn once and kept, a vote is its owner's, and nobody learns anything before the end."""

from itertools import cycle

import pytest

from pipeline.comparison import Two, Variant, Voting, tally
from pipeline.comparison.votes import preferred
from pipeline.domain import Modality
from pipeline.errors import BadRequest, NotAllowed
from pipeline.organisation import COMMAND_LINE
from pipeline.tables import Choice
from tests.comparison.conftest import TEXT, VIDEO, Bench

TWO = Two(one=1, other=2)


@pytest.fixture
def voting(bench: Bench, maker) -> Voting:
    """A coin that falls on one side and then on the other."""
    bench.made(maker)
    sides = cycle([True, False])
    return Voting(bench.engine, coin=lambda: next(sides))


def test_the_order_is_drawn_once_for_each_person_and_question(bench: Bench, voting: Voting, maker):
    other = bench.person("content")
    drawn = [voting.ballot(maker, "c1", question, TWO).swapped for question in (1, 2, 3)]
    assert drawn == [True, False, True]
    assert [voting.ballot(maker, "c1", question, TWO).swapped for question in (1, 2, 3)] == drawn
    assert voting.ballot(other, "c1", 1, TWO).swapped is False
    assert [b.question for b in voting.ballots(maker, "c1", TWO)] == [1, 2, 3] and len(voting.ballots(other, "c1", TWO)) == 1


def test_votes_are_decoded_when_the_comparison_is_closed_and_not_before(bench: Bench, voting: Voting, maker):
    for question, choice in ((1, Choice.A), (2, Choice.A), (3, Choice.NO_DIFFERENCE)):
        voting.vote(maker, "c1", voting.ballot(maker, "c1", question, TWO), choice, f"because {question}")
    with pytest.raises(BadRequest, match="still open"):
        voting.verdicts("c1", TWO)
    bench.comparisons.close(maker, "c1")
    verdicts = voting.verdicts("c1", TWO)
    assert [(v.question, v.preferred, v.why) for v in verdicts] == [(1, 2, "because 1"), (2, 1, "because 2"), (3, None, "because 3")]
    counted = tally(verdicts, one=1, other=2)
    assert (counted.one, counted.other, counted.no_difference, counted.votes) == (1, 1, 1, 3)
    assert counted.share_of_other.n == 2 and counted.share_of_other.low < 0.5 < counted.share_of_other.high


def test_a_vote_is_changed_by_its_owner_until_the_end(bench: Bench, voting: Voting, maker):
    ballot = voting.ballot(maker, "c1", 2, TWO)
    voting.vote(maker, "c1", ballot, Choice.A)
    with pytest.raises(BadRequest, match="not yours"):
        voting.vote(bench.person("content"), "c1", ballot, Choice.B)
    voting.vote(maker, "c1", ballot, Choice.B, "on reflection")
    bench.comparisons.close(maker, "c1")
    with pytest.raises(BadRequest, match="closed"):
        voting.vote(maker, "c1", ballot, Choice.A)
    assert [(v.preferred, v.why, v.author) for v in voting.verdicts("c1", TWO)] == [(1, "on reflection", "product@school.org")]  # its A was 2


def test_a_ballot_that_was_only_looked_at_does_not_count(bench: Bench, voting: Voting, maker):
    voting.ballot(maker, "c1", 1, TWO)
    bench.comparisons.close(maker, "c1")
    assert voting.verdicts("c1", TWO) == []
    assert tally([], one=1, other=2).share_of_other is None


def test_each_pair_of_variants_has_votes_of_its_own(bench: Bench, maker):
    bench.made(maker, "c3", variants=(TEXT, VIDEO, Variant(modality=Modality.AUDIO)))
    for pair in (TWO, Two(one=1, other=3), Two(one=2, other=3)):
        bench.voting.vote(maker, "c3", bench.voting.ballot(maker, "c3", 1, pair), Choice.NO_DIFFERENCE)
    bench.comparisons.close(maker, "c3")
    assert len(bench.voting.verdicts("c3", Two(one=1, other=3))) == 1


@pytest.mark.parametrize("two", [Two(one=2, other=1), Two(one=1, other=1), Two(one=1, other=3), Two(one=0, other=1)])
def test_a_ballot_is_about_two_of_its_variants(voting: Voting, maker, two):
    with pytest.raises(BadRequest, match="two variants of a question"):
        voting.ballot(maker, "c1", 1, two)


def test_whoever_may_not_review_may_not_vote_and_a_vote_needs_an_account(bench: Bench, voting: Voting):
    with pytest.raises(NotAllowed):
        voting.ballot(bench.person("viewer"), "c1", 1, TWO)
    with pytest.raises(BadRequest, match="needs an account"):
        voting.ballot(COMMAND_LINE, "c1", 1, TWO)


def test_reasons_are_plain_and_bounded(voting: Voting, maker):
    ballot = voting.ballot(maker, "c1", 1, TWO)
    for why in ("x" * 1001, "nul\x00"):
        with pytest.raises(BadRequest, match="why: must be plain text"):
            voting.vote(maker, "c1", ballot, Choice.A, why)


@pytest.mark.parametrize(("choice", "swapped", "meant"), [
    (Choice.A, False, 1), (Choice.B, False, 2), (Choice.A, True, 2), (Choice.B, True, 1),
    (Choice.NO_DIFFERENCE, False, None), (Choice.NO_DIFFERENCE, True, None),
])
def test_the_order_is_decoded(choice, swapped, meant):
    assert preferred(choice, swapped=swapped, one=1, other=2) == meant
