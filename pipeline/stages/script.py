"""Intent and passages -> script: the article, streamed while it is written, and the storyboard when one is needed."""

from pipeline.bill import Attentive, Bill
from pipeline.domain import Intent, Passage, Script, Section
from pipeline.ports import TextModel
from pipeline.prompts import PromptBook
from pipeline.visuals import Value
from pipeline.writing import (
    Evidence,
    Parts,
    Situation,
    Writer,
    board,
    check_figures,
    example_section,
    explanation_section,
    hook_section,
    link_section,
    misconception_section,
    opening,
    question_section,
    reading_grade,
    sort_parts,
    takeaways_section,
)


class Order(Value):
    """What is to be written."""

    intent: Intent
    passages: tuple[Passage, ...]
    situation: Situation
    storyboard: bool
    seed: int


def write(spend: Bill, order: Order, *, model: TextModel, prompts: PromptBook) -> Script:
    """The script. Raises `Unsupported` when it would say a number or an equation that its passages do not have."""
    parts = sort_parts(order.passages)
    page = _Page(spend, opening(order.intent))
    writer = Writer(
        intent=order.intent, situation=order.situation, model=Attentive(model, spend), prompts=prompts, spend=spend,
        seed=order.seed,
    )
    hook = writer.hook()
    page.add(hook_section(hook), *(explanation_section(parts, passage) for passage in parts.explanations))
    link = writer.link()
    page.add(
        link_section(order.intent, link), example_section(parts), misconception_section(parts),
        takeaways_section(parts), question_section(parts),
    )
    storyboard = None
    if order.storyboard:
        storyboard = board(order.intent, parts, hook, link)
        check_figures(storyboard, _evidence(order, parts))
    return Script(
        title=order.intent.topic_name, article=page.text, sections=tuple(page.sections), sentences=(*hook, *link),
        passages=parts.passages, reading_grade=reading_grade(page.text), storyboard=storyboard,
    )


class _Page:
    """The article as it grows; every addition is shown at once."""

    def __init__(self, spend: Bill, text: str) -> None:
        self.text = text
        self.sections: list[Section] = []
        self._spend = spend
        spend.journal.draft(text)

    def add(self, *sections: Section) -> None:
        for section in sections:
            self.sections.append(section)
            self.text += f"\n\n{section.markdown}"
            self._spend.journal.draft(self.text)
        self._spend.check()


def _evidence(order: Order, parts: Parts) -> Evidence:
    lines = [f"{passage.title}. {passage.section}. {passage.text}" for passage in parts.passages]
    return Evidence(text="\n".join([*lines, order.situation.text, order.intent.topic_name]))


__all__ = ["Order", "write"]
