"""Interests and topics follow what ships, and keep what people decided."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from pipeline.config import DATA
from pipeline.corpus.catalogue import TopicCard, read_catalogue
from pipeline.corpus.interests import Interest, read_interests
from pipeline.errors import BadRequest
from pipeline.organisation import Actor
from pipeline.tables import Topic
from tests.organisation.conftest import Office, at_once, refused


def liking(**names: str) -> list[Interest]:
    return [Interest(interest_id=key, name=name, category="sport", things=("ball",)) for key, name in names.items()]


def card(key: str, *, before: Sequence[str] = (), **fields: Any) -> TopicCard:
    return TopicCard.model_validate({
        "topic_id": key, "title": key.title(), "subject": "physics", "grades": (9, 11, 10), "prerequisites": before,
        "objective": "o", "summary": "s", **fields})


def topics(office: Office) -> dict[str, Any]:
    """Each topic as (name, subject, grades, active, prerequisites)."""
    with Session(office.engine) as session:
        return {row.topic_id: (row.name, row.subject, (row.grade_level_min, row.grade_level_max), row.active,
                               sorted(before.topic_id for before in row.prerequisites))
                for row in session.scalars(select(Topic))}


def names(office: Office) -> list[str]:
    return [view.name for view in office.interests.all()]


def test_everything_that_ships_arrives(office: Office):
    interests, catalogue = read_interests(DATA / "interests" / "interests.toml"), read_catalogue(
        Path(DATA) / "topics" / "topics.toml")
    office.interests.sync(interests, catalogue)
    views = office.interests.all()
    assert [view.interest_id for view in views] == [each.interest_id for each in interests]
    assert all(view.active and view.students == 0 for view in views)
    found = topics(office)
    assert found.keys() == {each.topic_id for each in catalogue}
    for each in catalogue:
        assert found[each.topic_id] == (
            each.title, each.subject, (min(each.grades), max(each.grades)), True, sorted(each.prerequisites))


def test_syncing_again_writes_nothing(office: Office):
    interests, catalogue = liking(a="Ant", b="Bee"), [card("one"), card("two", before=["one"])]
    office.interests.sync(interests, catalogue)
    statements: list[str] = []
    event.listen(office.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    office.interests.sync(interests, catalogue)
    assert len(statements) == 3 and all(statement.startswith("SELECT") for statement in statements)


def test_two_who_sync_at_once_agree(office: Office):
    interests, catalogue = liking(a="Ant", b="Bee"), [card("one"), card("two", before=["one"])]
    assert at_once(*[lambda: office.interests.sync(interests, catalogue)] * 4) == [None] * 4
    assert names(office) == ["Ant", "Bee"] and topics(office)["two"][-1] == ["one"]


def test_what_people_decided_about_an_interest_stays(office: Office, admin: Actor):
    office.interests.sync(liking(a="Ant", b="Bee", c="Cat"), [])
    office.interests.set_active(admin, "a", False)
    office.interests.move(admin, "c", 0)
    office.interests.sync(liking(n="New", a="Ants", b="Bee", c="Cat"), [])
    views = office.interests.all()
    assert [(view.name, view.active) for view in views] == [("Cat", True), ("Ants", False), ("Bee", True), ("New", True)]


def test_an_interest_that_no_longer_ships_stays_for_those_who_have_it(office: Office, admin: Actor):
    office.interests.sync(liking(a="Ant", b="Bee"), [])
    student = office.person("student")
    office.people.set_profile(admin, student.user_id, 9, ["a", "b"])
    office.interests.sync(liking(b="Bee"), [])
    assert [(view.name, view.students) for view in office.interests.all()] == [("Ant", 1), ("Bee", 1)]


def test_names_can_change_hands(office: Office):
    office.interests.sync(liking(a="Ant", b="Bee", c="Cat"), [])
    office.interests.sync(liking(a="Bee", b="Ant"), [])
    assert names(office) == ["Bee", "Ant", "Cat"]
    office.interests.sync(liking(a="Bee", b="Ant", d="Cat"), [])  # c has left, and its name is wanted
    assert names(office) == ["Bee", "Ant", "c: Cat", "Cat"]


def test_topics_follow_the_catalogue_and_are_never_deleted(office: Office):
    office.interests.sync([], [card("one"), card("two", before=["one", "zero"]), card("three", before=["one", "two"])])
    assert topics(office)["two"] == ("Two", "physics", (9, 11), True, ["one"])  # zero does not ship
    office.interests.sync([], [card("one", title="First", subject="biology", grades=(7,)), card("three", before=["one"])])
    assert topics(office) == {
        "one": ("First", "biology", (7, 7), True, []),
        "two": ("Two", "physics", (9, 11), False, ["one"]),
        "three": ("Three", "physics", (9, 11), True, ["one"]),
    }
    office.interests.sync([], [card("one"), card("two"), card("three", before=["two"])])
    assert {key: (row[3], row[4]) for key, row in topics(office).items()} == {
        "one": (True, []), "two": (True, []), "three": (True, ["two"])}


def test_an_interest_is_moved_and_switched_off_and_both_are_logged(office: Office, admin: Actor):
    content = office.person("content")
    office.interests.sync(liking(a="Ant", b="Bee", c="Cat"), [])
    office.interests.move(content, "a", 2)
    office.interests.set_active(content, "b", False)
    office.interests.set_active(content, "b", False)
    assert [(view.name, view.display_order, view.active) for view in office.interests.all()] == [
        ("Bee", 0, False), ("Cat", 1, True), ("Ant", 2, True)]
    assert [(entry.action, entry.entity_id, entry.before, entry.after) for entry in office.log(entity="interest")] == [
        ("interest.deactivated", "b", {"active": True}, {"active": False}),
        ("interest.moved", "a", {"position": 0}, {"position": 2}),
    ]


@pytest.mark.parametrize(("interest_id", "position", "sentence"), [
    ("a", 3, "position: must be a whole number from 0 to 2."), ("a", -1, "position: must be a whole number from 0 to 2."),
    ("z", 0, "interest: there is none with the id 'z'."),
])
def test_a_bad_move_is_one_sentence(office: Office, admin: Actor, interest_id: str, position: int, sentence: str):
    office.interests.sync(liking(a="Ant", b="Bee", c="Cat"), [])
    assert refused(BadRequest, lambda: office.interests.move(admin, interest_id, position)) == sentence
    assert names(office) == ["Ant", "Bee", "Cat"]
