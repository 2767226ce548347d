"""Comparisons in every state, their lessons made the way a worker makes them."""

from collections.abc import Sequence

from pipeline.comparison import Asked, ComparisonView, Variant
from pipeline.domain import Clarification, Lesson, Modality, Narration, SceneAudio, Stage, Status, Video
from pipeline.organisation import COMMAND_LINE
from pipeline.wiring import Wiring
from tests.console import lessons

TEXT, VIDEO = Variant(modality=Modality.TEXT), Variant(modality=Modality.VIDEO)
FAULT = "The provider did not answer: <b>503</b>"
QUESTIONS = (
    Asked(question="Explain Newton's third law", grade_level=10, interest="basketball"),
    Asked(question="Why does a rocket rise?", grade_level=8),
    Asked(question="What pushes a swimmer forward?", grade_level=9),
    Asked(question=lessons.HOSTILE, grade_level=11),
)


def made(wiring: Wiring, comparison_id: str, questions: Sequence[Asked] = QUESTIONS[:1],
         variants: Sequence[Variant] = (TEXT, VIDEO), *, by=COMMAND_LINE) -> ComparisonView:
    """A comparison whose items all wait in the queue."""
    name = questions[0].question if len(questions) == 1 else f"{len(questions)} questions"
    wiring.comparisons.create(by, comparison_id, name=name, questions=questions, variants=variants)
    wiring.comparisons.send(by, comparison_id)
    return wiring.comparisons.view(comparison_id)


def decide(wiring: Wiring, request_id: str, *, seconds: float = 18.0, said: str = lessons.ARTICLE, status: Status = Status.COMPLETED) -> None:
    """Have a worker make it: a video takes longer and costs more."""
    record, request = wiring.record, wiring.record.view(request_id).request
    record.begin(request_id)
    film = request.wants(Modality.VIDEO)
    runs = [lessons.run(Stage.NLU, 4.0), lessons.run(Stage.SCRIPT, seconds)]
    if film:
        runs += [lessons.run(Stage.TTS, 6.0), lessons.run(Stage.IMAGES, 2.0), lessons.run(Stage.VIDEO, 30.0)]
    for run in runs:
        record.stage_finished(request_id, run, 0.5)
    if status is Status.FAILED:
        record.finish(Lesson(request_id=request_id, status=status, reason=FAULT), {}, FAULT)
        return
    if status is Status.CLARIFICATION_NEEDED:
        asked = Clarification(question="Which law?", options=("The first", "The third"))
        record.finish(Lesson(request_id=request_id, status=status, clarification=asked), {})
        return
    video = narration = None
    if film:
        lessons._files(wiring.store, request_id)
        narration = Narration(
            scenes=(SceneAudio(wav=f"{request_id}/a.wav", seconds=1.0, words=()),) * 3, audio=f"{request_id}/audio.m4a",
            captions=f"{request_id}/captions.vtt", seconds=42.0, loudness_lufs=-16.0)
        video = Video(video=f"{request_id}/video-1080.mp4", video_720=f"{request_id}/video-720.mp4",
                      poster=f"{request_id}/poster.png", seconds=42.0)
    record.finish(Lesson(request_id=request_id, status=status, intent=lessons.INTENT, script=lessons.script(said),
                         narration=narration, video=video), {})


def whole_set(wiring: Wiring, comparison_id: str = "set", *, by=COMMAND_LINE) -> ComparisonView:
    """A set of which one video failed and everything else is made."""
    view = made(wiring, comparison_id, QUESTIONS, by=by)
    for item in view.items:
        failed = (item.question, item.variant) == (3, 2)
        decide(wiring, item.request_id, seconds=10.0 + 3 * item.question, status=Status.FAILED if failed else Status.COMPLETED,
               said=lessons.ARTICLE if item.variant == 2 else f"{lessons.ARTICLE}\n\nForces {'and more forces ' * item.question}.")
    return wiring.comparisons.view(comparison_id)


