"""Passages -> the parts of a lesson: which passage explains, which is the example, which reviews."""

from collections.abc import Sequence

from pipeline.domain import CheckQuestion, Misconception, Passage, Review, Role
from pipeline.errors import NotInLibrary
from pipeline.visuals import Value, WorkedExample
from pipeline.writing.sentences import stems

TOLD_ENOUGH = 0.6
LEAST_TAKEAWAYS = 2


class Parts(Value):
    """The book's side of a lesson, with the number of each passage in the list of sources (from 1)."""

    passages: tuple[Passage, ...]
    explanations: tuple[Passage, ...]
    example_at: Passage
    review_at: Passage
    everyday_at: Passage | None = None

    @property
    def example(self) -> WorkedExample:
        """The worked example."""
        assert self.example_at.example is not None
        return self.example_at.example

    @property
    def misconception(self) -> Misconception:
        """The misconception and its correction."""
        assert self.review_at.misconception is not None
        return self.review_at.misconception

    @property
    def takeaways(self) -> Sequence[str]:
        """The points that these explanations make, at least two."""
        ranked = sorted(self._review.takeaways, key=self._told, reverse=True)
        kept = {point for n, point in enumerate(ranked) if n < LEAST_TAKEAWAYS or self._told(point) >= TOLD_ENOUGH}
        return [point for point in self._review.takeaways if point in kept]

    @property
    def check(self) -> CheckQuestion:
        """The question that these explanations answer best; the book's first when it is as good as any."""
        return max(self._review.questions, key=lambda check: round(self._told(f"{check.question} {check.answer}"), 1))

    @property
    def _review(self) -> Review:
        assert self.review_at.review is not None
        return self.review_at.review

    def _told(self, text: str) -> float:
        """The share of the text's content words that the explanations say."""
        words, told = set(stems(text)), {s for passage in self.explanations for s in stems(passage.text)}
        return len(words & told) / len(words) if words else 0.0

    def mark(self, *passages: Passage) -> str:
        """The source marks of these passages, for example "[1][3]"."""
        return "".join(f"[{self.passages.index(passage) + 1}]" for passage in passages)


def sort_parts(passages: Sequence[Passage]) -> Parts:
    """The parts that these passages offer; `NotInLibrary` when one that a lesson needs is missing."""
    return Parts(
        passages=tuple(passages),
        explanations=tuple(_reading_order(_all(passages, Role.EXPLANATION))),
        example_at=_one(passages, Role.WORKED_EXAMPLE),
        review_at=_one(passages, Role.REVIEW),
        everyday_at=next((passage for passage in passages if passage.role is Role.EVERYDAY_USE), None),
    )


def _all(passages: Sequence[Passage], role: Role) -> list[Passage]:
    found = [passage for passage in passages if passage.role is role]
    if not found:
        raise NotInLibrary(f"The library has no {role.replace('_', ' ')} for this topic, so no lesson can be made.")
    return found


def _one(passages: Sequence[Passage], role: Role) -> Passage:
    return _all(passages, role)[0]


def _reading_order(explanations: Sequence[Passage]) -> list[Passage]:
    return sorted(explanations, key=lambda passage: passage.chunk_id)
