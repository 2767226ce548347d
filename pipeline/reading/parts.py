"""Pieces -> modules: a heading opens one, and some headings say that what follows is kept apart or left out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeline.reading.book import BlockKind, Exercise, Module, ModuleKind, count
from pipeline.reading.draft import Draft
from pipeline.reading.inline import lines
from pipeline.reading.pieces import Piece
from pipeline.reading.rules import (
    ANSWER_TITLE,
    CHAPTER,
    EXERCISE_TITLE,
    NUMBERED,
    OBJECTIVE_TITLE,
    REFERENCE_TITLE,
    TEACHER_TITLE,
    Fate,
)

FATES = ((ANSWER_TITLE, Fate.ANSWERS), (TEACHER_TITLE, Fate.TEACHER), (REFERENCE_TITLE, Fate.REFERENCES))
KINDS = {"preface": ModuleKind.PREFACE, "foreword": ModuleKind.PREFACE, "about": ModuleKind.PREFACE,
         "introduction": ModuleKind.INTRODUCTION, "appendix": ModuleKind.APPENDIX}


class Part(NamedTuple):
    """What becomes one module: its title and the pieces below it."""

    title: str
    pieces: Sequence[Piece]


def parts(found: Iterable[Piece], title: str) -> list[Part]:
    """Cut at the highest level of heading that comes more than once; what stands before the first is under `title`."""
    found = list(found)
    levels = Counter(piece.level for piece in found if piece.level)
    cut = min((level for level, times in levels.items() if times > 1), default=0)
    made: list[tuple[str, list[Piece]]] = [(title, [])]
    for piece in found:
        if piece.level and piece.level == cut:
            made.append((piece.text, []))
        else:
            made[-1][1].append(piece)
    return [Part(name, own) for name, own in made if own]


def modules(found: Iterable[Part]) -> Iterator[Module]:
    """One module of each part. A number at the head of a title (`Chapter 3`, `3.1`) is the chapter's."""
    chapter_title = ""
    for position, part in enumerate(found):
        draft = Draft()
        words_in = sum(count(piece.text) for piece in part.pieces)
        _fill(draft, part)
        numbered = CHAPTER.match(part.title) or NUMBERED.match(part.title)
        chapter_title = part.title if CHAPTER.match(part.title) else chapter_title
        yield draft.module(
            key=f"{position + 1:03}", title=part.title, position=position, words_in=words_in, kind=_kind(part.title),
            chapter=int(numbered["number"]) or None if numbered else None, chapter_title=chapter_title if numbered else "",
        )


def _kind(title: str) -> ModuleKind:
    return KINDS.get(title.split()[0].casefold().strip(".:"), ModuleKind.SECTION)


def _fill(draft: Draft, part: Part) -> None:
    """Put every piece where the headings above it say."""
    above: list[Piece] = []
    for piece in part.pieces:
        if piece.level:
            above = [*(outer for outer in above if outer.level < piece.level), piece]
        titles = tuple(heading.text for heading in above)
        with draft.under(*titles):
            _place(draft, piece, (part.title, *titles))


def _place(draft: Draft, piece: Piece, titles: Sequence[str]) -> None:
    fate = piece.fate or next((fate for pattern, fate in FATES for title in titles if pattern.match(title)), None)
    if fate == Fate.DAMAGED:
        draft.pointer(piece.what, fate)
    elif fate:
        draft.leave_out(piece.what or str(piece.kind), fate, piece.text)
    elif piece.kind != BlockKind.HEADING and EXERCISE_TITLE.match(titles[-1]):
        draft.exercises.append(Exercise(problem=lines(piece.text), kind=titles[-1]))
    elif piece.kind == BlockKind.LIST and OBJECTIVE_TITLE.match(titles[-1]):
        draft.objectives += lines(piece.text).splitlines()
    else:
        draft.add(piece.kind, piece.text)
