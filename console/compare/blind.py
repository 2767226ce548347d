"""Blind: two outputs as A and B, in an order that was drawn once; which is better is said before it is known what they are."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from console import loaders, words
from console.compare import address, sides
from console.compare.table import choose_pair
from console.literal import csv_cell, literal
from console.loaders import compare, visitor
from console.organisation import changes
from console.organisation.labels import number
from console.rights import right
from pipeline.comparison import WHY_CHARACTERS, Ballot, ComparisonView, Interval, Tally, Two, Verdict, label, tally
from pipeline.organisation import Permission
from pipeline.tables import Choice

CHOICES = {Choice.A: "A is better", Choice.B: "B is better", Choice.NO_DIFFERENCE: "No difference"}


def show(view: ComparisonView) -> None:
    """The ballot of the question; of a closed comparison, what was preferred."""
    two = choose_pair(view, key="blind_pair")
    if view.closed_at is not None:
        _results(view, two)
        return
    reason = visitor.refusal(Permission.REVIEW)
    if reason is not None:
        st.info(literal(reason), icon=":material/lock:")
        return
    open_to = votable(view, two)
    if not open_to:
        st.info("There is nothing to vote on yet: a question can be voted on once both of its lessons are made.",
                icon=":material/hourglass_empty:")
        return
    _voting(view, two, open_to)


def votable(view: ComparisonView, two: Two) -> list[int]:
    """The questions of which both lessons are there."""
    results = compare.results(view)
    return [number for number in range(1, len(view.questions) + 1)
            if results[number, two.one].measured and results[number, two.other].measured]


def share(counted: Tally, other: str) -> str:
    """What the votes come to, in a sentence."""
    told = f"{number(counted.votes, 'vote')}; {counted.no_difference} saw no difference."
    known = counted.share_of_other
    if known is None:
        return told
    return (f"{told} Of the others, {counted.other} of {known.n} preferred {other}: {known.value:.0%} "
            f"(95 % interval {_bounds(known)}).{_undecided(known)}")


def to_csv(view: ComparisonView, verdicts: Sequence[Verdict]) -> bytes:
    """The votes, decoded, in UTF-8."""
    rows = [
        {"number": each.question, "question": view.questions[each.question - 1].question, "by": each.author,
         "preferred": _name(view, each.preferred), "why": each.why, "at": words.exact(each.voted_at)}
        for each in verdicts
    ]
    columns = ["number", "question", "by", "preferred", "why", "at"]
    return str(pd.DataFrame(rows, columns=columns).map(csv_cell).to_csv(index=False)).encode()


def _voting(view: ComparisonView, two: Two, open_to: Sequence[int]) -> None:
    ballots = {ballot.question: ballot for ballot in compare.ballots(view.comparison_id, two)}
    voted = [question for question in open_to if (known := ballots.get(question)) and known.choice]
    question = _question(view, open_to, voted)
    left_out = len(view.questions) - len(open_to)
    st.progress(len(voted) / len(open_to), text=f"{len(voted)} of {number(len(open_to), 'question')} judged"
                + (f"; {left_out} cannot be judged, because a lesson is missing" if left_out else ""))
    st.markdown(f"**{literal(f'{question}. {view.questions[question - 1].question}')}**")
    ballot = compare.ballot(view.comparison_id, question, two)
    _outputs(view, two, ballot)
    _form(view, ballot, [each for each in open_to if each not in voted and each != question])
    _steps(open_to, question)
    with st.container(horizontal=True, vertical_alignment="center", key="blind_end"):
        changes.asks("Close the voting", "Close the voting?", _ask_close, view.comparison_id, permission=Permission.REVIEW,
                     icon=":material/lock:", key="blind_close",
                     help="Shows what was preferred. No vote can be given or changed after it.")


def _question(view: ComparisonView, open_to: Sequence[int], voted: Sequence[int]) -> int:
    """The one of the address; else the first that is not judged."""
    said = address.question_of(view)
    if address.QUESTION in st.query_params and said in open_to:
        return said
    return next((each for each in open_to if each not in voted), open_to[0])


def _outputs(view: ComparisonView, two: Two, ballot: Ballot) -> None:
    order = (two.other, two.one) if ballot.swapped else (two.one, two.other)
    for column, name, variant in zip(st.columns(2, gap="large"), ("A", "B"), order, strict=True):
        with column, st.container(border=True):
            st.subheader(name, anchor=False)
            request = loaders.watch(view.request_id(ballot.question, variant) or "")
            if request is not None and request.lesson is not None:
                sides.output(request.lesson, request.request.preferred_modality, name=f"blind-{name}-{ballot.vote_id}")


def _form(view: ComparisonView, ballot: Ballot, next_ones: Sequence[int]) -> None:
    with st.form(f"ballot_{ballot.vote_id}"):
        choice = st.segmented_control("Which is better?", list(CHOICES), default=ballot.choice,
                                      format_func=CHOICES.__getitem__, key=f"choice_{ballot.vote_id}")
        why = st.text_area("Why?", value=ballot.why, max_chars=WHY_CHARACTERS, height=80, key=f"why_{ballot.vote_id}")
        if st.form_submit_button("Save the change" if ballot.choice else "Save and go on", type="primary",
                                 icon=":material/how_to_vote:", **right(Permission.REVIEW)):
            if choice is None:
                st.error("Choose A, B or no difference.")
            else:
                changes.make(lambda: compare.vote(view.comparison_id, ballot, Choice(choice), why), "",
                             then=lambda _: address.go(question=next_ones[0] if next_ones else ballot.question))


def _steps(open_to: Sequence[int], question: int) -> None:
    place = list(open_to).index(question)
    with st.container(horizontal=True, gap="small", key="blind_steps"):
        for name, icon, step in (("Previous", ":material/chevron_left:", -1), ("Next", ":material/chevron_right:", 1)):
            there = 0 <= place + step < len(open_to)
            st.button(name, icon=icon, key=f"blind_{name}", disabled=not there, on_click=address.go,
                      kwargs={"question": open_to[place + step] if there else question})


def _ask_close(comparison_id: str) -> None:
    st.markdown("Everybody sees then what was preferred, and no vote can be given or changed any more.")
    if st.button("Close it", type="primary", key="blind_close_it", **right(Permission.REVIEW)):
        changes.make(lambda: compare.close(comparison_id), "The voting is closed.")


def _results(view: ComparisonView, two: Two) -> None:
    verdicts = compare.verdicts(view.comparison_id, two)
    st.caption("The voting is closed.")
    if not verdicts:
        st.info("Nobody voted on these two.", icon=":material/how_to_vote:")
        return
    counted = tally(verdicts, one=two.one, other=two.other)
    one, other = (_name(view, variant) for variant in (two.one, two.other))
    with st.container(horizontal=True, gap="small", key="blind_numbers"):
        for name, count in ((one, counted.one), (other, counted.other), ("No difference", counted.no_difference)):
            st.metric(literal(name), count, border=True, width="content")
    st.markdown(literal(share(counted, other)))
    st.dataframe(pd.DataFrame([
        {"No.": each.question, "Question": view.questions[each.question - 1].question, "Preferred": _name(view, each.preferred),
         "Why": each.why, "By": each.author} for each in verdicts
    ]), hide_index=True, key="blind_verdicts", row_height=40)
    st.download_button("Export as CSV", to_csv(view, verdicts), "votes.csv", "text/csv", icon=":material/download:",
                       type="tertiary", on_click="ignore", key="blind_csv")


def _name(view: ComparisonView, variant: int | None) -> str:
    return "No difference" if variant is None else label(view.variants[variant - 1])


def _bounds(known: Interval) -> str:
    return f"{known.low:.0%} to {known.high:.0%}"


def _undecided(known: Interval) -> str:
    inside = known.low is not None and known.high is not None and known.low < 0.5 < known.high
    return " That can still be chance." if inside else ""
