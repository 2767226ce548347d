"""Foundation: what the doctor finds in the models and the live database. `?examine=NAME` looks at another package."""

import streamlit as st

from console.faults import told
from console.foundation import asked, findings, health, migrations, models
from console.loaders.foundation import Kind


@told
def foundation() -> None:
    """What is examined, and everything about it."""
    st.title("Foundation", anchor=False)
    st.caption("The tables that everything rests on: every fault of the models and of the live database, in one look.")
    look = asked.look()
    if look is None:
        return
    health.show(look)
    findings.show(look)
    st.space("small")
    models.show(look)
    if look.kind is Kind.OWN:
        st.space("small")
        migrations.show(look.state)


foundation()
