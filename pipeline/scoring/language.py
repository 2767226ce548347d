"""How the text reads: its level against the student's grade, and whether it says things twice."""

from pipeline.scoring.values import Answer, Finding, Reference, Tools, cannot, found
from pipeline.writing import split_sentences
from pipeline.writing.reading import HARDER_BY
from pipeline.writing.sentences import stems

HOPELESS = 6.0
"""A text this many grades above the student's is not read."""
EASIER_BY, CHILDISH = 6.0, 10.0
"""Plain words are wanted; from here on they are too plain, and at the second limit a text for small children."""
ALIKE = 0.8
"""The share of content words in common from which two sentences say the same."""
LEAST_WORDS = 4
RECAPS = ("takeaways", "question", "misconception")
"""Sections that say again on purpose."""


def score_reading(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """1 where the text's Flesch–Kincaid grade suits the student's, falling evenly to 0 on both sides."""
    assert answer.script
    grade, wanted = answer.script.reading_grade, reference.grade
    harder, easier = grade - wanted, wanted - grade
    lost = max((harder - HARDER_BY) / (HOPELESS - HARDER_BY), (easier - EASIER_BY) / (CHILDISH - EASIER_BY), 0.0)
    return found(max(0.0, 1.0 - lost), f"The text reads at grade {grade:.1f}, for a student of grade {wanted}.")


def score_repetition(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """The share of sentences that no earlier one has said, outside the sections that recapitulate."""
    assert answer.script
    sections = [section for section in answer.script.sections if section.name not in RECAPS]
    said = [(s, set(stems(s))) for section in sections for s in split_sentences(section.markdown)]
    told = [(sentence, words) for sentence, words in said if len(words) >= LEAST_WORDS]
    if len(told) < 2:
        return cannot("The text has no two sentences of some length.")
    again = [told[n][0] for n in range(1, len(told)) if any(_alike(told[n][1], words) for _, words in told[:n])]
    return found(1 - len(again) / len(told), f"Said again: {again[0][:120]}" if again else
                 f"{len(told)} sentences, each its own.")


def _alike(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= ALIKE * len(one | other)
