"""The tree: making, naming, moving, archiving; and who is in a class."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.domain import Subject
from pipeline.errors import BadRequest
from pipeline.organisation import Actor, OrganizationView
from pipeline.organisation.place_rules import SUBJECT_CODES
from pipeline.organisation.tree import DEEPEST
from pipeline.tables import OrganizationType
from tests.organisation.conftest import START, Office, at_once, refused


def outline(views: tuple[OrganizationView, ...]) -> list[Any]:
    """The names of the tree, nested: [name, schools, parts]."""
    return [
        [view.name, [[school.name, *(each.name for each in school.classes)] for school in view.schools],
         outline(view.organizations)] for view in views
    ]


@pytest.fixture
def org(office: Office, admin: Actor) -> Callable[..., str]:
    """Makes an organisation; its id."""

    def made(name: str, parent_id: str | None = None) -> str:
        return office.places.create_organization(admin, name, parent_id=parent_id).organization_id

    return made


@pytest.fixture
def school_class(office: Office, admin: Actor, org: Callable[..., str]) -> str:
    school = office.places.create_school(admin, org("Hillsboro"), "Glencoe").school_id
    return office.places.create_class(admin, school, "Physics 1").class_id


def test_the_tree_is_nested_in_order_of_names(office: Office, admin: Actor, org: Callable[..., str]):
    state = org("oregon")
    org("Alaska")
    district = org("Hillsboro", state)
    org("Beaverton", state)
    school = office.places.create_school(admin, district, "Glencoe").school_id
    office.places.create_class(admin, school, "Physics 2")
    office.places.create_class(admin, school, "Physics 1")
    assert outline(office.places.tree(admin)) == [
        ["Alaska", [], []],
        ["oregon", [], [["Beaverton", [], []], ["Hillsboro", [["Glencoe", "Physics 1", "Physics 2"]], []]]],
    ]


def test_ids_say_what_they_are_of_and_the_log_keeps_what_was_made(office: Office, admin: Actor):
    view = office.places.create_organization(
        admin, " Hillsboro   District ", kind=OrganizationType.GOVERNMENT, domain="Hsd.K12.or.us")
    assert re.fullmatch(r"org_[0-9a-f]{12}", view.organization_id)
    assert (view.name, view.domain, view.created_at) == ("Hillsboro District", "hsd.k12.or.us", START)
    school = office.places.create_school(admin, view.organization_id, "Glencoe", address="1 Main St\nHillsboro")
    assert re.fullmatch(r"school_[0-9a-f]{12}", school.school_id) and school.address == "1 Main St Hillsboro"
    assert re.fullmatch(r"class_[0-9a-f]{12}", office.places.create_class(admin, school.school_id, "A").class_id)
    entries = {entry.action: entry for entry in office.log(actor_name="ada")}
    assert entries["organization.created"].after == {
        "name": "Hillsboro District", "domain": "hsd.k12.or.us", "type": "government"}
    assert entries["school.created"].after == {
        "name": "Glencoe", "address": "1 Main St Hillsboro", "organization_id": view.organization_id}
    assert entries["class.created"].entity == "class" and entries["class.created"].before is None


def test_people_are_counted_where_they_are_and_above_without_the_archived(
    office: Office, admin: Actor, org: Callable[..., str]
):
    state = org("Oregon")
    district = org("Hillsboro", state)
    school = office.places.create_school(admin, district, "Glencoe").school_id
    each = office.places.create_class(admin, school, "Physics").class_id
    students = [office.person("student", school_id=school) for _ in range(3)]
    office.person("content", organization_id=district)
    office.person("content", organization_id=state)
    office.places.add_students(admin, each, [student.user_id for student in students])
    office.people.set_status(admin, students[0].user_id, "archived")  # type: ignore[arg-type]
    top, = office.places.tree(admin)
    part = top.organizations[0]
    assert (top.people, part.people, part.schools[0].people, part.schools[0].classes[0].students) == (4, 3, 2, 2)


def test_siblings_do_not_share_a_name_whatever_its_case(office: Office, admin: Actor, org: Callable[..., str]):
    state = org("Österreich")
    assert refused(BadRequest, lambda: org("ÖSTERREICH")) == (
        "name: ÖSTERREICH is taken: names are unique within their place.")
    org("Österreich", state)  # elsewhere it is free
    office.places.archive(admin, state)
    second = org("österreich")  # what is archived does not count
    assert refused(BadRequest, lambda: office.places.restore(admin, state)).startswith("name: Österreich is taken")
    office.places.rename(admin, second, "Austria")
    office.places.rename(admin, second, "AUSTRIA")  # its own name does not stand in the way
    office.places.restore(admin, state)
    assert refused(BadRequest, lambda: office.places.rename(admin, second, "österreich")).startswith("name: ")


def test_the_same_name_at_once_is_made_once(office: Office, admin: Actor):
    outcomes = at_once(*[lambda: office.places.create_organization(admin, "Hillsboro")] * 4)
    assert sum(isinstance(each, OrganizationView) for each in outcomes) == 1
    assert {str(each) for each in outcomes if isinstance(each, BadRequest)} == {
        "name: Hillsboro is taken: names are unique within their place."}


# moving


def test_an_organisation_is_not_moved_into_itself_however_deep(office: Office, admin: Actor, org: Callable[..., str]):
    chain = [org("level 0")]
    for level in range(1, 10):
        chain.append(org(f"level {level}", chain[-1]))
    for inside in (chain[2], chain[3], chain[9]):
        assert refused(BadRequest, lambda inside=inside: office.places.move(admin, chain[2], inside)) == (
            "parent: an organisation cannot be moved into itself or into a part of itself.")
    office.places.move(admin, chain[2], None)
    assert [view.name for view in office.places.tree(admin)] == ["level 0", "level 2"]
    assert office.log()[0].before == {"parent_id": chain[1]} and office.log()[0].after == {"parent_id": None}


def test_two_moves_at_once_make_no_circle(office: Office, admin: Actor, org: Callable[..., str]):
    a, b = org("A"), org("B")
    outcomes = at_once(lambda: office.places.move(admin, a, b), lambda: office.places.move(admin, b, a))
    assert sorted(type(each).__name__ for each in outcomes) == ["BadRequest", "NoneType"]
    assert len(office.places.tree(admin)) == 1


def test_the_tree_has_a_deepest_level(office: Office, admin: Actor, org: Callable[..., str]):
    chain = [org("1")]
    for level in range(2, DEEPEST + 1):
        chain.append(org(str(level), chain[-1]))
    sentence = f"parent: organisations can be nested {DEEPEST} levels deep and no deeper."
    assert refused(BadRequest, lambda: org("one too deep", chain[-1])) == sentence
    two_levels = org("two")
    org("levels", two_levels)
    assert refused(BadRequest, lambda: office.places.move(admin, two_levels, chain[-2])) == sentence
    office.places.move(admin, two_levels, chain[-3])


def test_a_school_takes_its_people_along_and_a_class_its_students(
    office: Office, admin: Actor, org: Callable[..., str]
):
    old, new = org("Old"), org("New")
    school = office.places.create_school(admin, old, "Glencoe").school_id
    other = office.places.create_school(admin, old, "Century").school_id
    student = office.person("student", organization_id=old, school_id=school)
    stays = office.person("student", organization_id=old, school_id=other)
    each = office.places.create_class(admin, school, "Physics").class_id
    office.places.add_students(admin, each, [student.user_id])
    office.places.move(admin, school, new)
    assert office.people.user(admin, student.user_id).organization_id == new
    assert office.people.user(admin, stays.user_id).organization_id == old
    office.places.move(admin, each, other)
    assert [view.user_id for view in office.places.members(admin, each)] == [student.user_id]
    assert outline(office.places.tree(admin)) == [
        ["New", [["Glencoe"]], []], ["Old", [["Century", "Physics"]], []]]


@pytest.mark.parametrize(("move", "sentence"), [
    (lambda places, a, c, s: places.move(a, s, None), "organization: there is none with the id None."),
    (lambda places, a, c, s: places.move(a, c, "school_no"), "school: there is none with the id 'school_no'."),
    (lambda places, a, c, s: places.move(a, s, s), "organization: there is none with the id "),
    (lambda places, a, c, s: places.move(a, "room_1", None), "place: there is none with the id 'room_1'."),
    (lambda places, a, c, s: places.rename(a, "org_\x00", "x"), "organization: there is none with the id 'org_\\x00'."),
    (lambda places, a, c, s: places.archive(a, None), "place: there is none with the id None."),
])
def test_what_does_not_exist_is_one_sentence(
    office: Office, admin: Actor, school_class: str, move: Callable[..., object], sentence: str
):
    school = office.places.tree(admin)[0].schools[0].school_id
    assert refused(BadRequest, lambda: move(office.places, admin, school_class, school)).startswith(sentence)


# archiving


def test_what_is_archived_is_hidden_with_all_below_takes_nothing_in_and_comes_back(
    office: Office, admin: Actor, school_class: str
):
    district = office.places.tree(admin)[0]
    office.places.archive(admin, district.organization_id)
    assert office.places.tree(admin) == ()
    assert outline(office.places.tree(admin, archived=True)) == [["Hillsboro", [["Glencoe", "Physics 1"]], []]]
    assert refused(BadRequest, lambda: office.places.create_school(admin, district.organization_id, "New")) == (
        "place: Hillsboro is archived: restore it first.")
    office.places.restore(admin, district.organization_id)
    assert office.places.tree(admin) == (district,)
    assert [entry.action for entry in office.log(entity="organization")] == [
        "organization.restored", "organization.archived", "organization.created"]


# what a place is


def test_type_domain_and_limits_change_one_by_one(office: Office, admin: Actor, org: Callable[..., str]):
    key = org("Hillsboro")
    office.places.set_organization(admin, key, domain="hsd.org", monthly_video_limit=10)
    office.places.set_organization(admin, key, kind=OrganizationType.CUSTOM, monthly_text_limit=0)
    office.places.set_organization(admin, key, monthly_video_limit=None)
    view = office.places.tree(admin)[0]
    assert (view.type, view.domain, view.monthly_text_limit, view.monthly_video_limit) == ("custom", "hsd.org", 0, None)
    assert office.log()[0].before == {"monthly_video_limit": 10}
    office.places.set_organization(admin, key, domain="hsd.org")
    assert len(office.log(action="organization.changed")) == 3  # the last one changed nothing


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"domain": "school"}, "domain: must be a host name such as school.org."),
    ({"domain": "http://school.org"}, "domain: must be a host name such as school.org."),
    ({"domain": "Taken.org"}, "domain: taken.org belongs to Gresham."),
    ({"monthly_text_limit": -1}, "monthly_text_limit: must be a whole number from 0 to 2147483647."),
    ({"monthly_video_limit": 2**31}, "monthly_video_limit: must be a whole number from 0 to 2147483647."),
    ({"kind": "school"}, "type: must be one of k12_education, "),
])
def test_a_bad_value_is_one_sentence(office: Office, admin: Actor, org: Callable[..., str], fields: Any, sentence: str):
    office.places.create_organization(admin, "Gresham", domain="taken.org")
    key = org("Hillsboro")
    assert refused(BadRequest, lambda: office.places.set_organization(admin, key, **fields)).startswith(sentence)


@pytest.mark.parametrize(("name", "sentence"), [
    ("", "name: must have 1 to 200 characters; it has 0."), (" \t", "name: must have 1 to 200 characters; it has 0."),
    ("x" * 201, "name: must have 1 to 200 characters; it has 201."), (7, "name: must be text."),
    ("a\x00b", "name: must be plain text without control characters."),
    ("a\ud800", "name: must be plain text without control characters."),
])
def test_a_name_can_be_kept_or_is_refused(office: Office, admin: Actor, name: Any, sentence: str):
    assert refused(BadRequest, lambda: office.places.create_organization(admin, name)) == sentence


def test_hostile_names_are_data(office: Office, admin: Actor):
    for name in ("Robert'); DROP TABLE users;--", "<script>alert(1)</script>", "{{7*7}} %s {0}"):
        office.places.create_organization(admin, name)
    assert len(office.places.tree(admin)) == 3


# classes


@pytest.mark.parametrize("subject", [*Subject, None])
def test_a_class_code_begins_with_its_subject(office: Office, admin: Actor, org: Callable[..., str], subject: Subject | None):
    school = office.places.create_school(admin, org("Hillsboro"), "Glencoe").school_id
    code = office.places.create_class(admin, school, "A class", subject=subject, grade_levels=[10, 9, 9]).class_code
    assert re.fullmatch(rf"{SUBJECT_CODES[subject]}-[A-Z]{{3}}-[2-9]{{3}}", code)


def test_a_class_code_that_is_taken_is_not_given_again(
    office: Office, admin: Actor, school_class: str, monkeypatch: pytest.MonkeyPatch
):
    school = office.places.tree(admin)[0].schools[0]
    signs = iter((school.classes[0].class_code[5:8] + school.classes[0].class_code[9:]) * 2 + "ABC234")
    monkeypatch.setattr("pipeline.organisation.place_rules.secrets.choice", lambda _: next(signs))
    assert office.places.create_class(admin, school.school_id, "Another").class_code == "CLAS-ABC-234"


def test_teacher_subject_and_grades_of_a_class_change(office: Office, admin: Actor, school_class: str):
    teacher, student = office.person("teacher"), office.person("student")
    office.places.set_class(admin, school_class, teacher_id=teacher.user_id, subject=Subject.PHYSICS, grade_levels=[11, 9])
    each = office.places.tree(admin)[0].schools[0].classes[0]
    assert (each.teacher_name, each.subject, each.grade_levels) == (teacher.name, "physics", (9, 11))
    office.places.set_class(admin, school_class, teacher_id=None, subject=None)
    assert office.log()[0].before == {"teacher_id": teacher.user_id, "subject": "physics"}
    assert refused(BadRequest, lambda: office.places.set_class(admin, school_class, teacher_id=student.user_id)) == (
        f"teacher: {student.name} is no teacher here.")
    assert refused(BadRequest, lambda: office.places.set_class(admin, school_class, grade_levels=[0])) == (
        "grade_levels: must be a whole number from 1 to 12.")
    assert refused(BadRequest, lambda: office.places.set_class(admin, school_class, teacher_id="")).startswith("teacher: ")


def test_a_class_can_begin_with_its_teacher_but_not_with_just_anybody(office: Office, admin: Actor, school_class: str):
    school = office.places.tree(admin)[0].schools[0].school_id
    teacher = office.person("teacher")
    assert office.places.create_class(admin, school, "2", teacher_id=teacher.user_id).teacher_name == teacher.name
    assert refused(BadRequest, lambda: office.places.create_class(admin, school, "3", teacher_id=admin.user_id)) == (
        "teacher: ada@school.org is no teacher here.")
    assert refused(BadRequest, lambda: office.places.create_class(admin, school, "3", grade_levels="9")) == (
        "grade_levels: must be a list of whole numbers from 1 to 12.")


def test_students_join_and_leave_a_class(office: Office, admin: Actor, school_class: str):
    ann, bob, viewer = (office.person(role).user_id for role in ("student", "student", "viewer"))
    office.places.add_students(admin, school_class, [ann, bob, ann])
    office.places.add_students(admin, school_class, [bob])
    assert [view.user_id for view in office.places.members(admin, school_class)] == [ann, bob]
    assert [entry.after for entry in office.log(action="class.students_added")] == [{"students": [ann, bob]}]
    office.places.remove_students(admin, school_class, [ann])
    assert [view.user_id for view in office.places.members(admin, school_class)] == [bob]
    assert office.log()[0].before == {"students": [ann]} and office.log()[0].after is None
    assert refused(BadRequest, lambda: office.places.remove_students(admin, school_class, [ann])) == (
        f"student: '{ann}' is not in Physics 1.")
    assert "is no student here." in refused(BadRequest, lambda: office.places.add_students(admin, school_class, [viewer]))
    assert refused(BadRequest, lambda: office.places.add_students(admin, school_class, "user_1")) == (
        "student: must be a list of ids.")
    office.places.archive(admin, school_class)
    assert refused(BadRequest, lambda: office.places.add_students(admin, school_class, [ann])) == (
        "class: Physics 1 is archived: restore it first.")


def test_one_student_added_twice_at_once_is_in_the_class_once(office: Office, admin: Actor, school_class: str):
    student = office.person("student").user_id
    assert at_once(*[lambda: office.places.add_students(admin, school_class, [student])] * 3) == [None] * 3
    assert len(office.places.members(admin, school_class)) == len(office.log(action="class.students_added")) == 1
