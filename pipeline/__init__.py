"""Vividly's pipeline: a student's question becomes a lesson. Never imports Streamlit or the console."""

VERSION = "0.1.0"
