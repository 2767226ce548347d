"""Dead letters: what was given up and why, with another chance or an end. `?dead=NUMBER` in the address opens one."""

from urllib.parse import urlencode

import streamlit as st

from console import words
from console.literal import literal
from console.loaders import workers
from console.organisation import changes
from console.rights import right
from pipeline.organisation import Permission
from pipeline.tables import DeadSource
from pipeline.tracking import DeadLetter

AT_ONCE = 10
_DEAD, _BEFORE, _SETTLED = "dead", "before", "dead_settled"
_REASON_CHARACTERS = 160
SOURCES = {DeadSource.WORKER: "worker", DeadSource.BRIDGE: "Pub/Sub bridge", DeadSource.PUSH: "Pub/Sub push"}


def listed() -> None:
    """The letters, newest first, each with the way to it."""
    settled = st.toggle("Also those that were replayed or discarded", key=_SETTLED)
    found = workers.letters(before=_number(_BEFORE), limit=AT_ONCE + 1, settled=settled)
    for letter in found[:AT_ONCE]:
        _row(letter)
    if not found:
        st.caption("No dead letters. What fails for good, after its last try, is kept here with everything that happened to it.")
    with st.container(horizontal=True, gap="small"):
        if _number(_BEFORE) is not None:
            st.button("Newest", icon=":material/first_page:", key="dead_newest", on_click=_put, args=(_BEFORE, None))
        if len(found) > AT_ONCE:
            st.button("Older", icon=":material/chevron_right:", key="dead_older", on_click=_put,
                      args=(_BEFORE, found[AT_ONCE - 1].dead_id))


def chosen() -> None:
    """The letter that the address names, whole."""
    dead_id = _number(_DEAD)
    if dead_id is None:
        return
    letter = workers.letter(dead_id)
    with st.container(border=True, key="dead_letter"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.subheader(f"Dead letter {dead_id}", anchor=False, width="content")
            st.button("Close", icon=":material/close:", type="tertiary", key="dead_close", on_click=_put, args=(_DEAD, None))
        if letter is None:
            st.caption("There is no dead letter of this number.")
        else:
            _whole(letter)


def _whole(letter: DeadLetter) -> None:
    st.markdown(literal(letter.reason))
    st.caption(literal(f"From the {SOURCES[letter.source]}, {words.exact(letter.created_at)}{_settled(letter)}"))
    with st.container(horizontal=True, gap="small"):
        if not _settled(letter):
            _buttons(letter)
        if letter.request_id:
            st.link_button("Open the request", f"requests?{urlencode({'request': letter.request_id})}",
                           icon=":material/open_in_new:", type="tertiary")
    left, right_ = st.columns(2)
    with left:
        st.markdown("**Payload**")
        st.json(dict(letter.payload), expanded=2)
    with right_:
        st.markdown("**History**")
        st.json([dict(entry) for entry in letter.history], expanded=1)


def _buttons(letter: DeadLetter) -> None:
    dead_id = letter.dead_id
    hopeless = letter.request_id is None
    help_ = "This message can never succeed." if hopeless else "Puts the request back into the queue."
    if st.button("Replay", type="primary", icon=":material/replay:", key="dead_replay",
                 **right(Permission.GENERATE, help=help_, disabled=hopeless)):
        changes.make(lambda: workers.replay(dead_id), f"Dead letter {dead_id} is back in the queue.")
    with st.popover("Discard", icon=":material/delete:"):
        st.caption("It stays in the record, and nobody will try it again.")
        if st.button("Discard it", type="primary", key="dead_discard", **right(Permission.GENERATE)):
            changes.make(lambda: workers.discard(dead_id), f"Dead letter {dead_id} was discarded.",
                         undo=lambda: workers.restore(dead_id))


def _row(letter: DeadLetter) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"dead_{letter.dead_id}"):
        with st.container(gap=None, width="stretch"):
            short = letter.reason[:_REASON_CHARACTERS] + ("…" if len(letter.reason) > _REASON_CHARACTERS else "")
            st.markdown(literal(short))
            where = f"No. {letter.dead_id} · from the {SOURCES[letter.source]}"
            st.caption(literal(f"{where} · {words.ago(letter.created_at)}{_settled(letter)}"))
        if st.button("Look", key=f"dead_look_{letter.dead_id}"):
            _put(_DEAD, letter.dead_id)
            st.rerun()  # the whole page: the letter stands outside of what looks again by itself


def _settled(letter: DeadLetter) -> str:
    if letter.replayed_at:
        return f" · replayed {words.ago(letter.replayed_at)}"
    return f" · discarded {words.ago(letter.discarded_at)}" if letter.discarded_at else ""


def _number(name: str) -> int | None:
    said = st.query_params.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def _put(name: str, number: int | None) -> None:
    if number is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(number)
