"""Intent -> passages: what the library says about the topic, at most five, each with its score."""

from collections.abc import Sequence

from pipeline.bill import Bill
from pipeline.domain import PASSAGES_PER_LESSON, Intent, Passage, Role
from pipeline.errors import NotInLibrary
from pipeline.ports import Index

SCORE_NEEDED = 0.25
"""Cosine below which the best passage does not answer the question; MiniLM puts unrelated text near 0.0–0.15."""
ALL = 1000


def retrieve(spend: Bill, intent: Intent, index: Index) -> Sequence[Passage]:
    """The definition, what answers the question best, the worked example and the review; strongest first.

    Raises `NotInLibrary` when nothing scores high enough: a lesson is never invented. The student's interest steers
    the script, not the search.
    """
    spend.check()
    found = index.search(
        f"{intent.topic_name}: {intent.question}", limit=ALL, subject=intent.subject, grade=intent.grade_level,
        topic_id=intent.topic_id,
    )
    if not found or max(passage.score for passage in found) < SCORE_NEEDED:
        raise NotInLibrary(f"The library has no passage that answers this question about {intent.topic_name}.")
    needed = [_first(found, Role.WORKED_EXAMPLE), _first(found, Role.REVIEW)]
    if not intent.interest_id:
        needed.append(_first(found, Role.EVERYDAY_USE))
    chosen = [passage for passage in needed if passage] + _definition_first(found)
    chosen = chosen[:PASSAGES_PER_LESSON]
    return sorted(chosen, key=lambda passage: -passage.score)


def _first(found: Sequence[Passage], role: Role) -> Passage | None:
    return next((passage for passage in found if passage.role is role), None)


def _definition_first(found: Sequence[Passage]) -> list[Passage]:
    explanations = [passage for passage in found if passage.role is Role.EXPLANATION]
    definition = min(explanations, key=lambda passage: passage.chunk_id)
    return [definition, *(passage for passage in explanations if passage is not definition)]
