"""Which of two answers is better, by the language model: asked in both orders, and no difference where it contradicts itself."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from pipeline.ports import Paid, TextModel
from pipeline.prompts import PromptBook
from pipeline.scoring.values import Answer
from pipeline.visuals import Value
from pipeline.writing.sentences import trimmed

PROMPT = "prefer"
MOST_WORDS = 160
"""Of each answer: two of them and the question are what a small model reads well."""
COMPARED = ("hook", "link")
"""The sections that the prompts of a lesson write; the others are the book's in every variant."""


class Side(StrEnum):
    """Which of the two."""

    A = "a"
    B = "b"
    TIE = "tie"


class Preference(Value):
    """A judgement, with its order decoded: margins are P(yes) − P(no) of "the first is better" in both orders."""

    winner: Side
    a_first: float
    b_first: float
    shortened: bool = False
    """Whether an answer was longer than what is compared."""


def preferred(
    question: str, a: str, b: str, *, model: TextModel, prompts: PromptBook,
    spend: Callable[[Paid[Any]], Any] = lambda paid: paid.value,
) -> Preference:
    """The better one of two texts. Two equal texts are a tie without asking."""
    short_a, short_b = (trimmed(text, words=MOST_WORDS) for text in (a, b))
    cut = len(short_a.split()) < len(a.split()) or len(short_b.split()) < len(b.split())
    if short_a == short_b:
        return Preference(winner=Side.TIE, a_first=0.0, b_first=0.0, shortened=cut)

    def margin(first: str, second: str) -> float:
        facts = {"question": question, "first": first, "second": second}
        return float(spend(model.margin(prompts.render(PROMPT, facts))))

    a_first, b_first = margin(short_a, short_b), margin(short_b, short_a)
    return Preference(winner=decoded(a_first, b_first), a_first=a_first, b_first=b_first, shortened=cut)


def decoded(a_first: float, b_first: float) -> Side:
    """The winner of both orders; a tie where the same place wins twice or one order has no opinion."""
    if a_first > 0.0 > b_first:
        return Side.A
    return Side.B if b_first > 0.0 > a_first else Side.TIE


def compared(answer: Answer) -> str:
    """What of a lesson is worth comparing: the sections that were written by prompts; why there is none where there is none."""
    if answer.script is None:
        return answer.lesson.reason if answer.lesson else ""
    return "\n".join(section.markdown for section in answer.script.sections if section.name in COMPARED)
