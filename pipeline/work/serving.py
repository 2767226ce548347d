"""One run of one accepted request: taken under a lease, made, and whatever comes of it recorded."""

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from pipeline.allowance import plan
from pipeline.deadlines import NO_DEADLINES, Deadlines
from pipeline.domain import GenerationRequest, Lesson, Status
from pipeline.errors import Cancelled, LostLease, PipelineError, ProviderResting
from pipeline.generate import House, generate
from pipeline.ports import Artifacts
from pipeline.shelf import files_of
from pipeline.tables import EventKind
from pipeline.trace import Gate, Step, Trace, plainly
from pipeline.tracking import Record, RequestJournal, Taken, insist
from pipeline.work.faults import may_pass, pause
from pipeline.work.heart import Heart

logger = logging.getLogger("pipeline")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Under which terms requests are made: by a worker, or in the foreground where somebody waits for the one try."""

    worker_id: str
    step: Step = plainly
    gate: Gate | None = None
    deadlines: Deadlines = NO_DEADLINES
    tries: int = 1
    at_once: int | None = None
    """How many requests of one student run at once."""
    buries: bool = False
    """Whether what failed becomes a dead letter."""
    chance: random.Random = field(default_factory=random.Random)


def serve(request_id: str, house: House, record: Record, terms: Terms | None = None) -> Lesson | None:
    """Make one accepted request's lesson and record whatever comes of it.

    None when it is not decided here: there is nothing to do, it will be tried again, or another worker has it now.
    """
    if terms is None:
        with _foreground(record) as alone:
            return serve(request_id, house, record, alone)
    taken = record.begin(request_id, terms.worker_id, at_once=terms.at_once)
    if taken is None:
        return None
    logger.info("request taken", extra={"action": "request_taken", "request_id": request_id})
    try:
        return _served(taken, house, record, terms)
    except LostLease:
        logger.warning("lease lost", extra={"action": "lease_lost", "request_id": request_id})
        return None


@contextmanager
def _foreground(record: Record) -> Iterator[Terms]:
    """Terms of this process alone; its heart tells the workers that the request is in good hands."""
    heart = Heart(record)
    heart.start()
    try:
        yield Terms(worker_id=heart.worker_id)
    finally:
        hand_back(record, heart.worker_id)
        heart.stop()


def hand_back(record: Record, worker_id: str) -> None:
    """Give back whatever the worker still holds."""
    for request_id, lease in record.in_hand(worker_id).items():
        with suppress(LostLease):  # finished just now, or taken over
            record.release(request_id, lease, EventKind.HANDED_BACK, worker_id=worker_id)


def _served(taken: Taken, house: House, record: Record, terms: Terms) -> Lesson | None:
    request, error, sizes = taken.request, "", dict[str, tuple[str, int]]()
    try:
        lesson = _made(taken, house, record, terms)
        sizes = _sizes(lesson, house.store)
    except LostLease:
        raise
    except Cancelled:
        lesson = Lesson(request_id=request.request_id, status=Status.CANCELLED, reason="Cancelled on request.")
    except Exception as fault:
        if _put_off(taken, fault, record, terms):
            return None
        error = _sentence(request, fault)
        lesson = Lesson(request_id=request.request_id, status=Status.FAILED, reason=error)
    dead = terms.buries and lesson.status is Status.FAILED
    insist(lambda: record.finish(lesson, sizes, error or _why_failed(lesson), lease=taken.lease, dead=dead))
    action = "request_given_up" if lesson.status is Status.FAILED else "request_decided"
    logger.info("request decided", extra={"action": action, "request_id": request.request_id, "status": lesson.status})
    return lesson


def _sizes(lesson: Lesson, store: Artifacts) -> dict[str, tuple[str, int]]:
    """The kind and the bytes of each file. Raises `PipelineError` where one is not kept: no lesson names what is not there."""
    files = files_of(lesson)
    kept = store.sizes(files)
    if lost := [name for name in files if name not in kept]:
        raise PipelineError(f"{lost[0]} is no longer in the store: make the lesson again.")
    return {name: (kind, kept[name]) for name, kind in files.items()}


def _made(taken: Taken, house: House, record: Record, terms: Terms) -> Lesson:
    allowance = house.allow(taken.request)
    journal = RequestJournal(record, taken.request.request_id, plan(allowance.request), lease=taken.lease, kept=taken.kept)
    try:
        with house.onlooker.watch(taken.request) as look:
            trace = Trace(journal, step=terms.step, gate=terms.gate, deadlines=terms.deadlines,
                          last_try=taken.tries >= terms.tries, look=look)
            lesson = generate(allowance, house, trace)
            look.decided(lesson)
            return lesson
    finally:
        journal.flush()


def _put_off(taken: Taken, fault: Exception, record: Record, terms: Terms) -> bool:
    """Whether the request is given back to be tried again. Waiting for a provider that rests is not a try."""
    request_id, lease = taken.request.request_id, taken.lease
    if terms.tries > 1 and isinstance(fault, ProviderResting):
        seconds = fault.seconds + terms.chance.uniform(0, 1)
        insist(lambda: record.release(request_id, lease, EventKind.POSTPONED, seconds=seconds, reason=str(fault)))
        return True
    if taken.tries >= terms.tries or not may_pass(fault):
        return False
    seconds, reason = pause(taken.tries, terms.chance), f"{type(fault).__name__}: {fault}"
    insist(lambda: record.release(request_id, lease, EventKind.RETRY_SCHEDULED, seconds=seconds, attempt=taken.tries,
                                  reason=reason))
    logger.warning("try failed", extra={"action": "retry_scheduled", "request_id": request_id, "seconds": seconds})
    return True


def _sentence(request: GenerationRequest, fault: Exception) -> str:
    """What the record says went wrong; the log has the rest of what nobody expected."""
    if isinstance(fault, PipelineError):
        return str(fault)
    logger.error("request failed", exc_info=fault, extra={"action": "request_failed", "request_id": request.request_id})
    return f"Something unexpected went wrong ({type(fault).__name__}: {fault}); the log of the worker has the details."


def _why_failed(lesson: Lesson) -> str:
    """Nothing asked for could be made: why, by form."""
    if lesson.status is not Status.FAILED:
        return ""
    return " ".join(dict.fromkeys(lesson.failed_modalities.values()))
