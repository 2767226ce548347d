"""What people and the judge say of the runs of an evaluation: votes, agreement, calibration.

What was read is kept for some seconds and shared by everybody who looks; ballots are not kept.
"""

from collections.abc import Mapping, Sequence

import streamlit as st

from console.loaders import evaluations, visitor
from console.loaders.door import door
from pipeline.experiments import Agreement, Ballot, Judged, Judgement, Preferences
from pipeline.scoring import CalibrationReport, read_report
from pipeline.tables import Choice

_kept = st.cache_data(ttl=evaluations.KEPT_SECONDS, show_spinner=False, max_entries=200)


@_kept
def judgements(run_id: str) -> Sequence[Judgement]:
    """What judges said of the pairs of a run."""
    with door() as parts:
        return parts.opinions.judgements(parts.experiments.view(run_id))


@_kept
def judged(run_id: str) -> Sequence[Judged]:
    """What each judge that was asked about the run prefers, with its bill and what it is worth."""
    with door() as parts:
        return parts.opinions.judged(run_id)


@_kept
def of_people(run_id: str) -> Preferences:
    """How strong people find the variants; only once the voting is closed."""
    with door() as parts:
        return parts.opinions.of_people(run_id)


@_kept
def agreements(run_id: str | None = None) -> Mapping[str, Agreement]:
    """Each judge beside people, over a run that is closed to votes, or over all of them."""
    with door() as parts:
        return {judge: parts.opinions.agreement(judge, run_id) for judge in parts.opinions.judges(run_id)}


@_kept
def calibration() -> CalibrationReport | None:
    """What the judge of claims is worth; None where nobody measured it here."""
    with door() as parts:
        path = parts.settings.data / "evaluation" / "grounding" / "calibration.json"
    return read_report(path) if path.is_file() else None


def votes(run_id: str) -> int:
    """How many votes were given."""
    with door() as parts:
        return parts.opinions.count(run_id)


def next_ballot(run_id: str) -> Ballot | None:
    """The next pair that the visitor has said nothing of."""
    with door() as parts:
        return parts.opinions.next(visitor.actor(), run_id)


def given(run_id: str) -> Sequence[Ballot]:
    """The visitor's votes, the newest first."""
    with door() as parts:
        return parts.opinions.given(visitor.actor(), run_id)


def vote(run_id: str, ballot: Ballot, choice: Choice, why: str) -> None:
    """Fill the visitor's ballot in."""
    with door() as parts:
        parts.opinions.vote(visitor.actor(), ballot, choice, why)
    _look_again()


def close(run_id: str) -> None:
    """End the voting."""
    with door() as parts:
        parts.experiments.close(visitor.actor(), run_id)
    _look_again()


def _look_again() -> None:
    evaluations.look_again()
    for kept in (judgements, judged, of_people, agreements):
        kept.clear()
