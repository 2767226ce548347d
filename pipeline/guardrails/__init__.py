"""What a student's text is guarded against: talking to the machine, telling about people, and what is not for minors.

Pure functions on the student's own text, in time that grows with its length; nothing here sees prompts, passages or lessons.
"""

from pipeline.guardrails.harm import SELF_HARM
from pipeline.guardrails.injection import injected
from pipeline.guardrails.redaction import redacted
from pipeline.guardrails.requests import left_out, scrubbed
from pipeline.guardrails.unsafe import unsafe
from pipeline.guardrails.values import Declined, Detail, Guard, Redacted


def declined(text: str) -> Declined | None:
    """Why there is no lesson on this text; None where there may be one. Harm comes first: who needs help is told of it."""
    return unsafe(text) or injected(text)


__all__ = [
    "SELF_HARM", "Declined", "Detail", "Guard", "Redacted", "declined", "injected", "left_out", "redacted", "scrubbed", "unsafe",
]
