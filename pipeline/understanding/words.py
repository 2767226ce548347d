"""The telling words of a question, and how much of them a topic's own text knows."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pipeline.writing.sentences import stems

GENERAL = frozenset(stems(
    "thing things something stuff everything anything work help test quiz homework confuse get idk explain understand tell "
    "science physics chemistry biology math maths computing lesson class school tomorrow friday please topic question mean "
    "make like want need know way happen kind really actually just so basically idea cs computer"
))
"""Words that say nothing about which topic is meant."""


def telling_words(question: str) -> list[str]:
    """The stems that say what a question is about; empty for "help me with math"."""
    return [stem for stem in stems(question) if stem not in GENERAL and len(stem) > 1]


class TopicWords:
    """Which words each topic's text has; rare words weigh more (inverse document frequency over topics)."""

    def __init__(self, texts: Mapping[str, Iterable[str]]) -> None:
        self._words = {topic_id: {s for text in parts for s in stems(text)} for topic_id, parts in texts.items()}
        self._topics_with = Counter(word for words in self._words.values() for word in words)

    def cover(self, words: Sequence[str], topic_id: str) -> float:
        """The weighted share of the words that stand in the topic's text, 0…1; 0 without words."""
        total = sum(map(self._weight, words))
        known = self._words.get(topic_id, set())
        return sum(self._weight(word) for word in words if word in known) / total if total else 0.0

    def _weight(self, word: str) -> float:
        return math.log((len(self._words) + 1) / (self._topics_with[word] + 0.5))
