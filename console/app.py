"""The console and the API in one process: `streamlit run console/app.py`. The page itself is streamlit_app.py."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from console.serving import ApiFirst

app = st.App(Path(__file__).parent.parent / "streamlit_app.py", middleware=[Middleware(ApiFirst)])
