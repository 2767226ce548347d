"""Which of two answers is better, by a judge: asked in both orders, and no difference where it contradicts itself."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Protocol

from pipeline.domain import Usage
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
    """A judgement, with its order decoded: margins are how much better the judge finds the first one, in both orders."""

    winner: Side
    a_first: float
    b_first: float
    shortened: bool = False
    """Whether an answer was longer than what is compared."""


class PairJudge(Protocol):
    """Who says which of two answers is the better one, asked in one order."""

    @property
    def name(self) -> str:
        """What its judgements are kept under: another judge has another name."""

    @property
    def billed(self) -> Sequence[Usage]:
        """One of each unit that a service bills for it: what has no price is not asked for."""

    def margin(self, question: str, first: str, second: str) -> Paid[float]:
        """From 1, the first is better, to −1, the second is."""


class PromptedJudge:
    """`PairJudge`: the language model that lessons are made with, asked yes or no by the prompt of the book."""

    billed: Sequence[Usage] = ()

    def __init__(self, model: TextModel, prompts: PromptBook) -> None:
        self.name = model.name
        self._model, self._prompts = model, prompts

    def margin(self, question: str, first: str, second: str) -> Paid[float]:
        """P(yes) − P(no) of "the first is better"."""
        return self._model.margin(self._prompts.render(PROMPT, {"question": question, "first": first, "second": second}))


def preferred(
    question: str, a: str, b: str, *, judge: PairJudge,
    spend: Callable[[Paid[Any]], Any] = lambda paid: paid.value,
) -> Preference:
    """The better one of two texts. Two equal texts are a tie without asking."""
    short_a, short_b = (trimmed(text, words=MOST_WORDS) for text in (a, b))
    cut = len(short_a.split()) < len(a.split()) or len(short_b.split()) < len(b.split())
    if short_a == short_b:
        return Preference(winner=Side.TIE, a_first=0.0, b_first=0.0, shortened=cut)

    def margin(first: str, second: str) -> float:
        return float(spend(judge.margin(question, first, second)))

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
