"""Health, readiness, metrics, and the ration."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as some
from prometheus_client.parser import text_string_to_metric_families

from pipeline.api.limits import MINUTE, Allowance
from pipeline.config import Settings, read_settings
from pipeline.database import downgrade, upgrade
from pipeline.tables import QueueName
from tests.api.conftest import EXAMPLE, GENERATE, REQUESTS, Desk, problem


def enrol(desk: Desk, worker_id: str = "w1") -> None:
    desk.wiring.record.enrol(worker_id, host="h", machine="m", pid=1, version="1", queues=list(QueueName), concurrency=1)


def test_health_says_only_that_it_is_there(settings: Settings, desk_on: Callable[[Settings], Desk]):
    answer = desk_on(settings).get("/api/v1/health", None)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert not (settings.home / "vividly.sqlite").exists()


def test_it_is_ready_when_a_worker_lives_and_not_when_the_last_has_left(desk: Desk):
    def checks() -> tuple[int, str, list[bool]]:
        answer = desk.get("/api/v1/ready", None)
        said = answer.json()
        return answer.status_code, said["status"], [said["checks"][name]["ok"] for name in ("database", "migrations", "worker")]

    assert checks() == (503, "not_ready", [True, True, False])
    enrol(desk)
    assert checks() == (200, "ready", [True, True, True])
    desk.wiring.record.leave("w1")
    assert checks() == (503, "not_ready", [True, True, False])


def test_a_database_that_lacks_a_migration_is_not_ready_and_says_what_to_run(
    url: str, settings: Settings, desk_on: Callable[[Settings], Desk]
):
    upgrade(url)
    downgrade(url)
    desk = desk_on(read_settings({"VIVIDLY_HOME": str(settings.home), "DATABASE_URL": url}))
    answer = desk.get("/api/v1/ready", None)
    assert answer.status_code == 503 and "database upgrade" in answer.json()["checks"]["migrations"]["detail"]
    assert not answer.json()["checks"]["worker"]["ok"]
    refused = desk.get(f"{REQUESTS}/x", "viv_" + "x" * 43)
    problem(refused, 503, None)
    assert int(refused.headers["retry-after"]) > 0
    upgrade(url)
    assert desk.get(f"{REQUESTS}/x", "viv_" + "x" * 43).status_code == 401  # and it goes on without a restart


def test_a_database_that_is_away_is_not_ready(settings: Settings, desk_on: Callable[[Settings], Desk]):
    nowhere = "postgresql://nobody:hunter2@127.0.0.1:9/none"
    desk = desk_on(read_settings({"VIVIDLY_HOME": str(settings.home), "DATABASE_URL": nowhere}))
    answer = desk.get("/api/v1/ready", None)
    assert answer.status_code == 503 and not answer.json()["checks"]["database"]["ok"] and "hunter2" not in answer.text
    refused = desk.post(GENERATE, EXAMPLE, "viv_" + "x" * 43)
    problem(refused, 503, None)
    assert "hunter2" not in refused.text
    assert desk.get("/api/v1/health", None).status_code == 200


def test_metrics_can_be_read_by_prometheus_and_name_no_caller(desk: Desk):
    enrol(desk)
    desk.ask()
    desk.get(f"{REQUESTS}/secret-name")
    desk.get("/secret-address")
    answer = desk.get("/api/v1/metrics", desk.token("read"))
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4") and "secret" not in answer.text
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert len(families) == len(list(text_string_to_metric_families(answer.text)))  # none comes twice
    numbers = {(s.name, *sorted(s.labels.values())): s.value for f in families.values() for s in f.samples}
    assert numbers["vividly_queue_waiting", "text"] == 1 and numbers["vividly_queue_waiting", "video"] == 0
    assert numbers["vividly_workers_live", "video"] == 1
    assert numbers["vividly_http_requests_total", "202", "generate"] == 1
    assert numbers["vividly_http_requests_total", "404", "request_status"] == 1
    assert numbers["vividly_http_requests_total", "404", "nowhere"] == 1
    assert numbers["vividly_http_request_seconds_count", "generate"] == 1


@given(some.lists(some.tuples(some.sampled_from("abc"), some.integers(0, 90)), max_size=60), some.integers(1, 5))
def test_in_no_minute_are_there_more_calls_than_allowed(calls: list[tuple[str, float]], most: int):
    now, taken = [0.0], dict[str, list[float]]()
    allowance = Allowance(most, clock=lambda: now[0])
    for key, later in calls:
        now[0] += later
        recent = [moment for moment in taken.get(key, []) if now[0] - moment < MINUTE]
        wait = allowance.take(key)
        assert (wait > 0) == (len(recent) >= most)
        if wait:
            assert wait == pytest.approx(recent[-most] + MINUTE - now[0])
        else:
            taken.setdefault(key, []).append(now[0])
    now[0] += MINUTE
    assert allowance.take("d") == 0 and len(allowance._calls) == 1  # who rested is forgotten
