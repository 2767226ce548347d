"""Text -> the same text with a word in square brackets for each personal detail."""

from collections.abc import Sequence

from pipeline.guardrails.folding import fold
from pipeline.guardrails.names import NAMES
from pipeline.guardrails.personal import FIXED
from pipeline.guardrails.values import Detail, Redacted

RULES = (*FIXED, *NAMES)


def redacted(text: str) -> Redacted:
    """The text without personal details. What is in brackets already is found no second time."""
    folded = fold(text)
    pieces: list[str] = []
    at = 0
    found = _apart([(detail, *span) for rule in RULES for detail, span in ((rule.detail, s) for s in rule.found(folded.text))])
    for detail, begin, end in found:
        first, last = folded.original(begin, end)
        pieces += [text[at:first], f"[{detail}]"]
        at = last
    return Redacted(text="".join([*pieces, text[at:]]), left_out=tuple(detail for detail, _, _ in found))


def _apart(found: Sequence[tuple[Detail, int, int]]) -> list[tuple[Detail, int, int]]:
    """What was found, without what overlaps an earlier rule's, in the order of the text."""
    kept: list[tuple[Detail, int, int]] = []
    for each in found:
        if all(each[2] <= begin or end <= each[1] for _, begin, end in kept):
            kept.append(each)
    return sorted(kept, key=lambda each: each[1])
