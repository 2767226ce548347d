"""The Gen AI evaluation service as a judge: both orders, its bill, its faults, and beside people as every judge is."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from pipeline.commands.experiment import _judges
from pipeline.errors import BadRequest, Hiccup, OperatorError, ProviderResting, UnusableOutput
from pipeline.experiments import Opinions
from pipeline.experiments.charging import usage_of
from pipeline.experiments.rows import CHARGES, JUDGEMENTS, RUNS, VOTES
from pipeline.organisation import COMMAND_LINE
from pipeline.prices import Unpriced
from pipeline.providers.google.judge import TEMPLATE, EvaluationService
from pipeline.providers.google.region import regional
from pipeline.scoring import PromptedJudge, Side, preferred
from pipeline.tables import Choice
from pipeline.testing import FakeTextModel
from pipeline.testing.cloud_faults import Fault, quota, refusal
from tests.experiments.conftest import Bench, installed  # noqa: F401  a fixture
from tests.providers.google.conftest import Cloud

MODEL, REGION = "gemini-3.5-flash-lite", "us-central1"
INPUT, OUTPUT = Decimal("0.30") / 1_000_000, Decimal("2.50") / 1_000_000
"""The list prices of the model's tokens."""
SHORT, LONG = "It pushes back.", "The floor pushes back as hard as the ball pushes on it."


@pytest.fixture
def judge(cloud: Cloud) -> EvaluationService:
    return EvaluationService(regional(cloud.account, REGION), MODEL)


@pytest.fixture(scope="module")
def bench(installed: Bench) -> Bench:  # noqa: F811
    """With one run, which is made once."""
    installed.made("judged")
    return installed


@pytest.fixture
def opinions(bench: Bench, cloud: Cloud) -> Opinions:
    """Nobody has said anything yet; the words that the stand-in compares are those of the run."""
    with bench.wiring.engine.begin() as connection:
        for table in (VOTES, JUDGEMENTS, CHARGES):
            connection.execute(table.delete())
        connection.execute(RUNS.update().values(closed_at=None))
    return bench.wiring.opinions


def asked(cloud: Cloud) -> list[dict]:
    return [body for _, verb, body in cloud.google.asked if verb.endswith(":evaluateInstances")]


