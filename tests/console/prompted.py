"""A registry with some history: a plain version, a candidate, a rollback; and requests that asked with its prompts."""


from datetime import UTC, datetime

from pipeline.comparison import Asked
from pipeline.domain import Lesson, Modality, Origin, Sentence, Stage, StageStatus, Status
from pipeline.experiments import RunLine, State
from pipeline.organisation import COMMAND_LINE
from pipeline.ports import Kept, Prompt
from pipeline.prompts import PromptBook, PromptText
from pipeline.registry import Version
from pipeline.tracking import RequestView
from pipeline.tracking.results import dump
from pipeline.wiring import Wiring
from tests.console import lessons

FACTS = {
    "topic": "Newton's third law", "summary": lessons.LAW, "interest": "basketball", "scene": "A player jumps.",
    "lesson": "The floor pushes back.",
}
QUESTION = Asked(question="Why does a rocket rise?", grade_level=10, interest="basketball")
RUN = RunLine(run_id="run-1", name="Shorter", dataset="lessons", dataset_digest="d", variants=("production", "shorter"),
              baseline="production", by="Ana", created_at=datetime.now(UTC), state=State.DONE, questions=120, lessons=240,
              decided=240, verdict=None)
HOSTILE = "<script>alert(1)</script> **bold** :red[hot] $x$"


class Words:
    """Counts words, where a model would count tokens."""

    name = "words"

    def count(self, prompt: Prompt) -> int:
        return len(f"{prompt.system} {prompt.user}".split())


def changed(wiring: Wiring, name: str, **fields: object) -> PromptText:
    """The version in production, with these fields."""
    return wiring.registry.text(name, "production").model_copy(update=fields)


def saved(wiring: Wiring, name: str = "hook", message: str = "Shorter questions", **fields: object) -> Version:
    """A new version of the prompt."""
    before = wiring.registry.version(name, "production")
    text = changed(wiring, name, **fields or {"user": f"{before.text.user} Use at most ten words."})
    return wiring.registry.save(COMMAND_LINE, text, message=message, parent=before.version)


def asked(wiring: Wiring, name: str = "asked", *, pins: dict[str, str] | None = None, said: str = "Why does it fly?") -> RequestView:
    """A finished lesson whose hook and link were asked for with these versions."""
    book = PromptBook({one: wiring.registry.text(one, (pins or {}).get(one, "production")) for one in ("hook", "link")})
    request = lessons.request(name, Modality.TEXT, prompts=pins or {})
    if wiring.record.view(name) is None:
        wiring.record.accept(request)
    wiring.record.begin(name)
    decide(wiring, name, book, said)
    view = wiring.record.view(name)
    assert view is not None
    return view


def book(wiring: Wiring) -> PromptBook:
    """What is in production."""
    return wiring.registry.production()


def decide(wiring: Wiring, name: str, book: PromptBook, said: str) -> None:
    """Have a worker write it."""
    prompts: tuple[Prompt, ...] = tuple(book.render(one, {**FACTS, "summary": HOSTILE}) for one in ("hook", "link"))
    script = lessons.script().model_copy(update={"sentences": (
        Sentence(text=said, origin=Origin.MODEL, margin=0.8), Sentence(text=f"{said} No.", origin=Origin.DROPPED))})
    wiring.record.stage_finished(name, lessons.run(Stage.NLU, 1.0), 0.1)
    run = lessons.run(Stage.SCRIPT, 5.0, StageStatus.COMPLETED).model_copy(update={
        "prompts": tuple(f"{each.name}@{each.version}" for each in prompts)})
    wiring.record.stage_finished(name, run, 0.9, kept=dump(Stage.SCRIPT, Kept(value=script, prompts=prompts)))
    wiring.record.finish(Lesson(request_id=name, status=Status.COMPLETED, intent=lessons.INTENT, script=script), {})


