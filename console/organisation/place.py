"""The chosen place: what it is, what can be done with it, and the people in it."""

import streamlit as st

from console import words
from console.literal import literal
from console.loaders import organisation
from console.organisation import changes, labels, members, place_forms
from console.organisation.atlas import Atlas, Spot, holders
from console.organisation.labels import number
from console.rights import right
from pipeline.organisation import ClassView, OrganizationView, Permission, SchoolView
from pipeline.tables import UserRole

ORGANISE = Permission.ORGANISE


def show(places: Atlas, spot: Spot) -> None:
    """The place."""
    place = spot.place
    if spot.above:
        st.caption(literal(" › ".join(above.name for above in spot.above)))
    st.subheader(f"{labels.ICONS[type(place)]} {literal(place.name)}", anchor=False)
    st.caption(literal(_facts(spot)), help=f"Made {words.exact(place.created_at)}. Id: {literal(spot.place_id)}")
    if spot.in_use:
        _actions(places, spot)
    else:
        _archived(spot)
    members.show(places, spot)


def nothing_yet() -> None:
    """An installation that has no organisation."""
    with st.container(border=True, key="nothing_yet"):
        st.subheader("There is no organisation yet", anchor=False)
        st.caption("An organisation is a district, a company, or a part of one. It holds schools, and those hold classes.")
        changes.asks("Create the first organisation", "New organisation", place_forms.new_organization, None,
                     permission=ORGANISE, icon=":material/add:", key="first_organisation", primary=True)


def gone(place_id: str) -> None:
    """The address names a place that there is not."""
    st.subheader("Not found", anchor=False)
    st.markdown(f"There is no place with the id {literal(place_id[:80])}.")


def _facts(spot: Spot) -> str:
    place = spot.place
    if isinstance(place, OrganizationView):
        people = number(place.people, "person", "people")
        return " · ".join(filter(None, (labels.TYPES[place.type], place.domain, people, _limits(place))))
    if isinstance(place, SchoolView):
        classes = number(len(place.classes), "class", "classes")
        return " · ".join(filter(None, (place.address, number(place.people, "person", "people"), classes)))
    return " · ".join(filter(None, _class_facts(place)))


def _class_facts(place: ClassView) -> list[str]:
    grades = ", ".join(map(str, place.grade_levels))
    return [
        f"Code {place.class_code}", labels.SUBJECTS[place.subject] if place.subject else "",
        f"grade {grades}" if len(place.grade_levels) == 1 else f"grades {grades}" if grades else "",
        f"taught by {place.teacher_name}" if place.teacher_id else "no teacher yet", number(place.students, "student"),
    ]


def _limits(place: OrganizationView) -> str:
    kinds = ((place.monthly_text_limit, "text"), (place.monthly_video_limit, "video"))
    said = [number(limit, kind) for limit, kind in kinds if limit is not None]
    return f"at most {' and '.join(said)} a month" if said else "no limits"


def _actions(places: Atlas, spot: Spot) -> None:
    with st.container(horizontal=True, gap="small"):
        _additions(spot)
        changes.asks("Rename", "Rename", place_forms.rename, spot, permission=ORGANISE, icon=":material/edit:", key="rename")
        changes.asks("Move", "Move", place_forms.move, spot, holders(places, spot), permission=ORGANISE,
                     icon=":material/drive_file_move:", key="move")
        teachers = organisation.users(role=UserRole.TEACHER) if isinstance(spot.place, ClassView) else []
        changes.asks("Settings", "Settings", place_forms.settings, spot, teachers, permission=ORGANISE,
                     icon=":material/tune:", key="settings")
        kind = labels.KINDS[type(spot.place)]
        changes.asks("Archive", f"Archive this {kind}?", place_forms.archive, spot, permission=ORGANISE,
                     icon=":material/archive:", key="archive")


def _additions(spot: Spot) -> None:
    place = spot.place
    if isinstance(place, OrganizationView):
        changes.asks("Add a school", "New school", place_forms.new_school, place, permission=ORGANISE,
                     icon=":material/add:", key="add_school", primary=True)
        changes.asks("Add a part", "New organisation inside this one", place_forms.new_organization, place,
                     permission=ORGANISE, icon=":material/add:", key="add_part")
    elif isinstance(place, SchoolView):
        teachers = organisation.users(role=UserRole.TEACHER)
        changes.asks("Add a class", "New class", place_forms.new_class, place, teachers, permission=ORGANISE,
                     icon=":material/add:", key="add_class", primary=True)


def _archived(spot: Spot) -> None:
    above = next((place for place in spot.above if place.archived), None)
    if spot.place.archived:
        st.info("Archived: it is hidden, with everything in it. Nothing was deleted.", icon=":material/archive:")
        if st.button("Restore", icon=":material/unarchive:", key="restore", **right(ORGANISE)):
            changes.make(lambda: organisation.restore_place(spot.place_id), f"{spot.place.name} was restored.")
    elif above is not None:
        st.info(f"Hidden, because {literal(above.name)} is archived.", icon=":material/archive:")
