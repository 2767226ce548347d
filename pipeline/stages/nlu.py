"""Question -> intent: which topic, which interest, how sure; or a question back, or a polite no."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.corpus.catalogue import TopicCard
from pipeline.corpus.interests import Interest
from pipeline.domain import CONFIDENT, Clarification, GenerationRequest, Intent
from pipeline.errors import ClarificationNeeded, NotInLibrary, OutOfScope, UnusableOutput
from pipeline.ports import Embedder, Index, TextModel
from pipeline.prompts import PromptBook
from pipeline.shelf import Shelf
from pipeline.trace import Bill
from pipeline.understanding import InterestFound, Reading, Vocabulary, find_interest, readings, unreadable
from pipeline.understanding.confidence import Verdict, confidence, options_of

CANDIDATES = 5
CONCEPTS_KEPT = 6


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What reading a question needs besides a model."""

    catalogue: Sequence[TopicCard]
    interests: Sequence[Interest]
    vocabulary: Vocabulary
    embedder: Embedder
    index: Index
    prompts: PromptBook


def understand(
    spend: Bill, request: GenerationRequest, *, model: TextModel, knowledge: Knowledge, shelf: Shelf
) -> Intent:
    """The intent; a question that was read before is not read again.

    Raises `ClarificationNeeded`, `OutOfScope` or `NotInLibrary` when there is no single good reading.
    """
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
    if reason := unreadable(question, knowledge.vocabulary):
        raise OutOfScope(reason)
    found = find_interest(question, request.interest, knowledge.interests, knowledge.embedder)
    ranked = readings(found.question, knowledge.catalogue, knowledge.index)
    if request.topic_hint:
        return _intent(request, question, found, _hinted(ranked, request.topic_hint), sure=1.0)
    candidates = ranked[:CANDIDATES]
    verdict = _verdict(spend, candidates, found.question, model, knowledge.prompts)
    return _decide(request, question, found, candidates, verdict)


def _decide(request: GenerationRequest, question: str, found: InterestFound, candidates: Sequence[Reading],
            verdict: Verdict) -> Intent:
    sure = confidence(candidates, verdict)
    if sure.foreign:
        raise OutOfScope("This is not a question that a science lesson can answer: ask about a topic from class.")
    if sure.unknown:
        raise NotInLibrary(f"The library has no topic that answers this. The nearest is {candidates[0].card.title}.")
    if sure.value < CONFIDENT:
        options = options_of(candidates)
        raise ClarificationNeeded(Clarification(
            question="Which of these do you mean?", options=tuple(reading.card.title for reading in options),
            topic_ids=tuple(reading.card.topic_id for reading in options),
        ))
    return _intent(request, question, found, sure.reading, sure=sure.value)


def _verdict(spend: Bill, candidates: Sequence[Reading], question: str, model: TextModel, prompts: PromptBook) -> Verdict:
    schema = {
        "type": "object", "required": ["kind", "topic"], "additionalProperties": False,
        "properties": {"kind": {"enum": ["learning", "vague", "other"]},
                       "topic": {"enum": list(range(len(candidates) + 1))}},
    }
    cards = [reading.card for reading in candidates]
    answer = str(spend(model.complete(prompts.render("nlu", schema=schema, cards=cards, question=question))))
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


def _intent(request: GenerationRequest, question: str, found: InterestFound, reading: Reading, *, sure: float) -> Intent:
    card = reading.card
    return Intent(
        question=found.question, topic_id=card.topic_id, topic_name=card.title, subject=card.subject,
        objective=card.objective, summary=card.summary, concepts=card.concepts[:CONCEPTS_KEPT],
        confidence=round(sure, 3), grade_level=request.grade_level,
        interest_id=found.interest.interest_id if found.interest else None,
        interest_name=found.interest.name if found.interest else None,
        warnings=(found.warning,) if found.warning else (),
    )
