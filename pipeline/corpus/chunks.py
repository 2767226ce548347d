"""A topic -> its passages, cut along the topic's own structure: nothing is split in the middle of a thought."""

from collections.abc import Iterator

from pipeline.corpus.book import Topic
from pipeline.domain import CheckQuestion, Misconception, Passage, Review, Role


def passages_of(topic: Topic) -> Iterator[Passage]:
    """The passages of a topic in reading order; `chunk_id` is stable while the order of the sections is."""
    for number, part in enumerate(topic.explanation, start=1):
        yield _passage(topic, f"explanation-{number}", part.heading, Role.EXPLANATION, part.text, figures=part.figures)
    lines = [topic.example.problem, *(f"{step.say} {step.plain}" for step in topic.example.steps)]
    yield _passage(
        topic, "example", topic.example_title, Role.WORKED_EXAMPLE, "\n".join(lines), example=topic.example
    )
    yield _passage(topic, "everyday", "Everyday use", Role.EVERYDAY_USE, topic.everyday_use)
    yield _passage(
        topic, "misconception", "A common misconception", Role.MISCONCEPTION, f"{topic.belief}\n{topic.correction}"
    )
    terms = "\n".join(f"{entry.term}: {entry.definition}" for entry in topic.key_terms)
    yield _passage(topic, "terms", "Key terms", Role.KEY_TERMS, terms)
    questions = tuple(CheckQuestion(question=e.question, answer=e.answer) for e in topic.exercises)
    lines = [topic.summary, *topic.takeaways, topic.belief, topic.correction]
    lines += [line for check in questions for line in (check.question, check.answer)]
    yield _passage(
        topic, "review", "Review", Role.REVIEW, "\n".join(lines),
        misconception=Misconception(belief=topic.belief, correction=topic.correction),
        review=Review(takeaways=topic.takeaways, questions=questions),
    )


def _passage(topic: Topic, part: str, section: str, role: Role, text: str, **beside: object) -> Passage:
    return Passage.model_validate({
        "chunk_id": f"{topic.topic_id}-{part}", "topic_id": topic.topic_id, "title": topic.title, "section": section,
        "role": role, "subject": topic.subject, "grades": topic.grades, "text": text, **beside,
    })
