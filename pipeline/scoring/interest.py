"""Is the student's interest put to work, or only dropped as a name?"""

from collections.abc import Sequence

from pipeline.corpus.interests import Interest
from pipeline.domain import Intent, Origin, Script
from pipeline.scoring.content import MARKS
from pipeline.scoring.values import Answer, Finding, Reference, Tools, cannot, found
from pipeline.writing import split_sentences
from pipeline.writing.sentences import stems

CARRIED = 2
"""Content words beside the interest's name, of the topic or the situation, that a sentence needs to say something with it."""
CROWDED = 0.25
"""The share of sentences that may name the interest before it is in the way."""


def score_interest(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """0 when the interest is absent, ½ when nothing joins it to the topic, 1 when it carries the topic; less where forced.

    Forced are sentences that name it and say nothing with it, and naming it in more than every fourth sentence.
    """
    assert answer.lesson and answer.script
    intent, interest = answer.lesson.intent, tools.interests.get(reference.interest or "")
    if not reference.interest:
        return cannot("The student named no interest.")
    if interest is None:
        return cannot(f"The interest {reference.interest!r} is not in the catalogue.")
    if intent is None:
        return cannot("Nothing says what the lesson is about.")
    words = _Words(interest, intent, answer.script)
    sentences = [s for section in answer.script.sections for s in split_sentences(section.markdown) if not s.startswith("#")]
    own = _own(sentences, answer.script)
    there, joined = [s for s in own if words.there(s)], [s for s in own if words.joined(s)]
    if not there:
        return found(0, f"Nothing in the text is about {interest.name}.")
    named = [s for s in own if words.named(s)]
    forced = [s for s in named if not words.carried(s)]
    crowded = max(0.0, len(named) / len(sentences) - CROWDED) / (1 - CROWDED)
    used = 1.0 if joined else 0.5
    value = used * (1 - len(forced) / max(len(named), len(there))) * (1 - crowded)
    return found(value, _why(interest, joined, forced, crowded))


def _own(sentences: Sequence[str], script: Script) -> list[str]:
    """Those that the topic's passages do not have: a ball that the book speaks of anyway is nobody's interest."""
    book = "\n".join(passage.text for passage in script.passages)
    return [sentence for sentence in sentences if MARKS.sub("", sentence).strip() not in book]


def _why(interest: Interest, joined: list[str], forced: list[str], crowded: float) -> str:
    if forced:
        return f"Only drops the name: {forced[0][:120]}"
    if crowded:
        return f"Too many sentences name {interest.name}."
    return f"Joined to the topic: {joined[0][:120]}" if joined else f"Nothing joins {interest.name} to the topic."


class _Words:
    """What of a sentence belongs to the interest, and what to the topic."""

    def __init__(self, interest: Interest, intent: Intent, script: Script) -> None:
        self._names = [set(stems(name)) for name in (interest.name, *interest.aliases)]
        things = [set(stems(thing)) for thing in interest.things]
        self._topic = {s for text in (intent.topic_name, intent.summary, *intent.concepts) for s in stems(text)}
        source = f"{intent.topic_id}-{interest.interest_id}"
        told = {s for one in script.sentences if one.origin is Origin.BOOK and source in one.sources for s in stems(one.text)}
        self._situation = told - self._topic
        self._things = [thing for thing in things if not thing <= self._topic]

    def named(self, sentence: str) -> bool:
        words = set(stems(sentence))
        return any(name and name <= words for name in self._names)

    def there(self, sentence: str) -> bool:
        words = set(stems(sentence))
        of_it = any(thing and thing <= words for thing in self._things)
        return self.named(sentence) or of_it or len(words & self._situation) >= CARRIED

    def joined(self, sentence: str) -> bool:
        return self.there(sentence) and self.carried(sentence) and bool(set(stems(sentence)) & self._topic)

    def carried(self, sentence: str) -> bool:
        names = {stem for name in self._names for stem in name}
        return len((set(stems(sentence)) - names) & (self._topic | self._situation)) >= CARRIED
