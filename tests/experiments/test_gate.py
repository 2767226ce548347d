"""The gate blocks what became worse, and what passed may be promoted."""

from datetime import UTC, datetime

import pytest

from pipeline.errors import BadRequest
from pipeline.evaluation import Fate
from pipeline.experiments import gate
from pipeline.experiments.results import results
from pipeline.organisation import COMMAND_LINE
from pipeline.scoring import Dataset
from tests.experiments.conftest import PLAIN, QUESTIONS, Bench

ENOUGH = 8
"""Questions of which all falling is beyond chance; in earnest more are asked for."""
MANY = Dataset(name="many", rows=tuple(
    QUESTIONS[number % 3].model_copy(update={
        "question_id": f"q{number}", "question": f"{QUESTIONS[number % 3].question.rstrip('?')}, example {number}?"})
    for number in range(1, ENOUGH + 1)))
FAST = ("outcome", "kept", "key_terms", "figures", "tokens")


@pytest.fixture(autouse=True)
def enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.experiments.gating.LEAST_QUERIES", ENOUGH)


@pytest.fixture(scope="module")
def versions(installed: Bench) -> dict[str, str]:
    """Versions of prompts besides those in production, and a run over all of them."""
    made = {"broken": spoiled(installed, "hook", PLAIN), "kind": spoiled(installed, "hook", "Be kind."),
            "link": spoiled(installed, "link", "Be kind.")}
    installed.made("gate", f"production,broken=hook@{made['broken']},kind=hook@{made['kind']}", dataset=MANY, scorers=FAST)
    return made


def spoiled(bench: Bench, name: str, said: str) -> str:
    """A version of the prompt that begins otherwise."""
    text = bench.wiring.registry.production().text(name)
    other = text.model_copy(update={"user": f"{said} {text.user}"})
    return bench.wiring.registry.save(COMMAND_LINE, other, message="for a test").version


def test_a_prompt_that_was_broken_on_purpose_is_blocked_and_cannot_be_promoted(installed: Bench, versions):
    view = installed.experiments.view("gate")
    verdict = gate(view, "broken")
    assert verdict.fate is Fate.REGRESSION and "Kept sentences fell by 0.5" in verdict.said
    with pytest.raises(BadRequest, match="fell by"):
        installed.wiring.registry.promote(COMMAND_LINE, {"hook": versions["broken"]}, run_id="gate")


def test_what_is_not_worse_passes_and_is_evidence_until_production_changes(installed: Bench, versions):
    registry, hook = installed.wiring.registry, versions["kind"]
    assert gate(installed.experiments.view("gate"), "kind").fate is Fate.PASS
    before = registry.labelled("production")["hook"]
    registry.promote(COMMAND_LINE, {"hook": hook}, run_id="gate")
    assert registry.labelled("production")["hook"] == hook
    with pytest.raises(BadRequest, match="Since that run another version of hook went into production"):
        registry.promote(COMMAND_LINE, {"hook": versions["broken"]}, run_id="gate")
    registry.rollback(COMMAND_LINE, "hook", why="the test is over", to=before)


@pytest.mark.parametrize(("variants", "asked", "why"), [
    ("production,other=hook@{0}+link@{1}", ("hook",), "differs from production in link too"),
    ("production:model=fake-small,other=hook@{0}", ("hook",), "different models"),
    ("production,other=hook@{0}", ("link",), "did not measure"),
])
def test_a_run_is_no_evidence_for_what_it_did_not_measure_alone(bench: Bench, versions, variants, asked, why):
    bench.experiments.create(COMMAND_LINE, "r1", MANY, bench.plan(variants.format(versions["kind"], versions["link"])))
    wanted = {name: versions["kind" if name == "hook" else name] for name in asked}
    with pytest.raises(BadRequest, match=why):
        bench.wiring.registry.promote(COMMAND_LINE, wanted, run_id="r1")


def test_a_run_that_is_not_whole_or_small_is_not_comparable(bench: Bench):
    bench.experiments.create(COMMAND_LINE, "r1", MANY, bench.plan())
    assert gate(bench.experiments.view("r1"), "plain").said.startswith("The run is not whole")
    small = bench.made("r2")
    assert gate(small, "plain").fate is Fate.INCOMPARABLE and "has 3 questions" in gate(small, "plain").said
    assert "baseline itself" in gate(small, "production").said


def test_results_of_nothing_are_no_verdict(bench: Bench):
    plan = bench.plan()
    found = results([], plan, usd=dict.fromkeys(("production", "plain")), at=datetime.now(UTC))
    assert found.verdict.fate is Fate.MEASURED and found.comparisons == ()
