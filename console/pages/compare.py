"""Compare: the same questions answered in several ways. `?comparison=ID` opens one; the link can be shared."""

import streamlit as st

from console.compare import address, blind, form, head, listing, sides, table
from console.faults import told
from console.literal import literal
from console.loaders import compare
from console.organisation import changes
from pipeline.comparison import ComparisonView

_LABELS = {address.TABLE: "Differences", address.SIDES: "Side by side", address.BLIND: "Blind"}
_SHOWN = {address.TABLE: table.show, address.SIDES: sides.show, address.BLIND: blind.show}


@told
def ask() -> None:
    """The form, and what was compared before."""
    st.title("Compare", anchor=False)
    st.caption("The same question answered in several ways: what each costs, how long it takes, and whether it is as good.")
    form.show()
    st.space("medium")
    listing.show()


@told
def single(comparison_id: str) -> None:
    """One comparison."""
    st.title("Comparison", anchor=False)
    view = compare.find(comparison_id)
    if view is None:
        st.markdown(f"There is no comparison with the id {literal(comparison_id[:80])} in the record of this machine.")
        st.button("All comparisons", icon=":material/arrow_back:", key="all_comparisons", on_click=address.open_comparison,
                  args=(None,))
        return
    head.show(view)
    _SHOWN[_choose(view)](view)


def _choose(view: ComparisonView) -> str:
    shown = address.view_of(view)
    st.session_state["compare_view"] = shown
    names = [name for name in (address.TABLE, address.SIDES, address.BLIND) if name != address.TABLE or len(view.questions) > 1]
    st.segmented_control("View", names, key="compare_view", format_func=_LABELS.__getitem__, required=True,
                         label_visibility="collapsed", on_change=_chosen)
    return shown


def _chosen() -> None:
    address.go(view=st.session_state["compare_view"])


changes.show_done()
wanted = address.shown_id()
if wanted is None:
    ask()
else:
    single(wanted)
changes.show_dialog()
