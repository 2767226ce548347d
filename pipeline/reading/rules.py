"""Which parts of an OpenStax module are for students to find, and why the others are not."""

import re
from enum import StrEnum
from types import MappingProxyType


class Fate(StrEnum):
    """Why a piece is left out."""

    TEACHER = "it is written for teachers"
    ANSWERS = "it gives answers away"
    SUMMARY = "it repeats what the module says"
    REFERENCES = "it lists sources and further reading"
    PEOPLE = "it names contributors"
    LEAD = "it only leads in what is kept apart"
    BETWEEN = "it stands between exercises, which are kept apart"
    ELSEWHERE = "the file only points to it; its text is kept elsewhere"
    INCOMPLETE = "it has no term or no meaning"
    FURNITURE = "it is the page's furniture, not the book's text"
    DAMAGED = "the page is damaged and has no readable text"
    REPEATED = "the same line stands at the edge of most pages"


LEFT_OUT = MappingProxyType({
    "summary": Fate.SUMMARY,
    "section-summary": Fate.SUMMARY,
    "chapter-summary": Fate.SUMMARY,
    "key-concepts": Fate.SUMMARY,
    "key-equations": Fate.SUMMARY,
    "references": Fate.REFERENCES,
    "further-research": Fate.REFERENCES,
    "further-reading": Fate.REFERENCES,
    "suggested-reading": Fate.REFERENCES,
    "contrib-auth": Fate.PEOPLE,
    "sr-contrib-auth": Fate.PEOPLE,
})
"""Classes of sections that are left out whole."""

EXERCISES = frozenset(
    "critical-thinking multiple-choice short-answer extended-response check-understanding concept problems "
    "practice-problems performance section-quiz section-exercises review-questions review-exercises practice-test "
    "free-response challenge additional-problems challenge-problems conceptual-questions homework".split()
)
"""Classes of sections that hold exercises and nothing else."""

APART = ("grasp-check", "check-understanding", "os-exercise")
"""Classes of exercises that are asked of the reader even inside a worked example; the first that fits names the kind."""
ANSWER_TITLE = re.compile(r"(?:answers?|answer keys?|solutions?|odd-numbered answers)\b", re.IGNORECASE)
TEACHER_TITLE = re.compile(r"(?:teacher|instructor|for teachers)\b", re.IGNORECASE)
REFERENCE_TITLE = re.compile(r"(?:references|bibliography|further reading|works cited|index)\s*$", re.IGNORECASE)
EXERCISE_TITLE = re.compile(r"(?:exercises?|problems|review questions|questions|practice|homework|check your)\b", re.IGNORECASE)
OBJECTIVE_TITLE = re.compile(r"(?:learning )?(?:objectives|outcomes|goals)\b", re.IGNORECASE)
"""Headings that say what stands below them, where a format has no classes for it."""
CHAPTER = re.compile(r"(?:chapter|unit|lesson)\s+(?P<number>\d{1,3})\b", re.IGNORECASE)
NUMBERED = re.compile(r"(?P<number>\d{1,3})(?:\.\d+)*[.:)]?\s+\S")


def classes(value: str | None) -> tuple[str, ...]:
    """The words of a class attribute as this room compares them; typesetters' hyphens become plain ones."""
    plain = (value or "").replace("\u2010", "-").replace("\u2011", "-").replace("\u00ad", "").casefold()
    return tuple(plain.split())


def is_for_teachers(names: tuple[str, ...]) -> bool:
    """Whether a class says so."""
    return any("teacher" in name or "instructor" in name for name in names)
