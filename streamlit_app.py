"""The frame of the console: brand, look and navigation. `streamlit run streamlit_app.py`."""

from pathlib import Path

import streamlit as st

CONSOLE = Path(__file__).parent / "console"
INK = {"light": ("#0b6577", "#14222d"), "dark": ("#5ad1e6", "#f5f2ea")}


def wordmark() -> str:
    """The name as a drawing, in the colours of the viewer's theme."""
    ink, soft = INK["dark" if st.context.theme.type == "dark" else "light"]
    return (CONSOLE / "wordmark.svg").read_text(encoding="utf-8").replace("{ink}", ink).replace("{soft}", soft)


def to_generate() -> None:
    """The bare address leads to the first page, whatever else stands in it."""
    st.switch_page(generate, query_params=st.query_params.to_dict())


st.set_page_config(page_title="Vividly Console", page_icon=str(CONSOLE / "icon.svg"), layout="wide")
st.logo(wordmark(), size="large")
st.html(CONSOLE / "style.css")
generate = st.Page(
    CONSOLE / "pages" / "generate.py", title="Generate", url_path="generate", icon=":material/edit_note:"
)
start = st.Page(to_generate, title="Start", url_path="start", default=True, visibility="hidden")
st.navigation([start, generate], position="top").run()
