"""What a stage is handed to spend with: its bill, and whether it should stop."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from datetime import UTC, datetime
from typing import Any, TypeVar

from pipeline.domain import Usage
from pipeline.errors import Cancelled, PipelineError, UnusableOutput
from pipeline.ports import Call, Journal, Listener, Paid, Prompt, TextModel

R = TypeVar("R")
LOOKS_EVERY_SECONDS = 0.2


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
        """What a provider answers, asked from another thread, so that it is left as soon as `check` raises.

        Whoever was left ends by itself: a model at its next word, a voice at the end of its paragraph.
        """
        self.check()
        answer: Future[R] = Future()
        threading.Thread(target=_fill, args=(answer, ask), name="provider", daemon=True).start()
        while True:
            try:
                return answer.result(LOOKS_EVERY_SECONDS)
            except NotYet:
                if answer.done():  # it is the provider's own fault that has this name
                    raise
                self.check()


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
