"""A run as files: figures and scores as CSV, everything as JSON."""

import json
from collections.abc import Callable

import pandas as pd
import streamlit as st

from console.evaluations.frames import leaderboard, scores_frame
from console.literal import csv_cell
from console.loaders import evaluations
from pipeline.experiments import RunView, as_json


def show(view: RunView) -> None:
    """The buttons."""
    with st.container(horizontal=True, gap="small", key="evaluation_export"):
        if view.results is not None:
            lines = view.results.lines
            _button("Leaderboard, CSV", lambda: to_csv(leaderboard(lines, view.plan.baseline)), f"{view.run_id}-leaderboard.csv")
            _button("Scores, CSV", lambda: to_csv(_scores(view.run_id)), f"{view.run_id}-scores.csv")
        _button("Run, JSON", lambda: to_json(view), f"{view.run_id}.json", "application/json")


def to_csv(table: pd.DataFrame) -> bytes:
    """The table in UTF-8; nothing in it that a spreadsheet would run."""
    return str(table.map(csv_cell).to_csv(index=False)).encode()


def to_json(view: RunView) -> bytes:
    """The run with everything that is known of it."""
    return json.dumps(as_json(view), ensure_ascii=False, indent=1).encode()


def _scores(run_id: str) -> pd.DataFrame:
    return scores_frame(evaluations.references(run_id), evaluations.scored(run_id))


def _button(label: str, data: Callable[[], bytes], name: str, mime: str = "text/csv") -> None:
    st.download_button(label, data, name, mime, icon=":material/download:", type="tertiary", on_click="ignore",
                       key=f"export_{label}")
