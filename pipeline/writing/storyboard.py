"""The article retold as boards: every scene says what the article says, and shows what the book draws beside it."""

from collections.abc import Sequence

from pipeline.domain import Intent, Passage, Scene, Sentence, Storyboard
from pipeline.errors import Unsupported
from pipeline.visuals import Column, Comparison, Item, KeyIdea, Question, Recap, Title, Visual, WorkedExample
from pipeline.writing.article import shown
from pipeline.writing.parts import Parts
from pipeline.writing.sentences import split_sentences
from pipeline.writing.support import Evidence

THINKING_SECONDS = 5.0
STATEMENT_CHARACTERS = 150


def board(
    intent: Intent, parts: Parts, hook: Sequence[Sentence], link: Sequence[Sentence]
) -> Storyboard:
    """Title, explanations, the interest, worked example, misconception, recap and question: at most seven scenes."""
    explained = [_explained(passage) for passage in parts.explanations[:2]]
    core = [_example(parts), _misconception(parts)]
    if intent.interest_name:  # the link takes the recap's place: the question reviews too
        core = [_linked(intent, link), *core]
    else:
        core = [*core, _recap(parts)]
    return Storyboard(
        title=intent.topic_name, scenes=(_title(intent, hook), *explained, *core, _question(parts)),
    )


def check_figures(storyboard: Storyboard, evidence: Evidence) -> None:
    """Raises `Unsupported` naming the first number or equation that the passages do not have."""
    for number, scene in enumerate(storyboard.scenes, start=1):
        strange = evidence.strange_figures(f"{scene.narration} {scene.on_screen}")
        if strange:
            raise Unsupported(f"Scene {number} says {sorted(strange)[0]!r}, which no passage supports.")


def _title(intent: Intent, hook: Sequence[Sentence]) -> Scene:
    about = f"with {intent.interest_name}" if intent.interest_name else intent.subject.replace("_", " and ")
    return Scene(
        narration=f"{intent.topic_name}.\n{shown(hook)}", visual=Title(heading=intent.topic_name, subheading=about),
    )


def _explained(passage: Passage) -> Scene:
    return Scene(
        narration=passage.text, visual=_figure(passage), on_screen=passage.section, passages=(passage.chunk_id,)
    )


def _figure(passage: Passage) -> Visual:
    if passage.figures:
        return passage.figures[0]
    return KeyIdea(heading=passage.section, statement=split_sentences(passage.text)[0])


def _linked(intent: Intent, link: Sequence[Sentence]) -> Scene:
    said = shown(link)
    statement = next((s for s in split_sentences(said) if len(s) <= STATEMENT_CHARACTERS), intent.summary)
    emphasis = tuple(concept for concept in intent.concepts if concept.casefold() in statement.casefold())
    return Scene(
        narration=said,
        visual=KeyIdea(
            heading=f"Back to {intent.interest_name}", statement=statement, emphasis=emphasis[:2],
            cue=" ".join(statement.split()[:4]) if statement in said else "",
        ),
        passages=tuple(dict.fromkeys(source for sentence in link for source in sentence.sources)),
    )


def _example(parts: Parts) -> Scene:
    example: WorkedExample = parts.example
    lines = [example.problem, *(step.say for step in example.steps)]
    return Scene(
        narration="\n".join(lines), visual=example, on_screen="Worked example", passages=(parts.example_at.chunk_id,)
    )


def _misconception(parts: Parts) -> Scene:
    belief, correction = parts.misconception.belief, parts.misconception.correction
    left = Item(text=belief, cue=" ".join(belief.split()[:3]))
    right = tuple(Item(text=s, cue=" ".join(s.split()[:4])) for s in split_sentences(correction)[:3])
    return Scene(
        narration=f"Many people think: {belief}\nIn fact: {correction}",
        visual=Comparison(
            heading="A common mistake", left=Column(title="Many people think", items=(left,)),
            right=Column(title="In fact", items=right),
        ),
        passages=(parts.review_at.chunk_id,),
    )


def _recap(parts: Parts) -> Scene:
    points = tuple(Item(text=point, cue=" ".join(point.split()[:4])) for point in parts.takeaways)
    return Scene(
        narration="\n".join(["Remember:", *parts.takeaways]), visual=Recap(points=points),
        passages=(parts.review_at.chunk_id,),
    )


def _question(parts: Parts) -> Scene:
    return Scene(
        narration=f"{parts.check.question}\n{parts.check.answer}",
        visual=Question(question=parts.check.question, answer=parts.check.answer),
        passages=(parts.review_at.chunk_id,), pause_seconds=THINKING_SECONDS,
    )
