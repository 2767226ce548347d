"""The comparisons that were made before."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from console import words
from console.compare import address, head
from console.loaders import compare
from pipeline.comparison import ComparisonLine


def show() -> None:
    """The newest comparisons; a click opens one."""
    st.subheader("Earlier comparisons", anchor=False)
    lines = compare.newest()
    if not lines:
        st.caption("Nothing was compared yet. The first comparison will stand here.")
        return
    chosen = st.dataframe(
        frame(lines), hide_index=True, on_select="rerun", selection_mode="single-cell", key="comparisons", row_height=40,
        column_config={"Comparison": st.column_config.TextColumn(width=420),
                       "When": st.column_config.DatetimeColumn(format="distance")})
    st.caption("Click a row to open it.")
    cells = chosen["selection"]["cells"]
    if cells and cells[0][0] < len(lines):
        address.open_comparison(lines[cells[0][0]].comparison_id)
        st.rerun()


def frame(lines: Sequence[ComparisonLine]) -> pd.DataFrame:
    """A row per comparison."""
    return pd.DataFrame([
        {"State": head.state(line.state), "Comparison": line.name, "Questions": line.questions, "Variants": line.variants,
         "Decided": f"{line.decided} of {line.questions * line.variants}", "By": line.author, "When": line.created_at,
         "UTC": words.exact(line.created_at).removesuffix(" UTC")}
        for line in lines
    ])
