"""The way into the queue: once by id or key, again from a stage, an answer to what was asked back, a second chance."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from pipeline.config import Settings
from pipeline.database import upgrade
from pipeline.domain import GenerationRequest, Stage, StageStatus, Status
from pipeline.errors import BadRequest
from pipeline.organisation import COMMAND_LINE
from pipeline.testing import FakeWiring
from pipeline.tracking import Detail, RequestView
from pipeline.work import LessonQueue, serve
from tests.tracking.conftest import lesson_of

Ask = Callable[..., GenerationRequest]


class Office:
    """A queue and one pair of hands."""

    def __init__(self, settings: Settings) -> None:
        self.wiring = FakeWiring(settings)
        self.record = self.wiring.record
        self.queue = LessonQueue(settings, self.record)

    def make(self, request_id: str) -> RequestView:
        serve(request_id, self.wiring.open_house(), self.record)
        return self.view(request_id)

    def view(self, request_id: str) -> RequestView:
        view = self.record.view(request_id)
        assert view is not None
        return view


@pytest.fixture
def office(settings: Settings, url: str) -> Iterator[Office]:
    upgrade(url)
    office = Office(replace(settings, database_url=url, database_is_default=False))
    yield office
    office.queue.close()


def test_the_same_id_and_the_same_key_are_the_same_request(office: Office, ask: Ask):
    first = ask("text")
    assert office.queue.submit(first, idempotency_key="k", correlation_id="vvd_1") == first.request_id
    assert office.queue.submit(ask("video"), idempotency_key="k") == first.request_id
    assert office.queue.submit(first.model_copy(update={"seed": 7}), idempotency_key="other") == first.request_id
    assert len(office.record.undecided()) == 1
    view = office.view(first.request_id)
    assert (view.correlation_id, view.request.seed, view.queue) == ("vvd_1", 1, "text")
    assert [event.kind for event in office.record.events(first.request_id)] == ["accepted"]


@pytest.mark.parametrize(("given", "field"), [
    ({"priority": 101}, "priority"), ({"idempotency_key": ""}, "idempotency_key"),
    ({"idempotency_key": "k" * 201}, "idempotency_key"), ({"correlation_id": "c" * 65}, "correlation_id"),
])
def test_what_cannot_be_kept_is_refused(office: Office, ask: Ask, given: dict[str, object], field: str):
    with pytest.raises(BadRequest) as fault:
        office.queue.submit(ask("text"), **given)  # type: ignore[arg-type]
    assert fault.value.field == field and office.record.undecided() == []


def test_a_request_that_revises_what_is_not_there_is_refused(office: Office, ask: Ask):
    with pytest.raises(BadRequest, match="not there"):
        office.queue.submit(ask("text").model_copy(update={"revision_of": "nothing"}))


def test_a_run_from_a_stage_on_bills_nothing_before_it(office: Office, ask: Ask):
    base = office.make(office.queue.submit(ask("video")))
    assert base.status is Status.COMPLETED
    again = office.queue.run_again(base.request.request_id, Stage.VIDEO)
    view = office.make(again)
    assert view.status is Status.COMPLETED and view.lesson is not None and view.lesson.video is not None
    assert (view.rerun_of, view.rerun_from) == (base.request.request_id, Stage.VIDEO)
    assert [run.stage for run in view.stages if run.usage] == [Stage.VIDEO]
    assert [run.status for run in view.stages] == [StageStatus.CACHED] * 6 + [StageStatus.COMPLETED]
    assert base.lesson is not None and view.lesson.narration == base.lesson.narration
    assert view.lesson.video.video.startswith(again)
    assert [event.kind for event in office.record.events(base.request.request_id)][-1] == "rerun"


def test_a_stage_is_repeated_with_another_version_of_a_prompt(office: Office, ask: Ask):
    registry = office.wiring.registry
    before = registry.version("hook", "production")
    text = before.text.model_copy(update={"user": f"{before.text.user} Be brief."})
    other = registry.save(COMMAND_LINE, text, message="Shorter", parent=before.version)
    base = office.make(office.queue.submit(ask("text")))
    again = office.make(office.queue.run_again(base.request.request_id, Stage.SCRIPT, prompts={"hook": other.version}))
    assert again.request.prompts == {"hook": other.version} and again.status is Status.COMPLETED
    assert [run.stage for run in again.stages if run.status is StageStatus.COMPLETED] == [Stage.SCRIPT]
    old, new = (next(one for one in Detail(office.wiring.engine).prompts(view.request.request_id) if one.name == "hook")
                for view in (base, again))
    assert (old.version, new.version) == (before.version, other.version) and new.user.endswith("Be brief.")
    assert new.variables == old.variables != {} and Detail(office.wiring.engine).askings("hook")[0].asked == new


def test_a_run_from_the_beginning_reuses_nothing(office: Office, ask: Ask):
    base = office.queue.submit(ask("text"))
    again = office.queue.run_again(base)
    assert office.make(again).status is Status.COMPLETED
    assert office.view(again).rerun_from is None and office.view(base).status is Status.PENDING


@pytest.mark.parametrize(("stage", "said"), [
    (Stage.SCRIPT, "has no result of"), (Stage.VIDEO, "is not part of this request"),
])
def test_a_run_cannot_go_on_from_what_was_never_made(office: Office, ask: Ask, stage: Stage, said: str):
    base = office.queue.submit(ask("text"))
    with pytest.raises(BadRequest, match=said):
        office.queue.run_again(base, stage)
    assert office.record.undecided() == [base]


def test_what_was_asked_back_is_answered_by_an_option_or_a_new_question(office: Office, ask: Ask):
    base = office.make(office.queue.submit(ask("text", student_query="Explain plants and forces")))
    if base.status is not Status.CLARIFICATION_NEEDED or base.lesson is None or base.lesson.clarification is None:
        pytest.fail(f"this question should be asked back: {base.status}")
    asked = base.lesson.clarification
    chosen = office.queue.clarify(base.request.request_id, option=asked.options[0])
    assert office.view(chosen).request.topic_hint == asked.topic_ids[0] and office.view(chosen).rerun_of
    other = office.queue.clarify(base.request.request_id, query="Explain Newton's third law")
    assert office.make(other).status is Status.COMPLETED
    for given in ({}, {"option": "Nothing of this"}, {"option": asked.options[0], "query": "Why so?"}, {"query": "?"}):
        with pytest.raises(BadRequest):
            office.queue.clarify(base.request.request_id, **given)


def test_only_what_asked_back_can_be_answered(office: Office, ask: Ask):
    with pytest.raises(BadRequest, match="asked nothing back"):
        office.queue.clarify(office.queue.submit(ask("text")), query="Explain forces")
    with pytest.raises(BadRequest, match="there is no request"):
        office.queue.clarify("nobody", query="Explain forces")


def test_a_dead_letter_is_settled_once(office: Office, ask: Ask):
    for act in (office.queue.replay, office.queue.discard):
        request_id = office.queue.submit(ask("text"))
        taken = office.record.begin(request_id, "w")
        assert taken is not None
        office.record.finish(lesson_of(taken.request, "failed", reason="x"), {}, "x", lease=taken.lease, dead=True)
        (dead,) = office.record.dead_letters()
        act(dead.dead_id)
        assert office.record.dead_letters() == [] and len(office.record.dead_letters(settled=True)) >= 1
        for again in (office.queue.replay, office.queue.discard):
            with pytest.raises(BadRequest, match="no open dead letter"):
                again(dead.dead_id)
        assert (office.view(request_id).status is Status.PENDING) == (act == office.queue.replay)
