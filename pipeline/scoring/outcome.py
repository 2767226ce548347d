"""Was the question met as it should be?"""

from pipeline.domain import Status
from pipeline.scoring.values import Answer, Expected, Finding, Reference, Tools, found

RIGHT = {
    Expected.ANSWER: (Status.COMPLETED, Status.PARTIAL),
    Expected.CLARIFY: (Status.CLARIFICATION_NEEDED,),
    Expected.DECLINE: (Status.OUT_OF_SCOPE,),
}


def due(reference: Reference) -> bool:
    """Whether a lesson is the right answer."""
    return reference.expected is Expected.ANSWER


def score_outcome(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """1 when the request ended as it should and on the right topic, else 0."""
    if answer.status not in RIGHT[reference.expected]:
        return found(0, f"It ended as {answer.status}; right is {reference.expected}.")
    intent = answer.lesson.intent if answer.lesson else None
    if due(reference) and (intent is None or intent.topic_id != reference.topic_id):
        return found(0, f"The lesson is about {intent.topic_id if intent else 'nothing'}, not {reference.topic_id}.")
    return found(1, f"It ended as {answer.status}.")
