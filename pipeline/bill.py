"""What a stage is handed to spend with: its bill, and whether it should stop."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar

from pipeline.domain import Usage
from pipeline.errors import Cancelled, Hiccup, PipelineError, ProviderResting, UnusableOutput
from pipeline.ports import Call, Journal, Listener, Paid, Prompt, TextModel

R = TypeVar("R")
LOOKS_EVERY_SECONDS = 0.2
HICCUPS, HICCUP_SECONDS = 2, 0.5
WAITS_SECONDS, WAITS = 30.0, 10
"""A provider that asks to be left alone for longer, or again and again, stops the stage: the request is put off."""


class Bill:
    """Passed to a stage as `spend`: unwraps each paid value and keeps what it used, even when the stage fails later."""

    def __init__(self, journal: Journal, due: Callable[[], None] = lambda: None) -> None:
        self.usage: list[Usage] = []
        self.prompts: list[Prompt] = []
        """What models were asked, in order."""
        self.calls: list[Call] = []
        """The calls of models, as they went."""
        self.reused = False
        self.journal = journal
        self._due = due

    @contextmanager
    def open(self) -> Iterator[None]:
        """Within this, and in this thread, what is charged goes on this bill."""
        before = _OPEN.set(self)
        try:
            yield
        finally:
            _OPEN.reset(before)

    def __call__(self, paid: Paid[Any]) -> Any:
        """The value, its usage noted. Raises `Cancelled` when somebody asked to stop."""
        self.usage += paid.usage
        self.check()
        return paid.value

    def check(self) -> None:
        """Raises `Cancelled` when somebody asked to stop, `DeadlinePassed` when it takes too long."""
        if self.journal.cancelled():
            raise Cancelled("The request was cancelled.")
        self._due()

    def goes_on(self, _: str = "") -> bool:
        """Whether there is no reason to stop: what a model that writes word by word asks at every word."""
        try:
            self.check()
        except PipelineError:
            return False
        return True

    def heed(self, ask: Callable[[], R]) -> R:
        """What a provider answers, as `_heard` hears it. One that asks for a short rest is given it, and one that failed at
        a single call is asked again, so that what the stage has paid for so far is not lost.
        """
        waits, hiccups = 0, 0
        while True:
            try:
                return self._heard(ask)
            except ProviderResting as fault:
                waits += 1
                if waits > WAITS or not 0 < fault.seconds <= WAITS_SECONDS:
                    raise
                self._rest(fault.seconds)
            except Hiccup:
                hiccups += 1
                if hiccups > HICCUPS:
                    raise
                self._rest(HICCUP_SECONDS * hiccups)

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.check()
            time.sleep(min(left, LOOKS_EVERY_SECONDS))

    def _heard(self, ask: Callable[[], R]) -> R:
        """What a provider answers, asked from another thread, so that it is left as soon as `check` raises.

        Whoever was left ends by itself: a model at its next word, a voice at the end of its paragraph. What a failed
        call used is kept too.
        """
        self.check()
        answer: Future[R] = Future()
        threading.Thread(target=_fill, args=(answer, ask), name="provider", daemon=True).start()
        while not answer.done():
            wait([answer], LOOKS_EVERY_SECONDS)
            if not answer.done():
                self.check()
        try:
            return answer.result()
        except PipelineError as fault:
            self.usage += fault.usage
            raise


_OPEN: ContextVar[Bill | None] = ContextVar("open bill", default=None)


def charge(usage: Sequence[Usage]) -> None:
    """What a provider used that answers with a bare value, as an embedder does: on the bill of the stage that is running.

    Outside of a request there is no bill: what it costs to make an index is not a lesson's.
    """
    bill = _OPEN.get()
    if bill is not None:
        bill.usage += usage


class Attentive:
    """A text model that is left as soon as the bill says so: while it writes, reads its prompt or serves somebody else."""

    def __init__(self, model: TextModel, spend: Bill) -> None:
        self.family, self.name = model.family, model.name
        self._model = model
        self._spend = spend

    def complete(self, prompt: Prompt, hear: Listener | None = None) -> Paid[str]:
        """The model's answer. Raises what `Bill.check` raises."""
        self._spend.prompts.append(prompt)
        try:
            return self._noted(prompt, lambda: self._model.complete(
                prompt, lambda text: self._spend.goes_on() and (hear is None or hear(text))))
        except UnusableOutput:
            self._spend.check()  # half an answer, because it was stopped
            raise

    def margin(self, prompt: Prompt) -> Paid[float]:
        """The model's margin. Raises what `Bill.check` raises."""
        self._spend.prompts.append(prompt)
        return self._noted(prompt, lambda: self._model.margin(prompt))

    def _noted(self, prompt: Prompt, ask: Callable[[], Paid[R]]) -> Paid[R]:
        """What the model answers; the call is noted however it ends."""
        paid: Paid[R] | None = None
        at, began, error = datetime.now(UTC), time.perf_counter(), ""
        try:
            paid = self._spend.heed(ask)
            return paid
        except Exception as fault:
            error = type(fault).__name__
            raise
        finally:
            self._spend.calls.append(Call(
                prompt=prompt, family=self.family, model=self.name, started_at=at, seconds=time.perf_counter() - began,
                usage=paid.usage if paid else (), answer=str(paid.value) if paid else "", error=error))


def _fill(answer: Future[R], ask: Callable[[], R]) -> None:
    try:
        answer.set_result(ask())
    except BaseException as fault:
        answer.set_exception(fault)
