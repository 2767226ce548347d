"""Alarms: what a deploy brought, what escalates, and silence that is longer than usual."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from pipeline.tables import ErrorGroupRow, GroupState
from tests.deployments.conftest import Office
from tests.deployments.story import BEGAN, DEPLOYS, HOUR, MINUTE, as_entries, as_text, execution, story


def kinds(office: Office, after: timedelta) -> list[str]:
    return [alarm.kind for alarm in office.deployments.alarms(BEGAN + after)]


def test_what_the_last_deploy_brought_is_an_alarm_for_a_day(office: Office):
    office.read(as_text(story((3, 3, 0, 0))))
    office.record(DEPLOYS[0])
    (alarm,) = office.deployments.alarms(DEPLOYS[0].at + HOUR)
    assert (alarm.kind, alarm.build, len(alarm.fingerprints)) == ("new_groups", DEPLOYS[0].build, 1)
    assert alarm.said.startswith("Build eda8fd41 brought a new group of errors. Behind what it fixed stood")
    assert kinds(office, 26 * HOUR) == []


def test_a_clean_deploy_is_no_alarm(desk: Office):
    desk.read(as_text(story((3, 3, 3, 30))))
    desk.record(*DEPLOYS)
    assert kinds(desk, 4 * HOUR) == []


@pytest.mark.parametrize(("state", "said"), [
    (GroupState.ESCALATING, "is more frequent than it was"), (GroupState.REGRESSED, "is back after it was resolved"),
])
def test_a_group_that_escalates_is_an_alarm(desk: Office, state: GroupState, said: str):
    desk.read(as_text(story((3, 0, 0, 0))))
    with desk.engine.begin() as connection:
        connection.execute(update(ErrorGroupRow).values(state=state))
    (alarm,) = desk.deployments.alarms(BEGAN + HOUR)
    assert alarm.kind == "escalation" and said in alarm.said and len(alarm.fingerprints) == 1


def every(office: Office, pause: timedelta, count: int) -> timedelta:
    """Executions with the same pause; when the last of them was."""
    office.read(as_entries([line for number in range(count) for line in execution(f"e{number}", BEGAN + number * pause, None)]))
    return (count - 1) * pause


@pytest.mark.parametrize(("pause", "silence", "alarmed"), [
    (5 * MINUTE, 14 * MINUTE, False), (5 * MINUTE, 17 * MINUTE, True),
    (60 * MINUTE, 80 * MINUTE, False), (60 * MINUTE, 95 * MINUTE, True),  # half as long again as the longest pause
])
def test_silence_is_an_alarm_when_it_is_longer_than_usual(office: Office, pause: timedelta, silence: timedelta, alarmed: bool):
    last = every(office, pause, 25)
    found = office.deployments.alarms(BEGAN + last + silence)
    assert [alarm.kind for alarm in found] == ["silence"] * alarmed
    if alarmed:
        assert "The job dev-vividly-content-worker has been silent for" in found[0].said


def test_before_anything_is_usual_silence_says_nothing(desk: Office):
    last = every(desk, 5 * MINUTE, 10)
    assert kinds(desk, last + 24 * HOUR) == []
