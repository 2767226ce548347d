"""How well lines are told apart: public labelled logs, invented ones, and a labelled Vividly log; and what one line costs."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from pipeline.logs import Templates, cause, group
from tests.logs import loghub
from tests.logs.faulty import told
from tests.logs.invented import SYSTEMS, Labelled, lines_of

LEAST = 0.86
"""GA and FGA on every public log."""
MOST_SPREAD = 1.05
"""Bugs per group, and groups per bug, on the labelled Vividly log."""
ERRORS = 50_000


class Spread(NamedTuple):
    """Ideal: one and one."""

    bugs_per_group: float
    groups_per_bug: float
    causes: int


def main() -> int:
    """Print the tables; 0 when the limits were kept."""
    kept = _table("public", {name: loghub.load(name) for name in loghub.systems()})
    _table("invented", {name: lines_of(name) for name in SYSTEMS})
    spread = spread_of(seed=11)
    print(f"Vividly log, {spread.causes} causes: {spread.bugs_per_group:.3f} bugs per group, {spread.groups_per_bug:.3f} groups per bug")
    _speeds()
    return 0 if kept and max(spread.bugs_per_group, spread.groups_per_bug) <= MOST_SPREAD else 1


def spread_of(*, seed: int) -> Spread:
    """How the groups of a labelled Vividly log agree with its causes."""
    learned = Templates()
    groups: dict[str, set[str]] = defaultdict(set)
    bugs: dict[str, set[str]] = defaultdict(set)
    for line in told(seed=seed):
        if line.cause:
            fingerprint = learned.settle(cause(line.entry)).fingerprint
            groups[fingerprint].add(line.cause)
            bugs[line.cause].add(fingerprint)
    return Spread(sum(map(len, groups.values())) / len(groups), sum(map(len, bugs.values())) / len(bugs), len(bugs))


def _table(kind: str, logs: dict[str, Labelled]) -> bool:
    if not logs:
        print(f"{kind}: none of these logs are here; set VIVIDLY_LOGHUB to their folder")
        return True
    scores = {name: loghub.score(group(log.lines), log.labels) for name, log in logs.items()}
    for name, one in scores.items():
        print(f"{kind} {name:10} GA {one.accuracy:.3f}  FGA {one.f1:.3f}  groups {one.groups} of {one.true_groups}")
    for name, figures in (("GA", [one.accuracy for one in scores.values()]), ("FGA", [one.f1 for one in scores.values()])):
        print(f"{kind} {name}: mean {sum(figures) / len(figures):.3f}, worst {min(figures):.3f}")
    return all(one.accuracy >= LEAST and one.f1 >= LEAST for one in scores.values())


def _speeds() -> None:
    """Seconds of this process for lines that were never seen, and for causes that were."""
    entries = [line.entry for line in told(count=ERRORS, errors=1.0)]
    learned = Templates()
    causes = [cause(entry) for entry in entries]
    for name, step, over in (
        ("cause of an error line", cause, [line.entry for line in told(count=ERRORS, errors=1.0, seed=99)]),
        ("settling a known cause", learned.settle, causes), ("again", learned.settle, causes),
    ):
        print(f"{name}: {_microseconds(step, over):.2f} µs")
    lines = lines_of("unix", count=100_000).lines
    print(f"group: {_microseconds(group, [lines]) / len(lines):.2f} µs a line, {len(lines):,} lines")


def _microseconds(step: Callable[[Any], object], over: Sequence[Any]) -> float:
    start = time.process_time()
    for one in over:
        step(one)
    return (time.process_time() - start) / len(over) * 1e6
