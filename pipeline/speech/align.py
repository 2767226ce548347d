"""Spoken words × sounds of a sentence -> when each word is heard.

The phonemiser joins some words (`of the`) and splits others (`RuBisCO`), so counting the gaps goes wrong: the phonemes
of the single words are laid against those of the sentence by the cheapest edit path (Needleman and Wunsch 1970).
"""

from collections.abc import Sequence
from dataclasses import dataclass

GAP = "␣"
STRESS, LENGTHENING = frozenset("ˈˌ"), frozenset("ːʲ̩̃")
PAUSES = frozenset(" .,;:!?^$—…\"()")
VOWELS = frozenset("aeiouyæɐɑɒɔəɚɛɜɝɪɨʉʊʌøœᵻ")
LOSS = 0.7
"""Cost of a phoneme that only one side has; cheaper than forcing a vowel onto a consonant."""


@dataclass(frozen=True, kw_only=True)
class Sound:
    """A phoneme of the sentence and its place on the clock, in seconds."""

    symbol: str
    start: float
    end: float


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of time in seconds."""

    start: float
    end: float


def align(words: Sequence[Sequence[str]], sounds: Sequence[Sound]) -> list[Span]:
    """The time of each word, from the phonemes of the words alone and the sounds of the sentence. No two overlap."""
    heard = _merged(sounds)
    symbols, owners = _laid_out(words)
    matched: list[list[Sound]] = [[] for _ in words]
    for wanted, place in _path(symbols, [sound.symbol for sound in heard]):
        if owners[wanted] is not None and heard[place].symbol != GAP:
            matched[owners[wanted] or 0].append(heard[place])
    return _spread(matched, [max(1, len(word)) for word in words], heard)


def _laid_out(words: Sequence[Sequence[str]]) -> tuple[list[str], list[int | None]]:
    """The phonemes of all words in a row with a gap between words, and the word that each belongs to."""
    symbols: list[str] = []
    owners: list[int | None] = []
    for place, word in enumerate(words):
        kept = [symbol for symbol in word if symbol not in STRESS | LENGTHENING | PAUSES]
        symbols += [*kept, GAP]
        owners += [place] * len(kept) + [None]
    return symbols[:-1], owners[:-1]


def _merged(sounds: Sequence[Sound]) -> list[Sound]:
    """Stress marks join the sound behind them, marks of length the one before; pauses become one gap."""
    merged: list[Sound] = []
    start: float | None = None
    for sound in sounds:
        if sound.symbol in STRESS:
            start = sound.start if start is None else start
            continue
        symbol = GAP if sound.symbol in PAUSES else sound.symbol
        if merged and (symbol in LENGTHENING or symbol == GAP == merged[-1].symbol):
            merged[-1] = Sound(symbol=merged[-1].symbol, start=merged[-1].start, end=sound.end)
        else:
            merged.append(Sound(symbol=symbol, start=sound.start if start is None else start, end=sound.end))
        start = None
    return merged


def _cost(wanted: str, heard: str) -> float:
    if wanted == heard:
        return -0.5 if wanted == GAP else 0.0
    if GAP in (wanted, heard):
        return 9.0
    return 0.5 if (wanted in VOWELS) == (heard in VOWELS) else 1.3


def _loss(symbol: str) -> float:
    return 0.3 if symbol == GAP else LOSS


def _path(wanted: Sequence[str], heard: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of places that the cheapest path brings together, in order."""
    table = [[0.0] * (len(heard) + 1) for _ in range(len(wanted) + 1)]
    for column, symbol in enumerate(heard, 1):
        table[0][column] = table[0][column - 1] + _loss(symbol)
    for row, symbol in enumerate(wanted, 1):
        above, here, lost = table[row - 1], table[row], _loss(symbol)
        here[0] = above[0] + lost
        for column, other in enumerate(heard, 1):
            here[column] = min(
                above[column - 1] + _cost(symbol, other), above[column] + lost, here[column - 1] + _loss(other),
            )
    return _traced(table, wanted, heard)


def _traced(table: list[list[float]], wanted: Sequence[str], heard: Sequence[str]) -> list[tuple[int, int]]:
    row, column = len(wanted), len(heard)
    pairs: list[tuple[int, int]] = []
    while row and column:
        here = table[row][column]
        if here == table[row - 1][column - 1] + _cost(wanted[row - 1], heard[column - 1]):
            row, column = row - 1, column - 1
            pairs.append((row, column))
        elif here == table[row - 1][column] + _loss(wanted[row - 1]):
            row -= 1
        else:
            column -= 1
    return pairs[::-1]


def _spread(matched: Sequence[Sequence[Sound]], weights: Sequence[int], heard: Sequence[Sound]) -> list[Span]:
    """Spans from the matched sounds; words that none was found for share the span of the word before (or the next)."""
    spans: list[Span] = []
    first = next((place for place, found in enumerate(matched) if found), None)
    if first is None:
        voiced = [sound for sound in heard if sound.symbol != GAP] or list(heard)
        return _shared(voiced[0].start, voiced[-1].end, weights) if voiced else [Span(start=0, end=0) for _ in weights]
    place = 0
    while place < len(matched):
        stop = place + 1 if place else first + 1
        while stop < len(matched) and not matched[stop]:
            stop += 1
        found = matched[first if place == 0 else place]
        spans += _shared(found[0].start, found[-1].end, weights[place:stop])
        place = stop
    return spans


def _shared(start: float, end: float, weights: Sequence[int]) -> list[Span]:
    total, passed, spans = sum(weights), 0, []
    for weight in weights:
        begin = start + (end - start) * passed / total
        passed += weight
        spans.append(Span(start=begin, end=start + (end - start) * passed / total))
    return spans