def tokens(text: str) -> int:
    """As the stand-in counts them: a quarter of the characters, rounded up."""
    return -(-len(text) // 4)


def by_hand(cloud: Cloud, choices: list[str]) -> Decimal:
    """What these calls cost: each question as it was sent, each answer as it came."""
    sent = [json.loads(body["pairwiseMetricInput"]["instance"]["jsonInstance"]) for body in asked(cloud)]
    read = sum(tokens(TEMPLATE.format(**values)) for values in sent)
    written = sum(tokens(f"{choice} {cloud.google.vertex.explanation}") for choice in choices)
    return read * INPUT + written * OUTPUT


def test_the_better_one_wins_wherever_it_stands(cloud: Cloud, judge: EvaluationService):
    assert preferred("Why?", SHORT, LONG, judge=judge).winner is Side.B
    assert preferred("Why?", LONG, SHORT, judge=judge).winner is Side.A
    first, second = (json.loads(body["pairwiseMetricInput"]["instance"]["jsonInstance"]) for body in asked(cloud)[:2])
    assert (first["first"], first["second"]) == (second["second"], second["first"]) == (SHORT, LONG)
    config = asked(cloud)[0]["autoraterConfig"]
    assert config["autoraterModel"].endswith(f"/locations/{REGION}/publishers/google/models/{MODEL}")
    assert config["samplingCount"] == 1 and config["flipEnabled"] is False, "orders are decoded here"


@pytest.mark.parametrize("choice", ["TIE", "BASELINE", "CANDIDATE"])
def test_a_tie_and_a_place_that_wins_twice_are_no_difference(cloud: Cloud, judge: EvaluationService, choice: str):
    cloud.google.vertex.judge = lambda first, second: choice
    assert preferred("Why?", SHORT, LONG, judge=judge).winner is Side.TIE


def test_answers_are_data_in_what_is_sent(cloud: Cloud, judge: EvaluationService):
    judge.margin("{first}?", "{second} {0}", "}{")
    sent = asked(cloud)[0]["pairwiseMetricInput"]
    assert sent["metricSpec"]["metricPromptTemplate"] == TEMPLATE
    assert json.loads(sent["instance"]["jsonInstance"]) == {"question": "{first}?", "first": "{second} {0}", "second": "}{"}


@pytest.mark.parametrize(("fault", "kind", "words"), [
    (quota("7s"), ProviderResting, "quota"), (refusal(500), Hiccup, "500"),
    (refusal(403, reason="SERVICE_DISABLED"), OperatorError, "gcloud services enable aiplatform.googleapis.com"),
    (refusal(403), OperatorError, "roles/aiplatform.user"), (refusal(404), OperatorError, REGION),
])
def test_what_goes_wrong_says_who_must_act(cloud: Cloud, judge: EvaluationService, fault: Fault, kind: type, words: str):
    cloud.google.faults += [None, fault]  # the question is counted first
    with pytest.raises(kind, match=words) as told:
        judge.margin("Why?", SHORT, LONG)
    assert told.value.usage == () and len(asked(cloud)) == 1


def test_an_answer_without_a_choice_is_not_used_and_is_paid(cloud: Cloud, judge: EvaluationService):
    cloud.google.vertex.judge = lambda first, second: "PAIRWISE_CHOICE_UNSPECIFIED"
    with pytest.raises(UnusableOutput, match="made no choice") as told:
        judge.margin("Why?", SHORT, LONG)
    assert [row.quantity > 0 for row in told.value.usage] == [True, True]


def test_a_run_is_judged_once_and_its_bill_is_that_of_the_list(bench: Bench, opinions: Opinions, cloud: Cloud,
                                                              judge: EvaluationService):
    cloud.google.vertex.judge = lambda first, second: "BASELINE"
    cloud.google.faults += [None, refusal(503)]  # one call fails for a moment, and is made again
    opinions.judge(COMMAND_LINE, "judged", judge)
    opinions.judge(COMMAND_LINE, "judged", judge)
    assert len(asked(cloud)) == 7, "three pairs in both orders, and the one that failed"
    (found,) = opinions.judged("judged")
    failed = asked(cloud).pop(0)
    cloud.google.asked.remove(next(call for call in cloud.google.asked if call[2] is failed))
    assert found.judge == f"gen-ai-evaluation/{MODEL}" and found.usd == by_hand(cloud, ["BASELINE"] * 6) > 0
    assert found.preferences.strengths[0].ties == 3


def test_what_was_paid_before_it_broke_off_is_on_the_bill(bench: Bench, opinions: Opinions, cloud: Cloud,
                                                         judge: EvaluationService):
    cloud.google.faults += [None, None, None, None, refusal(403)]  # the second order's call
    with pytest.raises(OperatorError):
        opinions.judge(COMMAND_LINE, "judged", judge)
    paid = usage_of(bench.wiring.engine, "judged", judge.name)
    assert len(paid) == 2 and opinions.judges("judged") == []
    opinions.judge(COMMAND_LINE, "judged", judge)
    (found,) = opinions.judged("judged")
    assert found.preferences.pairs == 3 and len(usage_of(bench.wiring.engine, "judged", judge.name)) == 2 + 6 * 2


def test_a_model_without_a_price_is_not_asked(bench: Bench, opinions: Opinions, cloud: Cloud):
    unknown = EvaluationService(regional(cloud.account, REGION), "gemini-nobody")
    with pytest.raises(Unpriced, match="gemini-nobody"):
        opinions.judge(COMMAND_LINE, "judged", unknown)
    assert cloud.google.asked == []


def test_it_stands_beside_people_and_beside_the_judge_of_this_machine(bench: Bench, opinions: Opinions, cloud: Cloud,
                                                                     judge: EvaluationService):
    opinions.judge(COMMAND_LINE, "judged", judge)
    local = PromptedJudge(FakeTextModel({}, margin=0.9), bench.wiring.registry.production())
    opinions.judge(COMMAND_LINE, "judged", local)
    person = bench.person("content")
    while ballot := opinions.next(person, "judged"):
        opinions.vote(person, ballot, Choice.A if len(ballot.a.split()) > len(ballot.b.split()) else Choice.B)
    bench.experiments.close(person, "judged")
    found = {one.judge: one for one in opinions.judged("judged")}
    assert set(found) == {judge.name, "fake-text"}
    assert found[judge.name].agreement.same.mean == 1.0, "both prefer the longer one"
    assert found["fake-text"].agreement.same.mean == 0.0, "it contradicts itself, which is no difference"
    assert {each.model for each in bench.experiments.question("judged", "q1").judgements} == set(found)


def test_judges_are_chosen_by_name(bench: Bench, cloud: Cloud):
    assert (_judges(""), _judges("local"), _judges("vertex, local")) == ([], ["local"], ["vertex", "local"])
    with pytest.raises(BadRequest, match="is no judge"):
        _judges("somebody")
    before, text = bench.wiring.settings, bench.house.text
    with pytest.raises(OperatorError, match="VIVIDLY_VERTEX_JUDGE"):
        bench.wiring.pair_judge("vertex", text)
    try:
        bench.wiring.settings = replace(before, vertex_judge=MODEL, vertex_region=REGION, google_project=cloud.google.project,
                                        google_endpoint=cloud.account.endpoint)
        assert bench.wiring.pair_judge("vertex", text).name == f"gen-ai-evaluation/{MODEL}"
    finally:
        bench.wiring.settings = before
    assert bench.wiring.pair_judge("local", text).name == text.name
