"""Pieces -> folded pieces, in their order, by processes of their own where there is more than a little to do."""

import gc
import multiprocessing
import threading
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice
from typing import NamedTuple

from pipeline.incidents.folded import Folded, Rules
from pipeline.incidents.folding import fold
from pipeline.logs import Piece

WORTH_A_PROCESS = 2
"""With so many pieces or fewer, starting processes would take longer than folding."""
AHEAD = 2
"""Pieces per process that are folded before they can be stored: memory is bounded by this."""

SELDOM = 200_000
"""New objects between two searches for circles, of which folding and storing make none: a tenth of the time is saved."""


class Done(NamedTuple):
    """A piece, and what is stored of it."""

    piece: Piece
    folded: Folded


def folded_by(processes: int, pieces: Iterator[Piece], rules: Rules) -> Generator[Done]:
    """All pieces, in order. With no processes, folded here as they are asked for."""
    first = list(islice(pieces, WORTH_A_PROCESS + 1)) if processes else []
    if len(first) <= WORTH_A_PROCESS:
        for piece in chain(first, pieces):
            yield Done(piece, fold(piece, rules))
        return
    with ProcessPoolExecutor(processes, mp_context=_context(), initializer=_seldom) as pool:
        waiting: deque[tuple[Piece, Future[Folded]]] = deque()
        try:
            for piece in chain(first, pieces):
                waiting.append((piece, pool.submit(fold, piece, rules)))
                if len(waiting) > AHEAD * processes:
                    yield _next(waiting)
            while waiting:
                yield _next(waiting)
        finally:
            for _, folding in waiting:
                folding.cancel()


@contextmanager
def circles_seldom() -> Iterator[None]:
    """Within, searches for circles are seldom."""
    before = gc.get_threshold()
    gc.set_threshold(SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _seldom() -> None:
    gc.freeze()  # what was there before is no circle that folding made
    gc.set_threshold(SELDOM)


def _next(waiting: deque[tuple[Piece, Future[Folded]]]) -> Done:
    piece, folding = waiting.popleft()
    return Done(piece, folding.result())


def _context() -> "multiprocessing.context.BaseContext":
    """A copy of this process starts at once, and is safe as long as no other thread holds a lock."""
    alone = threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods()
    return multiprocessing.get_context("fork" if alone else "spawn")
