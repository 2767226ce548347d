"""Texts that differ in one word, or in two -> one text, where the words in that place are names and not meaning.

A place varies when many words stand in it, when one of them is already known to vary, or when the word before it says
that a name follows. A few words, words in capitals, and words that say what happens are taken to be meant.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import combinations

from pipeline.logs.masking import WILD

MANY = 5
"""Different words in one place from which it varies."""
MANY_NAMES = 3
"""The same where most of them are no words of a language: com.vendor.ui, eth-uplink, jobQueue."""
MANY_MEANT = 18
"""The same for the first word of a line, and for words that look as if they were meant."""
MANY_PAIRS = 8
"""Different pairs of words in two places from which both vary."""
ROUNDS = 5
MOST_WORDS = 48
"""Words of a text that are looked at."""
MOST_FOR_PAIRS, MOST_WORDS_FOR_PAIRS = 2_000, 30
"""Texts, and words of a text, among which pairs are looked for: their number grows with the square."""
ANNOUNCED = frozenset("user username login logname account host hostname domain file filename path device package client".split())
"""Words behind which a name follows."""
_WORDS = re.compile(r"""<\*>|"[^"]{1,80}"|'[^']{1,80}'|[^\s=:,;()\[\]{}"'`<>|]+|[=:,;()\[\]{}"'`<>|]""")
_DIGITS = re.compile(r"\d+")
_MEANT = re.compile(r"[A-Z][A-Z_]+|\w{2,}(?:ed|ing)")

_NAME = re.compile(r"[\"']?[\w$]*(?:[a-z0-9][._$@/\\-]+|[a-z][A-Z])[\w.$@/\\-]*[\"']?")

Words = tuple[str, ...]


def together(texts: Iterable[str]) -> Mapping[str, str]:
    """For every text its label: texts of one template have the same."""
    now = {text: tuple(_WORDS.findall(text)) or ("",) for text in texts}
    announced: set[Words] = set()
    for _ in range(ROUNDS):
        varying = _varying(set(now.values()), announced)
        if not varying:
            break
        now = {text: _opened(words, varying.get(words, ())) for text, words in now.items()}
    return {text: " ".join(words) for text, words in now.items()}


def _opened(words: Words, places: Collection[int]) -> Words:
    return tuple(WILD if place in places else word for place, word in enumerate(words)) if places else words


def _varying(texts: Collection[Words], announced: set[Words]) -> Mapping[Words, set[int]]:
    """The places of each text that vary; `announced` learns what stood before them."""
    families = list(_families(texts))
    plain = [(place, family) for place, family in families if _plainly_varies(place, family)]
    announced |= {_before(place, family) for place, family in plain} - {()}
    by_name = [(place, family) for place, family in families if _follows_a_name(place, family, announced)]
    varying: dict[Words, set[int]] = defaultdict(set)
    for place, family in [*plain, *by_name]:
        for words in family:
            varying[words].add(place)
    for one, other, family in _pairs([words for words in texts if words not in varying]):
        for words in family:
            varying[words] |= {one, other}
    return varying


def _families(texts: Iterable[Words]) -> Iterator[tuple[int, Sequence[Words]]]:
    """Texts that are equal but for the word in one place."""
    for alike in _by(len, texts):
        families: dict[tuple[int, int], list[Words]] = defaultdict(list)
        for words in alike:
            marks = _marks(words)
            whole = sum(marks)
            for place in _open_places(words):
                families[place, whole - marks[place]].append(words)
        yield from ((place, one) for (place, _), one in families.items() if len(one) > 1 and _holds(place, one[0]))


def _holds(place: int, words: Words) -> bool:
    """Whether anything else is left that would hold them together."""
    return any(len(word) > 1 and word != WILD for at, word in enumerate(words) if at != place)


def _pairs(texts: Iterable[Words]) -> Iterator[tuple[int, int, Sequence[Words]]]:
    """Texts with one first word that are equal but for the words in two places, both of which vary."""
    for alike in _by(lambda words: (len(words), words[0]), texts):
        if not MANY_PAIRS <= len(alike) <= MOST_FOR_PAIRS or len(alike[0]) > MOST_WORDS_FOR_PAIRS:
            continue
        families: dict[tuple[int, int, int], list[Words]] = defaultdict(list)
        for words in alike:
            marks, places = _marks(words), _open_places(words)
            whole = sum(marks)
            for one, other in combinations(places, 2):
                families[one, other, whole - marks[one] - marks[other]].append(words)
        for (one, other, _), family in families.items():
            if len(family) >= MANY_PAIRS and _many(one, family) and _many(other, family):
                yield one, other, family


def _by(key: Callable[[Words], object], texts: Iterable[Words]) -> Iterable[Sequence[Words]]:
    buckets: dict[object, list[Words]] = defaultdict(list)
    for words in texts:
        buckets[key(words)].append(words)
    return buckets.values()


def _plainly_varies(place: int, family: Sequence[Words]) -> bool:
    """Whether many words stand there, or one that is known to vary, or the same with other digits."""
    values = {words[place] for words in family}
    return WILD in values or _many(place, family) or len({_DIGITS.sub("0", value) for value in values}) == 1


def _follows_a_name(place: int, family: Sequence[Words], announced: set[Words]) -> bool:
    """Whether what stands before it says so, by its meaning or because something varies behind it elsewhere."""
    before = [word.lower() for word in family[0][max(0, place - 2):place] if word not in ":="]
    return (bool(before) and before[-1] in ANNOUNCED) or _before(place, family) in announced


def _before(place: int, family: Sequence[Words]) -> Words:
    """The two words before it, where there are two."""
    return tuple(word.lower() for word in family[0][place - 2:place]) if place > 1 else ()


def _many(place: int, family: Sequence[Words]) -> bool:
    values = {words[place] for words in family}
    return len(values) >= _enough(place, values)


def _enough(place: int, values: Collection[str]) -> int:
    """How many different words it takes here."""
    meant = sum(bool(_MEANT.fullmatch(value)) for value in values)
    if place == 0 or meant * 2 > len(values):
        return MANY_MEANT
    names = sum(bool(_NAME.fullmatch(value)) for value in values)
    return MANY_NAMES if names * 2 > len(values) else MANY


def _open_places(words: Words) -> list[int]:
    return [place for place, word in enumerate(words[:MOST_WORDS]) if word == WILD or len(word) > 1 or word.isalnum()]


def _marks(words: Words) -> list[int]:
    """A number for every word in its place; their sum names the text."""
    return [_mark(place, word) for place, word in enumerate(words, start=len(words) << 12)]


_KNOWN: dict[tuple[int, str], int] = {}


def _mark(place: int, word: str) -> int:
    known = _KNOWN.get((place, word))
    if known is None:
        if len(_KNOWN) > 200_000:
            _KNOWN.clear()
        said = blake2b(f"{place} {word}".encode("utf-8", "replace"), digest_size=8).digest()
        known = _KNOWN[place, word] = int.from_bytes(said)
    return known
