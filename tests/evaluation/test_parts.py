"""Halves, samples, the better of two, thresholds over a run that was made, and what is asked only once."""

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.evaluation import Half, Ranking, RememberingJudge, against_better, half_run, trade_off
from pipeline.search import Document
from tests.evaluation.conftest import a_set, ranker


def test_two_halves_are_the_whole_and_a_query_never_changes_sides():
    whole = a_set()
    dev, test = (whole.only(half) for half in Half)
    assert {*dev.queries, *test.queries} == {*whole.queries} and not {*dev.queries} & {*test.queries}
    assert {query.half for query in a_set(20, 3).only(Half.DEV).queries} == {Half.DEV}
    assert len(dev.judgements) + len(test.judgements) == len(whole.judgements)


def test_a_sample_is_always_the_same_and_a_larger_one_holds_the_smaller():
    small, large = (a_set().sample(count) for count in (5, 12))
    assert len(small.queries) == 5 and {*small.queries} < {*large.queries} and small == a_set().sample(5)
    assert a_set(3, 0).sample(99).queries == a_set(3, 0).queries


def test_half_of_a_run_is_what_that_half_alone_would_have_come_to(run):
    made = half_run(run(first=ranker(40), half=ranker(20)), Half.TEST, baseline="half")
    alone = run(a_set().only(Half.TEST), first=ranker(40), half=ranker(20), baseline="half")
    assert [one.measures for one in made.systems] == [one.measures for one in alone.systems]
    assert made.comparisons == alone.comparisons and made.set_name == "by hand (test)"


def test_each_kind_is_held_against_the_system_that_is_better_there(run):
    whys = lambda query, limit: ranker(40)(query, limit) if int(query.split()[1]) % 2 == 0 else Ranking([])  # noqa: E731
    hows = lambda query, limit: ranker(40)(query, limit) if int(query.split()[1]) % 2 == 1 else Ranking([])  # noqa: E731
    found = {each.kind: each for each in against_better(run(s=ranker(30), whys=whys, hows=hows), "s", of=("whys", "hows"))}
    assert {kind: (each.baseline, each.difference) for kind, each in found.items()} == {
        "why": ("whys", -0.25), "how": ("hows", -0.25)}


def test_a_threshold_is_told_from_the_sureness_of_each_query(run):
    cuts = {cut.threshold: cut for cut in trade_off(run(s=ranker(40, answers_off_topic=10)).system("s"))}
    assert (cuts[0.0].false_answers, cuts[0.0].refused) == (1.0, 0.0)
    assert cuts[0.2].false_answers == 0.0 and cuts[0.2].refused == pytest.approx(5 / 40)  # 0.10–0.19, and 0.15 and more
    assert trade_off(run(a_set(5, 0), s=ranker(5)).system("s")) == ()


def test_a_run_has_the_price_of_its_processor_time(run):
    (system,) = run(s=ranker(40)).systems
    assert system.usd_per_1000_queries >= Decimal("0.018") * Decimal(str(system.cpu_seconds)) - Decimal("0.000001")


class Slow:
    """Judges by length, and counts how often it is asked."""

    name, asked = "slow", 0

    def margin(self, question: str, document: Document) -> float:
        self.asked += 1
        return len(document.text) / 100


def test_what_was_judged_is_not_asked_again_even_by_another_process(tmp_path: Path):
    judge, document = Slow(), Document(chunk_id="c", module="m", title="t", text="word")
    first = RememberingJudge(judge, tmp_path)
    assert [first.margin("q", document), first.margin("q", document), first.margin("other", document)] == [0.04] * 3
    second = RememberingJudge(judge, tmp_path)
    assert second.margin("q", document) == 0.04 and judge.asked == 2
    assert "1 were remembered" in second.told()
