"""Questions of one word in batches: asked once whatever happens, answered in any order, billed at half the price."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.batches import Answered, Batch, NotAnswered, Noting, answered, cancel, kept
from pipeline.errors import OperatorError, PipelineError, ProviderUnavailable
from pipeline.ports import Prompt, TextModel
from pipeline.prices import cost, today
from pipeline.providers.google.batch import MarginBatches
from pipeline.providers.google.language import GeminiModel
from pipeline.testing.cloud_faults import LOST_ANSWER, refusal
from tests.providers.google.conftest import Cloud

MODEL = "gemini-3.5-flash-lite"
QUESTIONS = tuple(Prompt(name="prefer", version="1", system="You compare.", user=f"Is answer {number} better?", max_tokens=1)
                  for number in range(4))


def gather(model: TextModel) -> None:
    for prompt in (*QUESTIONS, QUESTIONS[0]):  # one of them twice
        model.margin(prompt)


@pytest.fixture
def batches(cloud: Cloud) -> MarginBatches:
    return MarginBatches(cloud.account, MODEL, "gs://vividly-batches/judges")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "batches" / "run.json"


def finished(batches: MarginBatches, file: Path) -> Batch:
    return answered(batches, file, gather, wait=lambda seconds: None)


def jobs(cloud: Cloud) -> int:
    return len(cloud.google.batches.jobs)


def test_the_answers_are_those_of_single_calls_at_half_the_price(cloud: Cloud, batches: MarginBatches, file: Path):
    cloud.google.margin = -0.4
    batch = finished(batches, file)
    model = Answered(batches, batch)
    alone = GeminiModel(cloud.account, MODEL)
    single = [alone.margin(prompt) for prompt in QUESTIONS]
    assert [model.margin(prompt).value for prompt in QUESTIONS] == pytest.approx([paid.value for paid in single])
    assert (jobs(cloud), batch.sent, batch.failed) == (1, len(QUESTIONS), {})
    tokens = {unit: quantity for (_, unit), quantity in cloud.google.billed.items()}
    by_hand = (tokens["input_token in a batch"] * Decimal("0.15") + tokens["output_token in a batch"] * Decimal("1.25")) / 10**6
    assert cost(batch.usage, on=today()) == by_hand > 0
    assert cost([row for paid in single for row in paid.usage], on=today()) == 2 * by_hand


def test_a_line_asks_what_a_single_call_asks(cloud: Cloud, batches: MarginBatches, file: Path):
    finished(batches, file)
    GeminiModel(cloud.account, MODEL).margin(QUESTIONS[0])
    single = cloud.google.asked[-1][2]
    kept = next(kept for name, kept in cloud.google.batches.bucket.objects.items() if name.endswith("asked.jsonl"))
    (line, *_) = kept.content.decode().splitlines()
    asked = json.loads(line)["request"]
    assert asked["contents"] == single["contents"]
    assert asked["systemInstruction"]["parts"] == single["systemInstruction"]["parts"]
    assert asked["safetySettings"] == single["safetySettings"]
    settings = single["generationConfig"]
    assert {name: asked["generationConfig"][name] for name in settings if name != "thinkingConfig"} == {
        name: value for name, value in settings.items() if name != "thinkingConfig"}


def test_whoever_stopped_waiting_goes_on_and_pays_once(cloud: Cloud, batches: MarginBatches, file: Path):
    cloud.google.batches.looks = 3

    def leave(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answered(batches, file, gather, wait=leave)
    assert kept(file, MODEL).job
    assert len(finished(batches, file).margins) == len(QUESTIONS)
    assert jobs(cloud) == 1
    before = dict(cloud.google.billed)
    finished(batches, file)  # nothing is left to ask
    assert (jobs(cloud), dict(cloud.google.billed)) == (1, before)


def test_a_job_whose_name_was_not_learned_is_found_again(cloud: Cloud, batches: MarginBatches, file: Path):
    cloud.google.faults += [None, None, LOST_ANSWER]
    with pytest.raises(PipelineError):
        finished(batches, file)
    assert (kept(file, MODEL).job, jobs(cloud)) == ("", 1)
    assert len(finished(batches, file).margins) == len(QUESTIONS)
    assert jobs(cloud) == 1


def test_lines_that_failed_are_told_and_asked_again_alone(cloud: Cloud, batches: MarginBatches, file: Path):
    cloud.google.batches.fails = lambda number: "Resource exhausted" if number == 1 else ""
    batch = finished(batches, file)
    assert list(batch.failed.values()) == ["Resource exhausted"]
    with pytest.raises(NotAnswered):
        Answered(batches, batch).margin(QUESTIONS[1])
    cloud.google.batches.fails = lambda number: ""
    again = finished(batches, file)
    assert (again.sent, again.failed, len(again.margins)) == (1, {}, len(QUESTIONS))
    assert sum(row.quantity for row in again.usage) == sum(cloud.google.billed.values())


def test_a_job_that_came_to_nothing_says_why_and_the_next_call_begins_another(cloud: Cloud, batches: MarginBatches, file: Path):
    cloud.google.batches.breaks = "The agent cannot read the bucket."
    with pytest.raises(ProviderUnavailable, match="cannot read the bucket"):
        finished(batches, file)
    cloud.google.batches.breaks = ""
    assert len(finished(batches, file).margins) == len(QUESTIONS)
    assert jobs(cloud) == 2


def test_a_batch_can_be_cancelled_and_begun_anew(cloud: Cloud, batches: MarginBatches, file: Path):
    with pytest.raises(OperatorError, match="No batch"):
        cancel(batches, file)
    cloud.google.batches.looks = 9

    def stop(seconds: float) -> None:
        cancel(batches, file)

    batch = answered(batches, file, gather, wait=stop)
    assert (batch.margins, batch.job) == ({}, "")
    assert next(iter(cloud.google.batches.jobs.values()))["state"] == "JOB_STATE_CANCELLED"
    cloud.google.batches.looks = 1
    assert len(finished(batches, file).margins) == len(QUESTIONS)


def test_a_bucket_that_is_not_there_is_named(cloud: Cloud, file: Path):
    with pytest.raises(PipelineError, match="There is no bucket gs://elsewhere: run .*VIVIDLY_GOOGLE_BATCH"):
        finished(MarginBatches(cloud.account, MODEL, "gs://elsewhere/judges"), file)


def test_another_judge_does_not_take_over_what_is_under_way(cloud: Cloud, batches: MarginBatches, file: Path):
    cloud.google.faults += [None, None, refusal(503)]
    with pytest.raises(PipelineError):
        finished(batches, file)
    with pytest.raises(OperatorError, match=MODEL):
        finished(MarginBatches(cloud.account, "gemini-2.5-pro", "gs://vividly-batches/judges"), file)


def test_texts_are_not_for_batches():
    with pytest.raises(OperatorError, match="one word"):
        Noting("google", MODEL).complete(QUESTIONS[0])

