"""Why a result is where it is, in plain words; and which results say nearly the same."""

from collections.abc import Sequence

from pipeline.search.stemming import Stemmer
from pipeline.search.values import Document, Filters

SAME = 0.8
"""Documents that share so much of their words say the same (Jaccard over stems)."""


def stems_of(document: Document, stemmer: Stemmer) -> frozenset[str]:
    """The stems of everything that the lexical index knows of the document."""
    return stemmer.of(f"{document.title} {document.section} {document.text}")


def matched(words: Sequence[str], found: frozenset[str], stemmer: Stemmer) -> tuple[str, ...]:
    """The words of the query that the document has, in the query's order."""
    return tuple(word for word in words if found.intersection(stemmer.stems(word)))


def same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two documents say nearly the same."""
    if min(len(one), len(other)) < SAME * max(len(one), len(other)):
        return False
    both = len(one & other)
    return both >= SAME * (len(one) + len(other) - both)


def why(*, lexical: tuple[int, float] | None, dense: tuple[int, float] | None, words: Sequence[str],
        margin: float | None, filters: Filters) -> str:
    """The filter, the place and score in each list, and the words that matched."""
    parts = (
        f"among {filters.plain()}" if filters.plain() else "",
        f"the language model's margin {margin:+.2f}" if margin is not None else "",
        f"meaning #{dense[0]}, cosine {dense[1]:.2f}" if dense else "meaning –",
        f"words #{lexical[0]}, BM25 {lexical[1]:.1f}: {', '.join(words)}" if lexical else "words –",
    )
    return "; ".join(part for part in parts if part)
