"""Requests in every state, with realistic values, put into a record the way a worker does."""

import io
import wave
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from PIL import Image

from pipeline.domain import (
    CheckQuestion,
    Clarification,
    Frames,
    GenerationRequest,
    Intent,
    Lesson,
    Misconception,
    Modality,
    Narration,
    Origin,
    Passage,
    Review,
    Role,
    Scene,
    SceneAudio,
    Script,
    Section,
    Sentence,
    Stage,
    StageRun,
    StageStatus,
    Status,
    Storyboard,
    Subject,
    Unit,
    Usage,
    Video,
)
from pipeline.store import LocalStore
from pipeline.tracking import Record
from pipeline.visuals import KeyIdea, Question, Title

QUESTION = "Explain Newton's third law using basketball"
LAW = "Whenever one object pushes a second object, the second pushes back on the first with an equal force."
ANSWER = "The table pushes on the book with 8 N, upward."
HOSTILE = "<b>bold</b> :red[hot] $x$ [link](javascript:alert) ![p](http://x.test/p.png) ' OR 1=1;-- :smile: `code`"
ARTICLE = f"""# Newton's third law

When you jump for a rebound, your shoes push the floor down.

## Forces come in pairs

{LAW} [1]

## A common mistake

**Many people think:** the two forces cancel. **In fact:** they act on different objects. [2]

## Check yourself

A book pushes down on a table with 8 N. What does the table do? [2]

**Answer:** {ANSWER}"""
PASSAGES = (
    Passage(
        chunk_id="newton-3-explanation-1", topic_id="topic_phys_mech_newton_3", title="Newton's third law",
        section="Forces come in pairs", role=Role.EXPLANATION, subject=Subject.PHYSICS, grades=(9, 10), text=LAW, score=0.57,
    ),
    Passage(
        chunk_id="newton-3-review", topic_id="topic_phys_mech_newton_3", title="Newton's third law", section="Review",
        role=Role.REVIEW, subject=Subject.PHYSICS, grades=(9, 10), score=0.51,
        text=f"The forces of a pair act on different objects, so they do not cancel.\nA book weighs 8 N. {ANSWER}",
        misconception=Misconception(belief="The forces cancel.", correction="They act on different objects."),
        review=Review(takeaways=("Forces come in pairs.",), questions=(CheckQuestion(question="What does the table do?", answer=ANSWER),)),
    ),
)
BOARD = Storyboard(title="Newton's third law", scenes=(
    Scene(narration="Newton's third law.\nYour shoes push the floor down.", visual=Title(heading="Newton's third law")),
    Scene(narration=LAW, visual=KeyIdea(heading="Forces come in pairs", statement=LAW), on_screen="Forces come in pairs",
          passages=("newton-3-explanation-1",)),
    Scene(narration=f"What does the table do?\n{ANSWER}", visual=Question(question="What does the table do?", answer=ANSWER),
          passages=("newton-3-review",)),
))
INTENT = Intent(
    question="Explain Newton's third law", topic_id="topic_phys_mech_newton_3", topic_name="Newton's third law",
    subject=Subject.PHYSICS, confidence=0.94, grade_level=10, interest_id="basketball", interest_name="basketball",
)
MODELS = {
    Stage.NLU: "qwen2.5-1.5b", Stage.SCRIPT: "qwen2.5-1.5b", Stage.TTS: "en_US-joe-medium", Stage.IMAGES: "boards-1",
    Stage.VIDEO: "boards-1", Stage.RETRIEVAL: "minilm", Stage.CACHE: "shelf",
}


def request(name: str, *modalities: Modality, **fields: object) -> GenerationRequest:
    """A request whose id says what became of it."""
    wanted = modalities or (Modality.TEXT,)
    return GenerationRequest.model_validate({
        "request_id": name, "student_query": QUESTION, "student_id": "student-7", "grade_level": 10,
        "interest": "basketball", "requested_modalities": wanted, "preferred_modality": wanted[0], **fields,
    })


def script(article: str = ARTICLE, passages: Sequence[Passage] = PASSAGES) -> Script:
    """The script of the third law."""
    return Script(
        title="Newton's third law", article=article, passages=tuple(passages), reading_grade=7.9, storyboard=BOARD,
        sections=(Section(name="explanation-1", heading="Forces come in pairs", markdown=f"{LAW} [1]"),),
        sentences=(
            Sentence(text="Your shoes push the floor down.", origin=Origin.MODEL), Sentence(text=LAW, origin=Origin.BOOK),
            Sentence(text="The ball flies away.", origin=Origin.DROPPED),
        ),
    )


def run(stage: Stage, seconds: float = 2.5, status: StageStatus = StageStatus.COMPLETED, error: str = "") -> StageRun:
    """One stage run with its bill."""
    usage = Usage(provider="embedded", model=MODELS[stage], unit=Unit.VCPU_SECOND, quantity=Decimal(str(seconds * 2)))
    return StageRun(stage=stage, status=status, family="embedded", model=MODELS[stage], started_at=datetime.now(UTC),
                    seconds=seconds, usage=(usage,), error=error)


def keep(record: Record, asked: GenerationRequest, lesson: Lesson, runs: Sequence[StageRun], error: str = "") -> None:
    """Put a decided request into the record."""
    begin(record, asked, runs)
    record.finish(lesson, {}, error)


