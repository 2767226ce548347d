"""The other tabs: interests, feature flags, API tokens and the audit log, for each role."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from console.organisation import address
from console.organisation.audit import days_between
from console.organisation.audit_words import action, changes_of, frame, thing, to_csv
from console.organisation.flags import meant, state
from pipeline.errors import NotAllowed
from pipeline.organisation import COMMAND_LINE, LOCAL_ID, PERMISSIONS, AuditView, FlagView, Permission
from pipeline.tables import TokenScope, UserRole
from pipeline.wiring import Wiring
from tests.console.visits import HOSTILE, STAFF, become, errors, newest, press, rows, told, visit

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(days=1), NOW - timedelta(days=1)


@pytest.mark.parametrize("tab", address.TABS)
@pytest.mark.parametrize("role", STAFF)
def test_every_tab_opens_for_everybody_and_says_who_may_see_what_it_hides(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch, tab: str, role: UserRole
) -> None:
    become(role, wiring, monkeypatch)
    said = told(visit(tab=tab))
    needed = {address.TOKENS: Permission.TOKENS, address.AUDIT: Permission.AUDIT}.get(tab)
    hidden = needed is not None and needed not in PERMISSIONS[role]
    assert (f"you are {role}." in said) is hidden


# interests


def test_the_interests_that_ship_are_shown_in_order(wiring: Wiring) -> None:
    page = visit(tab=address.INTERESTS)
    assert "24 of 24 are offered" in told(page) and "New ones come with a release" in told(page)
    assert [toggle.label for toggle in page.toggle] == [interest.name for interest in wiring.interests.all()]


def test_an_interest_is_put_out_of_use_and_back(wiring: Wiring) -> None:
    page = visit(tab=address.INTERESTS)
    page.toggle(key="offered_basketball_True").set_value(False).run()
    assert "23 of 24 are offered" in told(page)
    assert newest(wiring, COMMAND_LINE).action == "interest.deactivated"
    press(page, "undo")
    assert all(interest.active for interest in wiring.interests.all())


def test_an_interest_moves_up(wiring: Wiring) -> None:
    second = wiring.interests.all()[1]
    page = visit(tab=address.INTERESTS)
    assert page.button(key=f"up_{wiring.interests.all()[0].interest_id}").disabled
    press(page, f"up_{second.interest_id}")
    assert wiring.interests.all()[0] == second.model_copy(update={"display_order": 0})


@pytest.mark.parametrize("role", STAFF)
def test_who_may_change_interests_can(wiring: Wiring, monkeypatch: pytest.MonkeyPatch, role: UserRole) -> None:
    become(role, wiring, monkeypatch)
    page = visit(tab=address.INTERESTS)
    assert page.toggle(key="offered_basketball_True").disabled is (Permission.INTERESTS not in PERMISSIONS[role])


# flags


def flag(**fields: object) -> FlagView:
    return FlagView.model_validate({
        "key": "images", "name": "Images", "description": "", "enabled": True, "rollout_percentage": 100, "starts_at": None,
        "ends_at": None, "overrides": (), **fields,
    })


@pytest.mark.parametrize(("fields", "said"), [
    ({}, "On for everybody"),
    ({"enabled": False}, "Off for everybody"),
    ({"rollout_percentage": 30}, "On for 30 % of people"),
    ({"rollout_percentage": 0}, "Off for everybody"),
    ({"starts_at": LATER}, "Off until 2026-11-23 12:00 UTC, then on for everybody"),
    ({"starts_at": EARLIER, "ends_at": LATER}, "On for everybody until 2026-11-23 12:00 UTC"),
    ({"ends_at": EARLIER}, "Off for everybody since 2026-11-21 12:00 UTC"),
    ({"enabled": False, "starts_at": LATER}, "Off for everybody"),  # the date would promise what never comes
])
def test_the_state_of_a_flag_is_said_in_words(fields: dict[str, object], said: str) -> None:
    assert state(flag(**fields), NOW) == said


def test_a_flag_is_rolled_out_scheduled_and_put_back(wiring: Wiring) -> None:
    page = press(visit(tab=address.FLAGS), "change_images")
    page.slider(key="flag_rollout").set_value(40)
    page.datetime_input(key="flag_ends_at").set_value(datetime(2030, 1, 1, 8, 0))
    press(page, "flag_submit")
    changed = next(each for each in wiring.flags.list(COMMAND_LINE) if each.key == "images")
    assert (changed.rollout_percentage, changed.ends_at) == (40, datetime(2030, 1, 1, 8, 0, tzinfo=UTC))
    assert "for 40 % of people until 2030-01-01 08:00 UTC" in told(page)
    press(page, "undo")
    changed = next(each for each in wiring.flags.list(COMMAND_LINE) if each.key == "images")
    assert (changed.rollout_percentage, changed.ends_at) == (100, None)


def test_a_schedule_that_ends_before_it_begins_is_one_sentence(wiring: Wiring) -> None:
    page = press(visit(tab=address.FLAGS), "change_images")
    page.datetime_input(key="flag_starts_at").set_value(datetime(2030, 1, 2, 8, 0))
    page.datetime_input(key="flag_ends_at").set_value(datetime(2030, 1, 1, 8, 0))
    assert errors(press(page, "flag_submit")) == ["The end must be later than the start."]
    assert page.datetime_input(key="flag_starts_at").value == datetime(2030, 1, 2, 8, 0)


def test_an_override_needs_somebody_and_a_reason_and_can_be_removed_and_put_back(wiring: Wiring) -> None:
    made = wiring.places.create_organization(COMMAND_LINE, HOSTILE)
    page = press(visit(tab=address.FLAGS), "override_images")
    assert errors(press(page, "override_submit")) == ["Choose an organisation or a user."]
    page.selectbox(key="override_for").set_value(made.organization_id)
    assert errors(press(page, "override_submit")) == ["The reason must have 1 to 300 characters; it has 0."]
    page.text_input(key="override_reason").input("Exam week")
    press(page, "override_submit")
    assert f"for the organisation **{HOSTILE}**: Exam week" in told(page)
    press(page, f"remove_images_{made.organization_id}")
    assert newest(wiring, COMMAND_LINE).action == "flag.override_removed"
    press(page, "undo")
    (override,) = next(each for each in wiring.flags.list(COMMAND_LINE) if each.key == "images").overrides
    assert (override.enabled, override.reason) == (False, "Exam week")


def test_why_somebody_gets_what_they_get_is_explained(wiring: Wiring) -> None:
    sam = wiring.people.invite(COMMAND_LINE, "sam@students.org", UserRole.STUDENT, name="Sam")
    wiring.flags.override(COMMAND_LINE, "video_generation", user_id=sam.user_id, enabled=False, reason="Pilot")
    page = visit(tab=address.FLAGS)
    page.selectbox(key="explain").set_value(sam.user_id).run()
    assert "**Video**: off: user override (Pilot)" in told(page)
    assert "**Images**: on for everybody" in told(page)
    assert "For Sam (sam@students.org)" in told(page)


@pytest.mark.parametrize(("typed", "person"), [
    ("user_1", "user_1"), ("sam", "user_1"), ("SAM@students.org", "user_1"), ("students.org", "students.org"), ("student-7", "student-7"),
])
def test_part_of_a_name_is_enough_when_it_fits_one_person(typed: str, person: str) -> None:
    assert meant(typed, {"user_1": "Sam (sam@students.org)", "user_2": "Ana (ana@students.org)"}) == person


@pytest.mark.parametrize("role", STAFF)
def test_who_may_change_flags_can(wiring: Wiring, monkeypatch: pytest.MonkeyPatch, role: UserRole) -> None:
    become(role, wiring, monkeypatch)
    page = visit(tab=address.FLAGS)
    for key in ("change_images", "override_images"):
        assert page.button(key=key).disabled is (Permission.FLAGS not in PERMISSIONS[role])


# tokens


def test_a_secret_is_shown_once_and_opens_what_it_says(wiring: Wiring) -> None:
    page = press(visit(tab=address.TOKENS), "make_token")
    page.text_input(key="token_name").input("Nightly report")
    page.radio(key="token_scope").set_value(TokenScope.GENERATE)
    page.number_input(key="token_days").set_value(30)
    press(page, "token_submit")
    secret = page.code[0].value
    assert wiring.tokens.verify(secret, TokenScope.GENERATE, datetime.now(UTC)).user_id == LOCAL_ID
    press(page, "secret_done")
    assert not page.code and secret not in told(page) and secret[:8] in told(page)
    assert secret not in str(page.session_state.to_dict())


def test_a_token_without_a_name_is_one_sentence(wiring: Wiring) -> None:
    page = press(visit(tab=address.TOKENS), "make_token")
    assert errors(press(page, "token_submit")) == ["The name must have 1 to 200 characters; it has 0."]


def test_revoking_asks_first_and_locks_out_at_once(wiring: Wiring) -> None:
    made = wiring.tokens.make(wiring.people.local_admin(), "School sync", TokenScope.READ, 3)
    page = press(visit(tab=address.TOKENS), f"revoke_{made.view.token_id}")
    assert "locked out at once" in told(page)
    wiring.tokens.verify(made.secret, TokenScope.READ, datetime.now(UTC))
    press(page, "confirm_revoke")
    with pytest.raises(NotAllowed):
        wiring.tokens.verify(made.secret, TokenScope.READ, datetime.now(UTC))
    assert "No token is in use." in told(page)
    assert list(page.dataframe[0].value["State"]) == [f"revoked {datetime.now(UTC):%Y-%m-%d}"]


def test_an_engineer_sees_only_their_own_tokens(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    wiring.tokens.make(wiring.people.local_admin(), "Not theirs", TokenScope.READ, 3)
    become(UserRole.ENGINEERING, wiring, monkeypatch)
    assert "Not theirs" not in told(visit(tab=address.TOKENS))


# the log


def entry(before: dict[str, object] | None, after: dict[str, object] | None, **fields: str) -> AuditView:
    named = {"action": "school.renamed", "entity": "school", "entity_id": "school_1", "actor_id": "user_1", "actor_name": "Ana"}
    return AuditView.model_validate({"at": NOW, **named, **fields, "before": before, "after": after})


@pytest.mark.parametrize(("before", "after", "said"), [
    ({"name": "North"}, {"name": "North High"}, ["name: North → North High"]),
    (None, {"name": "North", "grade_levels": [9, 10]}, ["name: North", "grade levels: 9, 10"]),
    ({"name": "Report"}, None, ["name: was Report"]),
    ({"organization_id": "org_1"}, {"organization_id": None}, ["organisation: Hillsboro → nothing"]),
    ({"archived": False}, {"archived": True}, ["archived: no → yes"]),
    ({"ends_at": None}, {"ends_at": "2027-01-01T08:00:00+00:00"}, ["ends at: nothing → 2027-01-01 08:00 UTC"]),
    ({"user user_2": None}, {"user user_2": "on (Pilot)"}, ["for Sam: nothing → on (Pilot)"]),
    ({"user user_9": None}, {"user user_9": "on (Pilot)"}, ["user user_9: nothing → on (Pilot)"]),
    (None, {"students": ["user_2", "user_9"]}, ["students: Sam, user_9"]),
])
def test_a_change_is_said_as_what_was_and_what_is(
    before: dict[str, object] | None, after: dict[str, object] | None, said: list[str]
) -> None:
    assert changes_of(entry(before, after), {"org_1": "Hillsboro", "user_2": "Sam"}) == said


def test_a_thing_has_the_name_that_it_has_now_or_had_then() -> None:
    assert thing(entry({"name": "North"}, None), {"school_1": "Lincoln"}) == "Lincoln"
    assert thing(entry({"name": "North"}, None), {}) == "North"
    assert thing(entry({"archived": False}, {"archived": True}), {}) == "school_1"
    assert action("user.role_assigned") == "Person: role assigned"


def test_days_are_both_included() -> None:
    span = days_between((date(2026, 11, 1), date(2026, 11, 2)))
    assert (span.since, span.until) == (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))
    assert days_between((date(2026, 11, 1),)).until is None


def test_the_export_of_the_log_runs_nothing() -> None:
    table = frame([entry({"name": "a"}, {"name": "=1+1"}, actor_name="=cmd", entity_id="-1")], {})
    (row,) = csv.DictReader(io.StringIO(to_csv(table).decode()))
    assert (row["Who"], row["Id"], row["Change"]) == ("'=cmd", "'-1", "name: a → =1+1")


def test_the_log_is_filtered_and_leads_to_the_thing(wiring: Wiring) -> None:
    made = wiring.places.create_organization(wiring.people.local_admin(), "Hillsboro")
    wiring.people.grant("ana@vividly.test", UserRole.ADMIN)
    page = visit(tab=address.AUDIT)
    assert [row["What"] for row in rows(page, "audit")] == ["Person: granted", "Organisation: created"]
    page.selectbox(key="audit_entity").set_value("organization").run()
    assert [row["Thing"] for row in rows(page, "audit")] == ["Hillsboro"]
    page.text_input(key="audit_who").input("command").run()
    assert "Nothing was changed in this time by whom and what the filters say." in told(page)
    page.text_input(key="audit_who").input("").run()
    page.text_input(key="audit_action").input("organization.cr").run()
    page.text_input(key="audit_id").input(made.organization_id).run()
    assert len(rows(page, "audit")) == 1


@pytest.mark.parametrize(("entity", "leads_to"), [
    ("school", {"place": "thing_1"}), ("user", {"person": "thing_1"}), ("flag", None),
])
def test_an_entry_leads_to_the_thing_where_there_is_a_page_for_it(entity: str, leads_to: dict[str, str] | None) -> None:
    def page(entity: str) -> None:
        from console.organisation.audit import show_entry
        from tests.console.test_organisation_tabs import entry

        show_entry(entry(None, {"name": "North"}, entity=entity, entity_id="thing_1"), {})

    app = AppTest.from_function(page, args=(entity,)).run()
    assert "name: North" in told(app)
    if leads_to is None:
        assert not app.button
    else:
        press(app, "audit_open")
        assert app.query_params == leads_to and app.session_state[address.TAB] == address.PEOPLE
