"""The states of a group: what people decide stays until its condition is met, and a resolved group does not come back by chance."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pipeline.errors import BadRequest
from pipeline.incidents import Incidents, State
from pipeline.incidents.rates import CHANCE, FEWEST, Seen, chance_of_more, escalates
from pipeline.incidents.states import DAY, Decision, Sight, by_itself, reopens
from tests.incidents.conftest import NOON, Written, error, line

START = datetime.fromtimestamp(NOON, UTC)
HOUR = timedelta(hours=1)


class Life(RuleBasedStateMachine):
    """A group from its first line on, under everything that may happen to it."""

    @initialize()
    def begin(self) -> None:
        self.now, self.total = NOON, 1
        self.decision = Decision(state=State.NEW, at=NOON, by="automatic")

    @rule(seconds=st.floats(1, 3 * DAY), lines=st.integers(0, 50), escalating=st.booleans(), again=st.booleans())
    def time_passes(self, seconds: float, lines: int, escalating: bool, again: bool) -> None:
        self.now, self.total, before = self.now + seconds, self.total + lines, self.decision
        sight = Sight(self.now, NOON, self.total, escalating, self.now if again and lines else None)
        follows = by_itself(before, sight)
        if follows is None:
            self.check_nothing_was_due(before, sight)
            return
        state, why = follows
        assert state is not before.state and why and state not in (State.NEW, State.RESOLVED, State.IGNORED)
        if before.state is State.RESOLVED:
            assert state is State.REGRESSED and sight.again is not None
        if before.state is State.IGNORED:
            assert (before.until and self.now >= before.until) or (before.until_count and self.total >= before.until_count) or (
                before.until_escalates and escalating)
        self.decision = Decision(state=state, at=self.now, by="automatic", why=why)
        assert by_itself(self.decision, sight._replace(again=None)) is None or state is State.ONGOING

    def check_nothing_was_due(self, before: Decision, sight: Sight) -> None:
        if before.state in (State.NEW, State.ONGOING):
            assert not sight.escalates
        if before.state is State.NEW:
            assert self.now - NOON < DAY
        if before.state is State.RESOLVED:
            assert sight.again is None

    @rule()
    def resolve(self) -> None:
        self.decision = Decision(state=State.RESOLVED, at=self.now, by="ada")

    @rule(hours=st.none() | st.floats(0.1, 100), more=st.none() | st.integers(1, 80), until_escalates=st.booleans())
    def ignore(self, hours: float | None, more: int | None, until_escalates: bool) -> None:
        self.decision = Decision(
            state=State.IGNORED, at=self.now, by="ada", until=self.now + hours * 3600 if hours else None,
            until_count=self.total + more if more else None, until_escalates=until_escalates)

    @rule()
    def reopen(self) -> None:
        self.decision = Decision(state=State.ONGOING, at=self.now, by="ada")

    @invariant()
    def is_always_some_state(self) -> None:
        assert self.decision.state in State


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@pytest.mark.parametrize(("at", "version", "resolved_in", "back"), [
    (NOON - 1, "", "", False),     # from before the resolution, read late
    (NOON, "", "", False),         # the very line that somebody looked at
    (NOON + 1, "", "", True),      # nothing is known of versions
    (NOON + 1, "v1", "v2", False),  # an old instance still runs
    (NOON + 1, "v2", "v2", True),
    (NOON + 1, "v3", "v2", True),
    (NOON + 1, "", "v2", True),    # a line that does not say its version
    (NOON + 1, "v1", "v9", False),  # the fix is not out yet
    (NOON + 90, "v4", "v9", True),  # out under another name than was said, and it is no fix
])
def test_a_resolved_group_comes_back_only_for_a_line_that_the_fix_should_have_stopped(at, version, resolved_in, back):
    known = {"v1": NOON - 500, "v2": NOON - 100, "v3": NOON - 50, "v4": NOON + 60}
    resolved = Decision(state=State.RESOLVED, at=NOON, by="ada", version=resolved_in)
    assert reopens(at, version, resolved=resolved, known_since=known) is back


@given(st.integers(0, 400), st.floats(0.5, 1e4), st.integers(0, 400), st.floats(0.5, 1e4))
def test_more_errors_are_never_more_probable(errors: int, exposure: float, before: int, exposure_before: float):
    usual = Seen(before, exposure_before)
    now, more = chance_of_more(Seen(errors, exposure), usual), chance_of_more(Seen(errors + 1, exposure), usual)
    assert 0 <= more <= now <= 1
    assert chance_of_more(Seen(errors, exposure * 2), usual) >= now - 1e-12
    if escalates(Seen(errors, exposure), usual):
        assert errors >= FEWEST and now < CHANCE


@pytest.mark.parametrize(("now", "before", "expected"), [
    (Seen(5, 10), Seen(0, 10), 1 / 32),          # five heads of five
    (Seen(1, 1), Seen(0, 3), 0.25),
    (Seen(2, 10), Seen(1, 10), 0.5),             # at least two heads of three
])
def test_the_chance_is_that_of_the_binomial(now, before, expected):
    assert chance_of_more(now, before) == pytest.approx(expected)


def state_of(incidents: Incidents) -> State:
    return incidents.groups().groups[0].standing.state


def pull(incidents: Incidents, lines: list, now: float) -> None:
    incidents.pull(Written(lines, f"source-{now}", at_once=50), now=now)


def test_a_line_from_before_the_resolution_does_not_reopen_and_one_after_it_does(incidents: Incidents):
    pull(incidents, [error(1)], NOON + 10)
    name = incidents.groups().groups[0].fingerprint
    incidents.resolve(name, at=START + 2 * HOUR, by="ada@x.org", why="Mended in 4291f22.")
    pull(incidents, [error(7000)], NOON + 7300)
    assert state_of(incidents) is State.RESOLVED
    pull(incidents, [error(7201)], NOON + 7400)
    assert state_of(incidents) is State.REGRESSED
    told = [(change.what, change.by) for change in incidents.detail(name).changes]  # type: ignore[union-attr]
    assert told == [("regressed", "automatic"), ("resolved", "ada@x.org")]


def test_a_version_from_before_the_fix_does_not_reopen(incidents: Incidents):
    pull(incidents, [error(1, version="v1")], NOON + 10)
    incidents.resolve(incidents.groups().groups[0].fingerprint, at=START + HOUR, by="ada", version="v2")
    pull(incidents, [error(3700, version="v1"), line(3750, version="v2")], NOON + 3800)
    assert state_of(incidents) is State.RESOLVED
    pull(incidents, [error(3900, version="v2")], NOON + 3900)
    assert state_of(incidents) is State.REGRESSED


def test_what_is_ignored_comes_back_when_its_time_is_over_or_it_was_seen_so_often(incidents: Incidents):
    pull(incidents, [error(1)], NOON + 10)
    name = incidents.groups().groups[0].fingerprint
    incidents.ignore(name, at=START, by="ada", why="Known.", more=2)
    pull(incidents, [error(2)], NOON + 20)
    assert state_of(incidents) is State.IGNORED
    pull(incidents, [error(3)], NOON + 30)
    assert state_of(incidents) is State.ONGOING
    incidents.ignore(name, at=START, by="ada", until=START + HOUR)
    incidents.review(now=NOON + 3599)
    assert state_of(incidents) is State.IGNORED
    incidents.review(now=NOON + 3600)
    assert state_of(incidents) is State.ONGOING


def test_a_group_escalates_when_it_is_seen_more_often_in_as_many_requests_and_calms_down(incidents: Incidents):
    requests = [line(n, f"Processing message: request_id=r{n}, correlation_id=c", at=NOON + n * 60) for n in range(48 * 60)]
    pull(incidents, [*requests[:47 * 60], *(error(n, at=NOON + n * 3600, id=f"w.log:9{n}") for n in range(47))], NOON + 47 * 3600)
    assert state_of(incidents) is State.ONGOING
    burst = [error(n, at=NOON + 47 * 3600 + n * 60, id=f"w.log:8{n}") for n in range(20)]
    pull(incidents, [*requests[47 * 60:], *burst], NOON + 48 * 3600 - 1)
    assert state_of(incidents) is State.ESCALATING
    incidents.review(now=NOON + 50 * 3600)
    assert state_of(incidents) is State.ONGOING


def test_more_errors_in_as_many_times_more_requests_do_not_escalate(incidents: Incidents):
    quiet = [line(n, f"Processing message: request_id=r{n}, c", at=NOON + n * 600) for n in range(288)]
    busy = [line(n, f"Processing message: request_id=s{n}, c", at=NOON + 48 * 3600 + n, id=f"w.log:7{n}") for n in range(600)]
    errors = [error(n, at=NOON + n * 6000 + 3, id=f"w.log:9{n}") for n in range(28)]
    burst = [error(n, at=NOON + 48 * 3600 + n * 12, id=f"w.log:8{n}") for n in range(50)]
    pull(incidents, [*quiet, *errors, *busy, *burst], NOON + 48 * 3600 + 1200)
    assert state_of(incidents) is State.ONGOING


def test_a_new_group_is_ongoing_after_a_day(incidents: Incidents):
    pull(incidents, [error(1)], NOON + 10)
    assert state_of(incidents) is State.NEW
    incidents.review(now=NOON + 1 + DAY)
    assert state_of(incidents) is State.ONGOING


def test_a_group_that_nobody_knows_cannot_be_resolved(incidents: Incidents):
    with pytest.raises(BadRequest, match="no group"):
        incidents.resolve("c1-nothing", at=START, by="ada")
