"""Flags in the database: changed, overridden, explained; and how few queries a request costs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import event, update

from pipeline.errors import BadRequest
from pipeline.organisation import COMMAND_LINE, FLAGS, Actor, FlagView
from pipeline.organisation.tree import DEEPEST
from pipeline.switches import Switches
from pipeline.tables import User
from tests.organisation.conftest import START, Office, at_once, refused

VIDEO = "video_generation"


@pytest.fixture
def district(office: Office) -> dict[str, str]:
    """Oregon > Hillsboro > Glencoe (a school), with a student of the school only and one of Hillsboro."""
    state = office.places.create_organization(COMMAND_LINE, "Oregon").organization_id
    hillsboro = office.places.create_organization(COMMAND_LINE, "Hillsboro", parent_id=state).organization_id
    school = office.places.create_school(COMMAND_LINE, hillsboro, "Glencoe").school_id
    student = office.person("student", school_id=school, email="sam@school.org").user_id
    other = office.person("student", organization_id=hillsboro).user_id
    return {"Oregon": state, "Hillsboro": hillsboro, "student": student, "other": other}


def why(office: Office, person: str, key: str = VIDEO) -> str:
    return office.flags.evaluate(key, person, office.now).why


def test_every_known_flag_is_there_once_however_many_start_at_once(office: Office):
    assert at_once(*[office.flags.ensure] * 4) == [None] * 4
    views = office.flags.list(COMMAND_LINE)
    assert {view.key: view.enabled for view in views} == {
        "video_generation": True, "images": True, "cache": True, "google_family": False}
    assert all(view.rollout_percentage == 100 and view.description for view in views)
    office.flags.change(COMMAND_LINE, "images", enabled=False)
    office.flags.ensure()
    assert not office.flags.list(COMMAND_LINE)[1].enabled  # what somebody chose stays


def test_without_a_row_a_flag_is_as_it_ships(office: Office):
    assert [view.enabled for view in office.flags.list(COMMAND_LINE)] == [flag.enabled for flag in FLAGS.values()]
    switches = office.flags.switches("anybody", office.now)
    assert (switches.video.on, switches.images.on, switches.cache.on, switches.google.on) == (True, True, True, False)
    assert switches.google.why == "off for everybody"


def test_each_switch_is_its_own_flag(office: Office):
    for key, name in ((VIDEO, "video"), ("images", "images"), ("cache", "cache"), ("google_family", "google")):
        before = office.flags.switches("sam", office.now)
        office.flags.change(COMMAND_LINE, key, enabled=not FLAGS[key].enabled)
        after = office.flags.switches("sam", office.now)
        assert {field for field in Switches.model_fields if getattr(before, field) != getattr(after, field)} == {name}


def test_the_nearest_override_decides(office: Office, admin: Actor, district: dict[str, str]):
    set_for = office.flags.override
    set_for(admin, VIDEO, organization_id=district["Oregon"], enabled=False, reason="budget")
    assert why(office, district["student"]) == "off: organisation override of Oregon (budget)"
    set_for(admin, VIDEO, organization_id=district["Hillsboro"], enabled=True, reason="pilot")
    assert why(office, district["student"]) == "on: organisation override of Hillsboro (pilot)"
    assert why(office, district["other"]) == "on: organisation override of Hillsboro (pilot)"
    set_for(admin, VIDEO, user_id=district["student"], enabled=False, reason="asked for it")
    assert why(office, district["student"]) == "off: user override (asked for it)"
    assert why(office, "SAM@school.org") == "off: user override (asked for it)"  # by address, in any case
    assert why(office, district["other"]) == "on: organisation override of Hillsboro (pilot)"
    assert why(office, admin.user_id) == "on for everybody"
    assert why(office, district["student"], "images") == "on for everybody"
    office.flags.remove_override(admin, VIDEO, user_id=district["student"])
    office.flags.remove_override(admin, VIDEO, organization_id=district["Hillsboro"])
    assert why(office, district["student"]) == "off: organisation override of Oregon (budget)"


def test_ones_own_organisation_counts_before_that_of_the_school(office: Office, admin: Actor, district: dict[str, str]):
    """Only data from outside can differ like this; what the person's own row says is what counts."""
    elsewhere = office.places.create_organization(admin, "Elsewhere").organization_id
    with office.engine.begin() as connection:
        connection.execute(update(User).where(User.user_id == district["student"]).values(organization_id=elsewhere))
    office.flags.override(admin, VIDEO, organization_id=district["Hillsboro"], enabled=False, reason="pilot")
    assert why(office, district["student"]) == "on for everybody"


