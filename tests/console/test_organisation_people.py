"""People: the table, invitations, roles, status, what students are like, and who is in a class."""

import csv
import io

import pytest

from console.loaders import organisation
from console.organisation.members import ANY, IN_USE, arranged, found, frame, to_csv
from pipeline.organisation import COMMAND_LINE, LOCAL_ID, ClassView, UserView
from pipeline.tables import UserRole, UserStatus
from pipeline.wiring import Wiring
from tests.console.visits import STAFF, become, errors, newest, press, rows, told, visit


@pytest.fixture
def lesson_group(wiring: Wiring) -> ClassView:
    district = wiring.places.create_organization(COMMAND_LINE, "Hillsboro")
    school = wiring.places.create_school(COMMAND_LINE, district.organization_id, "Lincoln High")
    return wiring.places.create_class(COMMAND_LINE, school.school_id, "Physics 10 A")


@pytest.fixture
def student(wiring: Wiring, lesson_group: ClassView) -> UserView:
    return wiring.people.invite(COMMAND_LINE, "sam@students.org", UserRole.STUDENT, name="Sam", school_id=lesson_group.school_id)


def names(page_rows: list[dict[str, object]]) -> list[object]:
    return [row["Name"] for row in page_rows]


# the table


def test_a_place_shows_its_own_people_and_those_of_all_that_is_in_it(wiring: Wiring, student: UserView) -> None:
    top = wiring.places.tree(COMMAND_LINE)[0]
    part = wiring.places.create_organization(COMMAND_LINE, "North", parent_id=top.organization_id)
    wiring.people.invite(COMMAND_LINE, "nora@north.org", UserRole.TEACHER, name="Nora", organization_id=part.organization_id)
    wiring.people.invite(COMMAND_LINE, "x@elsewhere.org", UserRole.VIEWER, name="Xaver")
    assert names(rows(visit(place=top.organization_id), "people")) == ["Nora", "Sam"]
    assert names(rows(visit(place=part.organization_id), "people")) == ["Nora"]
    assert names(rows(visit(place=str(student.school_id)), "people")) == ["Sam"]
    assert {"Nora", "Sam", "Xaver"} <= set(names(rows(visit(), "people")))


def test_the_table_is_searched_and_filtered(wiring: Wiring, student: UserView) -> None:
    page = visit()
    page.text_input(key="people_search").input("SAM@").run()
    assert names(rows(page, "people")) == ["Sam"]
    page.selectbox(key="people_role").set_value(UserRole.ADMIN).run()
    assert "Nobody fits the search and the filters." in told(page)


@pytest.mark.parametrize(("status", "there"), [
    (IN_USE, {"active@x.org", "invited@x.org", "suspended@x.org", "student@x.org"}),
    (ANY, {"active@x.org", "invited@x.org", "suspended@x.org", "archived@x.org", "student@x.org"}),
    ("Invited", {"invited@x.org"}), ("Suspended", {"suspended@x.org"}), ("Archived", {"archived@x.org"}),
    ("Listed", {"student@x.org"}),  # students do not sign in here, so they are not invited for ever
])
def test_each_status_is_a_filter(wiring: Wiring, status: str, there: set[str]) -> None:
    wiring.people.grant("active@x.org", UserRole.ADMIN)
    wiring.people.invite(COMMAND_LINE, "invited@x.org", UserRole.CONTENT)
    wiring.people.invite(COMMAND_LINE, "student@x.org", UserRole.STUDENT)
    for name in (UserStatus.SUSPENDED, UserStatus.ARCHIVED):
        user = wiring.people.grant(f"{name}@x.org", UserRole.CONTENT)
        wiring.people.set_status(COMMAND_LINE, user.user_id, name)
    assert {user.email for user in found(wiring.people.users(COMMAND_LINE), search="", role=None, status=status)} == there


def test_the_order_ignores_capitals_and_puts_people_without_a_name_last(wiring: Wiring) -> None:
    for name in ("bea", "Ana", "", "Carl"):
        wiring.people.invite(COMMAND_LINE, f"{name.lower() or 'nobody'}@x.org", UserRole.VIEWER, name=name)
    table = frame(wiring.people.users(COMMAND_LINE))
    assert list(arranged(table, "By name")["Name"]) == ["Ana", "bea", "Carl", ""]
    assert list(arranged(table, "Newest first")["Name"]) == ["Carl", "", "Ana", "bea"]


