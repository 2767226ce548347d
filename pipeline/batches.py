"""Many questions of one word, gathered, asked in a batch and answered from it: half the price, and hours instead of minutes.

Scorers and judges ask one question after the other and none depends on an answer, so they run twice: before the batch over a
model that notes what it is asked, and after it over one that has the answers. What was sent and answered is kept in a file.
"""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pipeline.domain import Usage
from pipeline.errors import OperatorError, ProviderUnavailable
from pipeline.ports import Listener, Paid, Prompt, TextModel
from pipeline.visuals import Value
from pipeline.whole import whole

POLL_SECONDS = 30.0


class BatchState(StrEnum):
    """How far a batch is."""

    UNDER_WAY = "under way"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class BatchProgress:
    """The state of a batch, and why it failed where it did."""

    state: BatchState
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What came of one question of a batch: the margin, or why there is none; and what it used."""

    margin: float | None = None
    why: str = ""
    usage: tuple[Usage, ...] = ()


class Batches(Protocol):
    """A language model that is asked many questions of one word at once, and answers hours later for less."""

    family: str
    name: str

    def send(self, label: str, prompts: Sequence[Prompt]) -> str:
        """The name of the job that asks these; the one of this label where there is one already."""
        ...

    def progress(self, job: str) -> BatchProgress:
        """How far it is."""
        ...

    def told(self, job: str) -> Mapping[str, Heard]:
        """What came of each question, by its key."""
        ...

    def cancel(self, job: str) -> None:
        """Stop it."""
        ...

    def probe(self) -> str:
        """What answers, asked in the way that costs nothing."""
        ...

    def key(self, prompt: Prompt) -> str:
        """What a question is known by among the answers."""
        ...


class NotAnswered(ProviderUnavailable):
    """The batch has no answer to this question."""


class Batch(Value):
    """What is known of a run's questions. With a `label` a job was begun; without a `job` its name was not learned."""

    model: str
    label: str = ""
    job: str = ""
    sent: int = 0
    margins: Mapping[str, float] = {}
    bills: Mapping[str, tuple[Usage, ...]] = {}
    """What each question with a margin used."""
    failed: Mapping[str, str] = {}
    """Why some were not answered, the last time that they were asked."""
    usage: tuple[Usage, ...] = ()
    """Of all its jobs."""


class Noting:
    """A text model that answers nothing and notes what it is asked."""

    def __init__(self, family: str, name: str) -> None:
        self.family, self.name = family, name
        self.prompts: list[Prompt] = []

    def complete(self, prompt: Prompt, hear: Listener | None = None) -> Paid[str]:
        """Raises `OperatorError`: what is asked for text cannot wait for a batch."""
        raise OperatorError(f"{prompt.name!r} asks for a text: a batch answers in one word.")

    def margin(self, prompt: Prompt) -> Paid[float]:
        """Nothing said either way."""
        self.prompts.append(prompt)
        return Paid(value=0.0)


class Answered:
    """A text model that says what the batch has said."""

    def __init__(self, batches: Batches, batch: Batch) -> None:
        self.family, self.name = batches.family, batches.name
        self._key, self._batch = batches.key, batch

    def complete(self, prompt: Prompt, hear: Listener | None = None) -> Paid[str]:
        """Raises `OperatorError`: what is asked for text cannot wait for a batch."""
        raise OperatorError(f"{prompt.name!r} asks for a text: a batch answers in one word.")

    def margin(self, prompt: Prompt) -> Paid[float]:
        """The margin and what it used in the batch. Raises `NotAnswered`."""
        key = self._key(prompt)
        found = self._batch.margins.get(key)
        if found is None:
            raise NotAnswered(f"{prompt.name!r} was not answered in the batch.")
        return Paid(value=found, usage=self._batch.bills.get(key, ()))


def answered(
    batches: Batches, file: Path, gather: Callable[[TextModel], object], *,
    wait: Callable[[float], object] = time.sleep, hear: Callable[[str, int, int], object] = lambda *_: None,
) -> Batch:
    """The batch once nothing of it is under way: begun, or gone on with where an earlier call left it.

    `gather` asks everything of the model that it is handed; what was answered before is not asked again. Raises
    `ProviderUnavailable` where the job came to nothing: the next call begins another.
    """
    batch = kept(file, batches.name)
    if not batch.job:
        batch = _sent(batches, batch, file, _open(batches, batch, gather))
    while batch.job:
        found = batches.progress(batch.job)
        if found.state is BatchState.FAILED:
            _keep(file, batch.model_copy(update={"label": "", "job": ""}))
            raise ProviderUnavailable(f"The batch of {batch.sent:,} questions failed: {found.why}")
        if found.state is not BatchState.UNDER_WAY:
            return _finished(batches, batch, file)
        hear("batch", 0, batch.sent)
        wait(POLL_SECONDS)
    return batch


def cancel(batches: Batches, file: Path) -> Batch:
    """Stop the job that is under way; the next `answered` takes what it came to. Raises `OperatorError` where none is."""
    batch = kept(file, batches.name)
    if not batch.job:
        raise OperatorError("No batch of this run is under way.")
    batches.cancel(batch.job)
    return batch


def kept(file: Path, model: str) -> Batch:
    """What the file says, of this model. Raises `OperatorError` where a batch of another one is under way."""
    batch = Batch.model_validate_json(file.read_bytes()) if file.is_file() else Batch(model=model)
    if batch.model == model:
        return batch
    if batch.label:
        raise OperatorError(f"A batch of {batch.model} is under way for this run: let it judge again until that is over.")
    return Batch(model=model)


def _open(batches: Batches, batch: Batch, gather: Callable[[TextModel], object]) -> Sequence[Prompt]:
    """What is asked and not answered yet, each once."""
    noting = Noting(batches.family, batches.name)
    gather(noting)
    asked = {batches.key(prompt): prompt for prompt in noting.prompts}
    return [prompt for key, prompt in asked.items() if key not in batch.margins]


def _sent(batches: Batches, batch: Batch, file: Path, prompts: Sequence[Prompt]) -> Batch:
    """With its job. The label is kept before, so that a job whose name was not learned is found instead of paid again."""
    if not prompts:
        return batch
    begun = batch.model_copy(update={"label": batch.label or f"vividly-{uuid.uuid4()}", "sent": len(prompts)})
    _keep(file, begun)
    return _keep(file, begun.model_copy(update={"job": batches.send(begun.label, prompts)}))


def _finished(batches: Batches, batch: Batch, file: Path) -> Batch:
    told = batches.told(batch.job)
    margins = {key: one.margin for key, one in told.items() if one.margin is not None}
    bills = {key: one.usage for key, one in told.items() if one.margin is not None}
    usage = tuple(row for one in told.values() for row in one.usage)
    return _keep(file, batch.model_copy(update={
        "label": "", "job": "", "margins": {**batch.margins, **margins}, "bills": {**batch.bills, **bills},
        "usage": (*batch.usage, *usage),
        "failed": {key: one.why for key, one in told.items() if one.margin is None}}))


def _keep(file: Path, batch: Batch) -> Batch:
    with whole(file) as unfinished:
        unfinished.write_text(batch.model_dump_json(), encoding="utf-8")
    return batch
