"""The key terms of a topic, and which of them a text has."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from pipeline.corpus.book import read_topic
from pipeline.writing.sentences import stems


@lru_cache(maxsize=256)
def key_terms(corpus: Path, topic_id: str) -> tuple[str, ...]:
    """The key terms that the book of this topic lists; none for a topic that is not in the corpus. Raises `CorpusDefect`."""
    found = sorted(corpus.rglob(f"{topic_id}.md")) if topic_id.isidentifier() else []
    return tuple(term.term for term in read_topic(found[0]).key_terms) if found else ()


def covered(terms: Sequence[str], text: str) -> tuple[str, ...]:
    """The terms of which the text has every word, in any inflection ("forces" for "force")."""
    known = set(stems(text))
    return tuple(term for term in terms if set(stems(term)) <= known)
