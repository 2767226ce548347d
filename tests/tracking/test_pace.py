"""How much was done lately, by queue and by worker; and what is told beside the views: bills, prompts, passages, families."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from pipeline.domain import Lesson, Stage, Status
from pipeline.ports import Kept, Prompt
from pipeline.tables import QueueName
from pipeline.tracking import Detail, Hour, Pace, Record
from pipeline.tracking.connected import REQUESTS, now
from pipeline.tracking.results import dump
from tests.console import lessons


@pytest.fixture
def record(record: Record) -> Record:
    """A record in which four requests ended: in this hour, two hours ago, a day ago; one of them failed."""
    for name, worker, hours, status in [
        ("a", "w1", 0.1, Status.COMPLETED), ("b", "w1", 0.5, Status.FAILED), ("c", "w2", 2.5, Status.COMPLETED),
        ("d", "w2", 24.5, Status.COMPLETED),
    ]:
        record.accept(lessons.request(name))
        taken = record.begin(name, worker)
        assert taken is not None
        record.stage_finished(name, lessons.run(Stage.NLU, 2.0), 0.1, lease=taken.lease)
        record.finish(Lesson(request_id=name, status=status), {}, lease=taken.lease)
        with record._engine.begin() as connection:
            connection.execute(update(REQUESTS).where(REQUESTS.c.id == name).values(finished_at=now() - timedelta(hours=hours)))
    return record


def test_a_worker_is_judged_by_its_last_hour(record: Record) -> None:
    assert Pace(record._engine).by_worker() == {"w1": Hour(done=1, failed=1)}


def test_a_queue_has_its_last_day_by_hours_the_newest_last(record: Record) -> None:
    paces = Pace(record._engine).by_queue()
    assert paces[QueueName.VIDEO] == (0,) * 24
    assert paces[QueueName.TEXT] == (*(0,) * 21, 1, 0, 2)


def test_many_requests_have_their_bills_in_one_query(record: Record) -> None:
    record.accept(lessons.request("fresh"))
    spent = Detail(record._engine).bills(["a", "c", "fresh"])
    assert {name: [used.quantity for used in found] for name, found in spent.items()} == {
        "a": [Decimal(4)], "c": [Decimal(4)], "fresh": []}


def test_what_models_were_asked_is_kept_with_what_came_of_it(record: Record) -> None:
    detail = Detail(record._engine)
    record.accept(lessons.request("asked"))
    prompts = tuple(Prompt(name=name, version="v1", system="s", user=lessons.HOSTILE, max_tokens=1,
                           variables={"claim": lessons.HOSTILE, "cards": [{"title": "t"}]}) for name in ("hook", "link"))
    for stage, value in ((Stage.SCRIPT, lessons.script()), (Stage.RETRIEVAL, lessons.PASSAGES)):
        kept = dump(stage, Kept(value=value, prompts=prompts if stage is Stage.SCRIPT else ()))
        record.stage_finished("asked", lessons.run(stage).model_copy(update={"prompts": ("hook@v1",)}), 0.1, kept=kept)
    assert [(one.stage, one.name, one.user) for one in detail.prompts("asked")] == [
        (Stage.SCRIPT, "hook", lessons.HOSTILE), (Stage.SCRIPT, "link", lessons.HOSTILE)]
    (asking,) = detail.askings("link")
    assert (asking.request_id, asking.asked.variables) == ("asked", {"claim": lessons.HOSTILE, "cards": [{"title": "t"}]})
    assert detail.askings("nlu") == []
    assert detail.passages("asked") == lessons.PASSAGES and detail.passages("nobody") == ()
    assert [event.data["prompts"] for event in record.events("asked") if "prompts" in event.data] == [["hook@v1"]] * 2


def test_families_of_the_newest_runs_are_told(record: Record) -> None:
    assert Detail(record._engine).families() == ["embedded"]
