"""The same questions answered in several ways, and how the answers differ: in dollars, seconds, quality, and to people.

Lessons of a comparison are made fresh, so that each bill is the bill of making it. Knows nothing of pages.
"""

from pipeline.comparison.comparisons import BEHIND_STUDENTS, Asker, Comparisons, account
from pipeline.comparison.differences import duration
from pipeline.comparison.measures import UNDECIDED, VALUES, Measure, Measured, Result, measure, missing
from pipeline.comparison.questions import MOST_BYTES, read_csv, read_evaluation, read_lines
from pipeline.comparison.results import Missing, Row, Summary, Table, ordered
from pipeline.comparison.statistics import Interval, wilson
from pipeline.comparison.telling import Results, as_json, as_text, over_the_set, sentences
from pipeline.comparison.terms import key_terms
from pipeline.comparison.variants import (
    MOST_QUESTIONS,
    NO_INTEREST,
    VARIANTS,
    Asked,
    Variant,
    ask,
    label,
    short,
    spoken,
)
from pipeline.comparison.views import ComparisonLine, ComparisonView, Item, State
from pipeline.comparison.votes import Ballot, Tally, Two, Verdict, preferred, tally
from pipeline.comparison.voting import WHY_CHARACTERS, Voting, toss

__all__ = [
    "BEHIND_STUDENTS", "MOST_BYTES", "MOST_QUESTIONS", "NO_INTEREST", "UNDECIDED", "VALUES", "VARIANTS",
    "WHY_CHARACTERS", "Asked", "Asker", "Ballot", "ComparisonLine", "ComparisonView", "Comparisons", "Interval",
    "Item", "Measure", "Measured", "Missing", "Result", "Results", "Row", "State", "Summary", "Table", "Tally",
    "Two", "Variant", "Verdict", "Voting", "account", "as_json", "as_text", "ask", "duration", "key_terms", "label",
    "measure", "missing", "ordered", "over_the_set", "preferred", "read_csv", "read_evaluation", "read_lines",
    "sentences", "short", "spoken", "tally", "toss", "wilson",
]
