"""What a book is about and for whom, where nobody said: by its title, else by its words.

The subject is that of the shipped topics whose words the book uses most; the grade is the Flesch-Kincaid grade of its
prose (Kincaid et al., 1975), with one year either side.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from math import log, sqrt

from pipeline.reading import BlockKind, Book

NAMED_SUBJECTS = {
    "physics": "physics", "mechanics": "physics", "chemistry": "chemistry", "biology": "biology", "anatomy": "biology",
    "microbiology": "biology", "mathematics": "mathematics", "algebra": "mathematics", "calculus": "mathematics",
    "precalculus": "mathematics", "geometry": "mathematics", "statistics": "mathematics", "astronomy": "earth_space",
    "geology": "earth_space", "computer": "computer_science", "programming": "computer_science", "sociology": "sociology",
    "psychology": "psychology", "economics": "economics", "history": "history", "philosophy": "philosophy",
    "government": "government", "nursing": "nursing", "accounting": "accounting",
}
"""A word of a title, and the subject that it says; of the catalogue where the catalogue has it."""
NAMED_GRADES = (
    (re.compile(r"\b(high school|secondary)\b", re.IGNORECASE), (9, 10, 11, 12)),
    (re.compile(r"\b(college|university)\b", re.IGNORECASE), (13,)),
    (re.compile(r"\bmiddle school\b", re.IGNORECASE), (6, 7, 8)),
)
ALIKE, AHEAD = 0.08, 1.3
"""The least likeness of a subject, and how far ahead of the next it must be; below, nothing is said."""
SENTENCES_READ = 2000
WORDS = re.compile(r"[a-z]{3,}")
SENTENCE = re.compile(r"[.!?]+\s")
VOWELS = re.compile(r"[aeiouy]+")
HIGHEST_GRADE = 13


def infer_subject(book: Book, subjects: Mapping[str, str]) -> str:
    """The subject of the book; `subjects` holds the words of each. Empty when it cannot be told."""
    for word in WORDS.findall(book.title.casefold()):
        if word in NAMED_SUBJECTS:
            return NAMED_SUBJECTS[word]
    if not subjects:
        return ""
    known = {name: Counter(WORDS.findall(text.casefold())) for name, text in subjects.items()}
    rare = {word: log(1 + len(known) / sum(word in counts for counts in known.values()))
            for counts in known.values() for word in counts}
    own = Counter(WORDS.findall(" ".join(_prose(book)).casefold()))
    likeness = sorted(((_cosine(own, counts, rare), name) for name, counts in known.items()), reverse=True)
    best, following = likeness[0], likeness[1] if len(likeness) > 1 else (0.0, "")
    return best[1] if best[0] >= ALIKE and best[0] >= AHEAD * following[0] else ""


def infer_grades(book: Book) -> tuple[int, ...]:
    """The school years that the book is for; empty when it has too little prose to tell, or is not in English."""
    for pattern, grades in NAMED_GRADES:
        if pattern.search(book.title):
            return grades
    sentences = [words for text in _prose(book) for part in SENTENCE.split(text) if len(words := part.split()) >= 5]
    if len(sentences) < 20 or not book.language.startswith("en"):
        return ()
    words = [word for sentence in islice(sentences, SENTENCES_READ) for word in sentence]
    syllables = sum(map(_syllables, words))
    read = min(len(sentences), SENTENCES_READ)
    grade = round(0.39 * len(words) / read + 11.8 * syllables / len(words) - 15.59)
    middle = min(max(grade, 1), HIGHEST_GRADE)
    return tuple(range(max(1, middle - 1), min(HIGHEST_GRADE, middle + 1) + 1))


def _prose(book: Book) -> Iterable[str]:
    return (block.text for module in book.modules for block in module.blocks if block.kind is BlockKind.PARAGRAPH)


def _syllables(word: str) -> int:
    letters = word.casefold().strip(".,;:!?()\"'")
    silent = letters.endswith("e") and not letters.endswith("le")
    return max(1, len(VOWELS.findall(letters)) - silent)


def _cosine(one: Mapping[str, int], other: Mapping[str, int], weights: Mapping[str, float]) -> float:
    shared: Sequence[str] = [word for word in other if word in one]
    product = sum(log(1 + one[w]) * log(1 + other[w]) * weights[w] ** 2 for w in shared)
    return product / ((_length(one, weights) * _length(other, weights)) or 1.0)


def _length(counts: Mapping[str, int], weights: Mapping[str, float]) -> float:
    return sqrt(sum((log(1 + n) * weights.get(word, 1.0)) ** 2 for word, n in counts.items()))
