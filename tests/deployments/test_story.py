"""The original's story: School hid the foreign keys, those hid FeatureFlag, and only then, and only after a while, it was clean."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.deployments import CheckState, Kind, Unit, Verdict
from tests.deployments.conftest import Office
from tests.deployments.story import BEGAN, BUILDS, DEPLOYS, FAULTS, SHAPES, Said, as_entries, as_text, execution, story

Shape = Callable[[Sequence[Said]], bytes]
NAMES = {"School": "'School'", "User": "Organization.users", "FeatureFlag": "'FeatureFlag'"}
SHAPED = pytest.mark.parametrize("shape", SHAPES)
FIRST, SECOND, LAST = (build for build, _ in BUILDS)


def verdicts(office: Office) -> dict[str, Verdict]:
    return {told.deploy.build: told.verdict for told in office.deployments.told()}


def groups(office: Office) -> dict[str, str]:
    """The fingerprints by the names of the story."""
    fates = [fate for verdict in verdicts(office).values() for part in ("fixed", "gone", "unmasked", "still", "broke")
             for fate in getattr(verdict, part)]
    return {name: fate.fingerprint for name, mark in NAMES.items() for fate in fates if mark in fate.title}


@SHAPED
def test_each_build_fixes_one_and_unmasks_the_next(office: Office, shape: Shape):
    office.read(shape(story()))
    office.record(*DEPLOYS)
    found, named = verdicts(office), groups(office)
    assert {build: verdict.kind for build, verdict in found.items()} == {
        FIRST: Kind.UNMASKED, SECOND: Kind.UNMASKED, LAST: Kind.CLEAN}
    assert [[fate.fingerprint for fate in found[build].fixed] for build, _ in BUILDS] == [[f] for f in named.values()]
    assert len(set(named.values())) == 3
    marks = office.deployments.marks()
    assert {name: marks[print_].fixed_in for name, print_ in named.items()} == {
        "School": FIRST, "User": SECOND, "FeatureFlag": LAST}
    assert {name: marks[print_].unmasked_by for name, print_ in named.items()} == {
        "School": None, "User": named["School"], "FeatureFlag": named["User"]}
    assert "stopped 3 of 3 executions before and is gone" in marks[named["User"]].why


@pytest.mark.parametrize(("before", "after", "more"), [
    (3, 0, 6), (3, 1, 5), (3, 2, 4), (3, 5, 1), (3, 6, 0),  # 3 of 3 failed: (3 / 9) ** 3 is the first under 5 %
    (1, 1, 18), (1, 18, 1), (1, 19, 0),  # one that failed: 1 / 20
])
def test_the_last_deploy_is_clean_only_after_enough_executions(desk: Office, before: int, after: int, more: int):
    desk.read(as_entries(story((before, before, before, after))))
    desk.record(*DEPLOYS)
    last = verdicts(desk)[LAST]
    assert (last.kind, last.more_needed) == ((Kind.TOO_EARLY, more) if more else (Kind.CLEAN, 0))
    if more and after:
        assert f"{more} execution{'s' * (more > 1)} more are needed" in last.reason
    assert (LAST in {mark.fixed_in for mark in desk.deployments.marks().values()}) == (more == 0)


@SHAPED
def test_no_deploy_changes_the_story_when_it_is_recorded_twice_or_the_log_is_read_in_pieces(desk: Office, shape: Shape):
    lines = story()
    for begin in range(0, len(lines), 50):
        desk.read(shape(lines[begin:begin + 50]) if shape is as_text else as_entries(lines)[:0])
    if shape is not as_text:
        desk.read(shape(lines))
    desk.record(*DEPLOYS, *DEPLOYS)
    assert [verdict.kind for verdict in verdicts(desk).values()] == [Kind.CLEAN, Kind.UNMASKED, Kind.UNMASKED]


def test_an_execution_without_a_name_that_takes_minutes_was_struck_once(desk: Office):
    """Plain text names no executions: four, that failed in six different minutes, are four."""
    runs = [[*execution("", BEGAN + number * timedelta(seconds=90), FAULTS[0], requests=2)] for number in range(4)]
    slow = [replace(said, at=run[0].at + 9 * (said.at - run[0].at)) for run in runs for said in run]
    desk.read(as_text([*slow, *story((0, 19, 0, 0), (None,) * 4)]))
    desk.record(DEPLOYS[0])
    (fate,) = verdicts(desk)[FIRST].fixed
    assert (fate.before, fate.before_of) == (4, 4)


def test_what_goes_on_as_before_is_the_same(desk: Office):
    school, *_ = FAULTS
    desk.read(as_text(story((5, 5, 5, 0), (school, school, school, None))))
    desk.record(*DEPLOYS[:2])
    found = verdicts(desk)
    assert [verdict.kind for verdict in found.values()] == [Kind.SAME, Kind.SAME]
    assert not any(mark.fixed_in for mark in desk.deployments.marks().values())


def test_what_comes_where_nothing_stood_before_was_brought(desk: Office):
    _, user, *_ = FAULTS
    desk.read(as_text(story((20, 5, 0, 0), (None, user, None, None))))
    desk.record(DEPLOYS[0])
    verdict = verdicts(desk)[FIRST]
    assert verdict.kind is Kind.REGRESSED and not verdict.unmasked
    assert "Never seen before this deploy." in verdict.broke[0].why
    assert desk.deployments.marks()[verdict.broke[0].fingerprint].broke_in == FIRST


def test_what_comes_back_is_a_regression_and_not_fixed_any_more(desk: Office):
    school, *_ = FAULTS
    desk.read(as_text(story((5, 20, 4, 0), (school, None, school, None))))
    desk.record(*DEPLOYS[:2])
    found = verdicts(desk)
    assert (found[FIRST].kind, found[SECOND].kind) == (Kind.CLEAN, Kind.REGRESSED)
    (mark,) = desk.deployments.marks().values()
    assert (mark.fixed_in, mark.broke_in) == (None, SECOND)


def test_before_there_was_a_deploy_there_is_nothing_to_compare_with(desk: Office):
    school, *_ = FAULTS
    desk.read(as_text(story((0, 5, 0, 0), (None, school, None, None))))
    desk.record(DEPLOYS[0])
    verdict = verdicts(desk)[FIRST]
    assert verdict.kind is Kind.SAME and "no earlier lines to compare with" in verdict.reason
    assert "there is nothing to compare with" in desk.deployments.remark(DEPLOYS[0])


@pytest.mark.parametrize("count", [0, 2, 13, 14])
def test_two_requests_without_an_error_are_not_clean(desk: Office, count: int):
    desk.read(as_text(story((20, count, 0, 0), (None,) * 4)))
    desk.record(DEPLOYS[0])
    verdict = verdicts(desk)[FIRST]
    assert (verdict.kind, verdict.more_needed) == ((Kind.TOO_EARLY, 14 - count) if count < 14 else (Kind.CLEAN, 0))


def test_the_checklist_of_the_last_build_is_all_passed_with_its_evidence(office: Office):
    office.read(as_entries(story()))
    office.record(*DEPLOYS)
    checks = office.deployments.checklist(DEPLOYS[-1])
    assert [check.state for check in checks] == [CheckState.PASSED] * 5
    ran, mapper, queries, work, text = checks
    assert ran.count == 30 and queries.count == 30 and work.count == 30 and "$0.183" in text.said
    assert all(check.line_ids[0].startswith("id") for check in (ran, queries, work, text))
    assert mapper.said == "None in 240 lines since; older ones do not count."


def test_the_checklist_of_the_first_build_names_the_lines_that_failed_it(desk: Office):
    desk.read(as_entries(story()))
    desk.record(*DEPLOYS)
    states = {check.name: check for check in desk.deployments.checklist(DEPLOYS[0])}
    failed = states["No SQLAlchemy error since"]
    assert (failed.state, failed.count, len(failed.line_ids)) == (CheckState.FAILED, 3, 3)
    assert states["The worker ran"].state is CheckState.PASSED
    assert states["Queries of the database succeed"].state is CheckState.UNKNOWN  # the next build took its place


def test_the_checklist_of_a_deploy_that_nothing_has_run_since_waits(desk: Office):
    desk.read(as_entries(story((3, 0, 0, 0))))
    desk.record(DEPLOYS[0])
    assert {check.state for check in desk.deployments.checklist(DEPLOYS[0])} == {CheckState.NOT_YET}
    verdict = verdicts(desk)[FIRST]
    assert (verdict.kind, verdict.unit, verdict.more_needed) == (Kind.TOO_EARLY, Unit.EXECUTIONS, 6)
    assert "Nothing has run since" in verdict.reason
