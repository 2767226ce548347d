"""The findings of an examination: filter, sort, read, export."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import streamlit as st

from console.foundation import cards
from console.foundation.words import CODES, SEVERITIES, count
from console.literal import csv_cell
from console.loaders.foundation import Look
from pipeline.doctor import Code, Examination, Finding, Severity

_PER_PAGE = 20
_SORTS: dict[str, Callable[[Finding], Any]] = {
    "Errors first": lambda f: (f.severity is not Severity.ERROR, f.file, f.line),
    "By file": lambda f: (f.file, f.line), "By model": lambda f: (f.model, f.attribute), "By kind": lambda f: CODES[f.code],
}


class Filter(NamedTuple):
    """Which findings are shown, and in which order; what is empty keeps all."""

    search: str = ""
    severities: Sequence[Severity] = ()
    codes: Sequence[Code] = ()
    models: Sequence[str] = ()
    order: str = "Errors first"


def show(look: Look) -> None:
    """The cards with their controls, or a sentence when there is nothing to mend."""
    every = look.examination.findings
    st.subheader("Findings", anchor=False)
    if not every:
        st.caption("There is nothing to mend.")
        return
    shown = arranged(every, _filter(every) if len(every) > 1 else Filter())
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(_how_many(shown, every), width="content")
        _exports(look.examination, shown)
    if shown:
        _cards(shown)


def arranged(findings: Sequence[Finding], wanted: Filter) -> list[Finding]:
    """The findings that fit, in order."""
    search = wanted.search.casefold().strip()
    kept = [
        f for f in findings
        if search in " ".join((cards.named(f), f.file, CODES[f.code], f.code, f.message, f.suggestion)).casefold()
        and (not wanted.severities or f.severity in wanted.severities)
        and (not wanted.codes or f.code in wanted.codes) and (not wanted.models or f.model in wanted.models)
    ]
    return sorted(kept, key=_SORTS[wanted.order])


def to_json(examination: Examination, findings: Sequence[Finding]) -> str:
    """What `python -m pipeline doctor --json` prints, of these findings."""
    models = examination.models
    return json.dumps({
        "findings": [finding.model_dump(mode="json") for finding in findings],
        "models": len(models), "mappers_ok": sum(model.ok for model in models),
    }, indent=2, ensure_ascii=False)


def to_csv(findings: Sequence[Finding]) -> bytes:
    """The findings as CSV in UTF-8; no cell of it is run by a spreadsheet."""
    buffer = io.StringIO()
    rows = csv.DictWriter(buffer, list(Finding.model_fields))
    rows.writeheader()
    for finding in findings:
        rows.writerow({name: csv_cell(value) for name, value in finding.model_dump(mode="json").items()})
    return buffer.getvalue().encode()


def _filter(findings: Sequence[Finding]) -> Filter:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input("Search", placeholder="Name, file or words", key="finding_search")
        with st.popover("Filter", icon=":material/filter_list:"):
            kept = _choices(findings)
        order = st.selectbox("Order", list(_SORTS), key="finding_order", width=180)
    return kept._replace(search=search, order=order)


def _choices(findings: Sequence[Finding]) -> Filter:
    severities = [severity for severity in Severity if any(f.severity is severity for f in findings)]
    codes = [code for code in Code if any(f.code is code for f in findings)]
    models = sorted({finding.model for finding in findings if finding.model})
    return Filter(
        severities=st.multiselect("Severity", severities, key="finding_severity", placeholder="Any",
                                  format_func=lambda each: SEVERITIES[each]),
        codes=st.multiselect("Kind", codes, key="finding_code", placeholder="Any",
                             format_func=lambda each: CODES[each].capitalize()),
        models=st.multiselect("Model", models, key="finding_model", placeholder="Any"),
    )


def _how_many(shown: Sequence[Finding], every: Sequence[Finding]) -> str:
    if not shown:
        return "No finding fits the search and the filter."
    return count(len(every), "finding") if len(shown) == len(every) else f"{len(shown)} of {count(len(every), 'finding')}"


def _exports(examination: Examination, shown: Sequence[Finding]) -> None:
    with st.container(horizontal=True, gap="small", width="content"):
        st.download_button("Export as JSON", to_json(examination, shown), "findings.json", "application/json",
                           icon=":material/download:", type="tertiary", on_click="ignore", key="findings_json")
        st.download_button("Export as CSV", to_csv(shown), "findings.csv", "text/csv", icon=":material/download:",
                           type="tertiary", on_click="ignore", key="findings_csv")


def _cards(shown: Sequence[Finding]) -> None:
    pages = -(-len(shown) // _PER_PAGE)
    place = st.container()
    page = st.pagination(pages, key="finding_page") if pages > 1 else 1
    place.html(cards.cards(shown[(page - 1) * _PER_PAGE:page * _PER_PAGE]))
