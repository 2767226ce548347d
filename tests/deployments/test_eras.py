"""Which deploy a line counts for: older lines and older instances are never counted against a new build."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pipeline.deployments import Deploy, Kind
from pipeline.deployments.eras import Eras
from tests.deployments.conftest import Office
from tests.deployments.story import BEGAN, HOUR, JOB, MINUTE, SCHOOL, Said, as_entries, execution

DIGEST = "sha256:" + "c6477cd7" * 8
FIRST = Deploy(build="eda8fd41-1111", commit="85cffd8aaaa", image=f"worker@{DIGEST}", at=BEGAN + HOUR)
SECOND = Deploy(build="a879e323-2222", commit="4291f22bbbb", at=BEGAN + 2 * HOUR)
BOTH = (FIRST, SECOND)


def seconds(hours: float) -> float:
    return (BEGAN + hours * HOUR).timestamp()


def eras(*deploys: Deploy, **born: float) -> Eras:
    return Eras(deploys or BOTH, {("worker", version): seconds(hour) for version, hour in born.items()})


@pytest.mark.parametrize(("hour", "era"), [(0, 0), (0.99, 0), (1, 1), (1.5, 1), (2, 2), (9, 2)])
def test_without_a_version_time_decides(hour: float, era: int):
    assert eras().of(seconds(hour), "worker", "") == era


@pytest.mark.parametrize(("version", "hour", "era"), [
    ("0.1.0+85cffd8", 1.5, 1),
    ("0.1.0+85cffd8", 5, 1),  # it goes on running behind the second deploy
    ("0.1.0+85cffd8", 0.9, 1),  # the clock of whoever recorded it was late
    (DIGEST, 3, 1),
    ("content-worker@sha256:c6477cd7c6477cd7", 3, 1),
    ("worker-A879E323-xyz", 1.9, 2),
])
def test_a_version_that_names_the_build_decides(version: str, hour: float, era: int):
    found = Eras(BOTH, {("worker", version): seconds(hour)})
    assert found.of(seconds(hour), "worker", version) == era


def test_a_build_that_was_gone_back_to_has_the_era_that_has_begun():
    back = FIRST.model_copy(update={"at": BEGAN + 3 * HOUR})
    found = Eras((FIRST, SECOND, back), {("worker", "85cffd8"): seconds(1.1)})
    assert [found.of(seconds(hour), "worker", "85cffd8") for hour in (1.5, 2.5, 3.5)] == [1, 1, 3]


def test_a_version_that_names_nothing_is_old_once_a_newer_one_is_heard():
    found = eras(**{"rev-00001": 0, "rev-00002": 1.1})
    assert [found.of(seconds(1.5), "worker", version) for version in ("rev-00001", "rev-00002")] == [0, 1]


def test_one_version_for_ever_tells_nothing_and_time_decides():
    assert eras(**{"0.1.0": 0}).of(seconds(1.5), "worker", "0.1.0") == 1


def test_another_jobs_new_version_makes_nothing_old():
    found = Eras(BOTH, {("worker", "0.1.0"): seconds(0), ("api", "0.2.0"): seconds(1.5)})
    assert found.of(seconds(1.6), "worker", "0.1.0") == 1


@settings(max_examples=200, deadline=None)
@given(hours=some.lists(some.floats(0, 4), min_size=1, max_size=8), moment=some.floats(0, 5), known=some.booleans())
def test_no_line_is_ever_counted_for_a_build_that_was_not_there(hours: list[float], moment: float, known: bool):
    born = {("worker", f"rev-{number}"): seconds(hour) for number, hour in enumerate(hours)}
    found = Eras(BOTH, born)
    version = "rev-0" if known else ""
    assert 0 <= found.of(seconds(max(moment, hours[0])), "worker", version) <= found.at(seconds(max(moment, hours[0])))


def with_version(lines: list[Said], digest: str) -> bytes:
    """As Cloud Logging gives them, with the image's digest as a label."""
    import json

    entries = [json.loads(line) for line in as_entries(lines).splitlines()]
    for number, entry in enumerate(entries):
        entry["insertId"] = f"{digest[-4:]}{number}"
        entry["jsonPayload"] = {"message": entry.pop("textPayload"), "version": digest}
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)


def test_an_old_instance_that_still_runs_is_not_counted_against_the_deploy(desk: Office):
    """The old build goes on failing behind the deploy; the new one does not fail."""
    for number in range(5):
        at = BEGAN + 10 * MINUTE + number * 2 * MINUTE
        desk.read(with_version(list(execution(f"old{number}", at, SCHOOL)), f"build-before-{number // 9}"))
        desk.read(with_version(list(execution(f"late{number}", at + HOUR, SCHOOL)), "build-before-0"))
    for number in range(20):
        at = BEGAN + HOUR + 10 * MINUTE + number * 2 * MINUTE
        desk.read(with_version(list(execution(f"new{number}", at, None)), "0.1.0+85cffd8"))
    desk.record(FIRST)
    (told,) = desk.deployments.told()
    assert told.verdict.kind is Kind.CLEAN and told.verdict.old_lines >= 5
    assert "errors of earlier builds that still ran are not counted" in told.verdict.reason
    assert told.verdict.exposure.executions == 20


def test_a_deploy_of_one_service_is_judged_by_that_services_lines(desk: Office):
    lines = [line for number in range(6) for line in execution(f"e{number}", BEGAN + number * 2 * MINUTE, None)]
    desk.read(as_entries(lines))
    own = Deploy(build="b1", at=BEGAN - HOUR, service=JOB)
    other = Deploy(build="b2", at=BEGAN - HOUR + timedelta(seconds=1), service="dev-vividly-api")
    desk.record(own, other)
    seen = {told.deploy.build: told.verdict.exposure.executions for told in desk.deployments.told()}
    assert seen == {"b1": 6, "b2": 0}


def test_the_moments_of_deploys_come_back_in_utc(desk: Office):
    desk.record(Deploy(build="b", at=datetime.fromisoformat("2025-11-04T03:00:00+02:00")))
    assert desk.deployments.find("b").at == datetime(2025, 11, 4, 1, tzinfo=UTC)
