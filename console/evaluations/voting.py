"""The part Vote of a run: two answers as A and B; which is better is said before anybody knows whose they are."""

import streamlit as st

from console.evaluations import address
from console.literal import literal
from console.loaders import opinions, visitor
from console.organisation import changes
from console.organisation.labels import number
from console.prompts import marking
from console.rights import right
from pipeline.comparison import WHY_CHARACTERS
from pipeline.experiments import Ballot, RunView, pairs_of
from pipeline.organisation import Permission
from pipeline.tables import Choice

CHOICES = {Choice.A: "A is better", Choice.B: "B is better", Choice.NO_DIFFERENCE: "No difference"}
RUBRIC = (
    "Is it right, and does what it says follow from the topic?", "Does the interest help to understand, or is it only mentioned?",
    "Would this student, in this grade, want to read on?",
)
SHOWN_GIVEN = 20


def show(view: RunView) -> None:
    """The next pair; what the visitor said before; the end of the voting."""
    if view.closed_at is not None:
        st.info("The voting is closed. What people prefer stands on the part Figures.", icon=":material/lock:")
        return
    if not pairs_of(view):
        st.info("There is nothing to vote on yet: it takes a question with the lessons of two variants.",
                icon=":material/hourglass_empty:")
        return
    reason = visitor.refusal(Permission.REVIEW)
    if reason is not None:
        st.info(literal(reason), icon=":material/lock:")
        return
    _queue(view)


def _queue(view: RunView) -> None:
    given = opinions.given(view.run_id)
    everybody = number(opinions.votes(view.run_id), "vote")
    st.caption(f"You have judged {number(len(given), 'pair')}; everybody together has given {everybody}. "
               "Only what the prompts wrote is shown. The order is drawn for you.")
    ballot = opinions.next_ballot(view.run_id)
    if ballot is None:
        st.success("There is no pair left for you to judge.", icon=":material/how_to_vote:")
    else:
        _ballot(view.run_id, ballot)
    if given:
        with st.expander("What you said"):
            for each in given[:SHOWN_GIVEN]:
                _ballot(view.run_id, each)
    changes.asks("Close the voting", "Close the voting?", _ask_close, view.run_id, permission=Permission.REVIEW,
                 icon=":material/lock:", key="evaluation_close",
                 help="Shows what was preferred. No vote can be given or changed after it.")


def _ballot(run_id: str, ballot: Ballot) -> None:
    st.markdown(f"**{literal(ballot.text)}**")
    for column, name, text in zip(st.columns(2, gap="large"), ("A", "B"), (ballot.a, ballot.b), strict=True):
        with column, st.container(key=f"ballot_{name}_{ballot.vote_id}", gap="small"):
            st.subheader(name, anchor=False)
            st.html(marking.plain(text or "There is no lesson: the question was declined, asked back, or it failed."))
    _form(run_id, ballot)


def _form(run_id: str, ballot: Ballot) -> None:
    with st.form(f"evaluation_ballot_{ballot.vote_id}"):
        for question in RUBRIC:
            st.caption(question)
        choice = st.segmented_control("Which is better?", list(CHOICES), default=Choice(ballot.choice) if ballot.choice else None,
                                      format_func=CHOICES.__getitem__, key=f"evaluation_choice_{ballot.vote_id}")
        why = st.text_input("Why?", value=ballot.why, max_chars=WHY_CHARACTERS, key=f"evaluation_why_{ballot.vote_id}")
        if st.form_submit_button("Save the change" if ballot.choice else "Save and go on", type="primary",
                                 icon=":material/how_to_vote:", **right(Permission.REVIEW)):
            if choice is None:
                st.error("Choose A, B or no difference.")
            else:
                changes.make(lambda: opinions.vote(run_id, ballot, Choice(choice), why), "")


def _ask_close(run_id: str) -> None:
    st.markdown("Everybody sees then what was preferred, and no vote can be given or changed any more.")
    if st.button("Close it", type="primary", key="evaluation_close_it", **right(Permission.REVIEW)):
        changes.make(lambda: opinions.close(run_id), "The voting is closed.",
                     then=lambda _: address.open_run(run_id, address.FIGURES))
