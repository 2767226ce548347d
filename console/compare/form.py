"""The form: which questions, in which variants. What a variant cannot differ in here is said in words."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from console import loaders, words
from console.compare import address, sending
from console.literal import literal
from console.loaders import compare
from console.organisation import changes
from console.organisation.labels import number
from console.rights import right
from pipeline.comparison import (
    MOST_BYTES,
    MOST_QUESTIONS,
    NO_INTEREST,
    VARIANTS,
    Asked,
    Variant,
    label,
    read_csv,
    read_lines,
    short,
)
from pipeline.domain import Modality
from pipeline.errors import PipelineError
from pipeline.organisation import Permission
from pipeline.requests import INTEREST_CHARACTERS, QUERY_CHARACTERS

GRADES = range(1, 13)
ONE, LINES, FILE, EVALUATION = SOURCES = ("One question", "Several", "CSV file", "Evaluation set")
_FIRST_FORMS = (Modality.TEXT, Modality.VIDEO, Modality.AUDIO, Modality.IMAGES)


def show() -> None:
    """The form, and what making all of it is expected to take."""
    with st.container(border=True, key="compare_form"):
        read = _questions()
        variants = _variants()
        _same_for_all()
        _expected(read, variants)
        if st.button("Compare", type="primary", icon=":material/compare_arrows:", key="compare_go", **right(Permission.GENERATE)):
            changes.make(lambda: _create(read(), variants), "", then=_made)


def _create(questions: Sequence[Asked], variants: Sequence[Variant]) -> str:
    name = questions[0].question if len(questions) == 1 else (
        f"{number(len(questions), 'question')}: {' and '.join(label(variant) for variant in variants)}")
    return compare.create(name=name, questions=questions, variants=variants)


def _made(comparison_id: str) -> None:
    sending.want(comparison_id)
    address.open_comparison(comparison_id)


def _questions() -> Callable[[], Sequence[Asked]]:
    """The fields for the questions, and how to read them."""
    source = st.segmented_control("Questions", SOURCES, default=ONE, required=True, key="compare_source")
    if source == EVALUATION:
        count = st.number_input("How many", 2, 100, 10, key="compare_count", width=160,
                                help="Spread evenly over the questions of the set that a lesson is right for, each with its "
                                     "own grade and interest.")
        return lambda: compare.evaluation(int(count))
    text = _words(source)
    left, right_ = st.columns([1, 2])
    grade = left.selectbox("Grade", GRADES, index=9, key="compare_grade")
    interest = right_.selectbox(
        "Interest", list(loaders.interests()), index=None, key="compare_interest", accept_new_options=True,
        placeholder="None. Choose one, or type another", help=f"At most {INTEREST_CHARACTERS} characters.")
    if isinstance(text, bytes):
        content = text
        return lambda: read_csv(content, grade_level=grade, interest=interest)
    lines = " ".join(text.split()) if source == ONE else text
    return lambda: read_lines(lines, grade_level=grade, interest=interest)


def _words(source: str) -> str | bytes:
    if source == ONE:
        return str(st.text_area("Question", key="compare_question", max_chars=QUERY_CHARACTERS[1], height=88,
                                placeholder="What does the student want to understand?"))
    if source == LINES:
        return str(st.text_area("Questions, one per line", key="compare_lines", height=160, max_chars=MOST_BYTES,
                                help=f"At most {MOST_QUESTIONS}."))
    file = st.file_uploader("CSV with the column question, and if wanted grade and interest", type="csv", key="compare_file",
                            max_upload_size=1, help=f"At most {MOST_QUESTIONS} questions and {MOST_BYTES // 1024} KiB, in UTF-8.")
    return file.getvalue() if file is not None else b"question\n"


def _variants() -> Sequence[Variant]:
    count = st.segmented_control("Variants", list(VARIANTS), default=2, required=True, key="compare_variants")
    models = compare.makers().models
    return [_variant(place, models) for place in range(int(count))]


def _variant(place: int, models: Sequence[str]) -> Variant:
    with st.container(key=f"compare_variant_{place}"):
        form, grade, interest, model, seed = st.columns([3, 2, 3, 4, 2], vertical_alignment="bottom")
        modality = form.selectbox(f"Variant {place + 1}", list(Modality), index=list(Modality).index(_FIRST_FORMS[place]),
                                  format_func=words.MODALITIES.__getitem__, key=f"compare_form_{place}")
        level = grade.selectbox("Grade", [None, *GRADES], key=f"compare_grade_{place}", format_func=_or_as_asked)
        liking = interest.selectbox("Interest", [None, NO_INTEREST, *loaders.interests()], key=f"compare_interest_{place}",
                                    format_func=_interest)
        number_ = seed.number_input("Seed", 0, 2**31 - 1, 1, key=f"compare_seed_{place}",
                                    help="Another seed lets the model write other sentences.")
        by = model.selectbox(
            "Model", [None, *models[1:]], key=f"compare_model_{place}", disabled=len(models) < 2,
            format_func=lambda model_id: short(model_id) if model_id else _usual(models),
            help="The language model that reads the question and writes.")
    return Variant(modality=Modality(str(modality)), grade_level=level, interest=liking, seed=int(number_), model=by)


def _same_for_all() -> None:
    """What all variants have in common, because there is one of it."""
    made = compare.makers()
    told: Mapping[str, str] = {
        "Family": f"{made.family}, the only one that makes lessons here.",
        "Prompts": f"version {made.prompts}, those in production; others are tried on the page Prompts.",
    }
    st.caption("The same in every variant. " + " ".join(f"**{name}:** {literal(said)}" for name, said in told.items()))
    if made.absent:
        st.caption(literal(f"Not on this machine, so no variant can be made by it: {', '.join(made.absent)}. "
                           "`python -m pipeline models pull --profile all` fetches every model."))


def _expected(read: Callable[[], Sequence[Asked]], variants: Sequence[Variant]) -> None:
    try:
        questions = len(read())
    except PipelineError:  # told when the button is pressed: nobody has finished typing
        return
    lessons, found = number(questions * len(variants), "lesson"), compare.expected(questions, variants)
    if found is None:
        st.caption(f"{lessons} to make. How long it takes was not measured for all of these forms on this machine yet.")
    else:
        st.caption(literal(f"{lessons} to make, one after the other about {words.duration(found.seconds)} and "
                           f"{words.dollars(found.usd)}. All are made anew, so that each bill is the bill of making it."))


def _or_as_asked(grade: int | None) -> str:
    return "As asked" if grade is None else str(grade)


def _usual(models: Sequence[str]) -> str:
    return f"As usual: {short(models[0])}" if models else "As usual"


def _interest(name: str | None) -> str:
    return "As asked" if name is None else name or "None"
