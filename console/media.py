"""Sound, pictures and film of a lesson, as long as their files are there."""

from pathlib import Path

import streamlit as st

from console import loaders, words
from console.literal import literal
from pipeline.domain import Lesson, Storyboard, Video

GONE = "The file of this {} is no longer on this machine."


def audio(lesson: Lesson) -> None:
    """The player and the transcript."""
    sound = lesson.narration
    if sound is None:
        st.caption("This lesson has no audio.")
        return
    path = loaders.file(sound.audio)
    if path is None:
        st.caption(GONE.format("audio"))
    else:
        st.audio(path, format="audio/mp4")
        st.caption(literal(f"{words.duration(sound.seconds)}, {sound.loudness_lufs} LUFS"))
    if lesson.script and lesson.script.storyboard:
        _transcript(lesson.script.storyboard)


def _transcript(storyboard: Storyboard) -> None:
    st.subheader("Transcript", anchor=False)
    for scene in storyboard.scenes:
        for line in scene.narration.splitlines():
            st.markdown(literal(line))


def images(lesson: Lesson) -> None:
    """All boards, two in a row."""
    names = lesson.frames.images if lesson.frames else ()
    if not names:
        st.caption("This lesson has no images.")
    for number in range(0, len(names), 2):
        for column, at in zip(st.columns(2), range(number, min(number + 2, len(names))), strict=False):
            with column:
                picture(names[at], f"Scene {at + 1}")


def picture(name: str, caption: str | None = None) -> None:
    """One board."""
    path = loaders.file(name)
    if path is None:
        st.caption(GONE.format("image"))
    else:
        st.image(path, caption=caption)


def video(lesson: Lesson, *, name: str = "") -> None:
    """The film at the size that is chosen, with captions. Two on one page need two names."""
    film = lesson.video
    if film is None:
        st.caption("This lesson has no video.")
        return
    size = st.segmented_control("Size", ["1080p", "720p"], default="1080p", required=True, key=f"size{name}",
                                label_visibility="collapsed")
    path = loaders.file(film.video if size == "1080p" else film.video_720)
    if path is None:
        st.caption(GONE.format("video"))
    elif _wanted(lesson, film, name):
        _player(lesson, path)


def _wanted(lesson: Lesson, film: Video, name: str) -> bool:
    """Whether to show the player. Before the first play the poster stands there: a film begins with an empty board."""
    playing, poster = f"playing_{lesson.request_id}", loaders.file(film.poster)
    if poster is None or st.session_state.get(playing):
        return True
    st.image(poster)
    st.button(f"Play, {words.duration(film.seconds)}", type="primary", icon=":material/play_arrow:", key=f"play{name}",
              on_click=st.session_state.update, args=({playing: True},))
    return False


def _player(lesson: Lesson, path: Path) -> None:
    captions = loaders.file(lesson.narration.captions) if lesson.narration else None
    st.video(path, subtitles=None if captions is None else {"English": captions}, autoplay=True)
    if captions is None:
        st.caption("The captions are no longer on this machine.")
