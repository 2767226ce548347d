"""Is a sentence backed by its evidence? Figures exactly, words and their neighbours by cover, meaning by the margin."""

from collections.abc import Callable, Mapping

from pipeline.domain import Origin, Sentence
from pipeline.ports import Paid, TextModel
from pipeline.prompts import PromptBook
from pipeline.visuals import Value
from pipeline.writing.sentences import equations, numbers, pairs, stems

COVER_NEEDED = 0.7
"""Share of a sentence's content words that must stand in its evidence."""
PAIRS_NEEDED = 0.7
"""Share of a sentence's neighbouring content words that stand side by side in its evidence too."""
MARGIN_NEEDED = 0.85
QUESTION_MARGIN_NEEDED = 0.6
"""P(yes) − P(no) from which a claim counts as supported, or a question as answered: docs/decisions/support-check.md."""

Spend = Callable[[Paid[float]], float]


class Evidence(Value):
    """What a sentence may rest on. `facts` are the same for a prompt's variables."""

    text: str
    sources: tuple[str, ...] = ()
    facts: Mapping[str, str] = {}

    def cover(self, sentence: str) -> float:
        """The share of the sentence's content words (as stems) that the evidence has; 1.0 for a sentence without any."""
        wanted = stems(sentence)
        known = set(stems(self.text))
        return sum(stem in known for stem in wanted) / len(wanted) if wanted else 1.0

    def pair_cover(self, sentence: str) -> float:
        """The share of neighbouring content words that the evidence has side by side: low when words change their roles."""
        wanted = pairs(sentence)
        known = set(pairs(self.text))
        return sum(pair in known for pair in wanted) / len(wanted) if wanted else 1.0

    def strange_figures(self, sentence: str) -> set[str]:
        """Numbers and equations of the sentence that the evidence does not have."""
        flat = self.text.replace(" ", "")
        return (numbers(sentence) - numbers(self.text)) | {e for e in equations(sentence) if e not in flat}


def check(
    sentence: str, evidence: Evidence, *, model: TextModel, prompts: PromptBook, spend: Spend, asking: bool = False
) -> Sentence:
    """The sentence with origin MODEL when it is supported, else DROPPED.

    The model is asked only when words and figures pass: whether the text supports a claim, or (`asking`) whether it
    answers a question.
    """
    cover = round(evidence.cover(sentence), 3)
    if cover < COVER_NEEDED or evidence.pair_cover(sentence) < PAIRS_NEEDED or evidence.strange_figures(sentence):
        return Sentence(text=sentence, origin=Origin.DROPPED, cover=cover)
    prompt = prompts.render("answered" if asking else "support", {**evidence.facts, "claim": sentence})
    margin = round(spend(model.margin(prompt)), 3)
    origin = Origin.MODEL if margin >= (QUESTION_MARGIN_NEEDED if asking else MARGIN_NEEDED) else Origin.DROPPED
    return Sentence(text=sentence, origin=origin, sources=evidence.sources, cover=cover, margin=margin)
