"""The storyboard scene by scene, and its editor: what is corrected here becomes a new request, the old one stays."""

from collections.abc import Sequence

import streamlit as st

from console import asking, lessontext, media
from console.literal import literal
from console.revision import Correction, as_it_is, changed, corrected, to_be_made, unsupported
from console.rights import right
from pipeline.domain import Lesson, Scene, Script, Storyboard
from pipeline.errors import BadRequest
from pipeline.organisation import Permission
from pipeline.tracking import RequestView

NARRATION_CHARACTERS = 1500
LINE_CHARACTERS = 150


def show(view: RequestView, lesson: Lesson) -> None:
    """All scenes; with the switch on, their words can be changed."""
    script = lesson.script
    assert script is not None and script.storyboard is not None
    board, request_id = script.storyboard, view.request.request_id
    editing = st.toggle("Edit the scenes", key=f"edit_{request_id}")
    wanted = [
        _scene(number, scene, lesson, f"{request_id}_{number}" if editing else "")
        for number, scene in enumerate(board.scenes, start=1)
    ]
    if editing:
        _make_again(view, script, board, wanted)


def _scene(number: int, scene: Scene, lesson: Lesson, key: str) -> Correction:
    with st.container(border=True):
        st.subheader(f"Scene {number}", anchor=False)
        left, right = st.columns(2, gap="medium")
        with left:
            if lesson.frames and number <= len(lesson.frames.images):
                media.picture(lesson.frames.images[number - 1])
            else:
                st.caption(f"A board of the kind {scene.visual.kind.replace('_', ' ')}; no image was made of it.")
        with right:
            wanted = _fields(scene, key) if key else _words(scene)
            _rests_on(scene, lesson)
    return wanted


def _words(scene: Scene) -> Correction:
    for line in scene.narration.splitlines():
        st.markdown(literal(line))
    if scene.on_screen:
        st.caption(f"On screen: {literal(scene.on_screen)}")
    return as_it_is(scene)


def _fields(scene: Scene, key: str) -> Correction:
    now = as_it_is(scene)
    heading = now.heading
    if heading is not None:
        heading = st.text_input("Heading of the board", heading, LINE_CHARACTERS, key=f"heading_{key}")
    narration = st.text_area("Narration", now.narration, 180, NARRATION_CHARACTERS, key=f"narration_{key}",
                             help="A new line makes a pause.")
    on_screen = st.text_input("On-screen text", now.on_screen, LINE_CHARACTERS, key=f"on_screen_{key}")
    return Correction(narration=narration, on_screen=on_screen, heading=heading)


def _rests_on(scene: Scene, lesson: Lesson) -> None:
    known = {passage.chunk_id: passage for passage in (lesson.script.passages if lesson.script else ())}
    passages = [known[chunk_id] for chunk_id in scene.passages if chunk_id in known]
    if passages:
        label = literal(passages[0].section) if len(passages) == 1 else f"{len(passages)} passages"
        with st.popover(f"Rests on {label}", type="tertiary", icon=":material/menu_book:"):
            for passage in passages:
                lessontext.source(passage)


def _make_again(view: RequestView, script: Script, before: Storyboard, wanted: Sequence[Correction]) -> None:
    try:
        after = corrected(before, wanted)
    except BadRequest as fault:
        st.error(literal(str(fault).capitalize()), icon=":material/error:")
        return
    numbers = changed(before, after)
    if not numbers:
        st.caption("Nothing is changed yet. A corrected lesson becomes a new version; this one stays as it is.")
        return
    with st.bottom:
        for number in numbers:
            _warn(number, unsupported(script, before.scenes[number - 1], after.scenes[number - 1]))
        again = "; ".join(to_be_made(view.request, before, after))
        row = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
        row.markdown(f"To be made again: {again}. Everything else is reused and costs nothing." if again else
                     "Nothing was made from the words that changed, so nothing is made again.")
        label = f"Make again from scene {numbers[0]} on"
        if row.button(label, type="primary", icon=":material/autorenew:", key="remake", **right(Permission.REVIEW)):
            asking.submit(asking.again(view.request, revision_of=view.request.request_id, storyboard=after))


def _warn(number: int, figures: Sequence[str]) -> None:
    if figures:
        st.warning(literal(f"Scene {number}: no passage of this lesson supports {', '.join(figures)}."),
                   icon=":material/warning:")
