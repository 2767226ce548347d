"""How well the guards do: precision and recall on labelled sentences, with Wilson's intervals, per guard, split and kind."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from pipeline.comparison import Interval, wilson
from pipeline.errors import OperatorError
from pipeline.guardrails import Guard, injected, redacted, unsafe
from pipeline.visuals import Text, Value

SPLITS = ("tune", "test", "unseen")
FIRES: Mapping[Guard, Callable[[str], bool]] = {
    Guard.INJECTION: lambda text: injected(text) is not None,
    Guard.PERSONAL: lambda text: bool(redacted(text).left_out),
    Guard.UNSAFE: lambda text: unsafe(text) is not None,
}


class Sentence(Value):
    """A sentence, and whether the guard has to fire."""

    text: Text
    fires: bool
    kind: Text
    split: Text
    details: tuple[Text, ...] = ()
    """The personal details of the text, as they are written."""


class Wrong(Value):
    """A sentence that the guard took for what it is not."""

    text: str
    kind: str
    missed: bool
    """Whether it should have fired; else it was a false alarm."""


class Guarded(Value):
    """What a guard did on one split."""

    guard: Guard
    split: str
    to_catch: int
    to_pass: int
    precision: Interval | None
    """Of the sentences that it fired on, the share that it should have; None where it fired on none."""
    recall: Interval | None
    """Of the sentences that it should fire on, the share that it did."""
    false_alarms: Interval | None
    """Of the sentences that it must let pass, the share that it did not."""
    details_gone: Interval | None = None
    """Of the personal details, the share of which nothing is left."""
    kinds: Mapping[str, Interval]
    """The share of right answers by kind of sentence."""
    wrong: tuple[Wrong, ...]


def read_sentences(folder: Path, guard: Guard) -> Sequence[Sentence]:
    """The labelled sentences of a guard. Raises `OperatorError` with the line that cannot be read or is there twice."""
    path = folder / f"{guard}.jsonl"
    read: dict[str, Sentence] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as fault:
        raise OperatorError(f"{path} cannot be read: {fault.strerror}.") from fault
    for number, line in enumerate(lines, start=1):
        try:
            row = Sentence.model_validate_json(line)
        except ValidationError as fault:
            raise OperatorError(f"{path}, line {number}: {fault.errors()[0]['msg']}.") from fault
        if row.text in read or row.split not in SPLITS:
            raise OperatorError(f"{path}, line {number}: {'twice the same sentence' if row.text in read else 'no such split'}.")
        read[row.text] = row
    return list(read.values())


def measure_guards(folder: Path) -> Sequence[Guarded]:
    """Every guard on every split of its sentences. Raises `OperatorError`."""
    return [
        _measured(guard, split, [row for row in rows if row.split == split])
        for guard in Guard for rows in [read_sentences(folder, guard)] for split in SPLITS
    ]


def _measured(guard: Guard, split: str, rows: Sequence[Sentence]) -> Guarded:
    fired = {row.text: FIRES[guard](row.text) for row in rows}
    caught = sum(row.fires and fired[row.text] for row in rows)
    to_catch, wrongly = sum(row.fires for row in rows), sum(fired[row.text] and not row.fires for row in rows)
    details = [(row.text, detail) for row in rows for detail in row.details]
    right: dict[str, list[bool]] = {}
    for row in rows:
        right.setdefault(row.kind, []).append(fired[row.text] == row.fires)
    return Guarded(
        guard=guard, split=split, to_catch=to_catch, to_pass=len(rows) - to_catch, precision=wilson(caught, caught + wrongly),
        recall=wilson(caught, to_catch), false_alarms=wilson(wrongly, len(rows) - to_catch),
        details_gone=wilson(sum(_gone(text, detail) for text, detail in details), len(details)),
        kinds={kind: share for kind, each in right.items() if (share := wilson(sum(each), len(each)))},
        wrong=tuple(Wrong(text=row.text, kind=row.kind, missed=row.fires) for row in rows if fired[row.text] != row.fires),
    )


def _gone(text: str, detail: str) -> bool:
    """Whether no word of the detail is left that is longer than two letters."""
    left = redacted(text).text
    return not any(word in left for word in detail.split() if len(word) > 2)


def guards_as_text(measured: Sequence[Guarded]) -> str:
    """The figures as a table, and what was wrong on the split that is reported."""
    columns = " ".join(f"{title:<20}" for title in ("precision", "recall", "false alarms", "details gone"))
    lines = [f"{'guard':<10} {'split':<7} {'catch':>5} {'pass':>5}  {columns}".rstrip()]
    for each in measured:
        shares = (each.precision, each.recall, each.false_alarms, each.details_gone)
        told = " ".join(f"{_share(share):<20}" for share in shares)
        lines.append(f"{each.guard:<10} {each.split:<7} {each.to_catch:>5} {each.to_pass:>5}  {told}".rstrip())
    lines += [
        f"{'missed' if wrong.missed else 'false alarm'} ({each.guard}, {each.split}, {wrong.kind}): {wrong.text}"
        for each in measured if each.split != SPLITS[0] for wrong in each.wrong
    ]
    return "\n".join(lines)


def guards_as_json(measured: Sequence[Guarded]) -> str:
    """The figures as one object."""
    return json.dumps({"guards": [each.model_dump(mode="json") for each in measured]}, ensure_ascii=False, indent=1)


def _share(share: Interval | None) -> str:
    if share is None:
        return "-"
    return f"{share.value:.3f} ({share.low:.2f} to {share.high:.2f})"