def begin(record: Record, asked: GenerationRequest, runs: Sequence[StageRun]) -> None:
    """Put a request into the record that is being made, these stages done."""
    record.accept(asked)
    record.begin(asked.request_id)
    for done in runs:
        record.stage_started(asked.request_id, done.stage, done.family, done.model)
        record.stage_finished(asked.request_id, done, 0.5)


TEXT_RUNS = (run(Stage.NLU, 4.1), run(Stage.CACHE, 0.01), run(Stage.RETRIEVAL, 0.02), run(Stage.SCRIPT, 18.2))


def text_lesson(record: Record, name: str = "finished", *, said: str = ARTICLE, **fields: object) -> None:
    """A finished text lesson."""
    lesson = Lesson(request_id=name, status=Status.COMPLETED, intent=INTENT, script=script(said),
                    warnings=("The text reads easier than the grade.",))
    skipped = (StageRun(stage=stage, status=StageStatus.SKIPPED) for stage in (Stage.TTS, Stage.IMAGES, Stage.VIDEO))
    keep(record, request(name, **fields), lesson, (*TEXT_RUNS, *skipped))


def full_lesson(record: Record, store: LocalStore, name: str = "whole") -> None:
    """A finished lesson in all four forms, with small real files."""
    _files(store, name)
    narration = Narration(
        scenes=(SceneAudio(wav=f"{name}/a.wav", seconds=1.0, words=()),) * 3, audio=f"{name}/audio.m4a",
        captions=f"{name}/captions.vtt", seconds=3.0, loudness_lufs=-16.0,
    )
    lesson = Lesson(
        request_id=name, status=Status.COMPLETED, intent=INTENT, script=script(), narration=narration,
        frames=Frames(images=tuple(f"{name}/scene-{n}.png" for n in (1, 2, 3))),
        video=Video(video=f"{name}/video-1080.mp4", video_720=f"{name}/video-720.mp4", poster=f"{name}/poster.png", seconds=3.0),
    )
    asked = request(name, *Modality, preferred_modality=Modality.VIDEO)
    keep(record, asked, lesson, (*TEXT_RUNS, run(Stage.TTS, 9.0), run(Stage.IMAGES, 1.2), run(Stage.VIDEO, 7.8)))


def partial_lesson(record: Record) -> None:
    """A lesson whose film failed."""
    reason = "The disk is full: free some space and run the request again."
    lesson = Lesson(request_id="partial", status=Status.PARTIAL, intent=INTENT, script=script(),
                    failed_modalities={Modality.VIDEO: reason})
    asked = request("partial", Modality.TEXT, Modality.VIDEO)
    keep(record, asked, lesson, (*TEXT_RUNS, run(Stage.TTS, 2.0, StageStatus.FAILED, reason)))


def unmade(record: Record) -> None:
    """Requests that came to something else than a lesson, and two that are on their way."""
    asked = Clarification(question="Which of these do you mean?", options=("Newton's first law", "Newton's second law"),
                          topic_ids=("topic_phys_mech_newton_1", "topic_phys_mech_newton_2"))
    keep(record, request("asked", student_query="Explain Newton's law"),
         Lesson(request_id="asked", status=Status.CLARIFICATION_NEEDED, clarification=asked, reason=asked.question), TEXT_RUNS[:1])
    keep(record, request("declined", student_query="Who won the game yesterday?"),
         Lesson(request_id="declined", status=Status.OUT_OF_SCOPE, reason="This is not a question for a lesson."), TEXT_RUNS[:1])
    fault = "Model weights are missing: run `python -m pipeline models pull`."
    keep(record, request("failed"), Lesson(request_id="failed", status=Status.FAILED, reason=fault),
         (run(Stage.NLU, 0.1, StageStatus.FAILED, fault),), fault)
    record.accept(request("cancelled"))
    record.cancel("cancelled")
    begin(record, request("running", Modality.TEXT, Modality.VIDEO), TEXT_RUNS[:3])
    record.stage_started("running", Stage.SCRIPT, "embedded", MODELS[Stage.SCRIPT])
    record.note("running", draft="# Newton's third law\n\nWhen you jump, your shoes push the floor [1]", progress=0.4)
    record.accept(request("waiting", student_query=HOSTILE))


def everything(record: Record, store: LocalStore) -> None:
    """One request in every state."""
    text_lesson(record)
    full_lesson(record, store)
    partial_lesson(record)
    unmade(record)


def _files(store: LocalStore, name: str) -> None:
    png = io.BytesIO()
    Image.new("RGB", (192, 108), "#0f1c27").save(png, "png")
    sound = io.BytesIO()
    with wave.open(sound, "wb") as writer:
        writer.setparams((1, 2, 8000, 0, "NONE", ""))
        writer.writeframes(bytes(1600))
    files = {"audio.m4a": sound.getvalue(), "captions.vtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n",
             "video-1080.mp4": b"not a film, but a file", "video-720.mp4": b"not a film either", "poster.png": png.getvalue()}
    for file, content in files.items() | {f"scene-{n}.png": png.getvalue() for n in (1, 2, 3)}.items():
        store.put(f"{name}/{file}", content)
