"""What people decide about groups holds for lines that are stored and for lines to come, and can be taken back."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from pipeline.errors import BadRequest
from pipeline.incidents import Incidents, Merged, State, Where, Window
from tests.incidents.conftest import NOON, Written, error
from tests.incidents.test_killed import empty
from tests.incidents.test_pulling import sums

AT = datetime.fromtimestamp(NOON, UTC)
CAUSES = ("the voice does not answer", "disk of films is full", "no lesson fits the shelf", "quota of project is used up")


def pull(incidents: Incidents, *causes: int, name: str = "written") -> int:
    """How many errors that brought."""
    return incidents.pull(Written([error(n, f"Worker crashed: {CAUSES[cause]}", request_id=f"r{cause}", id=f"{name}:{n}", source=name)
                            for n, cause in enumerate(causes)], name, at_once=4), now=NOON + 60).errors


def counts(incidents: Incidents) -> dict[str, int]:
    return {group.title: group.count for group in incidents.groups().groups}


def named(incidents: Incidents, cause: int) -> str:
    page = incidents.groups(where=Where(text=CAUSES[cause])).groups
    return page[0].fingerprint


def test_a_merge_is_remembered_for_lines_to_come_and_can_be_undone(incidents: Incidents):
    pull(incidents, 0, 0, 0, 1, 1, 2)
    before, target = counts(incidents), named(incidents, 0)
    merged = incidents.merge([named(incidents, 1)], into=target, at=AT, by="ada", why="One cause.")
    assert sorted(counts(incidents).values()) == [1, 5]
    pull(incidents, 1, name="later")
    group = incidents.detail(target)
    assert group is not None and group.group.count == 6 and len(group.keys) == 2
    assert incidents.detail(group.keys[1]) == group  # by the name that it had before, too
    assert group.group.requests == 2 and len(incidents.occurrences(target).rows) == 6
    incidents.undo_merge(merged, at=AT, by="ada")
    assert sorted(counts(incidents).values()) == [1, 3, 3] and set(counts(incidents)) == set(before)


def test_a_split_gives_a_fingerprint_its_own_group_again(incidents: Incidents):
    pull(incidents, 0, 1, 1)
    target, other = named(incidents, 0), named(incidents, 1)
    incidents.ignore(other, at=AT, by="ada", why="Known.")
    incidents.merge([other], into=target, at=AT, by="ada")
    incidents.split(other, at=AT, by="ada")
    group = incidents.detail(other)
    assert group is not None and group.group.count == 2 and group.group.standing.state is State.IGNORED
    with pytest.raises(BadRequest, match="a group of its own"):
        incidents.split(other, at=AT, by="ada")


def test_a_rule_beats_what_is_found_automatically_in_lines_that_are_stored_and_to_come(incidents: Incidents, engine: Engine):
    pull(incidents, 0, 0, 1, 2)
    told: list[tuple[int, int]] = []
    incidents.add_rule("message", "contains", "DISK OF", at=AT, by="ada", title="Disks")
    assert incidents.regroup(lambda done, until: told.append((done, until)), at_once=3) == 1
    assert [done for done, _ in told] == [4, 5]
    pull(incidents, 1, 3, name="later")
    assert counts(incidents)["Disks"] == 2
    rule = incidents.rules()[0]
    assert (rule.looked_at, rule.to_look_at, rule.by) == (5, 5, "ada")
    assert set(sums(engine).values()) == {6}
    incidents.end_rule(rule.rule_id, at=AT, by="ada")
    assert incidents.regroup() == 2 and "Disks" not in counts(incidents)
    assert sorted(counts(incidents).values()) == [1, 1, 2, 2] and set(sums(engine).values()) == {6}


def test_stored_lines_that_a_rule_calls_no_error_leave_their_group_and_come_back_with_its_end(incidents: Incidents, engine: Engine):
    pull(incidents, 0, 0, 1)
    before, name = incidents.groups(), named(incidents, 0)
    incidents.add_rule("message", "contains", "voice", at=AT, by="ada", error=False)
    assert incidents.regroup() == 2
    groups = incidents.groups()
    assert (groups.errors, groups.every_error, groups.set_aside, groups.found) == (1, 1, 2, 1)
    assert incidents.exposure(Window()).errors == 1 and len(incidents.tail()) == 1 and not incidents.occurrences(name).rows
    assert pull(incidents, 0, 1, name="later") == 1  # lines to come as well
    incidents.end_rule(incidents.rules()[0].rule_id, at=AT, by="ada")
    assert incidents.regroup() == 2
    after = incidents.groups(where=Where(text=CAUSES[0])).groups[0]
    assert after == next(group for group in before.groups if group.fingerprint == name).model_copy(update={"share": after.share})
    assert incidents.groups().set_aside == 0 and set(sums(engine).values()) == {4}


def test_the_newest_rule_decides_about_stored_lines_too(incidents: Incidents):
    pull(incidents, 0, 1)
    for is_error in (False, True):
        incidents.add_rule("message", "contains", "voice", at=AT, by="ada", error=is_error)
        incidents.regroup()
        assert incidents.groups().set_aside == int(not is_error)


def test_rules_say_what_an_error_is_in_lines_to_come(incidents: Incidents):
    pull(incidents, 0, 1)
    incidents.add_rule("message", "matches", r"disk of \w+", at=AT, by="ada", error=False)
    pull(incidents, 0, 1, name="later")
    assert sorted(counts(incidents).values()) == [1, 2]


def test_a_rule_that_cannot_be_followed_is_refused(incidents: Incidents):
    for given_ in ({"error": True, "title": "both"}, {}):
        with pytest.raises(BadRequest, match="either"):
            incidents.add_rule("message", "contains", "x", at=AT, by="ada", **given_)  # type: ignore[arg-type]
    with pytest.raises(BadRequest):
        incidents.add_rule("message", "matches", "(", at=AT, by="ada", error=True)
    with pytest.raises(BadRequest, match="no group"):
        incidents.add_rule("message", "contains", "x", at=AT, by="ada", into="c1-nothing")


STEPS = st.lists(st.one_of(
    st.tuples(st.just("pull"), st.lists(st.integers(0, 3), min_size=1, max_size=6)),
    st.tuples(st.just("merge"), st.tuples(st.integers(0, 3), st.integers(0, 3))),
    st.tuples(st.just("undo"), st.none()), st.tuples(st.just("split"), st.integers(0, 3)),
    st.tuples(st.just("rule"), st.integers(0, 3)), st.tuples(st.just("none"), st.integers(0, 3)), st.tuples(st.just("end"), st.none()), st.tuples(st.just("regroup"), st.none()),
    st.tuples(st.just("prune"), st.integers(0, 120)),
), min_size=1, max_size=10)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_whatever_is_decided_every_error_is_in_exactly_one_group(engine: Engine, steps: list):
    empty(engine)
    incidents, total, merges = Incidents(engine), 0, list[Merged]()
    for number, (what, given_) in enumerate(steps):
        fingerprints = [group.fingerprint for group in incidents.groups().groups]
        if what == "pull":
            total += pull(incidents, *given_, name=f"source{number}")
        elif what == "merge" and len(fingerprints) > max(given_) and len(set(given_)) == 2:
            merges.append(incidents.merge([fingerprints[given_[0]]], into=fingerprints[given_[1]], at=AT, by="ada"))
        elif what == "undo" and merges:
            incidents.undo_merge(merges.pop(), at=AT, by="ada")
        elif what == "rule":
            incidents.add_rule("message", "contains", CAUSES[given_], at=AT, by="ada", title=f"Rule {given_}")
        elif what == "none":
            incidents.add_rule("message", "contains", CAUSES[given_], at=AT, by="ada", error=False)
        elif what == "end" and (held := [rule for rule in incidents.rules() if rule.ended_at is None]):
            incidents.end_rule(held[0].rule_id, at=AT, by="ada")
        elif what == "regroup":
            incidents.regroup(at_once=2)
        elif what == "prune":
            incidents.prune(now=NOON + given_ * 86_400)
        groups = incidents.groups()
        told, here = sums(engine), total - groups.set_aside
        assert sum(group.count for group in groups.groups) == groups.errors == groups.every_error == here
        assert sum(group.total for group in groups.groups) == here == told["values"] == told["keys"] == told["activity"]
        assert told["source"] == told["cells"] == total
        assert sum(count for count in incidents.facets()["source"].values()) == here  # type: ignore[index]
        if total:
            window = Window(since=AT)
            assert sum(point.count for point in incidents.rate(window, step_seconds=3600, top=1)) == here


def test_what_is_old_beside_the_newest_line_goes_by_itself_and_an_old_log_stays(incidents: Incidents, engine: Engine):
    pull(incidents, 0, 1)
    assert len(incidents.tail()) == 2
    incidents.pull(Written([error(9, at=NOON + 100 * 86_400)], "later"))
    assert len(incidents.tail()) == 3  # it was looked at today
    with engine.begin() as connection:
        connection.execute(text("UPDATE log_state SET pruned_at = 0"))
    incidents.pull(Written([error(10, at=NOON + 100 * 86_400)], "last"))
    assert len(incidents.tail()) == 2 and incidents.groups().errors == 4


def test_pruning_changes_no_count(incidents: Incidents, engine: Engine):
    pull(incidents, 0, 1, 1)
    gone = incidents.prune(now=NOON + 100 * 86_400)
    assert (gone.lines, gone.cells) == (3, 0)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM error_occurrences")) == 0
    assert sorted(counts(incidents).values()) == [1, 2]
