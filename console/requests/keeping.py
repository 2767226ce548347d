"""A request as a question of a data set: what is right for it is said once, and every evaluation asks it from then on."""

import streamlit as st

from console.evaluations.wording import EXPECTED
from console.literal import literal
from console.loaders import datasets
from console.organisation import changes
from console.organisation.labels import number
from pipeline.domain import Status
from pipeline.errors import BadRequest, PipelineError
from pipeline.organisation import Permission
from pipeline.scoring import Expected, Reference, read_key_points
from pipeline.tracking import RequestView

USUAL = {Status.CLARIFICATION_NEEDED: Expected.CLARIFY, Status.OUT_OF_SCOPE: Expected.DECLINE}
"""What is right when the request ended as it should; otherwise a lesson."""
KIND = "request"
NAME_CHARACTERS, TEXT_CHARACTERS = 60, 2000
_POINTS = "Newton's third law is about two objects. | two objects, pair\nThe forces are equal. | equal, opposite"


def show(view: RequestView) -> None:
    """A button for the dialog, and where the question stands already."""
    changes.asks("Add to a data set", "Add this question to a data set", ask, view, permission=Permission.PROMPTS,
                 icon=":material/playlist_add:", key="keep_request",
                 help="From then on every evaluation of that set asks it in every variant.")
    for one in datasets.holding(view.request.request_id):
        changes.asks(f"In {one.dataset}", "Take this question out", ask_out, one.dataset, one.reference,
                     permission=Permission.PROMPTS, icon=":material/playlist_add_check:",
                     key=f"kept_{one.dataset}_{one.reference.question_id}", help="Take it out again.")


def ask(view: RequestView) -> None:
    """Ask which set, and what is right for the question."""
    question = datasets.without_details(view.request.student_query)
    st.markdown(literal(question.text))
    if question.left_out:
        st.caption(f"{number(len(question.left_out), 'personal detail')} left out.")
    name = st.selectbox("Data set", datasets.names(), key="keep_name", accept_new_options=True,
                        help="One of these, or a new name.")
    expected = st.radio("It is", list(Expected), list(Expected).index(USUAL.get(view.status, Expected.ANSWER)),
                        key="keep_expected", horizontal=True, format_func=EXPECTED.__getitem__) or Expected.ANSWER
    topic_id, points, misconception = _answer(view) if expected is Expected.ANSWER else (None, "", "")
    if not st.button("Add", type="primary", key="keep_submit"):
        return
    try:
        reference = _reference(view, expected, topic_id, points, misconception)
    except PipelineError as fault:
        changes.refuse(fault)
        return
    kept: list[Reference] = []

    def add() -> None:
        kept.append(datasets.add(name or "", reference, view.request.request_id))

    changes.make(add, f"The question is in {name} now.", undo=lambda: datasets.remove(name or "", kept[0].question_id))


def ask_out(name: str, reference: Reference) -> None:
    """Ask whether it is taken out."""
    st.markdown(literal(reference.question))
    st.caption(f"Runs over {literal(name)} that were made keep it; later ones do not ask it.")
    if st.button("Take it out", type="primary", key="keep_out"):
        changes.make(lambda: datasets.remove(name, reference.question_id), f"The question was taken out of {name}.",
                     undo=lambda: datasets.add(name, reference, None))


def _answer(view: RequestView) -> tuple[str | None, str, str]:
    """What a good lesson is about and says."""
    cards = {card.topic_id: card.title for card in datasets.topics()}
    intent = view.lesson.intent if view.lesson else None
    place = list(cards).index(intent.topic_id) if intent and intent.topic_id in cards else None
    topic_id = st.selectbox("Topic", list(cards), place, key="keep_topic", format_func=cards.__getitem__,
                            placeholder="The topic that answers it")
    points = st.text_area("Key points", key="keep_points", max_chars=TEXT_CHARACTERS, height=110, placeholder=_POINTS, help=(
        "One to a line: what a good lesson says | the words by which one sees that it does, with commas."))
    misconception = st.text_input("Misconception, if it is about one", key="keep_misconception", max_chars=500)
    return topic_id, points, misconception


def _reference(view: RequestView, expected: Expected, topic_id: str | None, points: str, misconception: str) -> Reference:
    if expected is Expected.ANSWER and topic_id is None:
        raise BadRequest("topic", "choose the topic that answers the question.")
    intent = view.lesson.intent if view.lesson else None
    return Reference(
        question_id=view.request.request_id, question=view.request.student_query, grade=view.request.grade_level,
        interest=intent.interest_id if intent else None, expected=expected, kind=KIND, topic_id=topic_id,
        key_points=read_key_points(points) if expected is Expected.ANSWER else (), misconception=misconception.strip())
