"""Question -> intent: which topic, which interest, how sure; or a question back, or a polite no.

Retrieval reads most questions alone; the language model is asked, constrained to a schema, when it is in doubt.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.bill import Attentive, Bill
from pipeline.corpus.catalogue import TopicCard
from pipeline.corpus.interests import Interest
from pipeline.domain import CONFIDENT, Clarification, GenerationRequest, Intent
from pipeline.errors import ClarificationNeeded, NotInLibrary, OutOfScope, UnusableOutput
from pipeline.guardrails import Guard, declined
from pipeline.ports import Embedder, Index, TextModel
from pipeline.prompts import PromptBook
from pipeline.shelf import Shelf
from pipeline.understanding import (
    InterestFound,
    Reading,
    TopicWords,
    Vocabulary,
    find_interest,
    readings,
    telling_words,
    unreadable,
)
from pipeline.understanding.confidence import Sureness, Verdict, options_of, sureness

logger = logging.getLogger("pipeline")
CANDIDATES = 5
LIKELY = 0.5
NEARBY = 0.15
"""Probability of an answer from which naming the nearest topic helps more than it puzzles."""
CONCEPTS_KEPT = 6


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What reading a question needs besides a model."""

    catalogue: Sequence[TopicCard]
    interests: Sequence[Interest]
    vocabulary: Vocabulary
    topic_words: TopicWords
    embedder: Embedder
    index: Index
    prompts: PromptBook


def understand(
    spend: Bill, request: GenerationRequest, *, model: TextModel, knowledge: Knowledge, shelf: Shelf
) -> Intent:
    """The intent; a question that was read before is not read again.

    Raises `ClarificationNeeded`, `OutOfScope` or `NotInLibrary` when there is no single good reading.
    """
    _guarded(request, knowledge.vocabulary)
    key = shelf.intent_key(request)
    known = shelf.intent(key)
    if known:
        spend.reused = True
        return known
    intent = _read(spend, request, model, knowledge)
    shelf.keep_intent(key, intent, request.request_id)
    return intent


def _read(spend: Bill, request: GenerationRequest, model: TextModel, knowledge: Knowledge) -> Intent:
    question = " ".join(request.student_query.split())
    found = find_interest(question, request.interest, knowledge.interests, knowledge.embedder)
    ranked = readings(found.question, knowledge.catalogue, knowledge.index, knowledge.topic_words)
    if request.topic_hint:
        return _intent(request, found, _hinted(ranked, request.topic_hint), sure=1.0)
    candidates = ranked[:CANDIDATES]
    sure = sureness(candidates, len(telling_words(found.question)))
    verdict = _verdict(spend, candidates, found.question, model, knowledge.prompts) if sure.doubtful else None
    _decline(candidates, sure, verdict)
    return _intent(request, found, sure.reading, sure=sure.clear)


def _guarded(request: GenerationRequest, vocabulary: Vocabulary) -> None:
    """Raises `OutOfScope` for a text that is no question for a lesson; harm is told before the language is."""
    found, unread = declined(request.student_query), unreadable(request.student_query, vocabulary)
    if found and (found.guard is Guard.UNSAFE or not unread):
        logger.info("text declined", extra={
            "action": "text_declined", "request_id": request.request_id, "guard": found.guard, "kind": found.kind,
        })
        raise OutOfScope(found.reason)
    if unread:
        raise OutOfScope(unread)


def _decline(candidates: Sequence[Reading], sure: Sureness, verdict: Verdict | None) -> None:
    """Raises what stops a question that has no single good reading."""
    if verdict and verdict.kind == "other":
        raise OutOfScope("This is not a question that a science lesson can answer: ask about a topic from class.")
    if sure.in_library < LIKELY or (verdict and verdict.declines):
        near = f" The nearest it has is “{candidates[0].card.title}”." if sure.in_library >= NEARBY else ""
        raise NotInLibrary(f"The library has no topic that answers this: ask about a topic from class.{near}")
    if sure.clear < CONFIDENT:
        options = options_of(candidates)
        raise ClarificationNeeded(Clarification(
            question="Which of these do you mean?", options=tuple(reading.card.title for reading in options),
            topic_ids=tuple(reading.card.topic_id for reading in options),
        ))


def _verdict(spend: Bill, candidates: Sequence[Reading], question: str, model: TextModel, prompts: PromptBook) -> Verdict:
    cards = [{"title": reading.card.title} for reading in candidates]
    prompt = prompts.render("nlu", {"cards": cards, "question": question}, only={"topic": range(len(cards) + 1)})
    answer = str(spend(Attentive(model, spend).complete(prompt)))
    try:
        said: Mapping[str, object] = json.loads(answer)
        return Verdict(kind=str(said["kind"]), topic=int(str(said["topic"])))
    except (ValueError, KeyError) as fault:
        raise UnusableOutput(f"The language model's reading of the question was not usable: {answer[:80]!r}") from fault


def _hinted(ranked: Sequence[Reading], topic_id: str) -> Reading:
    for reading in ranked:
        if reading.card.topic_id == topic_id:
            return reading
    raise NotInLibrary(f"The library has no topic {topic_id!r}.")


def _intent(request: GenerationRequest, found: InterestFound, reading: Reading, *, sure: float) -> Intent:
    card = reading.card
    return Intent(
        question=found.question, topic_id=card.topic_id, topic_name=card.title, subject=card.subject,
        objective=card.objective, summary=card.summary, concepts=card.concepts[:CONCEPTS_KEPT],
        confidence=round(sure, 3), grade_level=request.grade_level,
        interest_id=found.interest.interest_id if found.interest else None,
        interest_name=found.interest.name if found.interest else None,
        warnings=(found.warning,) if found.warning else (),
    )
