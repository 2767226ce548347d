"""Text -> sentences, words and numbers: the small change of checking."""

import re
from functools import lru_cache

import snowballstemmer

from pipeline.search import content_words

_STEMMER = snowballstemmer.stemmer("english")
_ABBREVIATIONS = r"(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bapprox\.)"
_END = re.compile(rf"{_ABBREVIATIONS}(?:(?<=[.!?])|(?<=[.!?][\"”’)]))\s+(?=[\"“‘(]?[A-Z0-9])")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")
_SIDE = r"[\w²³₀-₉()/×·^.,+−-]+(?: [×·/+−-] [\w²³₀-₉()^.,]+)*"
_EQUATION = re.compile(rf"{_SIDE} = {_SIDE}")


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, trimmed; line breaks also end a sentence."""
    return [s.strip() for line in text.splitlines() for s in _END.split(line) if s.strip()]


def stems(text: str) -> list[str]:
    """The stems of the content words of a text, in order."""
    return [_stem(word) for word in content_words(text)]


@lru_cache(maxsize=2**16)
def _stem(word: str) -> str:
    # Remembered: the same few thousand words are compared again and again, and the stemmer is slow.
    return str(_STEMMER.stemWord(word))


def pairs(text: str) -> list[tuple[str, str]]:
    """Neighbouring stems within each sentence of a text, in order."""
    found: list[tuple[str, str]] = []
    for sentence in split_sentences(text):
        words = stems(sentence)
        found += zip(words, words[1:], strict=False)
    return found


def numbers(text: str) -> set[str]:
    """The numbers written in a text, thousands separators removed."""
    return {number.replace(",", "").rstrip(".") for number in _NUMBER.findall(text)}


def equations(text: str) -> set[str]:
    """The equations written in a text, without spaces."""
    return {equation.replace(" ", "").rstrip(".,") for equation in _EQUATION.findall(text)}


def trimmed(text: str, *, words: int) -> str:
    """Whole sentences from the start, as many as fit into this many words, but at least one."""
    kept: list[str] = []
    used = 0
    for sentence in split_sentences(text):
        used += len(sentence.split())
        if kept and used > words:
            break
        kept.append(sentence)
    return " ".join(kept)