def test_the_export_has_a_row_per_person_and_runs_nothing(wiring: Wiring) -> None:
    wiring.people.invite(COMMAND_LINE, "=cmd@x.org", UserRole.VIEWER, name='=HYPERLINK("http://x")')
    table = frame(wiring.people.users(COMMAND_LINE))
    (row,) = csv.DictReader(io.StringIO(to_csv(table).decode()))
    assert (row["Name"], row["E-mail"], row["Role"]) == ("'=HYPERLINK(\"http://x\")", "'=cmd@x.org", "Viewer")


# inviting


def test_somebody_is_invited_to_the_chosen_school_with_a_role(wiring: Wiring, lesson_group: ClassView) -> None:
    page = press(visit(place=lesson_group.school_id), "invite")
    page.text_input(key="invite_email").input(" Tom@School.org ")
    page.text_input(key="invite_name").input("Tom")
    page.selectbox(key="person_role").set_value(UserRole.TEACHER)
    press(page, "person_submit")
    (tom,) = [user for user in wiring.people.users(COMMAND_LINE) if user.user_id != LOCAL_ID]
    assert (tom.email, tom.role, tom.status, tom.school_name) == (
        "tom@school.org", UserRole.TEACHER, UserStatus.PENDING, "Lincoln High")
    assert newest(wiring, COMMAND_LINE).action == "user.invited"


@pytest.mark.parametrize(("email", "sentence"), [
    ("nobody", "The e-mail address must be an address such as name@school.org."),
    ("", "The e-mail address must have 1 to 254 characters; it has 0."),
    ("sam@students.org", "sam@students.org is here already."),
])
def test_a_bad_invitation_is_one_sentence_and_what_was_typed_stays(student: UserView, email: str, sentence: str) -> None:
    page = press(visit(), "invite")
    page.text_input(key="invite_email").input(email)
    page.text_input(key="invite_name").input("Somebody")
    press(page, "person_submit")
    assert errors(page) == [sentence]
    assert page.text_input(key="invite_name").value == "Somebody"


# one person


def test_a_person_is_opened_by_address_and_shows_who_they_are(wiring: Wiring, student: UserView) -> None:
    page = visit(person=student.user_id, place=str(student.school_id))
    said = told(page)
    for part in ("sam@students.org", "Gets lessons; does not sign in here.", "Lincoln High", "not known yet", "never"):
        assert part in said
    press(page, "back")
    assert page.query_params == {"place": student.school_id}


def test_a_role_is_changed_and_taken_back(wiring: Wiring) -> None:
    ana = wiring.people.grant("ana@vividly.test", UserRole.VIEWER)
    page = press(visit(person=ana.user_id), "role")
    page.selectbox(key="person_role").set_value(UserRole.CONTENT)
    press(page, "person_submit")
    assert wiring.people.user(COMMAND_LINE, ana.user_id).role is UserRole.CONTENT
    assert newest(wiring, COMMAND_LINE).after == {"role": "content"}
    press(page, "undo")
    assert wiring.people.user(COMMAND_LINE, ana.user_id).role is UserRole.VIEWER


def test_the_last_admin_stays(wiring: Wiring) -> None:
    boss = wiring.people.grant("boss@vividly.test", UserRole.ADMIN)
    page = press(visit(person=boss.user_id), "role")
    page.selectbox(key="person_role").set_value(UserRole.VIEWER)
    assert "last active admin" in errors(press(page, "person_submit"))[0]
    page = press(visit(person=boss.user_id), "suspend")
    assert "last active admin" in errors(press(page, "confirm_status"))[0]


