"""The part Difference: any two versions word by word, part by part."""

from collections.abc import Sequence

import streamlit as st

from console.prompts import address, choosing, marking, wording
from pipeline.prompts import diff_prompts
from pipeline.registry import Entry, Version


def show(entry: Entry, versions: Sequence[Version]) -> None:
    """The two versions of the address; at first the one in production, and the newest that is another."""
    newest = next((one for one in versions if one.version != entry.production), versions[0])
    left, right = st.columns(2)
    with left:
        one = choosing.version("From", versions, address.ONE, entry.production)
    with right:
        other = choosing.version("To", versions, address.OTHER, newest.version)
    if len(versions) == 1:
        st.caption("There is one version only: a change is made under Edit.")
        return
    found = diff_prompts(one.text, other.text)
    if not any(part.changed for part in found):
        st.info("These two do not differ.", icon=":material/equal:")
        return
    st.html(f'<div class="changes">{marking.difference(found, wording.PARTS)}</div>')
    same = [wording.PARTS.get(part.part, part.part).lower() for part in found if not part.changed]
    if same:
        st.caption(f"The same in both: {', '.join(same)}.")
    st.button("Swap", icon=":material/swap_horiz:", key="difference_swap", type="tertiary", on_click=_swap,
              args=(one.version, other.version))


def _swap(one: str, other: str) -> None:
    address.put(address.ONE, other)
    address.put(address.OTHER, one)
