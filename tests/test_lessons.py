"""What people do with lessons: allowed by role, checked, and in the log."""

from collections.abc import Callable

import pytest

from pipeline.domain import GenerationRequest, Status
from pipeline.errors import BadRequest, NotAllowed
from pipeline.lessons import Lessons
from pipeline.organisation import COMMAND_LINE, PERMISSIONS, Actor, Permission
from pipeline.tables import UserRole
from pipeline.wiring import Wiring

Ask = Callable[..., GenerationRequest]


class Direct:
    """A queue without a worker."""

    def __init__(self, wiring: Wiring) -> None:
        self._record = wiring.record

    def submit(self, request: GenerationRequest, *, asked_by: str | None = None, **_: object) -> str:
        self._record.accept(request, asked_by=asked_by)
        return request.request_id

    def cancel(self, request_id: str) -> None:
        self._record.cancel(request_id)


@pytest.fixture
def wiring(settings) -> Wiring:
    return Wiring(settings)


@pytest.fixture
def lessons(wiring: Wiring) -> Lessons:
    return Lessons(Direct(wiring), wiring.record, wiring.audit)


@pytest.fixture
def person(wiring: Wiring) -> Callable[[str], Actor]:
    def of(role: str) -> Actor:
        user = wiring.people.grant(f"{role}@example.org", role)
        return Actor(user_id=user.user_id, name=role, role=UserRole(role))

    return of


def actions(wiring: Wiring) -> list[tuple[str, str]]:
    return [(entry.actor_name, entry.action) for entry in wiring.audit.entries(COMMAND_LINE, entity="lesson")]


@pytest.mark.parametrize("role", list(UserRole))
@pytest.mark.parametrize(("act", "needs"), [
    (lambda lessons, actor, ask: lessons.ask(actor, ask("text")), Permission.GENERATE),
    (lambda lessons, actor, ask: lessons.ask(actor, ask("text").model_copy(update={"revision_of": "known"})), Permission.REVIEW),
    (lambda lessons, actor, ask: lessons.cancel(actor, "known"), Permission.GENERATE),
    (lambda lessons, actor, ask: lessons.review(actor, "known", rating=4), Permission.REVIEW),
])
def test_each_act_needs_its_permission(wiring, lessons, person, ask: Ask, role, act, needs):
    wiring.record.accept(ask("text").model_copy(update={"request_id": "known"}))
    actor = person(role)
    if needs in PERMISSIONS[role]:
        act(lessons, actor, ask)
    else:
        with pytest.raises(NotAllowed, match="needs the role"):
            act(lessons, actor, ask)
        assert actions(wiring) == []


def test_what_a_person_did_is_in_the_record_and_in_the_log(wiring, lessons, person, ask: Ask):
    actor = person("content")
    request_id = lessons.ask(actor, ask("text"))
    lessons.ask(actor, ask("text").model_copy(update={"request_id": request_id}))  # pressed twice
    lessons.review(actor, request_id, rating=5, note="clear", approved=True)
    lessons.cancel(actor, request_id)
    lessons.cancel(actor, request_id)
    review = wiring.record.reviews(request_id)[0]
    assert (review.rating, review.note, review.approved, review.author) == (5, "clear", True, "content@example.org")
    assert actions(wiring) == [("content", "lesson.cancelled"), ("content", "lesson.reviewed"), ("content", "lesson.asked")]
    view = wiring.record.view(request_id)
    assert view is not None and view.status is Status.CANCELLED


@pytest.mark.parametrize(("said", "sentence"), [
    ({"rating": 6}, "rating: must be 1 to 5 stars"),
    ({"rating": 0}, "rating: must be 1 to 5 stars"),
    ({"note": "x" * 2001}, "at most 2000 characters; it has 2001"),
    ({}, "needs stars, a note or a decision"),
    ({"note": "  "}, "needs stars, a note or a decision"),
])
def test_a_review_that_cannot_be_is_a_sentence(wiring, lessons, person, ask: Ask, said, sentence):
    request_id = lessons.ask(person("content"), ask("text"))
    with pytest.raises(BadRequest, match=sentence):
        lessons.review(person("content"), request_id, **said)
    assert wiring.record.reviews(request_id) == []


def test_a_lesson_that_nobody_asked_for_is_a_sentence(lessons, person):
    with pytest.raises(BadRequest, match="there is no request 'nothing'"):
        lessons.review(person("content"), "nothing", rating=3)
    with pytest.raises(BadRequest, match="there is no request 'nothing'"):
        lessons.cancel(person("content"), "nothing")


def test_the_command_line_has_no_account_and_can_ask_all_the_same(wiring, lessons, ask: Ask):
    request_id = lessons.ask(COMMAND_LINE, ask("text"))
    lessons.review(COMMAND_LINE, request_id, rating=3)
    assert wiring.record.reviews(request_id)[0].author == ""
