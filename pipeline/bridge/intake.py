"""A message -> its fate, committed before it is told. Knows nothing of how messages come."""

import logging
import traceback
from enum import StrEnum
from typing import Any, Protocol

from pipeline.bridge.message import Message, kept, read
from pipeline.domain import GenerationRequest
from pipeline.errors import OperatorError, RequestDeclined, TooMany
from pipeline.tables import DeadSource
from pipeline.tracking import database_is_away

logger = logging.getLogger("pipeline")
REASON_CHARACTERS = 500
UNEXPECTED = (ValueError, TypeError, LookupError, ArithmeticError, RecursionError)
"""What Python raises over a value that it did not expect: the same value does it again every time."""
NOBODY = "nobody"


class Queue(Protocol):
    """Where requests wait for a worker."""

    def submit(self, request: GenerationRequest, *, correlation_id: str = "") -> str:
        """Put the request in; the same id again is the same request."""
        ...


class Graveyard(Protocol):
    """Where messages are kept that can never succeed."""

    def bury_message(self, source: DeadSource, payload: dict[str, Any], reason: str, *, key: str) -> bool:
        """Keep it; False when the message of this key is kept already."""
        ...

    def known_as(self, request_id: str) -> str | None:
        """The id of the request of this id."""
        ...


class Fate(StrEnum):
    """What became of a delivered message."""

    RECORDED = "recorded"
    """Its request is in the record, from now on or since an earlier delivery."""
    DEAD_LETTERED = "dead_lettered"
    LATER = "later"
    """It cannot be taken yet; others can."""
    AWAY = "away"
    """Nothing can be recorded now."""

    @property
    def settled(self) -> bool:
        """Whether the message may be acknowledged."""
        return self in (Fate.RECORDED, Fate.DEAD_LETTERED)


class Intake:
    """Puts what messages ask for into the queue, and what they never can into the dead letters."""

    def __init__(self, queue: Queue, graveyard: Graveyard, source: DeadSource) -> None:
        self._queue, self._graveyard, self._source = queue, graveyard, source

    def take(self, message: Message) -> Fate:
        """What became of the message. Never raises: what cannot be settled now comes again."""
        try:
            order = read(message)
            self._queue.submit(order.request, correlation_id=order.correlation_id)
        except TooMany as fault:
            return _put_off(message, fault, Fate.LATER)
        except RequestDeclined as fault:
            return self.bury(message, str(fault))
        except UNEXPECTED as fault:
            logger.error("message not understood", extra=_named(message, "message_not_understood") | _cause(fault))
            return self.bury(message, f"It could not be taken ({type(fault).__name__}).")
        except Exception as fault:
            return _put_off(message, fault, _when(fault))
        return Fate.RECORDED

    def bury(self, message: Message, reason: str) -> Fate:
        """Keep a message that can never succeed, once however often it is delivered."""
        try:
            fresh = self._graveyard.bury_message(
                self._source, kept(message), reason[:REASON_CHARACTERS], key=message.key)
        except Exception as fault:
            return _put_off(message, fault, _when(fault))
        if fresh:
            logger.warning("message dead-lettered", extra=_named(message, "message_dead_lettered"))
        return Fate.DEAD_LETTERED

    def can_record(self) -> bool:
        """Whether the record answers."""
        try:
            self._graveyard.known_as(NOBODY)
        except Exception:
            return False
        return True


def _when(fault: Exception) -> Fate:
    away = database_is_away(fault) or isinstance(fault, OSError | OperatorError)
    return Fate.AWAY if away else Fate.LATER


def _put_off(message: Message, fault: Exception, fate: Fate) -> Fate:
    logger.warning("message put off", extra=_named(message, "message_put_off") | _cause(fault) | {"fate": str(fate)})
    return fate


def _named(message: Message, action: str) -> dict[str, str]:
    return {"action": action, "message_id": message.message_id}


def _cause(fault: Exception) -> dict[str, str]:
    """What went wrong and where, without its words: they may quote what a student wrote."""
    frame = traceback.extract_tb(fault.__traceback__)[-1]
    return {"error": type(fault).__name__, "where": f"{frame.filename}:{frame.lineno}"}
