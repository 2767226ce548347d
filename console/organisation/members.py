"""The people of a place as a table: search, filter, sort, open, export; and inviting somebody to it."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from console import words
from console.literal import csv_cell
from console.loaders import organisation
from console.organisation import address, changes, labels, people_forms
from console.organisation.atlas import Atlas, Spot
from console.organisation.labels import number
from pipeline.organisation import ClassView, OrganizationView, Permission, SchoolView, UserView
from pipeline.tables import UserRole, UserStatus

IN_USE, ANY = "Not archived", "Any status"
_STATUSES = (IN_USE, ANY, *labels.STATUS_COLOURS)
_SORTS = {
    "By name": ("Name", True), "By e-mail": ("E-mail", True), "By role": ("Role", True),
    "Last seen first": ("Last seen", False), "Newest first": ("Since", False),
}


def show(places: Atlas, spot: Spot | None) -> None:
    """The people of the place, or everybody."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"#### {'Students' if spot and isinstance(spot.place, ClassView) else 'People'}", width="content")
        with st.container(horizontal=True, gap="small", width="content"):
            _buttons(places, spot)
    search, role, status, order = _filters()
    people = found(everybody_in(places, spot, search=search), search=search, role=role, status=status)
    if people:
        _table(arranged(frame(people), order), spot)
    elif search.strip() or role or status != IN_USE:
        st.caption("Nobody fits the search and the filters.")
    else:
        st.caption("Nobody is here yet.")


def everybody_in(places: Atlas, spot: Spot | None, *, search: str = "") -> Sequence[UserView]:
    """The people of the place and of everything in it, by address."""
    if spot is None:
        return organisation.users(search=search)
    place = spot.place
    if isinstance(place, ClassView):
        return organisation.class_members(place.class_id)
    if isinstance(place, SchoolView):
        users = organisation.users(search=search, organization_id=place.organization_id)
        return [user for user in users if user.school_id == place.school_id]
    inside = [each for each in places.values() if isinstance(each.place, OrganizationView) and each.is_inside(spot.place_id)]
    users = [user for each in inside for user in organisation.users(search=search, organization_id=each.place_id)]
    return sorted({user.user_id: user for user in users}.values(), key=lambda user: user.email)


def found(people: Sequence[UserView], *, search: str, role: UserRole | None, status: str) -> list[UserView]:
    """Those whose name or address has the words, in this role and status."""
    part = " ".join(search.split()).casefold()
    return [
        user for user in people
        if part in f"{user.name}\n{user.email}".casefold() and role in (None, user.role)
        and (status in (ANY, labels.status(user)) or status == IN_USE and user.status is not UserStatus.ARCHIVED)
    ]


def frame(people: Sequence[UserView]) -> pd.DataFrame:
    """A row per person."""
    return pd.DataFrame([
        {
            "id": user.user_id, "Name": user.name, "E-mail": user.email, "Role": labels.ROLES[user.role],
            "Status": labels.status(user), "Organisation": user.organization_name, "School": user.school_name,
            "Last seen": user.last_seen_at, "Since": user.created_at,
            "Last seen, UTC": words.exact(user.last_seen_at) if user.last_seen_at else "",
        }
        for user in people
    ])


def arranged(table: pd.DataFrame, order: str) -> pd.DataFrame:
    """The rows in this order; empty cells last, and capitals do not matter."""
    column, ascending = _SORTS[order]

    def key(cells: "pd.Series[str]") -> "pd.Series[str]":
        return cells.str.casefold().replace("", None) if column in ("Name", "E-mail", "Role") else cells

    return table.sort_values(column, ascending=ascending, key=key, na_position="last", kind="stable").reset_index(drop=True)


def to_csv(table: pd.DataFrame) -> bytes:
    """The table as CSV in UTF-8; no cell of it is run by a spreadsheet."""
    return str(table.drop(columns=["Last seen", "Since"]).map(csv_cell).to_csv(index=False)).encode()


def _filters() -> tuple[str, UserRole | None, str, str]:
    with st.container(horizontal=True, gap="small"):
        search = st.text_input("Search people", placeholder="Name or e-mail", key="people_search", width=240)
        role = st.selectbox("Role", list(UserRole), None, key="people_role", placeholder="Any", width=160,
                            format_func=lambda role: labels.ROLES[role])
        status = st.selectbox("Status", _STATUSES, key="people_status", width=160)
        order = st.selectbox("Order", list(_SORTS), key="people_order", width=170)
    return search, role, status, order


def _buttons(places: Atlas, spot: Spot | None) -> None:
    if spot and isinstance(spot.place, ClassView):
        changes.asks("Add students", "Add students", people_forms.add_students, spot.place,
                     permission=Permission.ORGANISE, icon=":material/person_add:", key="add_students",
                     disabled=not spot.in_use)
        changes.asks("Remove students", "Remove students", people_forms.remove_students, spot.place,
                     permission=Permission.ORGANISE, icon=":material/person_remove:", key="remove_students",
                     disabled=not organisation.class_members(spot.place.class_id))
    else:
        changes.asks("Invite", "Invite somebody", people_forms.invite, places, spot, permission=Permission.PEOPLE,
                     icon=":material/person_add:", key="invite", disabled=spot is not None and not spot.in_use)


def _table(table: pd.DataFrame, spot: Spot | None) -> None:
    config = st.column_config
    chosen = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-cell", key="people", row_height=40, placeholder="",
        column_order=["Name", "E-mail", "Role", "Status", "Organisation", "School", "Last seen"],
        column_config={"Last seen": config.DatetimeColumn(format="distance")},
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(f"{number(len(table), 'person', 'people')}. Click a row to open it.", width="content")
        st.download_button("Export as CSV", partial(to_csv, table), "people.csv", "text/csv", icon=":material/download:",
                           type="tertiary", on_click="ignore", key="people_csv")
    cells = chosen["selection"]["cells"]
    if cells:
        address.choose(spot.place_id if spot else None, str(table.loc[cells[0][0], "id"]))
        st.rerun()
