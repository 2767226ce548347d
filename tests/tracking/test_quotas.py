"""Limits of models, counted in the database that all workers share."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from pipeline.errors import ProviderResting
from pipeline.limits import Limit, LimitedModel, LimitedVoice
from pipeline.ports import Prompt
from pipeline.testing import FakeTextModel, FakeVoice
from pipeline.tracking import Record
from pipeline.tracking.connected import CALLS, now
from pipeline.tracking.quotas import FORGOTTEN_SECONDS

PROMPT = Prompt(name="hook", version="1", system="s" * 30, user="u" * 60, max_tokens=10)


def refused(record: Record, limit: Limit, tokens: int = 0, **more: float) -> float:
    with pytest.raises(ProviderResting) as told:
        record.begin_call("m", limit, tokens, **more)
    return told.value.seconds


def test_so_many_calls_are_let_through_and_the_next_is_told_how_long_to_wait(record: Record):
    limit = Limit(calls=3)
    for _ in range(3):
        record.begin_call("m", limit, 0)
    assert 50 < refused(record, limit) <= 60
    record.begin_call("another", limit, 0)


def test_a_refused_call_does_not_count(record: Record):
    record.begin_call("m", Limit(calls=1), 0)
    for _ in range(3):
        refused(record, Limit(calls=1))
    record.begin_call("m", Limit(calls=2), 0)


def test_tokens_count_as_expected_until_they_are_known(record: Record):
    limit = Limit(tokens=100)
    first = record.begin_call("m", limit, 80)
    refused(record, limit, 30)
    record.end_call(first, 20)
    record.begin_call("m", limit, 30)


def test_a_call_that_is_larger_than_the_limit_is_made_alone(record: Record):
    call = record.begin_call("m", Limit(tokens=100), 500)
    record.end_call(call, 500)
    refused(record, Limit(tokens=100), 1)


def test_so_many_run_at_once_and_one_whose_process_died_is_forgotten(record: Record):
    limit = Limit(at_once=2)
    one, _ = record.begin_call("m", limit, 0), record.begin_call("m", limit, 0)
    assert refused(record, limit) == 1.0
    record.end_call(one, 0)
    record.begin_call("m", limit, 0)
    with record._engine.begin() as connection:
        connection.execute(update(CALLS).values(began_at=now() - timedelta(seconds=FORGOTTEN_SECONDS + 1)))
    record.begin_call("m", limit, 0)


def test_a_clock_that_was_ahead_does_not_stop_everything(record: Record):
    limit = Limit(calls=1)
    record.begin_call("m", limit, 0)
    with record._engine.begin() as connection:
        connection.execute(update(CALLS).values(began_at=now() + timedelta(hours=1)))
    record.begin_call("m", limit, 0)


def test_workers_that_ask_at_the_same_moment_do_not_exceed_it(record: Record):
    def begun(_: int) -> bool:
        try:
            record.begin_call("m", Limit(calls=7), 0)
        except ProviderResting:
            return False
        return True

    with ThreadPoolExecutor(8) as crew:
        assert sum(crew.map(begun, range(24))) == 7


def test_the_window_goes_on(record: Record):
    record.begin_call("m", Limit(calls=1), 0, window=0.2)
    wait = refused(record, Limit(calls=1), window=0.2)
    assert 0 < wait <= 0.2


def test_a_limited_model_and_voice_are_counted_and_settled(record: Record):
    model = LimitedModel(FakeTextModel({"hook": "Why?"}), Limit(calls=2, tokens=10_000), record)
    paid = model.complete(PROMPT)
    model.margin(PROMPT)
    with pytest.raises(ProviderResting):
        model.complete(PROMPT)
    with record._engine.connect() as connection:
        rows = connection.execute(CALLS.select().order_by(CALLS.c.call_id)).all()
    assert [row.tokens for row in rows] == [sum(int(used.quantity) for used in paid.usage), 10]
    assert all(row.ended_at for row in rows)
    voice = LimitedVoice(FakeVoice(), Limit(calls=1), record)
    voice.speak("Hello there.")
    with pytest.raises(ProviderResting):
        voice.speak("Hello there.")


def test_a_call_that_fails_is_over(record: Record):
    class Broken(FakeTextModel):
        def complete(self, prompt, hear=None):
            raise RuntimeError("gone")

    model = LimitedModel(Broken({}), Limit(at_once=1), record)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            model.complete(PROMPT)
