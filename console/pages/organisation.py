"""Organisation: people and places, interests, feature flags, API tokens, and the log of every change."""

import streamlit as st

from console.faults import told
from console.literal import literal
from console.loaders import organisation, visitor
from console.organisation import address, audit, changes, flags, interests, members, person, place, tokens, tree
from console.organisation.atlas import Atlas, atlas
from pipeline.organisation import LOCAL_ID, Permission


@told
def people_and_places() -> None:
    """The tree, and beside it what is chosen in it."""
    chosen = address.place_id()
    shown = atlas(organisation.tree(archived=tree.with_archived()))
    places = shown if chosen in shown else atlas(organisation.tree(archived=True))
    if not places:
        _nothing_yet()
        return
    left, right = st.columns([3, 8], gap="large")
    with left:
        tree.show(shown, chosen)
    with right:
        _chosen(places, chosen)


@told
def feature_flags() -> None:
    """The flags."""
    flags.show(atlas(organisation.tree()))


@told
def api_tokens() -> None:
    """The tokens, for whoever keeps some."""
    if _may(Permission.TOKENS):
        tokens.show()


@told
def audit_log() -> None:
    """The log, for whoever may read it."""
    if _may(Permission.AUDIT):
        audit.show()


def _chosen(places: Atlas, chosen: str | None) -> None:
    someone = address.person_id()
    if someone is not None:
        person.show(places, someone)
    elif chosen is None:
        members.show(places, None)
    elif chosen in places:
        place.show(places, places[chosen])
    else:
        place.gone(chosen)


def _nothing_yet() -> None:
    someone = address.person_id()
    if someone is not None:
        person.show({}, someone)
        return
    place.nothing_yet()
    if any(user.user_id != LOCAL_ID for user in organisation.users()):
        members.show({}, None)


def _may(permission: Permission) -> bool:
    """Whether the visitor may see this tab; otherwise it says why not."""
    reason = visitor.refusal(permission)
    if reason is not None:
        st.info(literal(reason), icon=":material/lock:")
    return reason is None


SHOWS = {
    address.PEOPLE: people_and_places, address.INTERESTS: told(interests.show), address.FLAGS: feature_flags,
    address.TOKENS: api_tokens, address.AUDIT: audit_log,
}
st.title("Organisation", anchor=False)
changes.show_done()
for name, tab in zip(address.TABS, st.tabs(address.TABS, key=address.TAB, bind="query-params"), strict=True):
    if tab.open:
        with tab:
            SHOWS[name]()
changes.show_dialog()
