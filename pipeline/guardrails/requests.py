"""A request -> the same request without personal details, which is all that is kept and all that a provider sees."""

import re

from pipeline.domain import GenerationRequest
from pipeline.guardrails.redaction import redacted
from pipeline.guardrails.values import Detail

LONGEST_QUESTION, LONGEST_INTEREST = 500, 100
SAID = {
    Detail.EMAIL: "an e-mail address", Detail.PHONE: "a telephone number", Detail.ADDRESS: "an address", Detail.NAME: "a name",
    Detail.SCHOOL: "a school", Detail.BIRTH: "a date of birth", Detail.NUMBER: "a number that belongs to somebody",
    Detail.CARD: "a card number", Detail.ACCOUNT: "an account", Detail.LINK: "a link to somebody's page",
}
_LEFT = re.compile(rf"\[({'|'.join(map(re.escape, Detail))})\]")


def scrubbed(request: GenerationRequest) -> GenerationRequest:
    """The request without personal details in what the student wrote; the same again for one that has none.

    A question that grows past its limit, because a word in brackets is longer than what stood there, ends at the limit.
    """
    cleaned = {
        "student_query": redacted(request.student_query).text[:LONGEST_QUESTION],
        "interest": request.interest and redacted(request.interest).text[:LONGEST_INTEREST],
        "topic_hint": request.topic_hint and redacted(request.topic_hint).text[:LONGEST_INTEREST],
        "modality_preferences": {
            modality: redacted(said).text[:LONGEST_INTEREST] for modality, said in request.modality_preferences.items()},
    }
    changed = {name: value for name, value in cleaned.items() if value != getattr(request, name)}
    return request.model_copy(update=changed) if changed else request


def left_out(request: GenerationRequest) -> str:
    """What was left out of a scrubbed request, in one sentence; empty where nothing was."""
    found = dict.fromkeys(_LEFT.findall(f"{request.student_query} {request.interest or ''}"))
    told = ", ".join(SAID[Detail(kind)] for kind in found)
    return f"Left out of the question before anything read it: {told}." if told else ""
