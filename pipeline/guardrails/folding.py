"""Text as a reader sees it: without invisible signs, accents and look-alike letters."""

import re
import unicodedata
from dataclasses import dataclass

LOOK_ALIKE = str.maketrans(dict(zip(
    "авекмнорстухіјѕԁԛԝһɡɩıαβεικνορτυχγ" "АВЕКМНОРСТУХІЈЅҮΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" "‐‑‒–—−’‘‚“”٫。",
    "abekmhopctyxijsdqwhgiiabeiknoptuxy" "ABEKMHOPCTYXIJSYABEZHIKMNOPTYX" "------'''\"\"..", strict=True)))
"""Cyrillic and Greek letters that are drawn as Latin ones (of Unicode's confusables.txt), and typographic signs."""
INVISIBLE = ("Cf", "Mn", "Me", "Cs")
"""Signs that are not drawn by themselves: joiners, direction marks, accents."""
LEET = str.maketrans("013457@$!|", "oieastasil")
_SPELLED = re.compile(r"(?<![^\W_])(?:(?:[^\W_] {1,3}){3,}|(?:[^\W_][._*-] ?){2,})[^\W_](?![^\W_])")
_BETWEEN = re.compile(r"[ ._*-]+")
_BROKEN = re.compile(r"(?<=[a-z])-(?=[a-z])")


@dataclass(frozen=True, kw_only=True)
class Folded:
    """A folded text; `places` has for each of its characters the place in the original."""

    text: str
    places: tuple[int, ...]

    def original(self, begin: int, end: int) -> tuple[int, int]:
        """Where in the original this piece of the folded text stands."""
        return self.places[begin], self.places[end - 1] + 1


def fold(text: str) -> Folded:
    """The text folded, character by character, in time that grows with its length. Case and spaces stay."""
    signs: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        seen = [character] if character.isascii() else _seen(character)
        signs += seen
        places += [place] * len(seen)
    return Folded(text="".join(signs), places=tuple(places))


def _seen(character: str) -> list[str]:
    return [sign.translate(LOOK_ALIKE) for sign in unicodedata.normalize("NFKD", character)
            if unicodedata.category(sign) not in INVISIBLE]


def disguises(text: str) -> tuple[str, ...]:
    """The ways to read the text, in lower case: as it is drawn, with digits that stand for letters, and run together where it is
    spelled letter by letter or parted by hyphens."""
    drawn = fold(text).text.casefold()
    lettered = " ".join(map(_lettered, drawn.split()))
    ways = (drawn, lettered, _joined(drawn), _joined(lettered), _BROKEN.sub("", drawn))
    return tuple(dict.fromkeys(" ".join(way.split()) for way in ways))


def _lettered(word: str) -> str:
    """The word with digits as letters, where it has letters: years and sums stay what they are."""
    return word.translate(LEET) if any("a" <= sign <= "z" for sign in word) else word


def _joined(text: str) -> str:
    return _SPELLED.sub(lambda letters: _BETWEEN.sub("", letters[0]), text)


def in_own_letters(text: str) -> str:
    """The text for patterns of other alphabets: in lower case, without accents and invisible signs, its letters as they are."""
    whole = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in whole if unicodedata.category(sign) not in INVISIBLE).casefold()
