"""The tab Playground: two to four variants of the prompts on some questions, side by side; a recorded stage, repeated.

The lessons are made by the workers, through the queue, with the versions pinned; the page only watches.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from console import loaders, words
from console.literal import literal
from console.loaders import compare, trials
from console.organisation import changes
from console.organisation.labels import number
from console.prompts import address, grid, picking, replaying
from console.prompts.variants import Pins, pinned
from console.rights import right
from pipeline.comparison import VARIANTS, Asked, Variant, read_lines
from pipeline.domain import Modality
from pipeline.errors import PipelineError
from pipeline.organisation import Permission
from pipeline.registry import Entry
from pipeline.requests import INTEREST_CHARACTERS, QUERY_CHARACTERS

TYPED, FROM_SET, RECORDED = SOURCES = ("Questions", "Of the evaluation set", "A recorded request")
GRADES = range(1, 13)
MOST_QUESTIONS, USUAL_QUESTIONS = 10, 3


def show(entries: Sequence[Entry]) -> None:
    """The trial or the replay of the address; else the form."""
    if trial := address.said(address.COMPARISON):
        grid.show(trial, entries)
    elif replayed := address.said(address.REPLAY):
        replaying.show(replayed, entries)
    else:
        _form(entries)
        grid.earlier()


def _form(entries: Sequence[Entry]) -> None:
    with st.container(border=True, key="playground_form"):
        source = st.segmented_control("What to ask", SOURCES, default=TYPED, required=True, key="playground_source")
        if source == RECORDED:
            replaying.choose()
            return
        read = _questions(source)
        chosen = _variants(entries)
        pins = pinned(chosen, picking.production(entries))
        _foreseen(read, len(pins))
        if st.button("Make them", type="primary", icon=":material/play_arrow:", key="playground_go",
                     **right(Permission.GENERATE)):
            changes.make(lambda: trials.try_out(read(), pins), "", then=_made)


def _made(trial: str) -> None:
    grid.want(trial)
    address.open_playground(comparison=trial)


def _questions(source: str) -> Callable[[], Sequence[Asked]]:
    """The fields for the questions, and how to read them."""
    if source == FROM_SET:
        count = st.number_input("How many", 1, MOST_QUESTIONS, USUAL_QUESTIONS, key="playground_count", width=160,
                                help="Spread evenly over the questions that a lesson is right for.")
        return lambda: compare.evaluation(int(count))
    lines = st.text_area("Questions, one per line", key="playground_questions", height=110,
                         max_chars=MOST_QUESTIONS * QUERY_CHARACTERS[1], placeholder="Why does a rocket rise?",
                         help=f"At most {MOST_QUESTIONS}.")
    left, right_ = st.columns([1, 2])
    grade = left.selectbox("Grade", GRADES, index=9, key="playground_grade")
    interest = right_.selectbox("Interest", list(loaders.interests()), index=None, key="playground_interest",
                                accept_new_options=True, placeholder="None. Choose one, or type another",
                                help=f"At most {INTEREST_CHARACTERS} characters.")
    return lambda: _few(read_lines(lines, grade_level=grade, interest=interest))


def _few(questions: Sequence[Asked]) -> Sequence[Asked]:
    return questions[:MOST_QUESTIONS]


def _variants(entries: Sequence[Entry]) -> Sequence[Pins]:
    count = int(st.segmented_control("Variants", list(VARIANTS), default=VARIANTS[0], required=True, key="playground_variants"))
    tried = address.said(address.TRIED)
    return [picking.variant(place, entries, tried=tried if place == 1 else "") for place in range(count)]


def _foreseen(read: Callable[[], Sequence[Asked]], variants: int) -> None:
    try:
        questions = len(read())
    except PipelineError:  # told when the button is pressed: nobody has finished typing
        return
    found = compare.expected(questions, [Variant(modality=Modality.TEXT)] * variants)
    takes = f", about {words.duration(found.seconds)} and {words.dollars(found.usd)}" if found else ""
    st.caption(literal(f"{number(questions * variants, 'text')} to make{takes}. Each is made anew, so that its bill is the bill "
                       "of making it."))


