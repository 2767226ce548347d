"""The page before anything was asked: what this is, and how to begin."""

import streamlit as st

from console.workers.alerts import START

_STEPS = """<div class="first"><section><h2>Ask something</h2>
<p>A question becomes a text, a narration, boards and a film, from the library's own passages.</p>
<a class="begin" href="generate" target="_self">Make a lesson</a></section>
<section><h2>Or fill the console</h2>
<p>Sixty real lessons, made here through the queue. It takes a while, and goes on where it stopped.</p>
<p><code>make sample</code></p></section></div>"""


def show(workers: int) -> None:
    """Two ways to begin, and what is missing for them."""
    st.markdown("Nothing was asked yet. As soon as something is, its figures stand here, today's beside those of the same "
                "weekday a week ago.")
    st.html(_STEPS)
    if not workers:
        st.info(f"No worker is running, so what is asked would wait. Start one: `{START}`", icon=":material/person_off:")
