"""Baselines: begun, looked at every four hours, and what has left its band since."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pipeline.database import Engine
from pipeline.deployments import Baselines, LookState
from pipeline.deployments.bands import band, median, share
from pipeline.errors import BadRequest, NotAllowed
from pipeline.ledger.savings import Savings
from pipeline.organisation import COMMAND_LINE, Actor
from pipeline.tables import UserRole
from tests.deployments.conftest import Office
from tests.deployments.story import BEGAN, HOUR, MINUTE, SCHOOL, as_entries, as_text, execution

DAY = 24 * HOUR


def baselines(engine: Engine, at: timedelta) -> Baselines:
    return Baselines(engine, Savings(engine), clock=lambda: BEGAN + at)


def work(office: Office, hour: float, fault: str | None = None, *, runs: int = 12) -> None:
    """Executions of one hour, five minutes apart."""
    office.read(as_text([line for number in range(runs)
                         for line in execution(f"e{hour}-{number}", BEGAN + hour * HOUR + 5 * number * MINUTE, fault)]))


def test_a_new_baseline_ends_the_one_that_runs(office: Office):
    held = baselines(office.engine, 3 * HOUR)
    first = held.start(COMMAND_LINE, at=BEGAN)
    second = held.start(COMMAND_LINE, build="d9e50e55", note_="reset")
    assert [(b.baseline_id, b.start, b.ended_at) for b in held.all()] == [
        (second.baseline_id, BEGAN + 3 * HOUR, None), (first.baseline_id, BEGAN, BEGAN + 3 * HOUR)]
    assert held.end(COMMAND_LINE).ended_by == "command line"
    with pytest.raises(BadRequest, match="none is running"):
        held.end(COMMAND_LINE)


@pytest.mark.parametrize(("given", "said"), [
    ({"at": BEGAN + DAY}, "is in the future"), ({"hours": 0}, "must be 1 to 336"), ({"note_": "x" * 501}, "0 to 500 characters"),
])
def test_what_cannot_be_a_baseline_is_refused(desk: Office, given, said: str):
    with pytest.raises(BadRequest, match=said):
        baselines(desk.engine, HOUR).start(COMMAND_LINE, **given)


def test_a_viewer_starts_none(desk: Office):
    with pytest.raises(NotAllowed):
        baselines(desk.engine, HOUR).start(Actor(user_id="v", name="V", role=UserRole.VIEWER))


def test_the_hours_to_go_and_the_looks(office: Office):
    baselines(office.engine, HOUR).start(COMMAND_LINE, at=BEGAN)
    for hour in (0, 1, 5):
        work(office, hour)
    work(office, 9, SCHOOL)
    standing = baselines(office.engine, 17 * HOUR).standing()
    assert standing is not None
    assert (standing.hours_to_go, standing.complete) == (7.0, False)
    assert [(look.hour, look.state) for look in standing.looks] == [
        (0, LookState.PASSED), (4, LookState.PASSED), (8, LookState.PASSED), (12, LookState.FAILED),
        (16, LookState.NOTHING_RAN), (20, LookState.NOT_YET), (24, LookState.NOT_YET)]
    assert standing.looks[3].said == "1 new groups of errors, every request failed"
    assert (standing.looks[1].executions, standing.looks[1].requests) == (24, 24)


def test_success_and_errors_leave_their_bands_when_the_intervals_part(office: Office):
    baselines(office.engine, HOUR).start(COMMAND_LINE, at=BEGAN)
    for hour in range(6):
        work(office, hour)
    quiet = baselines(office.engine, 25 * HOUR).standing()
    assert quiet is not None and quiet.complete and quiet.left == ()
    work(office, 25, SCHOOL)
    standing = baselines(office.engine, 26 * HOUR).standing()
    assert standing is not None
    assert {each.name for each in standing.left} == {"error rate", "success"}
    errors = next(each for each in standing.bands if each.name == "error rate")
    assert errors.baseline and errors.lately and (errors.baseline.value, errors.lately.value) == (0.0, 1.0)


def test_a_job_that_the_platform_ended_fails_the_look(desk: Office):
    baselines(desk.engine, HOUR).start(COMMAND_LINE, at=BEGAN)
    work(desk, 1)
    lines = list(execution("ended", BEGAN + 2 * HOUR, None))
    last = lines[-1]
    desk.read(as_entries([*lines[:-1], type(last)(
        at=last.at, level="ERROR", execution="ended",
        message="Terminating task because it has reached the maximum timeout of 1800 seconds.")]))
    standing = baselines(desk.engine, 5 * HOUR).standing()
    assert standing is not None and standing.looks[1].state is LookState.FAILED
    assert "1 timeouts" in standing.looks[1].said


def test_before_there_was_one_there_is_nothing_to_show(desk: Office):
    assert baselines(desk.engine, HOUR).standing() is None


@settings(max_examples=200, deadline=None)
@given(seconds=some.lists(some.floats(0, 1000), min_size=1, max_size=60))
def test_the_interval_of_a_median_holds_it(seconds: list[float]):
    found = median(seconds)
    assert found is not None and found.n == len(seconds)
    if found.low is not None and found.high is not None:
        assert found.low <= found.value <= found.high
    else:
        assert len(seconds) < 6


@settings(max_examples=200, deadline=None)
@given(one=some.tuples(some.integers(0, 50), some.integers(0, 50)), other=some.tuples(some.integers(0, 50), some.integers(0, 50)))
def test_two_figures_part_in_both_directions_or_in_none(one: tuple[int, int], other: tuple[int, int]):
    first, second = (share(min(pair), max(pair)) for pair in (one, other))
    assert band("x", "y", first, second, "").left == band("x", "y", second, first, "").left
    assert not band("x", "y", first, first, "").left
