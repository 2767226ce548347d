"""A passage as HTML with the words that matched marked; all of it is text and is escaped. Pure."""

import re
from collections.abc import Collection

from markupsafe import Markup, escape

from pipeline.search import Stemmer

_STEMMER = Stemmer()
_WORDS = re.compile(r"\w+", re.UNICODE)
_MARK = Markup("<mark>{}</mark>")
BEFORE = 90
"""Characters that an excerpt shows before the first word that matched."""


def marked(text: str, words: Collection[str]) -> Markup:
    """The text with each word marked that is one of the words, in any of its forms."""
    stems = _stems(words)
    pieces: list[Markup] = []
    done = 0
    for found in _WORDS.finditer(text):
        if stems & _stems([found.group()]):
            pieces += [escape(text[done:found.start()]), _MARK.format(found.group())]
            done = found.end()
    return Markup("").join([*pieces, escape(text[done:])])


def excerpt(text: str, words: Collection[str], most: int) -> str:
    """So many characters of the text on one line, from shortly before the first word that matched on."""
    line = " ".join(text.split())
    stems = _stems(words)
    first = next((found.start() for found in _WORDS.finditer(line) if stems & _stems([found.group()])), 0)
    begin = 0 if first <= BEFORE or len(line) <= most else line.rfind(" ", 0, first - BEFORE) + 1
    begin = min(begin, max(0, len(line) - most))
    cut = line[begin:begin + most]
    return f"{'…' if begin else ''}{cut}{'…' if begin + most < len(line) else ''}"


def _stems(words: Collection[str]) -> set[str]:
    """The stems that the index of words files these under."""
    return {stem for word in words for stem in _STEMMER.stems(word.casefold())}
