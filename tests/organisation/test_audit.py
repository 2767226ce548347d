"""The log: what is kept of a change, and how it is found again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from pipeline.errors import BadRequest
from pipeline.organisation import COMMAND_LINE, Actor, note
from pipeline.tables import UserRole
from tests.organisation.conftest import START, Office, refused


@pytest.fixture
def history(office: Office, admin: Actor) -> str:
    """An organisation that is made, and renamed an hour and a day later by two people; its id."""
    bob = office.person("admin", email="bob_b@school.org")
    key = office.places.create_organization(admin, "A").organization_id
    office.wait(hours=1)
    office.places.rename(bob, key, "B")
    office.wait(days=1)
    office.places.rename(admin, key, "C")
    return key


def test_the_newest_change_stands_first_with_who_what_before_and_after(office: Office, admin: Actor, history: str):
    entry = office.log()[0]
    assert entry.model_dump() == {
        "at": START + timedelta(hours=25), "actor_id": admin.user_id, "actor_name": "ada@school.org",
        "action": "organization.renamed", "entity": "organization", "entity_id": history,
        "before": {"name": "B"}, "after": {"name": "C"}}


@pytest.mark.parametrize(("filters", "names"), [
    ({}, ["C", "B", "A"]),
    ({"actor_name": "BOB"}, ["B"]),
    ({"actor_name": "b_b"}, ["B"]),  # a mark of SQL patterns is only a character
    ({"actor_name": "%"}, []),
    ({"action": "organization.ren"}, ["C", "B"]),
    ({"entity_id": "org_none"}, []),
    ({"since": START + timedelta(hours=1)}, ["C", "B"]),
    ({"until": START + timedelta(hours=1)}, ["A"]),
    ({"since": START + timedelta(minutes=1), "until": START + timedelta(hours=2)}, ["B"]),
    ({"limit": 2}, ["C", "B"]),
    ({"actor_name": "'; DROP TABLE audit_entries; --"}, []),
])
def test_changes_are_found_by_who_what_and_when(office: Office, history: str, filters: dict[str, Any], names: list[str]):
    assert [entry.after["name"] for entry in office.log(entity="organization", **filters)] == names


@pytest.mark.parametrize(("filters", "sentence"), [
    ({"limit": 0}, "limit: must be a whole number from 1 to 10000."),
    ({"since": datetime(2026, 11, 2)}, "since: must be a date and time with a time zone."),
    ({"action": "\x00"}, "action: must be plain text without control characters."),
])
def test_a_bad_filter_is_one_sentence(office: Office, filters: dict[str, Any], sentence: str):
    assert refused(BadRequest, lambda: office.log(**filters)) == sentence


def test_only_what_differs_is_kept_and_no_difference_is_no_entry(office: Office):
    with Session(office.engine) as session, session.begin():
        note(session, COMMAND_LINE, "thing.changed", "thing", "1", {"a": 1, "b": 2}, {"a": 1, "b": 3, "c": START})
        note(session, COMMAND_LINE, "thing.changed", "thing", "2", {"a": 1}, {"a": 1})
    entry, = office.log()
    assert (entry.entity_id, entry.before, entry.after) == (
        "1", {"b": 2, "c": None}, {"b": 3, "c": START.isoformat()})


def test_a_change_that_fails_is_not_logged(office: Office):
    with Session(office.engine) as session:
        note(session, COMMAND_LINE, "thing.changed", "thing", "1", None, {"a": 1})
        session.flush()
        session.rollback()
    assert office.log() == []


def test_another_room_logs_what_it_changed(office: Office, admin: Actor):
    office.audit.write(admin, "lesson.asked", "lesson", "request-1", None, {"modalities": ["text"]})
    entry = office.log(action="lesson.")[0]
    assert (entry.at, entry.actor_id, entry.after) == (START, admin.user_id, {"modalities": ["text"]})


def test_a_long_name_fits_into_the_log(office: Office):
    somebody = Actor(user_id="x", name="N" * 300, role=UserRole.ADMIN)
    office.audit.write(somebody, "thing.changed", "thing", "1", None, {})
    assert office.log()[0].actor_name == "N" * 254
