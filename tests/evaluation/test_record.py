"""Runs and labels, on SQLite and on PostgreSQL."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import BadRequest, NotAllowed
from pipeline.evaluation import Labels, Runs
from pipeline.organisation import COMMAND_LINE, Actor, Audit
from pipeline.tables import UserRole
from tests.evaluation.conftest import ranker

VIEWER = Actor(user_id="v", name="Vera", role=UserRole.VIEWER)
ADA = Actor(user_id="a", name="Ada", role=UserRole.CONTENT)
WHERE = {"query": "What is a force?", "corpus": "vividly", "chunk_id": "topic-1"}


def test_a_run_comes_back_as_it_was(engine, run):
    runs, made = Runs(engine), run(baseline="half", half=ranker(20), most=ranker(36, answers_off_topic=1))
    kept = runs.record(COMMAND_LINE, made)
    assert runs.one(kept.run_id) == kept == made.model_copy(update={"run_id": kept.run_id})
    assert [each.action for each in Audit(engine).entries(COMMAND_LINE)] == ["evaluation.recorded"]
    assert runs.pairs(kept.run_id, "half", "most")[-1].difference == 1


def test_the_newest_run_is_listed_first_without_its_queries(engine, run):
    runs, made = Runs(engine), run(s=ranker(20))
    later = made.model_copy(update={"about": made.about.model_copy(update={
        "at": made.about.at + timedelta(hours=1), "corpus": "other"})})
    first, second = (runs.record(COMMAND_LINE, each).run_id for each in (made, later))
    assert [line.run_id for line in runs.all()] == [second, first]
    assert [line.run_id for line in runs.all(corpus="books", set_digest=made.set_digest)] == [first]
    assert runs.all()[0].systems[0].outcomes == () and runs.all(limit=1)[0].about == later.about


@pytest.mark.parametrize("number", [-1, 0, 7, 2 ** 70])
def test_a_run_that_is_not_there_is_refused(engine, number):
    with pytest.raises(BadRequest, match="there is no evaluation"):
        Runs(engine).one(number)


def test_who_may_only_look_records_nothing(engine, run):
    with pytest.raises(NotAllowed):
        Runs(engine).record(VIEWER, run(s=ranker(3)))
    with pytest.raises(NotAllowed):
        Labels(engine).add(VIEWER, grade=1, **WHERE)
    assert Runs(engine).all() == [] and Labels(engine).all() == []


def test_a_label_is_set_changed_and_undone_step_by_step(engine):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    labels = Labels(engine, clock=lambda: now)
    labels.add(ADA, grade=1, **WHERE)
    labels.add(COMMAND_LINE, grade=2, **{**WHERE, "query": "  What is a\nforce? "})
    assert [(label.grade, label.by, label.at) for label in labels.all()] == [(2, "command line", now)]
    assert labels.undo(ADA, **WHERE).grade == 1 and labels.undo(ADA, **WHERE) is None
    assert labels.all() == [] and [label.undone_by for label in labels.all(history=True)] == ["Ada", "Ada"]
    with pytest.raises(BadRequest, match="nothing was said"):
        labels.undo(ADA, **WHERE)
    actions = [each.action for each in Audit(engine).entries(COMMAND_LINE)]
    assert sorted(actions) == ["label.set", "label.set", "label.undone", "label.undone"]


def test_labels_feed_a_set(engine):
    labels = Labels(engine)
    for chunk, grade in (("c1", 2), ("c2", 0)):
        labels.add(ADA, grade=grade, **{**WHERE, "chunk_id": chunk})
    labels.add(ADA, grade=0, **{**WHERE, "query": "Why?"})
    labels.add(ADA, grade=1, **{**WHERE, "corpus": "other"})
    labelled = labels.as_set("vividly")
    assert list(labelled.grades.values()) == [{"c1": 2, "c2": 0}] and labelled.unjudged == 1
    queries, qrels = labels.export("vividly")
    assert '"What is a force?"' in queries and sorted(line.split()[2:] for line in qrels.splitlines()) == [["c1", "2"], ["c2", "0"]]
    assert labels.all(corpus="vividly", query="Why?")[0].grade == 0


@pytest.mark.parametrize("change", [{"grade": 4}, {"grade": -1}, {"query": ""}, {"query": "x" * 501}, {"query": "a\0b"},
                                    {"chunk_id": "\ud800"}, {"corpus": " "}])
def test_a_label_that_cannot_be_is_refused(engine, change):
    with pytest.raises(BadRequest):
        Labels(engine).add(ADA, **{"grade": 1, **WHERE, **change})
