"""The chosen person: who they are, and what can be changed about them."""

import streamlit as st

from console import words
from console.literal import literal
from console.loaders import organisation, visitor
from console.organisation import address, changes, labels, people_forms
from console.organisation.atlas import Atlas
from console.rights import right
from console.tables import facts
from pipeline.organisation import LOCAL_ID, Permission, UserView
from pipeline.tables import UserRole, UserStatus

PEOPLE = Permission.PEOPLE
OWN = "Nobody changes their own role or status: ask another admin."
OF_THE_MACHINE = "The local admin belongs to this machine."


def show(places: Atlas, user_id: str) -> None:
    """The person."""
    st.button("Back to the list", icon=":material/arrow_back:", type="tertiary", key="back", on_click=address.choose,
              args=(address.place_id(),))
    user = organisation.user(user_id)
    st.subheader(literal(people_forms.shown(user)), anchor=False)
    with st.container(horizontal=True, gap="small"):
        status = labels.status(user)
        st.badge(status, color=labels.STATUS_COLOURS[status])
        st.badge(labels.ROLES[user.role], color="gray")
    if user.user_id == LOCAL_ID:
        st.caption(OF_THE_MACHINE)
    else:
        _actions(places, user)
    st.html(facts(_facts(user)))


def _facts(user: UserView) -> list[tuple[str, str, str]]:
    return [
        ("E-mail", user.email, ""),
        ("May", labels.MAY[user.role], "What the role allows."),
        ("Organisation", user.organization_name, ""), ("School", user.school_name, ""),
        *_student_facts(user),
        ("Last seen", words.ago(user.last_seen_at) if user.last_seen_at else "never",
         words.exact(user.last_seen_at) if user.last_seen_at else ""),
        ("Here since", words.exact(user.created_at), ""), ("Id", user.user_id, ""),
    ]


def _student_facts(user: UserView) -> list[tuple[str, str, str]]:
    if user.role is not UserRole.STUDENT:
        return []
    profile = organisation.profile(user.user_id)
    if profile is None:
        return [("Grade and interests", "not known yet", "Lessons are fitted to them.")]
    names = {each.interest_id: each.name for each in organisation.interests()}
    likes = ", ".join(names[key] for key in profile.interest_ids)
    return [("Grade", str(profile.grade_level), ""), ("Interests", likes or "none", "")]


def _actions(places: Atlas, user: UserView) -> None:
    own = visitor.actor().user_id == user.user_id
    with st.container(horizontal=True, gap="small"):
        changes.asks("Change the role", "Role", people_forms.role, user, permission=PEOPLE, icon=":material/badge:",
                     key="role", disabled=own, help=OWN if own else None)
        changes.asks("Rename", "Rename", people_forms.rename, user, permission=PEOPLE, icon=":material/edit:",
                     key="rename_person")
        changes.asks("Move", "Move", people_forms.place, user, places, permission=Permission.ORGANISE,
                     icon=":material/drive_file_move:", key="place_person")
        if user.role is UserRole.STUDENT:
            changes.asks("Grade and interests", "Grade and interests", people_forms.profile, user,
                         organisation.profile(user.user_id), organisation.interests(), permission=PEOPLE,
                         icon=":material/interests:", key="profile")
        _status_actions(user, own=own)


def _status_actions(user: UserView, *, own: bool) -> None:
    hint = OWN if own else None
    if user.status in (UserStatus.SUSPENDED, UserStatus.ARCHIVED):
        if st.button("Restore", icon=":material/person_check:", key="restore_person", **right(PEOPLE, help=hint, disabled=own)):
            changes.make(lambda: organisation.set_status(user.user_id, UserStatus.ACTIVE),
                         f"{people_forms.shown(user)} is active again.")
    else:
        changes.asks("Suspend", "Suspend this account?", people_forms.take_away, user, UserStatus.SUSPENDED,
                     permission=PEOPLE, icon=":material/person_off:", key="suspend", disabled=own, help=hint)
    if user.status is not UserStatus.ARCHIVED:
        changes.asks("Archive", "Archive this account?", people_forms.take_away, user, UserStatus.ARCHIVED,
                     permission=PEOPLE, icon=":material/archive:", key="archive_person", disabled=own, help=hint)
