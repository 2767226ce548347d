"""Which migrations the live database has and which it lacks. The page only looks; a migration is run by hand."""

import streamlit as st
from markupsafe import Markup

from console.literal import literal
from pipeline.database import State

_ROW = Markup(
    '<tr class="{state}"><td><i class="dot"></i><code>{revision}</code></td><td>{title}</td><td>{said}</td></tr>'
)
_COMMAND = "python -m pipeline database upgrade"


def show(state: State | None) -> None:
    """What to run when something is missing, and all migrations, newest first."""
    st.subheader("Migrations", anchor=False)
    if state is None:
        st.caption("There is no database yet. This command makes it:")
        st.code(_COMMAND, language="bash")
        return
    if state.what_to_do:
        st.warning(literal(state.what_to_do), icon=":material/warning:")
    if state.pending:
        st.code(_COMMAND, language="bash")
    st.caption(literal(
        f"The database is at {state.current or 'no revision'}; the newest is {', '.join(state.heads) or 'none'}. "
        "This page never runs a migration."
    ))
    st.html(table(state))


def table(state: State) -> str:
    """A row per migration, newest first; what a database of another version has is not known."""
    missing = {step.revision for step in state.pending}
    rows = []
    for step in reversed(state.steps):
        has = not state.known, step.revision in missing
        css, said = {(True, False): ("ahead", "not known"), (False, True): ("failed", "missing")}.get(has, ("completed", "done"))
        rows.append(_ROW.format(state=css, revision=step.revision, title=step.title, said=said))
    head = Markup("<thead><tr><th>Revision</th><th>What it brings</th><th>State</th></tr></thead>")
    return str(Markup('<table class="stages migrations">{}<tbody>{}</tbody></table>').format(head, Markup("").join(rows)))
