"""Submit and watch: the things that a page, an API or a bridge does with a request."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy.engine import make_url

from pipeline.allowance import plan
from pipeline.config import Settings
from pipeline.domain import GenerationRequest, Stage, Status
from pipeline.errors import BadRequest
from pipeline.requests import parse
from pipeline.tracking import Record, RequestView, Waiting, queue_of
from pipeline.work.engine import Engine

WAITING_PER_STUDENT = 20
PRIORITIES = range(-100, 101)
KEY_CHARACTERS = 200
CORRELATION_CHARACTERS = 64


class LessonQueue:
    """The way into the queue for everyone who does not make lessons."""

    def __init__(self, settings: Settings, record: Record) -> None:
        self._engine = open_engine(settings)
        self._record = record

    def submit(
        self, request: GenerationRequest, *, asked_by: str | None = None, idempotency_key: str | None = None,
        priority: int = 0, correlation_id: str = "",
    ) -> str:
        """Put the request into the queue, the higher its priority the sooner it is made. Its id.

        The same request id or the same key again is the same request, whatever else differs. Raises `TooMany` when 20
        requests of the student wait, and `BadRequest`.
        """
        _check(idempotency_key, priority, correlation_id)
        known = self._record.known_as(request.request_id, idempotency_key)
        if known is not None:
            return known
        fresh = self._record.accept(
            request, asked_by=asked_by, idempotency_key=idempotency_key, priority=priority, correlation_id=correlation_id,
            most_waiting=WAITING_PER_STUDENT)
        if not fresh:  # somebody else submitted it at this very moment
            return self._record.known_as(request.request_id, idempotency_key) or request.request_id
        self._engine.put(Waiting(request_id=request.request_id, queue=queue_of(request), priority=priority))
        return request.request_id

    def watch(self, request_id: str) -> RequestView | None:
        """The request as it stands, or None when there is none of this id."""
        return self._record.view(request_id)

    def cancel(self, request_id: str) -> None:
        """Ask the worker to stop; a request that has not begun is cancelled at once."""
        self._record.cancel(request_id)

    def run_again(
        self, request_id: str, from_stage: Stage | None = None, *, asked_by: str | None = None,
        prompts: Mapping[str, str] | None = None,
    ) -> str:
        """Make the lesson anew, from this stage on with what the stages before it made (not billed again). The new id.

        `prompts` are versions by name that the new one is made with in the place of the earlier ones. Raises `BadRequest`
        when a result that it would go on from is missing.
        """
        base = self._base(request_id)
        reuse = _before(base.request, from_stage)
        changed = {"prompts": {**base.request.prompts, **prompts}} if prompts else {}
        return self._again(base.request, changed, of=request_id, first=from_stage, reuse=reuse, asked_by=asked_by)

    def clarify(
        self, request_id: str, *, option: str | None = None, query: str | None = None, asked_by: str | None = None
    ) -> str:
        """Answer the question back, with one of its options or a new question. The id of the new request."""
        base = self._base(request_id)
        asked = base.lesson.clarification if base.lesson else None
        if base.status is not Status.CLARIFICATION_NEEDED or asked is None:
            raise BadRequest("request_id", f"{request_id[:64]!r} asked nothing back.")
        if (option is None) == (query is None):
            raise BadRequest("option", "give one of the options, or a new question.")
        if query is not None:
            return self._again(base.request, {"student_query": query}, of=request_id, asked_by=asked_by)
        if option not in asked.options:
            raise BadRequest("option", f"must be one of {', '.join(asked.options)}.")
        place = asked.options.index(option)
        chosen = ({"topic_hint": asked.topic_ids[place]} if place < len(asked.topic_ids)
                  else {"student_query": f"Explain {option}"})
        return self._again(base.request, chosen, of=request_id, asked_by=asked_by)

    def replay(self, dead_id: int) -> None:
        """Give a dead letter's request another chance. Raises `BadRequest` where that is impossible."""
        request_id = self._record.replayed(dead_id)
        self._engine.put_back([self._waiting(request_id)], ())

    def discard(self, dead_id: int) -> None:
        """Settle a dead letter without another try."""
        self._record.discarded(dead_id)

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.close()

    def _base(self, request_id: str) -> RequestView:
        view = self._record.view(request_id)
        if view is None:
            raise BadRequest("request_id", f"there is no request {request_id[:64]!r}.")
        return view

    def _again(
        self, base: GenerationRequest, changed: Mapping[str, object], *, of: str, asked_by: str | None,
        first: Stage | None = None, reuse: Sequence[Stage] = (),
    ) -> str:
        fresh = base.model_copy(update={"request_id": str(uuid.uuid4())})
        if changed:
            parse({**base.model_dump(mode="json"), **changed}, request_id=fresh.request_id)
            fresh = fresh.model_copy(update=changed)
        self._record.accept_rerun(fresh, of=of, first=first, reuse=reuse, asked_by=asked_by)
        self._engine.put(self._waiting(fresh.request_id))
        return fresh.request_id

    def _waiting(self, request_id: str) -> Waiting:
        view = self._base(request_id)
        return Waiting(request_id=request_id, queue=view.queue, priority=view.priority)


def _before(request: GenerationRequest, first: Stage | None) -> list[Stage]:
    """The stages whose results a run from this stage on needs."""
    if first is None:
        return []
    stages = plan(request)
    if first not in stages:
        raise BadRequest("from_stage", f"{first} is not part of this request: use {', '.join(stages)}.")
    made_before = (Stage.NLU, Stage.CACHE, Stage.RETRIEVAL, Stage.SCRIPT) if request.storyboard else ()
    return [stage for stage in stages[:stages.index(first)] if stage not in made_before]


def _check(key: str | None, priority: int, correlation_id: str) -> None:
    if key is not None and not 1 <= len(key) <= KEY_CHARACTERS:
        raise BadRequest("idempotency_key", f"must have 1 to {KEY_CHARACTERS} characters; it has {len(key)}.")
    if priority not in PRIORITIES:
        raise BadRequest("priority", f"must be a whole number from {PRIORITIES[0]} to {PRIORITIES[-1]}.")
    if len(correlation_id) > CORRELATION_CHARACTERS:
        raise BadRequest("correlation_id", f"must have at most {CORRELATION_CHARACTERS} characters.")


def open_engine(settings: Settings) -> Engine:
    """The engine of this installation."""
    settings.home.mkdir(parents=True, exist_ok=True)
    return Engine(queue_url(settings))


def queue_url(settings: Settings) -> str:
    """Where DBOS keeps the queue: beside the SQLite file, or in a schema of its own in the same PostgreSQL."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{settings.home / 'queue.sqlite'}"
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
