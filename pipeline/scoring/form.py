"""Is the result whole, and does a film keep its limits?"""

from collections.abc import Iterator

from pipeline.domain import Lesson, Modality, Script
from pipeline.scoring.values import Answer, Finding, Reference, Tools, cannot, found

SCENES = (3, 7)
SCENE_SECONDS = (2.0, 60.0)
LESSON_SECONDS = (60.0, 300.0)
"""A scene that is longer is no longer watched; a lesson explains something and ends before five minutes."""
NARRATION_WORDS = 180
"""Of one scene: about a minute and a quarter, read aloud."""
BOARDED = (Modality.AUDIO, Modality.IMAGES, Modality.VIDEO)


def score_schema(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """1 when nothing is missing and everything fits, else 0 with the first fault."""
    assert answer.lesson and answer.script
    faults = [*_text_faults(answer.script), *_form_faults(answer, answer.lesson)]
    return found(0, faults[0]) if faults else found(1, "Every part is there, and the parts fit together.")


def score_limits(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """The share of limits that are kept: number of scenes, words or seconds of each, seconds of all."""
    assert answer.lesson and answer.script
    board, sound = answer.script.storyboard, answer.lesson.narration
    if board is None:
        return cannot("A text has no scenes and no length in seconds.")
    kept = {f"{len(board.scenes)} scenes": SCENES[0] <= len(board.scenes) <= SCENES[1]}
    if sound:
        kept |= {f"scene {n} of {s.seconds:.0f} s": _within(s.seconds, SCENE_SECONDS) for n, s in enumerate(sound.scenes, 1)}
        kept[f"{sound.seconds:.0f} s in all"] = _within(sound.seconds, LESSON_SECONDS)
    else:
        words = [len(scene.narration.split()) for scene in board.scenes]
        kept |= {f"scene {n} of {count} words": count <= NARRATION_WORDS for n, count in enumerate(words, 1)}
    broken = [what for what, well in kept.items() if not well]
    return found(1 - len(broken) / len(kept), f"Outside its limit: {', '.join(broken)}." if broken else
                 f"All {len(kept)} limits are kept.")


def _within(seconds: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= seconds <= limits[1]


def _text_faults(script: Script) -> Iterator[str]:
    names = [section.name for section in script.sections]
    known = {passage.chunk_id for passage in script.passages}
    if len(set(names)) < len(names):
        yield "Two sections have the same name."
    for section in script.sections:
        if section.markdown not in script.article:
            yield f"The section {section.name} is not in the article."
        if strange := [source for source in section.sources if source not in known]:
            yield f"The section {section.name} cites {strange[0]}, which is not among the passages."
    if not script.passages:
        yield "There are no passages."


def _form_faults(answer: Answer, lesson: Lesson) -> Iterator[str]:
    """What is missing of the forms that were asked for, were not switched off and did not fail with a reason."""
    due = set(lesson.forms(answer.request)) - set(lesson.failed_modalities)
    board = answer.script.storyboard if answer.script else None
    if due.intersection(BOARDED) and board is None:
        yield "There is no storyboard."
    made = {Modality.TEXT: True, Modality.AUDIO: lesson.narration, Modality.IMAGES: lesson.frames, Modality.VIDEO: lesson.video}
    yield from (f"The {form} that was asked for is missing." for form in lesson.forms(answer.request)
                if form in due and not made[form])
    scenes = len(board.scenes) if board else 0
    if lesson.narration and len(lesson.narration.scenes) != scenes:
        yield f"{len(lesson.narration.scenes)} scenes are spoken, of {scenes}."
    if lesson.frames and len(lesson.frames.images) != scenes:
        yield f"{len(lesson.frames.images)} scenes are drawn, of {scenes}."
