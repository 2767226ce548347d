"""Tries, deadlines, breakers, limits and dead letters, without a process of their own: who fails, how often, what is left."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from pipeline.config import Settings
from pipeline.database import upgrade
from pipeline.deadlines import STAGE_SECONDS, TOTAL_SECONDS, Deadlines
from pipeline.domain import GenerationRequest, Modality, Stage, StageRun, StageStatus, Status
from pipeline.errors import (
    DeadlinePassed,
    LostLease,
    MissingWeights,
    OutOfScope,
    PipelineError,
    ProviderResting,
    ProviderUnavailable,
    TooMany,
    UnusableOutput,
)
from pipeline.meter import Meter
from pipeline.ports import Prompt
from pipeline.tables import BreakerState, EventKind
from pipeline.testing import ANSWERS, FakeTextModel, FakeVoice, FakeWiring
from pipeline.tracking import Breaker, RequestView
from pipeline.work import breaker, serve
from pipeline.work.faults import FIRST_SECONDS, LONGEST_SECONDS, may_pass, pause
from pipeline.work.gate import Bucket, ProviderGate
from pipeline.work.serving import Terms

Ask = Callable[..., GenerationRequest]
NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds

    def today(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)


@pytest.fixture
def opened(settings: Settings, url: str) -> Callable[..., FakeWiring]:
    upgrade(url)
    return lambda **fakes: FakeWiring(replace(settings, database_url=url, database_is_default=False), **fakes)


def failing(*faults: Exception | None) -> FakeTextModel:
    """A model whose hook fails like this, time after time; then it works."""
    left = list(faults)

    def hook(prompt: Prompt) -> str:
        fault = left.pop(0) if left else None
        if fault:
            raise fault
        return "Why?"

    return FakeTextModel({**ANSWERS, "hook": hook})


def terms(**fields: Any) -> Terms:
    return Terms(**{"worker_id": "w", "tries": 3, "buries": True, "chance": random.Random(1), **fields})


def work(wiring: FakeWiring, request: GenerationRequest, under: Terms, times: int = 1) -> RequestView:
    """The request after so many runs by a worker."""
    house = wiring.open_house()
    for _ in range(times):
        serve(request.request_id, house, wiring.record, under)
    view = wiring.record.view(request.request_id)
    assert view is not None
    return view


def kinds(wiring: FakeWiring, request: GenerationRequest) -> list[str]:
    return [str(event.kind) for event in wiring.record.events(request.request_id)]


# tries


@pytest.mark.parametrize(("fault", "passes"), [
    (ProviderUnavailable(), True), (UnusableOutput(), True), (DeadlinePassed(), True), (TimeoutError(), True),
    (ConnectionResetError(), True), (OperationalError("SELECT 1", {}, Exception("gone")), True),
    (OutOfScope(), False), (MissingWeights(), False), (PipelineError("no"), False), (ZeroDivisionError(), False),
])
def test_only_what_may_pass_by_itself_is_tried_again(fault: Exception, passes: bool):
    assert may_pass(fault) is passes


def test_pauses_grow_and_never_come_in_step():
    pauses = {tries: [pause(tries, random.Random(seed)) for seed in range(50)] for tries in (1, 2, 3, 20)}
    for tries, seconds in pauses.items():
        assert min(seconds) >= 0 and max(seconds) <= min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (tries - 1))
        assert len(set(seconds)) == 50
    assert max(pauses[1]) < max(pauses[2]) < max(pauses[3]) < max(pauses[20])


def test_a_fault_that_passes_costs_a_try_and_no_stage_twice(opened: Callable[..., FakeWiring], ask: Ask):
    wiring, request = opened(text=failing(ProviderUnavailable())), ask("text")
    wiring.record.accept(request)
    view = work(wiring, request, terms())
    assert view.status is Status.PENDING and kinds(wiring, request)[-1] == "retry_scheduled"
    assert wiring.record.events(request.request_id)[-1].data["reason"] == "ProviderUnavailable: The provider did not answer."
    view = work(wiring, request, terms())
    assert view.status is Status.COMPLETED and view.attempts == 2
    assert [(run.stage, run.status) for run in view.stages if run.status is not StageStatus.SKIPPED] == [
        (Stage.NLU, "completed"), (Stage.CACHE, "completed"), (Stage.RETRIEVAL, "completed"),
        (Stage.SCRIPT, "failed"), (Stage.SCRIPT, "completed")]
    assert wiring.record.dead_letters() == []


def test_after_the_last_try_the_request_is_a_dead_letter_with_its_history(opened: Callable[..., FakeWiring], ask: Ask):
    wiring, request = opened(text=failing(*[ProviderUnavailable("It was quiet.")] * 3)), ask("text")
    wiring.record.accept(request)
    view = work(wiring, request, terms(), times=4)
    assert view.status is Status.FAILED and view.error == "It was quiet." and view.attempts == 3
    (dead,) = wiring.record.dead_letters()
    assert (dead.request_id, dead.reason, dead.payload["student_query"]) == (
        request.request_id, "It was quiet.", request.student_query)
    assert [event["kind"] for event in dead.history].count("retry_scheduled") == 2
    assert dead.history[0]["kind"] == "accepted" and dead.history[-1]["kind"] == "dead_lettered"

    assert wiring.record.replayed(dead.dead_id) == request.request_id
    assert wiring.record.dead_letters() == []
    assert work(wiring, request, terms()).status is Status.COMPLETED  # the tries are counted anew


@pytest.mark.parametrize("fault", [MissingWeights(), PipelineError("It cannot be."), ZeroDivisionError("division by zero")])
def test_what_cannot_pass_is_tried_once(opened: Callable[..., FakeWiring], ask: Ask, fault: Exception):
    wiring, request = opened(text=failing(fault)), ask("text")
    wiring.record.accept(request)
    view = work(wiring, request, terms(), times=2)
    assert view.status is Status.FAILED and view.attempts == 1 and len(wiring.record.dead_letters()) == 1


def test_what_is_declined_is_no_dead_letter(opened: Callable[..., FakeWiring], ask: Ask):
    wiring, request = opened(), ask("text", grade_level=2)
    wiring.record.accept(request)
    assert work(wiring, request, terms()).status is Status.OUT_OF_SCOPE
    assert wiring.record.dead_letters() == []


def test_a_form_that_fails_is_tried_again_before_the_lesson_is_partial(opened: Callable[..., FakeWiring], ask: Ask):
    wiring, request = opened(voice=FakeVoice(fail=ProviderUnavailable("The voice is away."))), ask("text", "audio")
    wiring.record.accept(request)
    assert work(wiring, request, terms(), times=2).status is Status.PENDING
    view = work(wiring, request, terms())
    assert view.status is Status.PARTIAL and view.lesson is not None
    assert view.lesson.failed_modalities == {Modality.AUDIO: "The voice is away."}
    assert len([run for run in view.stages if run.stage is Stage.SCRIPT]) == 1


# leases


def test_whoever_lost_the_lease_writes_nothing(opened: Callable[..., FakeWiring], ask: Ask):
    wiring, request = opened(), ask("text")
    record = wiring.record
    record.accept(request)
    first = record.begin(request.request_id, "slow")
    assert first is not None
    record.stage_started(request.request_id, Stage.NLU, "fake", "m", lease=first.lease)
    record.release(request.request_id, first.lease, EventKind.TAKEN_OVER)
    for lease in (first.lease, first.lease + 1):  # pending, then in the hands of another
        before = (record.view(request.request_id), record.events(request.request_id))
        for write in (
            lambda: record.stage_started(request.request_id, Stage.NLU, "fake", "m", lease=first.lease),
            lambda: record.stage_finished(request.request_id, done(Stage.NLU), 0.5, lease=first.lease),
            lambda: record.note(request.request_id, draft="mine", lease=first.lease),
            lambda: record.release(request.request_id, first.lease, EventKind.HANDED_BACK),
            lambda: record.cancel_requested(request.request_id, lease=first.lease),
        ):
            with pytest.raises(LostLease):
                write()
        assert (record.view(request.request_id), record.events(request.request_id)) == before
        if lease == first.lease:
            assert record.begin(request.request_id, "quick") is not None


def done(stage: Stage) -> Any:
    return StageRun(stage=stage, status=StageStatus.COMPLETED, family="fake", model="m", started_at=NOW)


def test_an_answer_of_the_database_that_got_lost_bills_nothing_twice(opened: Callable[..., FakeWiring], ask: Ask):
    record, request = opened().record, ask("text")
    record.accept(request)
    record.begin(request.request_id)
    record.stage_started(request.request_id, Stage.NLU, "fake", "m")
    for _ in range(2):
        record.stage_finished(request.request_id, done(Stage.NLU), 0.5, kept={"value": None})
    view = record.view(request.request_id)
    assert view is not None and len(view.stages) == 1


# deadlines


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("factor", [1.0, 2.5])
def test_a_stage_has_its_time_and_no_more(stage: Stage, factor: float):
    clock = Clock()
    check = Deadlines(factor=factor, clock=clock).begun().of(stage)
    clock.pass_(STAGE_SECONDS[stage] * factor)
    check()
    clock.pass_(0.1)
    with pytest.raises(DeadlinePassed, match=stage):
        check()


def test_a_lesson_has_its_time_and_no_more():
    clock = Clock()
    deadlines = Deadlines(clock=clock).begun()
    clock.pass_(TOTAL_SECONDS - 1)
    check = deadlines.of(Stage.VIDEO)
    check()
    clock.pass_(2)
    with pytest.raises(DeadlinePassed, match="lesson"):
        check()


def test_a_model_that_takes_too_long_is_stopped_and_asked_again_later(opened: Callable[..., FakeWiring], ask: Ask):
    clock = Clock()

    def endless(prompt: Prompt) -> str:
        clock.pass_(STAGE_SECONDS[Stage.SCRIPT] + 1)
        return "Why is it so?"

    wiring, request = opened(text=FakeTextModel({**ANSWERS, "hook": endless})), ask("text")
    wiring.record.accept(request)
    view = work(wiring, request, terms(deadlines=Deadlines(clock=clock)))
    assert view.status is Status.PENDING and "script took longer than 120 seconds" in view.stages[-1].error
    assert view.stages[-1].usage  # what was written until then is paid for


# breakers

answers = st.lists(st.tuples(st.sampled_from(["ask", "answer", "fault"]), st.floats(0, 90)), max_size=60)


@given(answers)
def test_a_breaker_keeps_its_promises(life: list[tuple[str, float]]):
    now, state, run = NOW, Breaker(provider="p", changed_at=NOW), 0
    for what, seconds in life:
        now += timedelta(seconds=seconds)
        before = state
        if what == "ask":
            state = breaker.asked(state, now)
        elif what == "answer":
            state = breaker.succeeded(state, now)
        else:
            state = breaker.failed(state, now, "no")
        run = 0 if what == "answer" else run + (what == "fault")
        if before.state is BreakerState.OPEN and state.state is not BreakerState.OPEN:
            assert what == "ask" and state.state is BreakerState.HALF_OPEN
            assert (now - before.changed_at).total_seconds() >= breaker.REST_SECONDS
        if before.state is BreakerState.CLOSED and state.state is not BreakerState.CLOSED:
            assert what == "fault" and state.state is BreakerState.OPEN and state.failures == breaker.FAILURES
        if before.state is BreakerState.HALF_OPEN and what == "fault":
            assert state.state is BreakerState.OPEN
        if before.state is not BreakerState.CLOSED and state.state is BreakerState.CLOSED:
            assert what == "answer" and before.successes + 1 == breaker.SUCCESSES
        assert (breaker.rest(state, now) > 0) <= (state.state is BreakerState.OPEN)


def test_a_provider_that_rests_costs_no_try_and_all_workers_know(opened: Callable[..., FakeWiring], ask: Ask):
    clock = Clock()
    faults = [ProviderUnavailable("It was quiet.")] * 5
    wiring = opened(text=failing(*faults))
    gates = [ProviderGate(wiring.record, {}, clock=clock, today=clock.today) for _ in range(2)]
    for number in range(5):
        request = ask("text").model_copy(update={"request_id": f"r{number}"})
        wiring.record.accept(request)
        work(wiring, request, terms(gate=gates[0]))
    (found,) = wiring.record.breakers()
    assert found.state is BreakerState.OPEN and found.last_error == "It was quiet." and found.failures == 5

    last = ask("text").model_copy(update={"request_id": "last"})
    wiring.record.accept(last)
    view = work(wiring, last, terms(gate=gates[1]))
    assert view.status is Status.PENDING and kinds(wiring, last)[-1] == "postponed"
    clock.pass_(61)
    assert work(wiring, last, terms(gate=gates[1])).status is Status.COMPLETED
    assert wiring.record.breakers()[0].state is BreakerState.HALF_OPEN
    more = ask("text", interest="music").model_copy(update={"request_id": "more"})
    wiring.record.accept(more)
    assert work(wiring, more, terms(gate=gates[0])).status is Status.COMPLETED
    assert wiring.record.breakers()[0].state is BreakerState.CLOSED


def test_the_time_of_rest_is_told(opened: Callable[..., FakeWiring]):
    wiring, clock = opened(), Clock()
    gate = ProviderGate(wiring.record, {}, clock=clock, today=clock.today)
    for _ in range(5):
        gate.leave(wiring.voice, ProviderUnavailable())
    clock.pass_(20)
    with pytest.raises(ProviderResting) as resting:
        gate.enter(wiring.voice)
    assert resting.value.seconds == pytest.approx(40)
    gate.enter(wiring.text)  # another provider of the same family


def test_a_bucket_lets_through_what_was_agreed():
    clock = Clock()
    bucket = Bucket(30, clock=clock, sleep=clock.pass_)
    for _ in range(10):
        bucket.take()
    assert clock.seconds == 0
    for _ in range(30):
        bucket.take()
    assert clock.seconds == pytest.approx(60)


# limits


def test_a_student_has_two_lessons_under_way_and_the_others_wait(opened: Callable[..., FakeWiring], ask: Ask):
    record = opened().record
    requests = [ask("text") for _ in range(3)]
    for request in requests:
        record.accept(request)
    taken = [record.begin(request.request_id, "w", at_once=2) for request in requests]
    assert [found is not None for found in taken] == [True, True, False]
    other = ask("text", student_id="kim")
    record.accept(other)
    assert record.begin(other.request_id, "w", at_once=2) is not None
    record.release(requests[0].request_id, 1, EventKind.HANDED_BACK)
    assert record.begin(requests[2].request_id, "w", at_once=2) is not None


def test_a_student_may_have_twenty_waiting(opened: Callable[..., FakeWiring], ask: Ask):
    record = opened().record
    for _ in range(20):
        record.accept(ask("text"), most_waiting=20)
    with pytest.raises(TooMany, match="20 requests waiting"):
        record.accept(ask("text"), most_waiting=20)
    assert record.accept(ask("text", student_id="kim"), most_waiting=20)
    assert len(record.undecided()) == 21


# what a process uses


def test_stages_that_run_at_once_share_what_the_process_used():
    clock, cpu = Clock(), Clock()
    meter = Meter(clock=clock, cpu=cpu)
    cpu.pass_(100)  # nobody's
    first = meter.start()
    cpu.pass_(3)
    second = meter.start()
    cpu.pass_(4)
    clock.pass_(10)
    meter.stop(first)
    cpu.pass_(5)
    meter.stop(second)
    cpu.pass_(100)
    meter.stop(meter.start())
    assert (first.vcpu_seconds, second.vcpu_seconds) == (5, 7)
    assert first.gib_seconds == pytest.approx(second.gib_seconds) and first.gib_seconds > 0
