"""How far a piece of work is, on stderr."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

Hear = Callable[[str, int, int], None]
"""Is told of which piece of work how much is done, and how much there is."""


@contextmanager
def bars() -> Iterator[Hear]:
    """A bar on stderr for each piece of work that says how far it is; where nobody watches, a line for each tenth."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines().hear
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console) as bars:
        def hear(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done)

        yield hear


class _Lines:
    """A line whenever another tenth is done."""

    def __init__(self) -> None:
        self._tenths: dict[str, int] = {}

    def hear(self, what: str, done: int, total: int) -> None:
        """So far is this piece of work."""
        tenth = done * 10 // total
        if tenth > self._tenths.get(what, 0):
            self._tenths[what] = tenth
            print(f"{what}: {done:,} of {total:,}", file=sys.stderr, flush=True)
