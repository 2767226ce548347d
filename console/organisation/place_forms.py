"""The dialogs about places: what is asked before one is made, named, moved, changed or archived."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from console.literal import literal
from console.loaders import organisation
from console.organisation import address, changes, labels
from console.organisation.atlas import Spot
from pipeline.domain import Subject
from pipeline.organisation import KEEP, ClassView, Keep, OrganizationView, SchoolView, UserView
from pipeline.tables import OrganizationType

NAME_CHARACTERS, ADDRESS_CHARACTERS, DOMAIN_CHARACTERS = 200, 300, 253
MOST_A_MONTH = 2**31 - 1
GRADES = range(1, 13)
TOP = ""


def new_organization(inside: OrganizationView | None) -> None:
    """Ask for an organisation, at the top or inside another."""
    with st.form("new_organization", border=False):
        name = _name()
        kind = _kind(OrganizationType.K12_EDUCATION)
        domain = _domain("")
        if _pressed("Create"):
            parent_id = inside.organization_id if inside else None
            _create(lambda: organisation.create_organization(name, parent_id=parent_id, kind=kind, domain=domain or None),
                    name, lambda made: address.choose(made.organization_id))


def new_school(inside: OrganizationView) -> None:
    """Ask for a school."""
    with st.form("new_school", border=False):
        name, where = _name(), _address("")
        if _pressed("Create"):
            _create(lambda: organisation.create_school(inside.organization_id, name, address=where), name,
                    lambda made: address.choose(made.school_id))


def new_class(inside: SchoolView, teachers: Sequence[UserView]) -> None:
    """Ask for a class."""
    with st.form("new_class", border=False):
        name = _name()
        subject, grades, teacher = _subject(None), _grades(()), _teacher(teachers, None)
        st.caption("It gets a code that students can be told.")
        if _pressed("Create"):
            _create(lambda: organisation.create_class(inside.school_id, name, subject=subject, grade_levels=grades,
                                                      teacher_id=teacher),
                    name, lambda made: address.choose(made.class_id))


def rename(spot: Spot) -> None:
    """Ask for another name."""
    before = spot.place.name
    with st.form("rename_place", border=False):
        name = _name(before)
        if _pressed("Rename"):
            changes.make(lambda: organisation.rename_place(spot.place_id, name), f"{before} is now called {name.strip()}.",
                         undo=partial(organisation.rename_place, spot.place_id, before))


def move(spot: Spot, targets: Sequence[Spot]) -> None:
    """Ask where to."""
    here = _holder_id(spot)
    ways = {target.place_id: target.way for target in targets}
    if isinstance(spot.place, OrganizationView) and here is not None:
        ways = {TOP: "The top: inside no other", **ways}
    if not ways:
        st.info("There is nowhere else to move it to.")
        return
    with st.form("move_place", border=False):
        into = st.selectbox("Into", list(ways), None, key="place_into", placeholder="Choose", format_func=ways.__getitem__)
        st.caption("What is in it moves with it.")
        if _pressed("Move"):
            if into is None:
                st.error("Choose where to move it.")
            else:
                changes.make(lambda: organisation.move_place(spot.place_id, into or None), f"{spot.place.name} was moved.",
                             undo=partial(organisation.move_place, spot.place_id, here))


def settings(spot: Spot, teachers: Sequence[UserView]) -> None:
    """Ask for what else is kept about the place."""
    place = spot.place
    with st.form("place_settings", border=False):
        if isinstance(place, OrganizationView):
            change = _organization_settings(place)
        elif isinstance(place, SchoolView):
            where = _address(place.address)
            change = partial(organisation.set_school, place.school_id, address=where)
        else:
            change = _class_settings(place, teachers)
        if _pressed("Save"):
            changes.make(change, f"{place.name} was changed.")


def archive(spot: Spot) -> None:
    """Make sure that it is meant."""
    st.markdown(f"**{literal(spot.place.name)}** will be hidden, with everything in it. Nothing is deleted, and it can be "
                "restored at any time.")
    if st.button("Archive", type="primary", icon=":material/archive:", key="confirm_archive"):
        changes.make(lambda: organisation.archive_place(spot.place_id), f"{spot.place.name} was archived.",
                     undo=partial(organisation.restore_place, spot.place_id))


def _create(make: Callable[[], object], name: str, show: Callable[..., None]) -> None:
    changes.make(make, f"{name.strip()} was created.", then=show)


def _organization_settings(place: OrganizationView) -> Callable[[], None]:
    kind, domain = _kind(place.type), _domain(place.domain or "")
    left, right = st.columns(2)
    texts = _limit(left, "Texts a month", place.monthly_text_limit, "limit_texts")
    videos = _limit(right, "Videos a month", place.monthly_video_limit, "limit_videos")
    return partial(organisation.set_organization, place.organization_id, kind=kind, domain=domain or None,
                   monthly_text_limit=texts, monthly_video_limit=videos)


def _class_settings(place: ClassView, teachers: Sequence[UserView]) -> Callable[[], None]:
    subject, grades = _subject(place.subject), _grades(place.grade_levels)
    teacher: str | Keep | None = _teacher(teachers, place.teacher_id)
    if teacher is None and place.teacher_id not in {user.user_id for user in teachers}:
        teacher = KEEP  # who cannot be chosen any more stays until somebody else is
    return partial(organisation.set_class, place.class_id, teacher_id=teacher, subject=subject, grade_levels=grades)


def _holder_id(spot: Spot) -> str | None:
    place = spot.place
    if isinstance(place, OrganizationView):
        return place.parent_id
    return place.organization_id if isinstance(place, SchoolView) else place.school_id


# fields


def _limit(column: DeltaGenerator, label: str, before: int | None, key: str) -> int | None:
    return column.number_input(label, 0, MOST_A_MONTH, before, step=1, key=key, placeholder="No limit")


def _name(before: str = "") -> str:
    return st.text_input("Name", before, max_chars=NAME_CHARACTERS, key="place_name")


def _address(before: str) -> str:
    return st.text_input("Address", before, max_chars=ADDRESS_CHARACTERS, key="place_address", placeholder="Optional")


def _domain(before: str) -> str:
    return st.text_input("Domain", before, max_chars=DOMAIN_CHARACTERS, key="place_domain", placeholder="school.org, optional")


def _kind(before: OrganizationType) -> OrganizationType:
    kinds = list(OrganizationType)
    return st.selectbox("Type", kinds, kinds.index(before), key="place_kind", format_func=lambda kind: labels.TYPES[kind])


def _subject(before: Subject | None) -> Subject | None:
    return st.selectbox("Subject", list(Subject), list(Subject).index(before) if before else None, key="place_subject",
                        format_func=lambda subject: labels.SUBJECTS[subject], placeholder="Any")


def _grades(before: Sequence[int]) -> Sequence[int]:
    return st.multiselect("Grades", GRADES, list(before), key="place_grades", placeholder="Any")


def _teacher(teachers: Sequence[UserView], before: str | None) -> str | None:
    known = {user.user_id: user for user in teachers}
    index = list(known).index(before) if before in known else None
    return st.selectbox("Teacher", list(known), index, key="place_teacher", placeholder="Nobody",
                        format_func=lambda key: f"{known[key].name or known[key].email} ({known[key].email})",
                        help=None if known else "Invite somebody with the role Teacher first.")


def _pressed(label: str) -> bool:
    return st.form_submit_button(label, type="primary", key="place_submit")
