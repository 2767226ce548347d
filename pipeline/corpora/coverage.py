"""Catalogue and corpus -> the best passage on each topic, and whether it is near enough to speak of the topic at all."""

from collections.abc import Iterable

from pipeline.corpus.catalogue import TopicCard
from pipeline.search import SYSTEMS, Searcher
from pipeline.visuals import Value

NEAR = 0.6
"""The least cosine of title and summary to a passage that is on the topic. In the shipped corpus the nearest passage of the
topic itself has 0.73 or more for all 46, and the nearest of any other topic less than this for 42 of 46."""


class Covered(Value):
    """A topic of the catalogue, and what a corpus has on it."""

    topic_id: str
    title: str
    subject: str
    grades: tuple[int, ...]
    chunk_id: str
    """The nearest passage; empty where the corpus has none."""
    cosine: float

    @property
    def covered(self) -> bool:
        """Whether the corpus speaks of the topic."""
        return self.cosine >= NEAR


def covered(cards: Iterable[TopicCard], searcher: Searcher) -> tuple[Covered, ...]:
    """Every topic with its nearest passage."""
    return tuple(_covered(card, searcher) for card in cards)


def _covered(card: TopicCard, searcher: Searcher) -> Covered:
    found = searcher.search(f"{card.title}. {card.summary}", system=SYSTEMS["dense"], limit=1).hits
    best = found[0] if found else None
    return Covered(topic_id=card.topic_id, title=card.title, subject=card.subject, grades=card.grades,
                   chunk_id=best.chunk_id if best else "", cosine=best.dense_score or 0.0 if best else 0.0)
