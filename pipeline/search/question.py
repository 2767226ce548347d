"""A query as the search takes it: cut to a length, cleaned to the words that carry its meaning, and its kind."""

import re
from dataclasses import dataclass

from pipeline.search.kinds import kind_of, subject_of
from pipeline.search.values import Kind

MOST_CHARACTERS = 1000
MOST_WORDS = 64
WORDS = re.compile(r"\w+", re.UNICODE)
STOP_WORDS = frozenset(
    "a an and are as at be by can do does explain for from give how i in is it me my of on or please show tell that the "
    "this to use used using was what when where which who why will with work works you your about teach learn help".split()
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A query, read."""

    text: str
    words: tuple[str, ...]
    kind: Kind
    notes: tuple[str, ...]


def read_question(query: str) -> Question:
    """The query as it is searched with; what was cut or is missing stands in `notes`."""
    text = " ".join(query.replace("\0", " ").split())
    notes = []
    if len(text) > MOST_CHARACTERS:
        notes.append(f"Only the first {MOST_CHARACTERS:,} of the query's {len(text):,} characters were searched for.")
        text = text[:MOST_CHARACTERS]
    kind = kind_of(text)
    words = (content_words(subject_of(text)) if kind is Kind.OBJECTIVE else []) or content_words(text)
    if not text:
        notes.append("The query is empty.")
    elif not words:
        notes.append("The query has no word that could be looked up, only common ones: it was searched by meaning alone.")
    return Question(text=text, words=tuple(words[:MOST_WORDS]), kind=kind, notes=tuple(notes))


def content_words(text: str) -> list[str]:
    """The words of a question that carry its meaning, in lower case, without repetition."""
    return list(dict.fromkeys(w for w in WORDS.findall(text.casefold()) if w not in STOP_WORDS))
