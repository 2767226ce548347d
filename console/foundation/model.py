"""One model: its columns and relationships, each fine or broken, with the line that declares it."""

from collections.abc import Iterator, Sequence

import streamlit as st
from markupsafe import Markup

from console.foundation.cards import place
from console.foundation.words import CODES, count
from console.literal import literal
from pipeline.doctor import Attribute, Edge, Examination, Finding

_ROW = Markup(
    '<tr class="{state}"><td><i class="dot"></i>{name}</td><td>{leads}</td><td>{said}</td><td class="line">{place}</td></tr>'
)
_HEAD = Markup("<thead><tr><th>Attribute</th><th>Column, or related model</th><th>State</th>"
               '<th class="line">Declared at</th></tr></thead>')


def show(examination: Examination, name: str) -> None:
    """The model in words."""
    here = [model for model in examination.models if model.name == name]
    related = sum(edge.model == name for edge in examination.edges)
    columns = sum(a.model == name and bool(a.column) for a in examination.attributes)
    state = "configures" if all(model.ok for model in here) else "does not configure"
    with st.container(border=True):
        st.markdown(f"**{literal(name)}** {state}: {count(columns, 'column')}, {count(related, 'relationship')}")
        st.caption(literal(", ".join(f"table {model.table}, {place(model.file, model.line)}" for model in here)))
        st.html(table(examination, name))


def table(examination: Examination, name: str) -> str:
    """A row per attribute, in the order of the source."""
    edges = {edge.attribute: edge for edge in examination.edges if edge.model == name}
    found = [finding for finding in examination.findings if finding.model == name]
    declared = [attribute for attribute in examination.attributes if attribute.model == name]
    rows = [_row(each, edges.get(each.attribute), found) for each in declared]
    known = {each.attribute for each in declared}
    rows += [_other(edge) for key, edge in edges.items() if key not in known]
    return str(Markup('<table class="stages attributes">{}<tbody>{}</tbody></table>').format(_HEAD, Markup("").join(rows)))


def _row(attribute: Attribute, edge: Edge | None, found: Sequence[Finding]) -> Markup:
    faults = list(_faults(attribute.attribute, edge, found))
    leads = f"→ {edge.target}" if edge else attribute.column
    return _ROW.format(state="failed" if faults else "completed", name=attribute.attribute, leads=leads,
                       place=place(attribute.file, attribute.line), said=", ".join(faults) or "fine")


def _faults(attribute: str, edge: Edge | None, found: Sequence[Finding]) -> Iterator[str]:
    kinds = [CODES[finding.code] for finding in found if finding.attribute == attribute]
    yield from dict.fromkeys(kinds)
    if edge and edge.broken and not kinds:
        yield "broken"


def _other(edge: Edge) -> Markup:
    """A relationship that another class declares on this one, such as a backref."""
    return _ROW.format(state="failed" if edge.broken else "completed", name=edge.attribute, place="", leads=f"→ {edge.target}",
                       said="broken" if edge.broken else "fine")
