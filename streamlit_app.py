"""The frame of the console: brand and look, and the gate before everything else. `streamlit run streamlit_app.py`."""

from pathlib import Path

import streamlit as st

from console import gate

CONSOLE = Path(__file__).parent / "console"
INK = {"light": ("#0b6577", "#14222d"), "dark": ("#5ad1e6", "#f5f2ea")}


def theme() -> str:
    """The viewer's: light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"


def wordmark() -> str:
    """The name as a drawing, in the colours of the viewer's theme."""
    ink, soft = INK[theme()]
    return (CONSOLE / "wordmark.svg").read_text(encoding="utf-8").replace("{ink}", ink).replace("{soft}", soft)


def serve() -> None:
    """The console itself, imported only now: a model that is broken would end every import of it with a trace."""
    from console import frame

    frame.show()


st.set_page_config(page_title="Vividly Console", page_icon=str(CONSOLE / "icon.svg"), layout="wide")
st.logo(wordmark(), size="large")
st.html(CONSOLE / "style.css")
st.html(f"<style>body {{ color-scheme: {theme()}; }}</style>")  # for dialogs, which stand outside the app's own element
if gate.is_open():
    serve()
