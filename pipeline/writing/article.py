"""The parts of the book and the connecting sentences -> the article, section by section."""

from collections.abc import Sequence

from pipeline.domain import Intent, Origin, Passage, Section, Sentence
from pipeline.visuals import Equation
from pipeline.writing.parts import Parts

SHOWN = (Origin.BOOK, Origin.MODEL, Origin.REPLACED)


def shown(sentences: Sequence[Sentence]) -> str:
    """The sentences that stand in the lesson, as running text."""
    return " ".join(sentence.text for sentence in sentences if sentence.origin in SHOWN)


def opening(intent: Intent) -> str:
    """What is on the screen before anything is written: the title and what the lesson is for."""
    goal = f"\n\n*After this lesson you can {intent.objective}.*" if intent.objective else ""
    return f"# {intent.topic_name}{goal}"


def hook_section(hook: Sequence[Sentence]) -> Section:
    """The opening from the student's world."""
    return Section(name="hook", heading="", markdown=shown(hook))


def explanation_section(parts: Parts, passage: Passage) -> Section:
    """A subsection of the book, with its equation set apart."""
    number = parts.explanations.index(passage) + 1
    text = "\n\n".join(passage.text.splitlines())
    blocks = [f"## {passage.section}", f"{text} {parts.mark(passage)}"]
    blocks += [_equation_block(figure) for figure in passage.figures if isinstance(figure, Equation)]
    return _section(f"explanation-{number}", passage.section, blocks, passage)


def link_section(intent: Intent, link: Sequence[Sentence]) -> Section:
    """The situation explained."""
    heading = f"Back to {intent.interest_name}" if intent.interest_name else "Where you meet it"
    return Section(name="link", heading=heading, markdown=f"## {heading}\n\n{shown(link)}")


def example_section(parts: Parts) -> Section:
    """The worked example, line by line."""
    heading = parts.example.heading
    steps = "\n".join(
        f"{n}. {step.say}  \n   **{step.plain}**" for n, step in enumerate(parts.example.steps, start=1)
    )
    mark = parts.mark(parts.example_at)
    return _section(
        "example", heading, [f"## Worked example: {heading}", f"{parts.example.problem} {mark}", steps],
        parts.example_at,
    )


def misconception_section(parts: Parts) -> Section:
    """The wrong idea, then what is true."""
    belief, correction = parts.misconception.belief, parts.misconception.correction
    blocks = ["## A common mistake", f"**Many people think:** {belief}",
              f"**In fact:** {correction} {parts.mark(parts.review_at)}"]
    return _section("misconception", "A common mistake", blocks, parts.review_at)


def takeaways_section(parts: Parts) -> Section:
    """What to keep."""
    bullets = "\n".join(f"- {point}" for point in parts.takeaways)
    return _section("takeaways", "Key takeaways", ["## Key takeaways", bullets], parts.review_at)


def question_section(parts: Parts) -> Section:
    """The check question with its answer."""
    blocks = ["## Check yourself", f"{parts.check.question} {parts.mark(parts.review_at)}",
              f"**Answer:** {parts.check.answer}"]
    return _section("question", "Check yourself", blocks, parts.review_at)


def _section(name: str, heading: str, blocks: Sequence[str], passage: Passage) -> Section:
    return Section(name=name, heading=heading, markdown="\n\n".join(blocks), sources=(passage.chunk_id,))


def _equation_block(figure: Equation) -> str:
    terms = "; ".join(term.meaning for term in figure.terms)
    return f"> **{figure.plain}**  \n> {terms}"
