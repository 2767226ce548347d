"""Writing a lesson: the parts of the book, the connecting sentences and their check, the article, the storyboard.

Needs passages, an intent and a text model; never retrieves, never draws, never speaks.
"""

from pipeline.writing.article import (
    example_section,
    explanation_section,
    hook_section,
    link_section,
    misconception_section,
    opening,
    question_section,
    shown,
    takeaways_section,
)
from pipeline.writing.connect import Situation, Writer
from pipeline.writing.parts import Parts, sort_parts
from pipeline.writing.reading import reading_grade, reading_warning
from pipeline.writing.sentences import split_sentences, trimmed
from pipeline.writing.situation import situate
from pipeline.writing.storyboard import board, check_figures
from pipeline.writing.support import Evidence

__all__ = [
    "Evidence", "Parts", "Situation", "Writer", "board", "check_figures", "example_section", "explanation_section",
    "hook_section", "link_section", "misconception_section", "opening", "question_section", "reading_grade",
    "reading_warning", "shown", "situate", "sort_parts", "split_sentences", "takeaways_section", "trimmed",
]
