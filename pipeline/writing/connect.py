"""The sentences that tie the book to the student's interest: written by the model, kept only when supported."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pipeline.domain import Intent, Origin, Sentence, Subject
from pipeline.ports import Paid, TextModel
from pipeline.prompts import PromptBook
from pipeline.visuals import Value
from pipeline.writing.sentences import split_sentences, stems
from pipeline.writing.support import Evidence, check

LONGEST_SENTENCE = 34
LONGEST_QUESTION = 20
HOOK_TRIES, LINK_TRIES = 2, 1
"""A question is cheap to ask again; a link is long, and what the model varies in it is seldom the fault."""
VARIED = 0.8
"""Temperature of every try but the first."""
NEW_WORDS = 2
"""Words that a link must take from each side alone: the situation's and the book's."""

SCIENCES = {Subject.MATHEMATICS: "mathematics", Subject.COMPUTER_SCIENCE: "computer science"}

Spend = Callable[[Paid[Any]], Any]


class Situation(Value):
    """Where the topic shows itself: `scene` sets it up, `lesson` is what it shows."""

    name: str
    scene: str
    lesson: str
    source: str

    @property
    def text(self) -> str:
        """Both sentences."""
        return f"{self.scene} {self.lesson}".strip()


class Writer:
    """Asks the model for connecting sentences and checks each before anyone sees it."""

    def __init__(self, *, intent: Intent, situation: Situation, model: TextModel, prompts: PromptBook,
                 spend: Spend, seed: int) -> None:
        self._intent = intent
        self._situation = situation
        self._model = model
        self._prompts = prompts
        self._spend = spend
        self._seed = seed
        self._facts = {
            "topic": intent.topic_name, "summary": intent.summary, "interest": situation.name,
            "scene": situation.scene, "lesson": situation.lesson,
        }
        self.evidence = Evidence(
            text=f"{intent.topic_name}. {intent.summary} {situation.text}", sources=(situation.source,),
            facts=self._facts,
        )

    def hook(self) -> list[Sentence]:
        """The scene from the interest (the book's), then a question that makes curious (the model's, when supported)."""
        opening = Sentence(text=self._situation.scene, origin=Origin.BOOK, sources=(self._situation.source,))
        tried = self._written("hook", tries=HOOK_TRIES, asking=True)
        if tried[-1].origin is Origin.MODEL:
            return [opening, *tried]
        fallback = f"What is the {SCIENCES.get(self._intent.subject, 'science')} behind it?"
        return [opening, *tried, Sentence(text=fallback, origin=Origin.REPLACED)]

    def link(self) -> list[Sentence]:
        """What the situation shows (the book's), then how it follows from the topic (the model's, when supported)."""
        shown = Sentence(text=self._situation.lesson, origin=Origin.BOOK, sources=(self._situation.source,))
        tried = self._written("link", tries=LINK_TRIES, asking=False)
        if tried[-1].origin is Origin.MODEL:
            return [shown, *tried]
        backing = Sentence(text=self._intent.summary, origin=Origin.REPLACED, sources=(self._situation.source,))
        return [shown, *tried, backing]

    def _connects(self, sentence: str) -> bool:
        """Whether the sentence brings the book's words to the situation, instead of repeating either."""
        said = set(stems(sentence))
        told, taught = set(stems(self._situation.text)), set(stems(self._intent.summary))
        return len(said & (taught - told)) >= NEW_WORDS and len(said & (told - taught)) >= NEW_WORDS

    def _written(self, name: str, *, tries: int, asking: bool) -> list[Sentence]:
        """What the model wrote, try after try, until a sentence stood the check: that one is the last."""
        tried: list[Sentence] = []
        prompt = self._prompts.render(name, self._facts, seed=self._seed)
        for number in range(tries):
            again = replace(prompt, seed=self._seed + number, temperature=VARIED if number else prompt.temperature)
            answer = str(self._spend(self._model.complete(again)))
            tried.append(self._checked(next(iter(split_sentences(answer)), ""), asking=asking))
            if tried[-1].origin is Origin.MODEL:
                break
        return tried

    def _checked(self, sentence: str, *, asking: bool) -> Sentence:
        if not _presentable(sentence, asking=asking) or not (asking or self._connects(sentence)):
            return Sentence(text=sentence, origin=Origin.DROPPED)
        return check(
            sentence, self.evidence, model=self._model, prompts=self._prompts, spend=self._spend, asking=asking
        )


def _presentable(sentence: str, *, asking: bool) -> bool:
    """Whole, plain and short; a question that gives its own reason is none."""
    if not sentence or not sentence[0].isupper():
        return False
    words = len(sentence.split())
    if asking:
        telling = len(stems(sentence)) >= NEW_WORDS  # "Why is this happening?" asks nothing
        return sentence.endswith("?") and telling and 4 <= words <= LONGEST_QUESTION and "because" not in sentence
    return sentence.endswith(".") and 4 <= words <= LONGEST_SENTENCE
