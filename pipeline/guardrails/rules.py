"""How a personal detail is found: a pattern, the part of it that is the detail, and what that part must pass."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.guardrails.patterns import compiled
from pipeline.guardrails.values import Detail


def anything(_: str) -> bool:
    """Every text passes."""
    return True


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One way in which a detail is written. Where the pattern has a group, that is the detail, else the whole."""

    detail: Detail
    pattern: Any
    passes: Callable[[str], bool] = anything

    def found(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the details stand."""
        group = 1 if self.pattern.groups else 0
        for match in self.pattern.finditer(text):
            begin, end = match.span(group)
            end -= len(text[begin:end]) - len(text[begin:end].rstrip(" .,;:!?-'\""))
            if begin < end and self.passes(text[begin:end]):
                yield begin, end


def rule(detail: Detail, pattern: str, passes: Callable[[str], bool] = anything, *, caseless: bool = True) -> Rule:
    """A rule of this pattern."""
    return Rule(detail=detail, pattern=compiled(pattern, caseless=caseless), passes=passes)


def digits(text: str) -> str:
    """The digits of the text."""
    return "".join(sign for sign in text if "0" <= sign <= "9")
