"""Signing in, inviting, roles and status, the local admin, and what a student's lessons are fitted to."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.corpus.interests import Interest
from pipeline.errors import BadRequest, NotAllowed
from pipeline.organisation import COMMAND_LINE, LOCAL_EMAIL, LOCAL_ID, Actor, ProfileView
from pipeline.tables import UserRole, UserStatus
from tests.organisation.conftest import START, Office, at_once, refused

# signing in


def test_the_first_sign_in_makes_an_active_viewer_and_is_logged(office: Office):
    actor = office.people.sign_in("Vera@School.org", "Vera V.")
    assert (actor.name, actor.role) == ("Vera V.", UserRole.VIEWER)
    view = office.people.user(actor, actor.user_id)
    assert (view.email, view.status, view.last_seen_at) == ("vera@school.org", UserStatus.ACTIVE, START)
    entry, = office.log()
    assert (entry.actor_id, entry.action, entry.entity_id, entry.before) == (actor.user_id, "user.created", actor.user_id, None)
    assert entry.after == {"email": "vera@school.org", "name": "Vera V.", "role": "viewer", "status": "active"}


def test_an_invited_person_becomes_active_and_keeps_role_and_name(office: Office):
    invited = office.people.invite(COMMAND_LINE, "pia@school.org", UserRole.PRODUCT, name="Pia")
    assert office.people.sign_in("PIA@school.org", "P. Other") == Actor(
        user_id=invited.user_id, name="Pia", role=UserRole.PRODUCT)
    assert [entry.action for entry in office.log()] == ["user.activated", "user.invited"]
    assert (office.log()[0].before, office.log()[0].after) == ({"status": "pending"}, {"status": "active"})


def test_signing_in_again_writes_when_somebody_was_seen_once_a_minute(office: Office):
    actor = office.people.sign_in("vera@school.org")
    seen = []
    for seconds in (30, 29, 1):
        office.wait(seconds=seconds)
        assert office.people.sign_in("vera@school.org") == actor
        seen.append((office.people.user(actor, actor.user_id).last_seen_at - START).total_seconds())
    assert seen == [0, 0, 60] and len(office.log()) == 1


@pytest.mark.parametrize(("role", "status", "sentence"), [
    ("admin", "suspended", "This account is suspended: ask an admin."),
    ("viewer", "archived", "This account is archived: ask an admin."),
    ("student", "active", "The console is for staff, and this account belongs to a student: ask an admin."),
    ("teacher", "pending", "The console is for staff, and this account belongs to a teacher: ask an admin."),
])
def test_not_everybody_is_let_in(office: Office, admin: Actor, role: str, status: str, sentence: str):
    office.person(role, status=status, email="them@school.org")
    assert refused(NotAllowed, lambda: office.people.sign_in("them@school.org")) == sentence


def test_a_strange_name_from_the_sign_in_locks_nobody_out(office: Office):
    assert office.people.sign_in("a@school.org", "A\x00\n\ud800  <b>" + "x" * 300).name == ("A <b>" + "x" * 300)[:200]


@pytest.mark.parametrize("address", [
    "", "nobody", "a@b", "a b@school.org", "a@school.org\n", "a@school..org", "ä@school.org", "a@school.org, b@school.org",
    "x" * 250 + "@school.org", "a\x00@school.org", None, 7, LOCAL_EMAIL,
])
def test_only_an_address_is_an_address(office: Office, address: Any):
    if address == "a@school.org\n":
        assert office.people.sign_in(address).name == "a@school.org"  # space around it is nothing
    else:
        assert refused(BadRequest, lambda: office.people.sign_in(address)).startswith("email: ")
        assert refused(BadRequest, lambda: office.people.grant(address, UserRole.ADMIN)).startswith("email: ")


def test_two_first_sign_ins_at_once_are_one_person(office: Office):
    outcomes = at_once(*[lambda: office.people.sign_in("vera@school.org", "Vera")] * 4)
    assert len(set(outcomes)) == 1 and len(office.people.users(COMMAND_LINE)) == 1
    assert [entry.action for entry in office.log()] == ["user.created"]


# inviting


def test_inviting_the_same_address_twice_is_one_sentence_even_at_once(office: Office):
    sentence = "email: ann@school.org is here already."
    outcomes = at_once(*[lambda: office.people.invite(COMMAND_LINE, "Ann@school.org", UserRole.CONTENT)] * 3)
    assert sorted(str(each) for each in outcomes if isinstance(each, BadRequest)) == [sentence] * 2
    assert len(office.log(action="user.invited")) == 1


def test_an_invitation_names_a_place_that_exists_and_is_in_use(office: Office):
    org = office.places.create_organization(COMMAND_LINE, "Hillsboro").organization_id
    other = office.places.create_organization(COMMAND_LINE, "Gresham").organization_id
    school = office.places.create_school(COMMAND_LINE, org, "Glencoe High").school_id
    invite = office.people.invite
    assert invite(COMMAND_LINE, "s@school.org", UserRole.STUDENT, school_id=school).school_name == "Glencoe High"
    assert refused(BadRequest, lambda: invite(COMMAND_LINE, "a@b.org", UserRole.VIEWER, organization_id="org_no")) == (
        "organization: there is none with the id 'org_no'.")
    assert refused(BadRequest, lambda: invite(
        COMMAND_LINE, "a@b.org", UserRole.VIEWER, organization_id=other, school_id=school)) == (
        "school: Glencoe High does not belong to Gresham.")
    office.places.archive(COMMAND_LINE, school)
    assert refused(BadRequest, lambda: invite(COMMAND_LINE, "a@b.org", UserRole.VIEWER, school_id=school)) == (
        "school: Glencoe High is archived.")


# roles and status


def test_a_role_is_given_and_logged(office: Office, admin: Actor):
    viewer = office.person("viewer")
    assert office.people.assign_role(admin, viewer.user_id, UserRole.CONTENT).role is UserRole.CONTENT
    entry = office.log(action="user.role")[0]
    assert (entry.actor_name, entry.before, entry.after) == ("ada@school.org", {"role": "viewer"}, {"role": "content"})
    office.people.assign_role(admin, viewer.user_id, UserRole.CONTENT)
    assert len(office.log(action="user.role")) == 1  # nothing changed, nothing logged


def test_nobody_changes_their_own_role_or_status(office: Office, admin: Actor):
    office.person("admin")
    assert refused(NotAllowed, lambda: office.people.assign_role(admin, admin.user_id, UserRole.VIEWER)) == (
        "Nobody changes their own role: ask another admin.")
    assert refused(NotAllowed, lambda: office.people.set_status(admin, admin.user_id, UserStatus.ARCHIVED)) == (
        "Nobody changes their own status: ask another admin.")


@pytest.mark.parametrize("lose", [
    lambda people, user_id: people.assign_role(people.local_admin(), user_id, UserRole.VIEWER),
    lambda people, user_id: people.set_status(people.local_admin(), user_id, UserStatus.SUSPENDED),
    lambda people, user_id: people.set_status(people.local_admin(), user_id, UserStatus.ARCHIVED),
    lambda people, user_id: people.grant("ada@school.org", UserRole.ENGINEERING),
])
def test_the_last_active_admin_stays(office: Office, admin: Actor, lose: Callable[..., object]):
    """Admins who are suspended or never signed in, and the local one, do not count."""
    office.person("admin", status="suspended")
    office.person("admin", status="pending")
    assert refused(BadRequest, lambda: lose(office.people, admin.user_id)) == (
        "role: this is the last active admin: make somebody else an admin first.")
    office.person("admin")
    lose(office.people, admin.user_id)


def test_two_admins_who_remove_each_other_at_once_leave_one(office: Office):
    ada, bob = office.person("admin"), office.person("admin")
    outcomes = at_once(
        lambda: office.people.assign_role(ada, bob.user_id, UserRole.VIEWER),
        lambda: office.people.assign_role(bob, ada.user_id, UserRole.VIEWER),
    )
    assert sum(isinstance(each, BadRequest) for each in outcomes) == 1
    assert len(office.people.users(ada, role=UserRole.ADMIN)) == 1


def test_a_person_is_suspended_restored_archived_but_never_made_pending(office: Office, admin: Actor):
    viewer = office.person("viewer")
    for status in ("suspended", "active", "archived"):
        assert office.people.set_status(admin, viewer.user_id, UserStatus(status)).status == status
    assert [entry.action for entry in office.log(entity_id=viewer.user_id)][:3] == [
        "user.archived", "user.restored", "user.suspended"]
    assert refused(BadRequest, lambda: office.people.set_status(admin, viewer.user_id, UserStatus.PENDING)) == (
        "status: can be set to active, suspended, archived.")


def test_the_local_admin_is_made_once_and_left_alone(office: Office, admin: Actor):
    outcomes = at_once(*[office.people.local_admin] * 3)
    assert set(outcomes) == {Actor(user_id=LOCAL_ID, name="local admin", role=UserRole.ADMIN)}
    people, sentence = office.people, "The local admin belongs to this machine and cannot be changed."
    for change in (
        lambda: people.assign_role(admin, LOCAL_ID, UserRole.VIEWER),
        lambda: people.set_status(admin, LOCAL_ID, UserStatus.SUSPENDED),
        lambda: people.rename(admin, LOCAL_ID, "Mallory"),
        lambda: people.place(admin, LOCAL_ID, None, None),
    ):
        assert refused(NotAllowed, change) == sentence


def test_the_command_line_grants_a_role_to_anybody(office: Office, admin: Actor):
    assert office.people.grant("New@school.org", UserRole.ADMIN).status is UserStatus.ACTIVE
    suspended = office.person("viewer", status="suspended", email="old@school.org")
    assert office.people.grant("old@school.org", UserRole.CONTENT).user_id == suspended.user_id
    entry = office.log()[0]
    assert (entry.actor_id, entry.before, entry.after) == (
        "command_line", {"role": "viewer", "status": "suspended"}, {"role": "content", "status": "active"})
    assert refused(BadRequest, lambda: office.people.grant("x@school.org", "boss")) == (  # type: ignore[arg-type]
        "role: must be one of student, teacher, viewer, content, product, engineering, admin.")


# looking people up, and where they belong


def test_people_are_found_by_part_of_name_or_address_role_status_and_organisation(office: Office, admin: Actor):
    org = office.places.create_organization(admin, "Hillsboro").organization_id
    school = office.places.create_school(admin, org, "Glencoe").school_id
    student = office.person("student", school_id=school, email="sam_1@school.org")
    office.person("content", organization_id=org, email="cleo@school.org")
    office.person("viewer", status="suspended", email="samx1@school.org")
    office.people.rename(admin, student.user_id, "Sam 100% Sure")

    def found(**filters: Any) -> list[str]:
        return [view.email.partition("@")[0] for view in office.people.users(admin, **filters)]

    assert found() == ["ada", "cleo", "sam_1", "samx1"]
    assert found(search="SAM_1") == ["sam_1"] and found(search="100%") == ["sam_1"] and found(search="%") == ["sam_1"]
    assert found(role=UserRole.CONTENT) == ["cleo"] and found(status=UserStatus.SUSPENDED) == ["samx1"]
    assert found(organization_id=org) == ["cleo", "sam_1"] and found(search="'; DROP TABLE users; --") == []


def test_a_person_is_placed_and_the_log_says_from_where(office: Office, admin: Actor):
    org = office.places.create_organization(admin, "Hillsboro").organization_id
    school = office.places.create_school(admin, org, "Glencoe").school_id
    student = office.person("student")
    view = office.people.place(admin, student.user_id, org, school)
    assert (view.organization_name, view.school_name) == ("Hillsboro", "Glencoe")
    assert office.people.place(admin, student.user_id, org, None).school_id is None
    assert office.log()[0].before == {"school_id": school} and office.log()[0].after == {"school_id": None}


@pytest.mark.parametrize("user_id", ["user_nobody", "", "x" * 101, "\x00", "\ud800", None, 7, "'; DROP TABLE users"])
def test_an_unknown_id_is_one_sentence_whatever_it_is(office: Office, user_id: Any):
    sentence = refused(BadRequest, lambda: office.people.user(COMMAND_LINE, user_id))
    assert sentence.startswith("user: there is none with the id ") and sentence.isprintable() and len(sentence) < 140


@pytest.mark.parametrize(("name", "fault"), [
    ("x" * 201, "must have 0 to 200 characters; it has 201."), ("a\x07b", "must be plain text without control characters."),
    (None, "must be text."),
])
def test_a_name_has_limits(office: Office, admin: Actor, name: Any, fault: str):
    assert refused(BadRequest, lambda: office.people.rename(admin, admin.user_id, name)) == f"name: {fault}"


# what lessons are fitted to


@pytest.fixture
def interests(office: Office) -> list[str]:
    ids = ["chess", "rowing", "dance", "baking", "film", "drums"]
    office.interests.sync([Interest(interest_id=each, name=each, category="c", things=("t",)) for each in ids], [])
    return ids


def test_a_student_has_a_grade_and_up_to_five_interests(office: Office, admin: Actor, interests: list[str]):
    student = office.person("student")
    assert office.people.profile(admin, student.user_id) is None
    set_profile = office.people.set_profile
    set_profile(admin, student.user_id, 9, ["rowing", "chess", "chess"])
    assert office.people.profile(admin, student.user_id) == ProfileView(
        student_id=student.user_id, grade_level=9, interest_ids=("chess", "rowing"))
    assert set_profile(admin, student.user_id, 10, ()).interest_ids == ()
    assert office.log()[0].before == {"grade_level": 9, "interests": ["chess", "rowing"]}
    assert refused(BadRequest, lambda: set_profile(admin, student.user_id, 10, interests)) == (
        "interests: a student has at most 5; these are 6.")
    assert refused(BadRequest, lambda: set_profile(admin, student.user_id, 13, [])) == (
        "grade_level: must be a whole number from 1 to 12.")
    assert refused(BadRequest, lambda: set_profile(admin, student.user_id, 9, ["golf"])) == (
        "interest: there is none with the id 'golf'.")
    assert refused(BadRequest, lambda: set_profile(admin, admin.user_id, 9, [])) == (
        "user: only a student has grade and interests; ada@school.org is admin.")


def test_an_interest_that_is_no_longer_offered_can_be_kept_but_not_chosen(
    office: Office, admin: Actor, interests: list[str]
):
    keeper, other = office.person("student"), office.person("student")
    office.people.set_profile(admin, keeper.user_id, 9, ["chess"])
    office.interests.set_active(admin, "chess", False)
    assert office.people.set_profile(admin, keeper.user_id, 9, ["chess", "film"]).interest_ids == ("chess", "film")
    assert refused(BadRequest, lambda: office.people.set_profile(admin, other.user_id, 9, ["chess"])) == (
        "interests: chess is not offered at the moment.")
