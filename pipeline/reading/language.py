"""Which language a text is in, as far as reading a book needs to know: English or not, by its commonest small words."""

import re
from collections.abc import Collection

from pipeline.errors import OperatorError

SMALL = frozenset(
    "the of and to in a is that for it as with are be this by an on or from at which can not have was we has its you "
    "their when how what these one if".split()
)
ENGLISH_SHARE = 0.2
"""Modules of two textbooks have at least .28 (tables of values .09, and a book is judged as a whole); another language stays far
below, by words such as `as`, `on`, `in` and `a`."""
ENOUGH = 200
"""Fewer words than this decide nothing."""
NAMES = {"ar": "Arabic", "de": "German", "en": "English", "es": "Spanish", "fr": "French", "it": "Italian", "pl": "Polish",
         "pt": "Portuguese", "ru": "Russian", "uk": "Ukrainian", "zh": "Chinese"}
_LETTERS = re.compile(r"[^\W\d_]+")


def check_language(title: str, language: str, text: str, languages: Collection[str]) -> None:
    """`OperatorError` when the book says, or its words show, that it is in a language nobody asked for."""
    said = language.split("-")[0].casefold()
    if said and said not in languages:
        raise OperatorError(f"“{title}” is in {NAMES.get(said, said)} and lessons are made in {_list(languages)}: "
                            f"choose an edition in that language or ask for “{said}” by name.")
    if "en" in languages and len(languages) == 1 and not reads_as_english(text):
        raise OperatorError(f"“{title}” does not read as English and lessons are made in English: choose an English edition.")


def reads_as_english(text: str) -> bool:
    """Whether enough of the words are English ones; a short text has the benefit of the doubt."""
    words = [word.casefold() for word in _LETTERS.findall(text)]
    return len(words) < ENOUGH or sum(word in SMALL for word in words) / len(words) >= ENGLISH_SHARE


def _list(languages: Collection[str]) -> str:
    return " or ".join(NAMES.get(code, code) for code in sorted(languages))
