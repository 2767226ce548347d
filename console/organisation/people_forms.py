"""The dialogs about people: inviting, renaming, roles, status, where they belong, and what students are like."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from console.literal import literal
from console.loaders import organisation
from console.organisation import changes, labels
from console.organisation.atlas import Atlas, Spot, kept
from console.organisation.labels import number
from pipeline.organisation import ClassView, InterestView, OrganizationView, ProfileView, SchoolView, UserView
from pipeline.tables import UserRole, UserStatus

NAME_CHARACTERS, EMAIL_CHARACTERS = 200, 254
MOST_INTERESTS = 5
GRADES = range(1, 13)
NOWHERE = ""


def invite(places: Atlas, spot: Spot | None) -> None:
    """Ask whom, as what, and where they belong."""
    with st.form("invite", border=False):
        email = st.text_input("E-mail", key="invite_email", max_chars=EMAIL_CHARACTERS, placeholder="name@school.org")
        name = st.text_input("Name", key="invite_name", max_chars=NAME_CHARACTERS, placeholder="Optional")
        role = _role(UserRole.VIEWER)
        where = _where(places, spot.place_id if spot else NOWHERE)
        st.caption("Nothing is sent: tell them the address of this console. The account becomes active when they sign in "
                   "with this e-mail address.")
        if _pressed("Invite"):
            at = _place(places, where)
            changes.make(lambda: organisation.invite(email, role, name=name, organization_id=at[0], school_id=at[1]),
                         f"{email.strip()} was invited.")


def rename(user: UserView) -> None:
    """Ask for the name."""
    with st.form("rename_person", border=False):
        name = st.text_input("Name", user.name, key="person_name", max_chars=NAME_CHARACTERS)
        if _pressed("Rename"):
            changes.make(lambda: organisation.rename_person(user.user_id, name), f"{user.email} was renamed.",
                         undo=partial(organisation.rename_person, user.user_id, user.name))


def role(user: UserView) -> None:
    """Ask for the role."""
    with st.form("role", border=False):
        given = _role(user.role)
        if _pressed("Change the role"):
            changes.make(lambda: organisation.assign_role(user.user_id, given),
                         f"{shown(user)} is now {labels.ROLES[given]}.",
                         undo=partial(organisation.assign_role, user.user_id, user.role))


def place(user: UserView, places: Atlas) -> None:
    """Ask where the person belongs."""
    with st.form("place_person", border=False):
        where = _where(places, user.school_id or user.organization_id or NOWHERE)
        if _pressed("Move"):
            at = _place(places, where)
            changes.make(lambda: organisation.place_person(user.user_id, *at), f"{shown(user)} was moved.",
                         undo=partial(organisation.place_person, user.user_id, user.organization_id, user.school_id))


def take_away(user: UserView, status: UserStatus) -> None:
    """Make sure that suspending, or archiving, is meant."""
    word = "suspended" if status is UserStatus.SUSPENDED else "archived"
    st.markdown(f"**{literal(shown(user))}** can no longer sign in, and the person's API tokens open nothing, "
                f"as long as the account is {word}. Everything they did stays.")
    label = "Suspend" if status is UserStatus.SUSPENDED else "Archive"
    if st.button(label, type="primary", key="confirm_status"):
        undo = None if user.status is UserStatus.PENDING else partial(organisation.set_status, user.user_id, user.status)
        changes.make(lambda: organisation.set_status(user.user_id, status), f"{shown(user)} is {word}.", undo=undo)


def profile(user: UserView, before: ProfileView | None, interests: Sequence[InterestView]) -> None:
    """Ask for grade and interests of a student."""
    chosen = list(before.interest_ids) if before else []
    names = {each.interest_id: each.name for each in interests if each.active or each.interest_id in chosen}
    with st.form("profile", border=False):
        grade = st.selectbox("Grade", GRADES, GRADES.index(before.grade_level) if before else None, key="profile_grade",
                             placeholder="Choose")
        likes = st.multiselect("Interests", list(names), chosen, key="profile_interests", format_func=names.__getitem__,
                               max_selections=MOST_INTERESTS, placeholder="None", help=f"At most {MOST_INTERESTS}.")
        if _pressed("Save"):
            if grade is None:
                st.error("Choose the grade.")
            else:
                changes.make(lambda: organisation.set_profile(user.user_id, grade, likes), f"{shown(user)} was changed.")


def add_students(into: ClassView) -> None:
    """Ask which students come into the class."""
    there = {user.user_id for user in organisation.class_members(into.class_id)}
    students = [user for user in organisation.users(role=UserRole.STUDENT) if user.status is not UserStatus.ARCHIVED]
    free = {user.user_id: user for user in students if user.user_id not in there}
    if not free:
        st.info("There are no other students: invite somebody with the role Student first.")
        return
    with st.form("add_students", border=False):
        chosen = _students(free)
        if _pressed("Add"):
            _change_class(into, chosen, partial(organisation.add_students, into.class_id, chosen), "added to",
                          partial(organisation.remove_students, into.class_id, chosen))


def remove_students(out_of: ClassView) -> None:
    """Ask which students leave the class."""
    inside = organisation.class_members(out_of.class_id)
    with st.form("remove_students", border=False):
        chosen = _students({user.user_id: user for user in inside})
        if _pressed("Remove"):
            _change_class(out_of, chosen, partial(organisation.remove_students, out_of.class_id, chosen), "removed from",
                          partial(organisation.add_students, out_of.class_id, chosen))


def shown(user: UserView) -> str:
    """What the person is called."""
    return user.name or user.email


def _change_class(
    changed: ClassView, chosen: Sequence[str], change: "partial[None]", done: str, undo: "partial[None]"
) -> None:
    if not chosen:
        st.error("Choose at least one student.")
    else:
        changes.make(change, f"{number(len(chosen), 'student')} {done} {changed.name}.", undo=undo)


def _students(free: Mapping[str, UserView]) -> list[str]:
    return st.multiselect("Students", list(free), key="chosen_students", placeholder="Choose",
                          format_func=lambda key: f"{shown(free[key])} ({free[key].email})")


def _role(before: UserRole) -> UserRole:
    roles = list(UserRole)
    return st.selectbox("Role", roles, roles.index(before), key="person_role",
                        format_func=lambda role: f"{labels.ROLES[role]}: {labels.MAY[role]}")


def _where(places: Atlas, before: str) -> str:
    ways = {NOWHERE: "Nowhere yet"} | {spot.place_id: spot.way for spot in (
        *kept(places, OrganizationView), *kept(places, SchoolView))}
    ways = dict(sorted(ways.items(), key=lambda item: (item[0] != NOWHERE, item[1].casefold())))
    index = list(ways).index(before) if before in ways else 0
    return st.selectbox("Belongs to", list(ways), index, key="person_place", format_func=ways.__getitem__)


def _place(places: Atlas, where: str) -> tuple[str | None, str | None]:
    """The ids of organisation and school."""
    if where == NOWHERE:
        return None, None
    at = places[where].place
    return (at.organization_id, at.school_id) if isinstance(at, SchoolView) else (where, None)


def _pressed(label: str) -> bool:
    return st.form_submit_button(label, type="primary", key="person_submit")
