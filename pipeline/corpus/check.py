"""What is wrong with a corpus, every fault at once: cues that never sound, formulas that cannot be set, missing situations."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.corpus.book import Topic, read_topic
from pipeline.corpus.interests import read_interests
from pipeline.errors import CorpusDefect
from pipeline.formula import check_math, height
from pipeline.visuals import Curve, Equation, KeyIdea, Part, Value

LONGEST_SENTENCE = 30
SUBSECTION_WORDS = (45, 115)
SITUATION_WORDS = (18, 65)


def check_corpus(data: Path) -> list[str]:
    """One line per fault in the corpus, the interests and the situations below `data`; empty when all is well."""
    faults: list[str] = []
    topics: list[Topic] = []
    for path in sorted((data / "corpus").rglob("topic_*.md")):
        try:
            topic = read_topic(path)
        except CorpusDefect as defect:
            faults.append(str(defect))
            continue
        if path.stem != topic.topic_id or path.parent.name != topic.subject:
            faults.append(f"{path.name}: file name and folder must be the topic id and subject")
        topics.append(topic)
        faults += [f"{path.name}: {fault}" for fault in topic_faults(topic)]
    known = {topic.topic_id for topic in topics}
    for topic in topics:
        faults += [f"{topic.topic_id}: unknown prerequisite {p}" for p in topic.prerequisites if p not in known]
    return faults + list(situation_faults(data, topics))


def topic_faults(topic: Topic) -> Iterator[str]:
    """The faults inside one topic."""
    for part in topic.explanation:
        words = len(part.text.split())
        if not SUBSECTION_WORDS[0] <= words <= SUBSECTION_WORDS[1]:
            yield f"'{part.heading}' has {words} words; keep {SUBSECTION_WORDS[0]}–{SUBSECTION_WORDS[1]}"
        yield from (f"'{part.heading}': sentence too long: {s[:60]}…" for s in long_sentences(part.text))
        for figure in part.figures:
            yield from (f"'{part.heading}': {fault}" for fault in figure_faults(figure, part.text))
    if not any(part.figures for part in topic.explanation):
        yield "no figure in the explanation"
    for step in topic.example.steps:
        if step.math:
            yield from _math_fault(step.math)


def figure_faults(figure: Value, text: str) -> Iterator[str]:
    """Cues that are not in the text (or out of order), and formulas that cannot be set or plotted."""
    spoken = " ".join(text.split()).casefold()
    last = 0
    for part in cued_parts(figure):
        if not part.cue:
            continue
        found = spoken.find(part.cue.casefold())
        if found < 0:
            yield f"cue {part.cue!r} is not in the text"
        elif found < last and figure.__class__.__name__ != "Comparison":
            yield f"cue {part.cue!r} sounds before the part above it; order the parts as they are spoken"
        last = max(last, found)
    yield from _whole_faults(figure, spoken)
    if isinstance(figure, Equation):
        yield from _math_fault(figure.math)
        for term in figure.terms:
            yield from _math_fault(term.math)
    if isinstance(figure, Curve):
        for x in (figure.x_from, figure.x_to, *(point.x for point in figure.points)):
            try:
                height(figure.formula, x)
            except ValueError as fault:
                yield str(fault)


def _whole_faults(figure: Value, spoken: str) -> Iterator[str]:
    """Faults of a figure that appears as a whole: key ideas, equations and curves have a cue of their own."""
    own = getattr(figure, "cue", "")
    if own and own.casefold() not in spoken:
        yield f"cue {own!r} is not in the text"
    if isinstance(figure, KeyIdea):
        yield from (f"emphasis {e!r} is not in the statement" for e in figure.emphasis if e not in figure.statement)


def cued_parts(value: Value) -> Iterator[Part]:
    """All parts of a figure that are revealed on their own, in reading order."""
    for name in type(value).model_fields:
        child = getattr(value, name)
        if isinstance(child, tuple):
            yield from (item for item in child if isinstance(item, Part))
        elif isinstance(child, Value):
            yield from cued_parts(child)


def situation_faults(data: Path, topics: Sequence[Topic]) -> Iterator[str]:
    """Topics without a situation for every interest."""
    interests = read_interests(data / "interests" / "interests.toml")
    for topic in topics:
        path = data / "interests" / "situations" / f"{topic.topic_id}.toml"
        if not path.is_file():
            yield f"{path.name}: missing (one situation per interest)"
            continue
        situations = tomllib.loads(path.read_text(encoding="utf-8"))
        for interest in interests:
            words = len(str(situations.get(interest.interest_id, "")).split())
            if not SITUATION_WORDS[0] <= words <= SITUATION_WORDS[1]:
                yield f"{path.name}: {interest.interest_id} has {words} words; keep {SITUATION_WORDS[0]}–{SITUATION_WORDS[1]}"


def long_sentences(text: str) -> Iterator[str]:
    """Sentences of more than `LONGEST_SENTENCE` words."""
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        if len(sentence.split()) > LONGEST_SENTENCE:
            yield sentence


def _math_fault(text: str) -> Iterator[str]:
    try:
        check_math(text)
    except ValueError as fault:
        yield str(fault)
