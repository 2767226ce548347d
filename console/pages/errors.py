"""Errors: every error line in a group by its cause; `?group=FINGERPRINT` opens one, the rest of the address filters."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import streamlit as st

from console.faults import told
from console.incidents import (
    address,
    alarms,
    controls,
    figures,
    group,
    headline,
    listing,
    rules,
    sources,
    tail,
)
from console.incidents.address import Choices
from console.loaders import deployments, incidents, pulling
from console.organisation import changes
from console.overview import cards


@told
def alarming() -> None:
    """What somebody should look at now."""
    if found := alarms.notices(deployments.alarms()):
        st.html(cards.notices(found))


@told
def groups(chosen: Choices, now: datetime) -> None:
    """The tab Groups: the filter, its figures, the picture, the list."""
    pull = sources.pull()
    if incidents.first_line() is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            sources.pull_button(pull, now)
        sources.show()
        return
    controls.show(chosen, incidents.facets(chosen.window, chosen.where))
    found = incidents.groups(chosen.window, chosen.where, sort=chosen.sort, offset=chosen.page * listing.AT_ONCE,
                             limit=listing.AT_ONCE)
    headline.show(found)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="errors_ways"):
        headline.adding_up(found)
        listing.export(chosen)
        sources.pull_button(pull, now)
    if found.groups:
        over_time(chosen, now)
    listing.show(chosen, found, incidents.marks(), incidents.runbooks(found.groups))


def over_time(chosen: Choices, now: datetime) -> None:
    """The picture."""
    since, until = chosen.window.since or incidents.first_line() or now, chosen.window.until or now
    width = figures.step(since, max(until, since + timedelta(minutes=1)))
    marks = [figures.Mark(deploy.at, deploy.build) for deploy in incidents.deploys()]
    points = incidents.rate(chosen.window, chosen.where, width)
    key = f"errors_rate_{listing.turn()}"

    def bar() -> None:
        marked = st.session_state[key]["selection"]["points"]
        if marked:
            listing.new_turn()
            fingerprint, _, _, start = marked[0]["customdata"]
            address.follow_bar(fingerprint, start, width)

    st.plotly_chart(figures.rate(points, marks, since=since, until=until, width=width), key=key, on_select=bar,
                    selection_mode="points", config={"displayModeBar": False},
                    alt="Errors over time by group, with the deploys")


@told
def single(fingerprint: str, chosen: Choices, now: datetime) -> None:
    """One group."""
    group.show(fingerprint, chosen, now)


moment = datetime.now(UTC)
wanted = address.choices(moment)
st.title("Errors", anchor=False)
changes.show_done()
told(pulling.freshen)()
sources.faults()
shown = address.shown_group()
if shown is not None:
    single(shown, wanted, moment)
else:
    alarming()
    shows: Mapping[str, Callable[[], None]] = {
        address.GROUPS: lambda: groups(wanted, moment), address.TAIL: told(tail.show), address.RULES: told(rules.show),
        address.SOURCES: told(sources.show),
    }
    for name, tab in zip(address.TABS, st.tabs(address.TABS, key=address.TAB, bind="query-params"), strict=True):
        if tab.open:
            with tab:
                shows[name]()
changes.show_dialog()
