"""A finished lesson: what was asked for, the preferred form first, then its scenes, its record and its review."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from console import lessontext, loaders, media, money, outcomes, reviews, scenes, tables, words
from console.literal import literal
from pipeline.domain import Lesson, Modality, Origin, Stage, StageStatus
from pipeline.report import origins
from pipeline.tracking import RequestView

_MADE = {
    Modality.TEXT: lessontext.show, Modality.AUDIO: media.audio, Modality.IMAGES: media.images,
    Modality.VIDEO: media.video,
}


def show(view: RequestView, lesson: Lesson) -> None:
    """The lesson with its facts beside it."""
    _notes(view, lesson)
    left, right = st.columns([7, 3], gap="large")
    with left:
        parts = _parts(view, lesson)
        for tab, (_, draw) in zip(st.tabs([name for name, _ in parts]), parts, strict=True):
            with tab:
                draw()
    with right:
        st.html(tables.facts(_facts(view, lesson)))


def _parts(view: RequestView, lesson: Lesson) -> Sequence[tuple[str, Callable[[], object]]]:
    request, forms = view.request, lesson.forms(view.request)
    asked = [modality for modality in Modality if modality in forms]
    asked.sort(key=lambda modality: modality is not request.preferred_modality)
    parts: list[tuple[str, Callable[[], object]]] = [
        (words.MODALITIES[modality], partial(_modality, view, lesson, modality)) for modality in asked
    ]
    if lesson.script and lesson.script.storyboard:
        parts.append(("Scenes", partial(scenes.show, view, lesson)))
    parts.append(("Stages", partial(st.html, tables.stages(view))))
    parts.append(("Review", partial(reviews.show, request.request_id)))
    return parts


def _modality(view: RequestView, lesson: Lesson, modality: Modality) -> None:
    reason = lesson.failed_modalities.get(modality)
    if reason is None:
        _MADE[modality](lesson)
        return
    st.error(literal(f"{words.MODALITIES[modality]} could not be made: {reason}"), icon=":material/error:")
    outcomes.try_again(view, key=f"try_again_{modality}")


def _notes(view: RequestView, lesson: Lesson) -> None:
    for reason in lesson.switched_off.values():
        st.info(literal(reason), icon=":material/toggle_off:")
    for warning in lesson.warnings:
        st.warning(literal(warning), icon=":material/info:")
    lost = loaders.lost_files(lesson)
    if lost:
        st.warning(
            f"{len(lost)} of this lesson's files are no longer on this machine. It can be made again; what is still "
            "there is reused.", icon=":material/folder_off:",
        )
        outcomes.try_again(view, key="make_again")


def _facts(view: RequestView, lesson: Lesson) -> list[tuple[str, str, str]]:
    usd, saved, request = money.total(view.stages), loaders.saved(view), view.request
    script, intent = lesson.script, lesson.intent
    return [
        ("Topic", intent.topic_name if intent else "", intent.topic_id if intent else ""),
        ("Confidence", f"{intent.confidence:.0%}" if intent else "", "How sure the reading of the question is."),
        ("Reading grade", f"{script.reading_grade:.1f} for a student in grade {request.grade_level}" if script else "",
         "Measured on the finished text."),
        ("Connecting sentences", _sentences(lesson), "After the support check; all other sentences are the book's."),
        ("Cost", words.dollars(usd) if usd is not None else "some usage has no price", "Usage × price book of the day."),
        ("Saved", words.dollars(saved.usd) if saved else "", f"By not being a film: {saved.because}." if saved else ""),
        ("From the shelf", "yes, made before" if lesson.cache_hit else "", "A lesson made before is free."),
        ("Time", _took(view), "From the question to the result."),
        ("Made by", _makers(view), "Models and programs, with their versions."),
        ("Seed", str(request.seed), "The same seed makes the same lesson."),
        ("Student", request.student_id, ""),
        ("Request", request.request_id, ""),
    ]


def _sentences(lesson: Lesson) -> str:
    counted = origins(lesson)
    order = (Origin.MODEL, Origin.REPLACED, Origin.DROPPED, Origin.BOOK)
    return ", ".join(f"{counted[origin]} {words.ORIGINS[origin]}" for origin in order if counted.get(origin))


def _took(view: RequestView) -> str:
    return words.duration((view.finished_at - view.created_at).total_seconds()) if view.finished_at else ""


def _makers(view: RequestView) -> str:
    made = [run.model for run in view.stages if run.status is StageStatus.COMPLETED and run.stage is not Stage.CACHE]
    return ", ".join(dict.fromkeys(made))
