"""One question side by side: the difference in words, the figures, and each output with its sources."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol
from urllib.parse import urlencode

import streamlit as st

from console import lessontext, loaders, media, tables, words
from console.compare import address, numbers
from console.literal import literal
from console.loaders import compare
from pipeline.comparison import ComparisonView, Result, Variant, label, sentences
from pipeline.domain import Lesson, Modality, Status
from pipeline.tracking import RequestView


class _Form(Protocol):
    def __call__(self, lesson: Lesson, /, *, name: str) -> None: ...


def _sound(lesson: Lesson, *, name: str) -> None:
    media.audio(lesson)


def _pictures(lesson: Lesson, *, name: str) -> None:
    media.images(lesson)


_FORMS: Mapping[Modality, _Form] = {
    Modality.TEXT: lessontext.show, Modality.AUDIO: _sound, Modality.IMAGES: _pictures, Modality.VIDEO: media.video,
}


_MEASURED = ("Every lesson was made anew. Seconds and processor time hold whatever else the machine did meanwhile, and a lesson "
             "that is made after another finds the model's memory of the prompt warm (cached input tokens): over a set the "
             "order turns with each question.")


def show(view: ComparisonView) -> None:
    """The question that the address says."""
    question = address.question_of(view)
    if len(view.questions) > 1:
        choose(view, question)
    ids = [view.request_id(question, variant) for variant in range(1, len(view.variants) + 1)]
    results = [compare.result(request_id) for request_id in ids]
    _told(view.variants, results)
    if any(result.measured for result in results):
        st.html(numbers.table(list(zip(view.variants, results, strict=True))))
        st.caption(_MEASURED)
    for column, variant, request_id in zip(st.columns(len(ids), gap="large"), view.variants, ids, strict=True):
        with column:
            st.subheader(literal(label(variant)), anchor=False)
            _request(request_id)


def choose(view: ComparisonView, question: int) -> None:
    """Which question is shown. A selectbox takes no Markdown: the words of strangers stand there as they are."""
    numbers_ = range(1, len(view.questions) + 1)
    st.session_state["compare_shown_question"] = question
    st.selectbox("Question", numbers_, key="compare_shown_question", on_change=_chosen,
                 format_func=lambda number: f"{number}. {view.questions[number - 1].question}")


def output(lesson: Lesson, form: Modality, *, name: str) -> None:
    """The lesson in this form, or why it was not made."""
    reason = lesson.failed_modalities.get(form) or lesson.switched_off.get(form)
    if reason is not None:
        st.error(literal(reason), icon=":material/error:")
    else:
        _FORMS[form](lesson, name=name)


def _told(variants: Sequence[Variant], results: Sequence[Result]) -> None:
    with st.container(key="comparison_told"):
        for sentence in sentences(variants, results):
            st.markdown(literal(sentence))


def _chosen() -> None:
    address.go(question=st.session_state["compare_shown_question"])


def _request(request_id: str | None) -> None:
    view = loaders.watch(request_id) if request_id else None
    if view is None:
        st.caption("It is not in the queue.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(words.STATES[view.status], color=words.STATE_COLOURS[view.status])
        st.link_button("Open the request", f"requests?{urlencode({'request': view.request.request_id})}",
                       icon=":material/open_in_new:", type="tertiary")
    lesson = view.lesson
    if lesson is not None and view.status in (Status.COMPLETED, Status.PARTIAL):
        _lesson(view, lesson)
    elif view.stages:
        st.html(tables.stages(view))


def _lesson(view: RequestView, lesson: Lesson) -> None:
    form, name = view.request.preferred_modality, f"side-{view.request.request_id}"
    parts: dict[str, Callable[[], object]] = {words.MODALITIES[form]: partial(output, lesson, form, name=name)}
    if form is not Modality.TEXT:
        parts["Article"] = partial(lessontext.show, lesson, name=name)
    parts["Stages"] = partial(st.html, tables.stages(view))
    for tab, draw in zip(st.tabs(list(parts)), parts.values(), strict=True):
        with tab:
            draw()
