"""Spoken tokens × spans of their words -> the written words with their times."""

from collections.abc import Sequence
from itertools import islice

from pipeline.domain import Word
from pipeline.speech.align import Span
from pipeline.speech.spoken import Spoken


def timed(tokens: Sequence[Spoken], spans: Sequence[Span]) -> tuple[Word, ...]:
    """Every token once, in order. One that is not spoken takes no time and stands at the end of the token before."""
    remaining = iter(spans)
    words: list[Word] = []
    clock = spans[0].start if spans else 0.0
    for token in tokens:
        own = list(islice(remaining, len(token.words)))
        start, end = (max(clock, own[0].start), max(clock, own[-1].end)) if own else (clock, clock)
        words.append(Word(text=token.written, start=start, end=end))
        clock = end
    return tuple(words)
