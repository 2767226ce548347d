"""Votes are blind and counted at the end; the judge is asked in both orders, once; both are held beside each other."""

import re
from itertools import cycle

import pytest

from pipeline.errors import BadRequest, NotAllowed
from pipeline.experiments import Ballot, Opinions, pairs_of
from pipeline.experiments.rows import JUDGEMENTS, RUNS, VOTES
from pipeline.organisation import COMMAND_LINE
from pipeline.scoring import PromptedJudge
from pipeline.tables import Choice
from pipeline.testing import FakeTextModel
from tests.experiments.conftest import Bench


@pytest.fixture(scope="module")
def bench(installed: Bench) -> Bench:
    """With one run, which is made once."""
    installed.made()
    return installed


@pytest.fixture
def opinions(bench: Bench) -> Opinions:
    """Nobody has said anything; the coin falls on one side and then on the other."""
    with bench.wiring.engine.begin() as connection:
        connection.execute(VOTES.delete())
        connection.execute(JUDGEMENTS.delete())
        connection.execute(RUNS.update().values(closed_at=None))
    sides = cycle([True, False])
    return Opinions(bench.wiring.engine, bench.wiring.record, coin=lambda: next(sides))


def better(ballot: Ballot) -> Choice:
    """The answer with a question of the model's own: the tuned prompt's."""
    return Choice.A if ballot.a.count("Why does") > ballot.b.count("Why does") else Choice.B


def test_a_ballot_shows_two_answers_and_not_whose_they_are(bench: Bench, opinions: Opinions):
    person = bench.person("content")
    ballot = opinions.next(person, "r1")
    assert ballot and ballot.a != ballot.b and opinions.next(person, "r1") == ballot
    names = [variant.name for variant in bench.experiments.view("r1").plan.variants]
    assert not any(re.search(rf"\b{name}\b", ballot.model_dump_json()) for name in [*names, "swapped"])


def test_everybody_votes_once_on_each_pair_and_sees_the_count_only_at_the_end(bench: Bench, opinions: Opinions):
    people = [bench.person("content"), bench.person("product")]
    for person in people:
        while ballot := opinions.next(person, "r1"):
            opinions.vote(person, ballot, better(ballot), "it asks")
    assert opinions.count("r1") == 6 and len(opinions.given(people[0], "r1")) == 3
    with pytest.raises(BadRequest, match="still open"):
        opinions.of_people("r1")
    bench.experiments.close(people[0], "r1")
    tuned, plain = opinions.of_people("r1").strengths
    assert (tuned.variant, tuned.wins, plain.losses) == ("production", 6, 6) and tuned.value > plain.value
    ballot = opinions.given(people[0], "r1")[0]
    with pytest.raises(BadRequest, match="stays as it is"):
        opinions.vote(people[0], ballot, Choice.A)
    assert opinions.next(bench.person("engineering"), "r1") is None


def test_a_ballot_is_its_owners(bench: Bench, opinions: Opinions):
    ballot = opinions.next(bench.person("content"), "r1")
    assert ballot
    with pytest.raises(BadRequest, match="not yours"):
        opinions.vote(bench.person("product"), ballot, Choice.A)
    with pytest.raises(BadRequest, match="needs an account"):
        opinions.next(COMMAND_LINE, "r1")
    with pytest.raises(NotAllowed):
        opinions.next(bench.person("viewer"), "r1")


def test_the_judge_is_asked_in_both_orders_and_never_twice(bench: Bench, opinions: Opinions):
    first = FakeTextModel({}, margin=0.9)  # whatever stands first is better: it contradicts itself
    judge = PromptedJudge(first, bench.wiring.registry.production())
    opinions.judge(COMMAND_LINE, "r1", judge)
    found = opinions.judgements(bench.experiments.view("r1"))
    assert len(found) == 3 and len(first.prompts) == 6
    assert all(each.preferred is None and each.contradicts for each in found)
    opinions.judge(COMMAND_LINE, "r1", judge)
    assert len(first.prompts) == 6
    assert bench.experiments.question("r1", "q1").judgements == (found[0],)


def test_the_judge_is_held_beside_people(bench: Bench, opinions: Opinions):
    person = bench.person("content")
    opinions.judge(COMMAND_LINE, "r1", PromptedJudge(FakeTextModel({}, margin=0.9), bench.wiring.registry.production()))
    while ballot := opinions.next(person, "r1"):
        opinions.vote(person, ballot, better(ballot))
    bench.experiments.close(person, "r1")
    found = opinions.agreement("fake-text", "r1")
    assert found.n == 3 and {(each.judge, each.people): each.count for each in found.matrix}["none", "one"] == 3
    assert opinions.agreement("fake-text") == found and opinions.of_the_judge("r1", "fake-text").strengths[0].ties == 3


def test_equal_answers_are_no_ballot(bench: Bench, opinions: Opinions):
    bench.made("equal", "production,again=production:seed=2", questions=1)
    assert len(pairs_of(bench.experiments.view("equal"))) == 1 and opinions.next(bench.person("content"), "equal") is None
