"""Text -> the words that a template sets: clean, limited, with the stressed ones marked."""

import re
import unicodedata
from collections.abc import Sequence

Words = list[str | list[str]]
"""Each word is a string, or [stressed, rest] when it is stressed and punctuation follows."""

MOST_WORDS = 160
LONGEST_WORD = 120
PICTOGRAPHS = re.compile("[\U0001f000-\U000fffff\ufe0e\ufe0f\u200b-\u200f\u202a-\u202e\u2066-\u2069\u20e3]")
QUANTITY = re.compile(r"(?<!\S)([\d.,]*\d) (%|°?[A-Za-zµΩ]{1,3}(?:/\S{1,6})?[²³]?)(?=[\s.,;:?!)]|$)")
"""A number and its unit stay on one line."""
PUNCTUATION = re.compile(r"^(.*?)([\s.,;:!?)\]”’\"]*)$", re.DOTALL)


def words(text: str) -> list[str]:
    """The words of the text. Signs that no font of the boards has (emoji, controls) are left out."""
    visible = PICTOGRAPHS.sub("", unicodedata.normalize("NFC", text))
    cleaned = "".join(" " if unicodedata.category(sign) in ("Cc", "Cn", "Co", "Cs") else sign for sign in visible)
    glued = QUANTITY.sub("\\1\u00a0\\2", " ".join(cleaned.split()))
    return [word[:LONGEST_WORD] for word in glued.split(" ")[:MOST_WORDS] if word]


def stressed(text: str, emphasis: Sequence[str]) -> Words:
    """The words of the text; those of an emphasised phrase are marked."""
    plain = words(text)
    keys = [_key(word) for word in plain]
    marked: set[int] = set()
    for phrase in emphasis:
        wanted = [_key(word) for word in words(phrase)]
        for start in range(len(keys) - len(wanted) + 1):
            if wanted and keys[start : start + len(wanted)] == wanted:
                marked.update(range(start, start + len(wanted)))
    return [_split(word) if index in marked else word for index, word in enumerate(plain)]


def _key(word: str) -> str:
    return re.sub(r"^\W+|\W+$", "", word).casefold()


def _split(word: str) -> list[str]:
    found = PUNCTUATION.match(word)
    return [found[1], found[2]] if found and found[1] else [word, ""]


def shortened(sentence: str) -> str:
    """The main clause of a long sentence, for a board that already shows the rest as a formula."""
    if len(sentence) <= 70:
        return sentence
    clause = re.split(r",\s+(?:so|which|and|because|since|giving|that is)\b|;\s+|:\s+", sentence)[0].rstrip(" .,;:")
    return clause if 20 <= len(clause) < len(sentence) - 8 else sentence
