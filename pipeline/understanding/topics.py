"""Which topics a question could mean: by name, and by the passages nearest in meaning."""

from collections.abc import Mapping, Sequence

from pipeline.corpus.catalogue import TopicCard
from pipeline.domain import Passage
from pipeline.ports import Index
from pipeline.understanding.words import TopicWords, telling_words
from pipeline.visuals import Value
from pipeline.writing.sentences import stems

PASSAGES_READ = 60
BEST_OF = 2


class Reading(Value):
    """One topic that a question may be about."""

    card: TopicCard
    similarity: float
    """Mean cosine of the topic's best passages to the question, 0…1."""
    named: float
    """How much of the question is one of the topic's names, 0…1; 0 when the question does not name the topic."""
    cover: float
    """The weighted share of the question's telling words that the topic's text has, 0…1."""


def readings(
    question: str, catalogue: Sequence[TopicCard], index: Index, topic_words: TopicWords
) -> list[Reading]:
    """Every topic as a reading of the question, likeliest first."""
    nearest: dict[str, list[Passage]] = {}
    for passage in index.search(question, limit=PASSAGES_READ):
        nearest.setdefault(passage.topic_id, []).append(passage)
    words, telling = stems(question), telling_words(question)
    found = [
        Reading(
            card=card, similarity=_similarity(nearest, card.topic_id), named=_named(words, card),
            cover=topic_words.cover(telling, card.topic_id),
        )
        for card in catalogue
    ]
    return sorted(found, key=lambda reading: -(reading.similarity + 0.5 * reading.named))


def _similarity(nearest: Mapping[str, Sequence[Passage]], topic_id: str) -> float:
    scores = sorted((passage.score for passage in nearest.get(topic_id, ())), reverse=True)[:BEST_OF]
    return sum(scores) / BEST_OF if scores else 0.0


def _named(words: Sequence[str], card: TopicCard) -> float:
    """The longest of the topic's names that stands whole in the question, as a share of the question's words."""
    if not words:
        return 0.0
    best = max((len(name) for name in map(stems, (card.title, *card.aliases)) if _within(name, words)), default=0)
    return best / len(words)


def _within(name: Sequence[str], words: Sequence[str]) -> bool:
    size = len(name)
    return bool(name) and any(list(words[i:i + size]) == list(name) for i in range(len(words) - size + 1))
