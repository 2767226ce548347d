"""Does the lesson say what it should? Key points, figures, the wrong idea put right."""

import re
from collections.abc import Iterator

from pipeline.domain import Intent, Origin, Passage, Script
from pipeline.scoring.values import Answer, Finding, KeyPoint, Reference, Tools, cannot, found
from pipeline.visuals import Equation
from pipeline.writing import Evidence
from pipeline.writing.sentences import equations, numbers, stems

MARKS = re.compile(r"\[\d+\]|^\d+\. ", re.MULTILINE)
"""Numbers of sources and of lines, which say nothing about the world."""
ENOUGH = 0.6
"""The share of a text's content words by which a section is seen to say it."""
DENIED = re.compile(
    r"\b(?:many people think|common mistake|misconception|in fact|actually|is wrong|not true|myth)\b", re.IGNORECASE)


def score_key_terms(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """The share of key points that some section makes."""
    assert answer.script
    sections = [set(stems(section.markdown)) for section in answer.script.sections]
    missed = [point.point for point in reference.key_points if not any(made(point, words) for words in sections)]
    points = len(reference.key_points)
    return found(1 - len(missed) / points, f"Not said: {missed[0]}" if missed else f"All {points} key points are made.")


def made(point: KeyPoint, words: set[str]) -> bool:
    """Whether a text with these stems has every term of the point, in any inflection."""
    return all(any(set(stems(way)) <= words for way in term.split("|")) for term in point.terms)


def score_figures(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """The share of the article's numbers and equations that stand in its passages."""
    assert answer.lesson and answer.script
    text = MARKS.sub("", answer.script.article)
    said = numbers(text) | equations(text)
    if not said:
        return cannot("The text has no number and no equation.")
    strange = sorted(_sources(answer.script, answer.lesson.intent).strange_figures(text))
    return found(1 - len(strange) / len(said), f"Not in the sources: {', '.join(strange[:5])}." if strange else
                 f"All {len(said)} numbers and equations stand in the sources.")


def score_misconception(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """1 when one section names the wrong idea as wrong and puts it right, ½ when it is only put right, else 0."""
    assert answer.script
    if not reference.misconception:
        return cannot("The question touches no known wrong idea.")
    texts = [section.markdown for section in answer.script.sections]
    named = [text for text in texts if DENIED.search(text) and _says(text, reference.misconception)]
    correction = next((p.misconception.correction for p in answer.script.passages if p.misconception), "")
    if not correction:
        return cannot("No passage of the lesson says what is true instead.")
    if any(_says(text, correction) for text in named):
        return found(1, "The wrong idea is named and put right.")
    if any(_says(text, correction) for text in texts):
        return found(0.5, "What is true is said, but not which idea is wrong.")
    return found(0, f"Not put right: {reference.misconception}")


def _says(text: str, wanted: str) -> bool:
    return Evidence(text=text).cover(wanted) >= ENOUGH


def _sources(script: Script, intent: Intent | None) -> Evidence:
    lines = [line for passage in script.passages for line in _lines(passage)]
    book = [sentence.text for sentence in script.sentences if sentence.origin is Origin.BOOK]
    about = [intent.topic_name, intent.objective, intent.summary] if intent else []
    return Evidence(text="\n".join([*about, *lines, *book]))


def _lines(passage: Passage) -> Iterator[str]:
    yield f"{passage.title}. {passage.section}. {passage.text}"
    yield from (f"{figure.plain} {term.meaning}" for figure in passage.figures if isinstance(figure, Equation)
                for term in figure.terms)
    if passage.example:
        yield " ".join([passage.example.heading, passage.example.problem])
        yield from (f"{step.say}\n{step.plain}" for step in passage.example.steps)
    if passage.review:
        yield from passage.review.takeaways
        yield from (f"{check.question}\n{check.answer}" for check in passage.review.questions)
