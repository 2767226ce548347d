"""What came of a request: the article, the sound, the boards and the film in a line each, and every file to take away."""

from collections.abc import Callable
from pathlib import PurePosixPath

import streamlit as st

from console import loaders, tables, words
from console.literal import literal
from console.organisation.labels import number
from pipeline.domain import Lesson
from pipeline.shelf import files_of
from pipeline.tracking import RequestView

KINDS = {"audio": "Audio", "captions": "Captions", "image": "Image", "video": "Film, 1080 lines", "video_720": "Film, 720 lines",
         "poster": "Poster"}
_STEPS = ((1024 * 1024, "MiB"), (1024, "KiB"))


def show(view: RequestView) -> None:
    """The outputs; nothing where there is none."""
    lesson = view.lesson
    if lesson is None or lesson.script is None:
        return
    st.subheader("What came of it", anchor=False)
    st.html(tables.facts(facts(lesson)))
    article = lesson.script.article + "\n"
    with st.container(gap="xsmall", key="outputs"):
        _take("Article", "article.md", len(article.encode()), lambda: article.encode(), key="take_article")
        for place, (name, kind) in enumerate(files_of(lesson).items()):
            _file(KINDS.get(kind, kind), name, key=f"take_{place}")


def facts(lesson: Lesson) -> list[tuple[str, str, str]]:
    """A line per form that was made, and why others were not."""
    script, sound, film = lesson.script, lesson.narration, lesson.video
    return [
        ("Article", f"{len(script.article.split()):,} words, grade {script.reading_grade:g}" if script else "",
         "How many years of school it takes to read it."),
        ("Narration", f"{words.duration(sound.seconds)}, {sound.loudness_lufs:g} LUFS" if sound else "", "How loud it is."),
        ("Images", number(len(lesson.frames.images), "board") if lesson.frames else "", ""),
        ("Film", words.duration(film.seconds) if film else "", ""),
        ("From the shelf", "the whole lesson" if lesson.cache_hit else "", "It had been made before, and cost nothing."),
        *((words.MODALITIES[form], f"not made: {why}", "") for form, why in {**lesson.failed_modalities,
                                                                             **lesson.switched_off}.items()),
        ("Warnings", " ".join(lesson.warnings), ""),
    ]


def size(count: int) -> str:
    """Bytes as people read them: 812 bytes, 14 KiB, 3.2 MiB."""
    for step, unit in _STEPS:
        if count >= step:
            return f"{count / step:.1f} {unit}" if count < 10 * step else f"{count / step:,.0f} {unit}"
    return number(count, "byte")


def _file(kind: str, name: str, *, key: str) -> None:
    path = loaders.file(name)
    if path is None:
        st.caption(literal(f"{kind}, {PurePosixPath(name).name}: no longer on this machine"))
    else:
        _take(kind, path.name, path.stat().st_size, path.read_bytes, key=key)


def _take(kind: str, name: str, count: int, read: Callable[[], bytes], *, key: str) -> None:
    st.download_button(literal(f"{kind} · {name} · {size(count)}"), read, name, key=key, on_click="ignore", type="tertiary",
                       icon=":material/download:")