def test_suspending_asks_first_and_restoring_does_not(wiring: Wiring) -> None:
    ana = wiring.people.grant("ana@vividly.test", UserRole.VIEWER)
    page = press(visit(person=ana.user_id), "suspend")
    assert "can no longer sign in" in told(page)
    assert wiring.people.user(COMMAND_LINE, ana.user_id).status is UserStatus.ACTIVE
    press(page, "confirm_status")
    assert wiring.people.user(COMMAND_LINE, ana.user_id).status is UserStatus.SUSPENDED
    press(page, "restore_person")
    assert wiring.people.user(COMMAND_LINE, ana.user_id).status is UserStatus.ACTIVE


def test_a_person_is_renamed_and_moved(wiring: Wiring, lesson_group: ClassView) -> None:
    ana = wiring.people.grant("ana@vividly.test", UserRole.VIEWER)
    page = press(visit(person=ana.user_id), "rename_person")
    page.text_input(key="person_name").input("Ana López")
    press(page, "person_submit")
    press(page, "place_person")
    page.selectbox(key="person_place").set_value(lesson_group.school_id)
    press(page, "person_submit")
    changed = wiring.people.user(COMMAND_LINE, ana.user_id)
    assert (changed.name, changed.organization_name, changed.school_name) == ("Ana López", "Hillsboro", "Lincoln High")


def test_a_student_has_a_grade_and_interests(wiring: Wiring, student: UserView) -> None:
    page = press(visit(person=student.user_id), "profile")
    press(page, "person_submit")
    assert errors(page) == ["Choose the grade."]
    page.selectbox(key="profile_grade").set_value(9)
    page.multiselect(key="profile_interests").set_value(["cooking", "basketball"])
    press(page, "person_submit")
    profile = wiring.people.profile(COMMAND_LINE, student.user_id)
    assert profile is not None and (profile.grade_level, profile.interest_ids) == (9, ("basketball", "cooking"))
    assert "basketball, cooking" in told(page)


def test_the_local_admin_cannot_be_changed(wiring: Wiring) -> None:
    page = visit()
    assert "Local" not in [button.label for button in page.button]
    assert "The local admin belongs to this machine." in told(visit(person=LOCAL_ID))


# classes


def test_students_come_into_a_class_and_leave_it(wiring: Wiring, lesson_group: ClassView, student: UserView) -> None:
    page = press(visit(place=lesson_group.class_id), "add_students")
    assert errors(press(page, "person_submit")) == ["Choose at least one student."]
    page.multiselect(key="chosen_students").set_value([student.user_id])
    press(page, "person_submit")
    assert names(rows(page, "people")) == ["Sam"] and "1 student" in told(page)
    press(page, "remove_students")
    page.multiselect(key="chosen_students").set_value([student.user_id])
    press(page, "person_submit")
    assert wiring.places.members(COMMAND_LINE, lesson_group.class_id) == []
    press(page, "undo")
    assert [user.name for user in wiring.places.members(COMMAND_LINE, lesson_group.class_id)] == ["Sam"]


def test_without_students_the_dialog_says_what_to_do(lesson_group: ClassView) -> None:
    page = press(visit(place=lesson_group.class_id), "add_students")
    assert "invite somebody with the role Student first" in told(page)
    assert page.button(key="remove_students").disabled


# roles


@pytest.mark.parametrize("role", STAFF)
def test_only_an_admin_changes_people_and_nobody_their_own_role(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch, student: UserView, role: UserRole
) -> None:
    me = become(role, wiring, monkeypatch)
    page = visit(person=student.user_id)
    may = role is UserRole.ADMIN
    assert all(page.button(key=key).disabled is not may for key in ("role", "rename_person", "suspend", "profile", "archive_person"))
    own = visit(person=me.user_id)
    assert own.button(key="role").disabled and own.button(key="suspend").disabled
    expected = "Nobody changes their own role or status: ask another admin." if may else (
        f"Changing people needs the role admin; you are {role}.")
    assert own.button(key="role").help == expected


def test_a_change_is_logged_as_whoever_made_it(wiring: Wiring, monkeypatch: pytest.MonkeyPatch, student: UserView) -> None:
    me = become(UserRole.ADMIN, wiring, monkeypatch)
    organisation.rename_person(student.user_id, "Samuel")
    entry = newest(wiring, COMMAND_LINE)
    assert (entry.actor_id, entry.actor_name, entry.action) == (me.user_id, "admin@vividly.test", "user.renamed")