def test_an_override_reaches_from_the_top_of_the_deepest_tree(office: Office, admin: Actor):
    top = below = office.places.create_organization(admin, "1").organization_id
    for level in range(2, DEEPEST + 1):
        below = office.places.create_organization(admin, str(level), parent_id=below).organization_id
    student = office.person("student", organization_id=below)
    office.flags.override(admin, VIDEO, organization_id=top, enabled=False, reason="budget")
    assert why(office, student.user_id) == "off: organisation override of 1 (budget)"


@pytest.mark.parametrize("student", ["unknown", "", "' OR 1=1 --", "\x00", "\ud800", "x" * 5000, "%", "null"])
def test_an_unknown_student_has_no_organisation_and_still_a_stable_place(office: Office, admin: Actor, student: str):
    org = office.places.create_organization(admin, "Hillsboro").organization_id
    office.flags.override(admin, VIDEO, organization_id=org, enabled=False, reason="budget")
    office.flags.override(admin, VIDEO, user_id=admin.user_id, enabled=False, reason="test")
    office.flags.change(admin, VIDEO, rollout_percentage=50)
    first = why(office, student)
    assert "50 % roll-out, this user is at " in first
    assert why(office, student) == first == office.flags.switches(student, office.now).video.why


def test_a_student_stands_at_one_place_whether_known_by_id_or_address(office: Office, admin: Actor, district: dict[str, str]):
    office.flags.change(admin, VIDEO, rollout_percentage=50)
    assert why(office, district["student"]) == why(office, "sam@school.org")


def test_all_switches_cost_two_queries(office: Office, admin: Actor, district: dict[str, str]):
    office.flags.ensure()
    for key in FLAGS:
        office.flags.override(admin, key, organization_id=district["Oregon"], enabled=True, reason="pilot")
        office.flags.override(admin, key, organization_id=district["Hillsboro"], enabled=True, reason="pilot")
    statements: list[str] = []
    event.listen(office.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    office.flags.switches(district["student"], office.now)
    assert len(statements) == 2


# changing


def test_a_change_is_of_what_is_named_and_logged(office: Office, admin: Actor):
    later = START + timedelta(days=30)
    office.flags.change(admin, VIDEO, rollout_percentage=30, starts_at=later)
    view = office.flags.change(admin, VIDEO, enabled=False)
    assert (view.enabled, view.rollout_percentage, view.starts_at, view.ends_at) == (False, 30, later, None)
    assert office.flags.change(admin, VIDEO, starts_at=None).starts_at is None
    assert [(entry.before, entry.after) for entry in office.log(entity="flag", entity_id=VIDEO)] == [
        ({"starts_at": later.isoformat()}, {"starts_at": None}),
        ({"enabled": True}, {"enabled": False}),
        ({"rollout_percentage": 100, "starts_at": None}, {"rollout_percentage": 30, "starts_at": later.isoformat()}),
    ]
    office.flags.change(admin, VIDEO, enabled=False)
    assert len(office.log(action="flag.changed")) == 3


def test_a_schedule_is_kept_in_utc(office: Office, admin: Actor):
    oregon = timezone(timedelta(hours=-8))
    office.flags.change(admin, VIDEO, starts_at=datetime(2026, 12, 1, 0, 0, tzinfo=oregon))
    assert office.flags.list(admin)[0].starts_at == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert why(office, "sam") == "off: scheduled from 2026-12-01 08:00 UTC"


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"rollout_percentage": 101}, "rollout_percentage: must be a whole number from 0 to 100."),
    ({"rollout_percentage": True}, "rollout_percentage: must be a whole number from 0 to 100."),
    ({"enabled": "yes"}, "enabled: must be true or false."),
    ({"enabled": None}, "enabled: must be true or false."),
    ({"starts_at": datetime(2026, 12, 1)}, "starts_at: must be a date and time with a time zone."),
    ({"starts_at": START, "ends_at": START}, "ends_at: must be later than the start."),
    ({"key": "teleport"}, "flag: there is none called 'teleport'."),
])
def test_a_bad_change_is_one_sentence_and_changes_nothing(office: Office, admin: Actor, fields: Any, sentence: str):
    before = office.flags.list(admin)
    assert refused(BadRequest, lambda: office.flags.change(admin, **{"key": VIDEO, **fields})) == sentence
    assert office.flags.list(admin) == before and office.log(action="flag") == []


