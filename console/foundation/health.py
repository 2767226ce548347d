"""The health of what was examined: one sentence, the figures behind it, and when it was looked at."""

import streamlit as st

from console import words as times
from console.foundation import words
from console.literal import literal
from console.loaders.foundation import Kind, Look
from pipeline.doctor import Severity


def show(look: Look) -> None:
    """The sentence and the figures."""
    seen = look.examination
    sentence = literal(words.headline(look))
    errors = [finding for finding in seen.findings if finding.severity is Severity.ERROR]
    if errors:
        st.error(sentence, icon=":material/error:")
    elif seen.findings or (look.kind is Kind.OWN and not _is_ready(look)):
        st.warning(sentence, icon=":material/warning:")
    else:
        st.success(sentence, icon=":material/check_circle:")
    with st.container(horizontal=True, gap="small"):
        for label, value, explained in _figures(look):
            st.metric(label, literal(value), border=True, help=explained, width="stretch")
    when = f"Looked at {times.ago(look.at)}, {times.exact(look.at)}"
    of = {Kind.OWN: "", Kind.PACKAGE: f": {look.target}", Kind.UPLOAD: f": {look.target}"}[look.kind]
    st.caption(literal(f"{when}{of}"))


def _figures(look: Look) -> list[tuple[str, str, str]]:
    seen = look.examination
    ok = sum(model.ok for model in seen.models)
    warnings = sum(finding.severity is Severity.WARNING for finding in seen.findings)
    figures = [
        ("Models", str(len(seen.models)), "Declarative classes with a table of their own."),
        ("Without fault" if look.kind is Kind.UPLOAD else "Mappers that configure", f"{ok} of {len(seen.models)}",
         "An upload is only read." if look.kind is Kind.UPLOAD else "Each was configured by itself."),
        ("Findings", str(len(seen.findings)), f"{len(seen.findings) - warnings} errors, {warnings} warnings."),
    ]
    if look.kind is Kind.OWN:
        figures.append(("Revision of the database", _revision(look), "The last migration that the database has."))
    return figures


def _revision(look: Look) -> str:
    return (look.state.current if look.state else None) or "none"


def _is_ready(look: Look) -> bool:
    return look.state is not None and look.state.ready
