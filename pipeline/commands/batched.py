"""`evaluate prompts --batch`: what the judge is asked of a run goes in a batch, and its price is told. Part of `evaluate`."""

import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

from pipeline import families
from pipeline.batches import Answered, Batch, answered, cancel
from pipeline.domain import Usage
from pipeline.ports import TextModel
from pipeline.prices import cost, today
from pipeline.wiring import Wiring

STANDARD, LOCAL = "standard", "local"


def judge_of(wiring: Wiring, run_id: str, *, pairs: bool, hear: Callable[[str, int, int], object]) -> TextModel:
    """The judge with the answers of a batch, which is begun or gone on with. Raises `OperatorError`, `ProviderUnavailable`."""
    batches = families.batches(wiring.settings)

    def gather(model: TextModel) -> None:
        wiring.experiments.ask_all(run_id, wiring.scoring_tools(model))
        if pairs:
            wiring.opinions.ask_all(run_id, wiring.pair_judge(LOCAL, model))

    batch = answered(batches, file_of(wiring, run_id), gather, hear=hear)
    print(told(batch), file=sys.stderr, flush=True)
    return Answered(batches, batch)


def stop(wiring: Wiring, run_id: str) -> str:
    """Cancel the batch of the run, and what to do next. Raises `OperatorError` where none is under way."""
    batch = cancel(families.batches(wiring.settings), file_of(wiring, run_id))
    return f"The batch of {batch.sent:,} questions is being cancelled: --batch goes on with what was answered."


def file_of(wiring: Wiring, run_id: str) -> Path:
    """Where the batch of a run is kept."""
    return wiring.settings.home / "batches" / f"{quote(run_id, safe='')}.json"


def told(batch: Batch) -> str:
    """What was answered, what was not and why, and what it cost, beside what it would have."""
    lines = [f"batch: {len(batch.margins):,} questions answered by {batch.model}, {dollars(batch.usage)} in batches, "
             f"{dollars(one_by_one(batch.usage))} one by one"]
    if batch.failed:
        why = next(iter(batch.failed.values()))
        lines.append(f"batch: {len(batch.failed):,} questions were not answered ({why}): go on with --run-id to ask them again")
    return "\n".join(lines)


def one_by_one(usage: Sequence[Usage]) -> tuple[Usage, ...]:
    """The same usage outside of batches."""
    return tuple(row.model_copy(update={"tier": STANDARD}) for row in usage)


def dollars(usage: Sequence[Usage]) -> str:
    """What it costs by the book. Raises `Unpriced`."""
    return f"${cost(usage, on=today()).quantize(Decimal('0.000001'))}"

