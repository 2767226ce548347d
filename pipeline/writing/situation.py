"""Intent and passages -> where the topic shows itself: in the student's interest, or in everyday life."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.corpus.interests import read_situation
from pipeline.domain import Intent, Passage, Role
from pipeline.writing.connect import Situation
from pipeline.writing.sentences import split_sentences


def situate(intent: Intent, passages: Sequence[Passage], folder: Path) -> Situation:
    """The topic in the student's interest, or in everyday life where there is no interest."""
    told, name, source = None, "everyday life", ""
    if intent.interest_id and intent.interest_name:
        told, name = read_situation(folder, topic_id=intent.topic_id, interest_id=intent.interest_id), intent.interest_name
        source = f"{intent.topic_id}-{intent.interest_id}"
    if told is None:
        everyday = next(passage for passage in passages if passage.role is Role.EVERYDAY_USE)
        told, source = everyday.text, everyday.chunk_id
    scene, *lesson = split_sentences(told)
    return Situation(name=name, scene=scene, lesson=" ".join(lesson) or intent.summary, source=source)
