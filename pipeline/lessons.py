"""What people do with lessons: ask for one, stop it, say what they think of it. Each is allowed, checked and logged here."""

from collections.abc import Mapping
from typing import Protocol

from pipeline.domain import GenerationRequest, Stage
from pipeline.errors import BadRequest
from pipeline.organisation import COMMAND_LINE, Actor, Audit, Permission, require
from pipeline.tracking import Record

NOTE_CHARACTERS = 2000
STARS = range(1, 6)


class Queue(Protocol):
    """Where requests wait for a worker."""

    def submit(
        self, request: GenerationRequest, *, asked_by: str | None = None, idempotency_key: str | None = None,
        priority: int = 0, correlation_id: str = "",
    ) -> str:
        """Put the request in; its id, or that of the one that came with this key before."""
        ...

    def run_again(
        self, request_id: str, from_stage: Stage | None = None, *, asked_by: str | None = None,
        prompts: Mapping[str, str] | None = None,
    ) -> str:
        """Make the lesson anew, from this stage on and with these versions of prompts; the new id."""
        ...

    def clarify(
        self, request_id: str, *, option: str | None = None, query: str | None = None, asked_by: str | None = None
    ) -> str:
        """Answer the question back; the id of the new request."""
        ...

    def cancel(self, request_id: str) -> None:
        """Ask the worker to stop."""
        ...


class Lessons:
    """The lessons of one installation, for whoever is allowed."""

    def __init__(self, queue: Queue, record: Record, audit: Audit) -> None:
        self._queue = queue
        self._record = record
        self._audit = audit

    def ask(
        self, actor: Actor, request: GenerationRequest, *, idempotency_key: str | None = None, priority: int = 0,
        correlation_id: str = "",
    ) -> str:
        """Put the request into the queue; the same id or key twice is one request. Its id. A correction needs REVIEW."""
        require(actor, Permission.REVIEW if request.revision_of else Permission.GENERATE)
        known = self._record.known_as(request.request_id, idempotency_key) is not None
        request_id = self._queue.submit(
            request, asked_by=_account(actor), idempotency_key=idempotency_key, priority=priority,
            correlation_id=correlation_id)
        if not known:
            asked = {"modalities": [str(m) for m in request.requested_modalities], "revision_of": request.revision_of}
            self._audit.write(actor, "lesson.asked", "lesson", request_id, None, asked)
        return request_id

    def again(
        self, actor: Actor, request_id: str, from_stage: Stage | None = None, *, prompts: Mapping[str, str] | None = None,
    ) -> str:
        """Make the lesson anew, from this stage on with what the stages before it made. The id of the new request.

        `prompts` (name -> version) are taken in the place of those that the earlier one was made with.
        """
        require(actor, Permission.GENERATE)
        fresh = self._queue.run_again(request_id, from_stage, asked_by=_account(actor), prompts=prompts)
        self._audit.write(actor, "lesson.run_again", "lesson", fresh, None, {"of": request_id, "from_stage": from_stage}
                          | ({"prompts": dict(prompts)} if prompts else {}))
        return fresh

    def clarify(self, actor: Actor, request_id: str, *, option: str | None = None, query: str | None = None) -> str:
        """Answer the question back, with one of its options or a new question. The id of the new request."""
        require(actor, Permission.GENERATE)
        fresh = self._queue.clarify(request_id, option=option, query=query, asked_by=_account(actor))
        self._audit.write(actor, "lesson.clarified", "lesson", fresh, None, {"of": request_id})
        return fresh

    def cancel(self, actor: Actor, request_id: str) -> None:
        """Ask the worker to stop."""
        require(actor, Permission.GENERATE)
        view = self._record.view(request_id)
        if view is None:
            raise _unknown(request_id)
        self._queue.cancel(request_id)
        if not view.status.decided and not view.cancel_requested:
            self._audit.write(actor, "lesson.cancelled", "lesson", request_id, {"status": view.status}, None)

    def review(
        self, actor: Actor, request_id: str, *, rating: int | None = None, note: str = "", approved: bool | None = None,
    ) -> None:
        """Add stars (1 to 5), a note, an approval or its withdrawal. Raises `BadRequest` when it says nothing."""
        require(actor, Permission.REVIEW)
        if rating is not None and rating not in STARS:
            raise BadRequest("rating", f"must be {STARS[0]} to {STARS[-1]} stars.")
        if len(note) > NOTE_CHARACTERS:
            raise BadRequest("note", f"must have at most {NOTE_CHARACTERS} characters; it has {len(note)}.")
        if rating is None and not note.strip() and approved is None:
            raise BadRequest("review", "needs stars, a note or a decision.")
        if self._record.view(request_id) is None:
            raise _unknown(request_id)
        said = {"rating": rating, "note": note, "approved": approved}
        self._record.review(request_id, rating=rating, note=note, approved=approved, author=_account(actor))
        said = {name: value for name, value in said.items() if value not in (None, "")}
        self._audit.write(actor, "lesson.reviewed", "lesson", request_id, None, said)


def _account(actor: Actor) -> str | None:
    """The account of the actor; the command line has none."""
    return None if actor == COMMAND_LINE else actor.user_id


def _unknown(request_id: str) -> BadRequest:
    return BadRequest("request_id", f"there is no request {request_id[:64]!r}.")