def test_an_override_is_replaced_and_the_log_says_for_whom(office: Office, admin: Actor, district: dict[str, str]):
    office.flags.override(admin, VIDEO, user_id=district["student"], enabled=True, reason="pilot")
    view = office.flags.override(admin, VIDEO, user_id=district["student"], enabled=False, reason="exam week")
    assert [(each.user_name, each.enabled, each.reason) for each in view.overrides] == [
        ("sam@school.org", False, "exam week")]
    target = f"user {district['student']}"
    assert (office.log()[0].before, office.log()[0].after) == ({target: "on (pilot)"}, {target: "off (exam week)"})
    assert office.flags.remove_override(admin, VIDEO, user_id=district["student"]).overrides == ()
    assert (office.log()[0].action, office.log()[0].after) == ("flag.override_removed", {target: None})


def test_the_same_override_at_once_is_one(office: Office, admin: Actor, district: dict[str, str]):
    outcomes = at_once(*[lambda: office.flags.override(
        admin, VIDEO, organization_id=district["Oregon"], enabled=False, reason="budget")] * 4)
    assert all(isinstance(each, FlagView) for each in outcomes)
    assert len(office.flags.list(admin)[0].overrides) == len(office.log(action="flag.overridden")) == 1


@pytest.mark.parametrize(("act", "sentence"), [
    (lambda f, a: f.override(a, VIDEO, enabled=True, reason="r"), "override: is for one organisation or for one user."),
    (lambda f, a: f.override(a, VIDEO, user_id="u", organization_id="o", enabled=True, reason="r"),
     "override: is for one organisation or for one user."),
    (lambda f, a: f.override(a, VIDEO, user_id="u", enabled=True, reason="r"), "user: there is none with the id 'u'."),
    (lambda f, a: f.override(a, VIDEO, organization_id="o", enabled=True, reason="r"),
     "organization: there is none with the id 'o'."),
    (lambda f, a: f.override(a, VIDEO, user_id=a.user_id, enabled=True, reason=" "),
     "reason: must have 1 to 300 characters; it has 0."),
    (lambda f, a: f.remove_override(a, VIDEO, user_id=a.user_id), f"override: there is none of {VIDEO} for this user."),
])
def test_a_bad_override_is_one_sentence(office: Office, admin: Actor, act: Callable[..., object], sentence: str):
    assert refused(BadRequest, lambda: act(office.flags, admin)) == sentence


def test_explaining_gives_every_flag_with_its_value_for_the_student(office: Office, admin: Actor, district: dict[str, str]):
    office.flags.override(admin, "cache", organization_id=district["Oregon"], enabled=False, reason="fresh lessons")
    explained = {view.key: switch.why for view, switch in office.flags.explain(admin, district["student"])}
    assert explained == {
        "video_generation": "on for everybody", "images": "on for everybody", "google_family": "off for everybody",
        "cache": "off: organisation override of Oregon (fresh lessons)"}
    office.flags.change(admin, VIDEO, ends_at=START + timedelta(hours=1))
    assert office.flags.explain(admin, "x")[0][1].on
    office.wait(hours=1)
    assert not office.flags.explain(admin, "x")[0][1].on
