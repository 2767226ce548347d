"""Reading Cloud Logging: pages, overlap, late entries, faults, and going on after a kill."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import OperatorError, ProviderUnavailable
from pipeline.logs.cloud import Cloud, Refused
from pipeline.logs.cloud_cursor import LATE_MOST, OVERLAP
from pipeline.logs.cloud_filters import Wanted
from pipeline.testing.cloud_faults import CUT, GARBAGE, Fault, quota, refusal
from tests.logs.cloud import NOW, Keeper, Sky, line
from tests.logs.conftest import QUICK, sky_of

HOUR, MINUTE = 3600.0, 60.0


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def names(keeper: Keeper) -> list[str]:
    return [entry.id for entry in keeper.entries]


def test_everything_is_read_in_pages_in_order_of_time(sky: Sky):
    sky.cloud.put(*[line(f"e{n:02}", NOW - 50 + n) for n in reversed(range(25))])
    keeper = Keeper().pull(sky.reading(page_size=10))
    assert names(keeper) == [f"e{n:02}" for n in range(25)]
    assert [len(body.get("pageToken", "")) > 0 for _, body in sky.cloud.asked] == [False, True, True]
    assert {body["filter"] for _, body in sky.cloud.asked} == {sky.cloud.asked[0][1]["filter"]}


def test_an_entry_is_read_as_the_parser_reads_it(sky: Sky):
    sky.cloud.put(line("a", NOW - 1, severity="ERROR", resource={
        "type": "cloud_run_job", "labels": {"job_name": "dev-vividly-content-worker"}}))
    entry = Keeper().pull(sky.reading()).entries[0]
    assert (entry.id, entry.at, entry.severity, entry.message) == ("a", NOW - 1, "ERROR", "said a")
    assert (entry.job, entry.source) == ("dev-vividly-content-worker", "vividly-test")


def test_a_first_reading_begins_a_day_back_or_where_it_is_told_to(sky: Sky):
    sky.cloud.put(line("old", NOW - 30 * HOUR), line("new", NOW - 20 * HOUR))
    assert names(Keeper().pull(sky.reading())) == ["new"]
    assert names(Keeper().pull(sky.reading(since=at(NOW - 40 * HOUR)))) == ["old", "new"]


def test_the_next_reading_asks_for_an_overlap_only(sky: Sky):
    sky.cloud.put(*[line(f"e{n}", NOW - HOUR + n * MINUTE) for n in range(60)])
    sky.clock.now += HOUR
    keeper = Keeper().pull(sky.reading())
    sky.cloud.put(line("next", NOW + MINUTE))
    before = keeper.read
    keeper.pull(sky.reading())
    assert names(keeper)[-1] == "next" and len(keeper.entries) == 61
    assert keeper.read - before == OVERLAP.total_seconds() / MINUTE + 2  # both ends, and the new one


@pytest.mark.parametrize("late", [5 * MINUTE, 30 * MINUTE, 20 * HOUR])
def test_what_arrives_late_is_read_too(sky: Sky, late: float):
    sky.cloud.put(line("early", NOW - 22 * HOUR), line("known", NOW - 1))
    keeper = Keeper().pull(sky.reading())
    sky.clock.now += MINUTE
    sky.cloud.put(line("late", NOW - late))
    keeper.pull(sky.reading())
    assert sorted(names(keeper)) == ["early", "known", "late"]


def test_what_arrives_late_while_pages_are_read_is_read_by_the_next_reading(sky: Sky):
    sky.cloud.put(*[line(f"e{n:02}", NOW - HOUR + n * MINUTE) for n in range(40)])
    arrivals = iter([lambda: None, lambda: sky.cloud.put(line("late", NOW - HOUR + 1))])
    sky.cloud.on_page = lambda: next(arrivals, lambda: None)()
    keeper = Keeper().pull(sky.reading(page_size=10))
    assert "late" not in keeper.counts
    sky.clock.now += HOUR
    keeper.pull(sky.reading(page_size=10))
    assert keeper.counts["late"] == 1 and keeper.counts.total() == 41


def test_what_arrives_late_behind_a_reading_that_died_is_read_by_the_one_after_the_next(sky: Sky):
    sky.cloud.put(*[line(f"e{n}", NOW - 30 + n) for n in range(8)])
    keeper = Keeper().pull(sky.reading(page_size=4), pieces=1)
    sky.cloud.put(line("late", NOW - HOUR))
    for _ in range(2):
        sky.clock.now += HOUR
        keeper.pull(sky.reading())
    assert keeper.counts["late"] == 1 and keeper.counts.total() == 9


@pytest.mark.parametrize("fast", [-5 * MINUTE, 5 * MINUTE])
def test_neither_a_wrong_clock_nor_a_slow_index_of_some_minutes_hides_anything(sky: Sky, fast: float):
    sky.cloud.delay = 4 * MINUTE
    keeper = Keeper()
    for turn in range(12):
        sky.cloud.put(line(f"e{turn:02}", sky.clock.now), line(f"late-{turn}", sky.clock.now - 3 * HOUR))
        keeper.pull(sky.reading(clock=lambda: sky.clock.now + fast))
        sky.clock.now += MINUTE
    sky.clock.now += HOUR
    keeper.pull(sky.reading())
    assert keeper.counts.total() == 24 and {*keeper.counts.values()} == {1}


def test_a_clock_that_is_ahead_hides_nothing(sky: Sky):
    sky.cloud.put(line("ahead", NOW + 23 * HOUR))
    keeper = Keeper().pull(sky.reading())
    sky.clock.now += HOUR
    sky.cloud.put(line("usual", NOW + HOUR - 1), line("late", NOW - 20 * HOUR))
    assert sorted(names(keeper.pull(sky.reading()))) == ["ahead", "late", "usual"]


def test_an_entry_that_is_listed_twice_is_read_once(sky: Sky):
    sky.cloud.doubling = True
    sky.cloud.put(*[line(f"e{n}", NOW - 20 + n) for n in (1, 1, 2, 3, 3)])
    assert names(Keeper().pull(sky.reading())) == ["e1", "e2", "e3"]


def test_an_entry_without_an_id_is_known_again(sky: Sky):
    sky.cloud.put({**line("", NOW - 1, "nobody named me"), "insertId": ""})
    keeper = Keeper().pull(sky.reading()).pull(sky.reading())
    assert len(keeper.entries) == 1 and keeper.entries[0].id


def test_a_page_without_entries_is_not_the_end(sky: Sky):
    sky.cloud.put(line("a", NOW - 2), line("b", NOW - 1))
    token = sky.cloud.answer("list", {"resourceNames": ["projects/vividly-test"], "pageSize": 1, "orderBy": "timestamp asc",
                                      "filter": _asked(sky)})["nextPageToken"]
    sky.cloud.faults.append(Fault(body=json.dumps({"nextPageToken": token}).encode()))
    assert names(Keeper().pull(sky.reading())) == ["b"]


def _asked(sky: Sky) -> str:
    list(sky.reading().pieces())
    text: str = sky.cloud.asked.pop()[1]["filter"]
    return text


TRACE = ["2027-01-15 07:59:40,000 - app.worker - ERROR - Request failed: boom", "Traceback (most recent call last):", '  File "app/worker.py", line 3, in run', "    go()",
         "ValueError: boom"]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7])
def test_a_traceback_that_came_line_by_line_is_one_entry_whatever_the_pages(sky: Sky, size: int):
    sky.cloud.put(line("before", NOW - 30, "INFO nothing happened"))
    sky.cloud.put(*[line(f"t{n}", NOW - 20 + n / 1000, text) for n, text in enumerate(TRACE)])
    sky.cloud.put(line("after", NOW - 10, "INFO next"))
    keeper = Keeper().pull(sky.reading(page_size=size))
    assert len(keeper.entries) == 3
    assert keeper.entries[1].trace.endswith("ValueError: boom") and keeper.entries[1].lines == 5


def test_a_reading_that_begins_inside_a_traceback_does_not_make_another_error_of_its_end(sky: Sky):
    sky.cloud.put(*[line(f"t{n}", NOW - 20 + n / 1000, text) for n, text in enumerate(TRACE)])
    sky.clock.now += HOUR
    keeper = Keeper().pull(sky.reading())
    sky.cloud.put(line("next", NOW - 20 + 0.0025 + OVERLAP.total_seconds(), "INFO next"))
    keeper.pull(sky.reading()).pull(sky.reading())  # the second begins between the lines
    assert len(keeper.entries) == 2


@pytest.mark.parametrize(("fault", "words"), [
    (quota("0.01s"), "quota"), (quota(), "quota"), (refusal(500), "500"), (refusal(503), "503"), (GARBAGE, "JSONDecodeError"),
    (CUT, "ChunkedEncodingError"), (Fault(body=b"[]"), "not JSON"),
    (Fault(status=499), "499"), (Fault(status=502, body=b'{"error": "text"}'), "AttributeError"),
    (Fault(body=b'{"entries": 7}'), "not a page"),
])
def test_a_fault_that_may_pass_is_waited_for_and_said(sky: Sky, fault: Fault, words: str):
    sky.cloud.put(*[line(f"e{n}", NOW - 20 + n) for n in range(4)])
    sky.cloud.faults.extend([None, fault, fault])
    said: list[str] = []
    keeper = Keeper().pull(sky.reading(page_size=2, hear=said.append))
    assert names(keeper) == ["e0", "e1", "e2", "e3"]
    assert len(said) == 2 and words in said[0] and "Waiting" in said[0]


def test_a_silence_is_not_waited_for_without_end(sky: Sky):
    sky.cloud.put(line("a", NOW - 1))
    sky.cloud.faults.append(Fault(seconds=1.5))
    said: list[str] = []
    keeper = Keeper().pull(sky.reading(hear=said.append, patience=replace(QUICK, answer_seconds=0.7)))
    assert names(keeper) == ["a"] and "ReadTimeout" in said[0]


def test_the_service_says_how_long_to_wait(sky: Sky):
    sky.cloud.faults.append(quota("0.2s"))
    waits: list[float] = []

    class Watch(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0)
            return False

    Keeper().pull(sky.reading(stopping=Watch()))
    assert len(waits) == 1 and 0.2 <= waits[0] <= 0.25


def test_patience_has_an_end_and_what_was_read_stays(sky: Sky):
    sky.cloud.put(*[line(f"e{n}", NOW - 20 + n) for n in range(4)])
    sky.cloud.faults.extend([None, quota("9s")])
    keeper = Keeper()
    with pytest.raises(ProviderUnavailable, match="try again later"):
        keeper.pull(sky.reading(page_size=2))
    assert names(keeper) == ["e0"]  # e1 may go on: it is held back
    assert names(keeper.pull(sky.reading(page_size=2))) == ["e0", "e1", "e2", "e3"]


def test_a_wait_ends_when_somebody_stops_it(sky: Sky):
    sky.cloud.put(*[line(f"e{n}", NOW - 20 + n) for n in range(6)])
    stopping = threading.Event()
    sky.cloud.faults.extend([None, quota("0.4s")])
    keeper = Keeper().pull(sky.reading(page_size=3, stopping=stopping, hear=lambda said: stopping.set()))
    assert names(keeper) == ["e0", "e1"]
    assert len(names(keeper.pull(sky.reading()))) == 6


@pytest.mark.parametrize("size", [1, 3])
def test_an_expired_page_token_is_replaced_by_the_time_that_was_reached(sky: Sky, size: int):
    sky.cloud.put(*[line(f"e{n}", NOW - 20 + n // 2) for n in range(8)])
    calls = iter(range(100))
    sky.cloud.on_page = lambda: sky.cloud.expire_tokens() if next(calls) % 3 == 1 else None
    assert names(Keeper().pull(sky.reading(page_size=size))) == [f"e{n}" for n in range(8)]


def test_tokens_that_are_never_good_for_anything_end_in_an_error(sky: Sky):
    sky.cloud.put(*[line(f"e{n}", NOW - 20) for n in range(8)])
    sky.cloud.on_page = sky.cloud.expire_tokens
    with pytest.raises(Refused):
        Keeper().pull(sky.reading(page_size=2))


@pytest.mark.parametrize(("fault", "words"), [
    (refusal(403, reason="IAM_PERMISSION_DENIED"), "ask for the role roles/logging.viewer"),
    (refusal(403, reason="SERVICE_DISABLED"), "gcloud services enable logging.googleapis.com --project vividly-test"),
    (refusal(403, reason="CONSUMER_INVALID"), "knows no project vividly-test"),
    (refusal(404), "knows no project vividly-test"),
    (refusal(401), "gcloud auth application-default login"),
    (refusal(400, "Unparseable filter: syntax error"), "400: Unparseable filter: syntax error"),
])
def test_what_only_a_person_can_mend_is_said_at_once(sky: Sky, fault: Fault, words: str):
    sky.cloud.faults.append(fault)
    with pytest.raises(OperatorError, match=words):
        Keeper().pull(sky.reading())
    assert len(sky.cloud.asked) == 1


@pytest.mark.parametrize(("project", "endpoint", "words"), [
    ("", "", "VIVIDLY_LOG_PROJECT"),
    ("My Project", "", "not the id of a Google project"),
    ("vividly", "http://logs.example.com", "must be https"),
    ("vividly", "ftp://127.0.0.1", "must be https"),
    ("vividly", "", "gcloud auth application-default login"),
])
def test_an_address_without_project_or_credentials_is_refused_in_one_sentence(
        monkeypatch: pytest.MonkeyPatch, project: str, endpoint: str, words: str):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "")
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("CLOUDSDK_CONFIG", "/nonexistent")
    with pytest.raises(OperatorError, match=words):
        Cloud(project, endpoint)


def test_readings_that_want_different_things_know_apart_how_far_they_are(sky: Sky):
    wishes = [Wanted(), Wanted(jobs=("worker",)), Wanted(services=("worker",)), Wanted(texts=("worker",)), Wanted(severity="ERROR")]
    kept = [sky.reading(wanted=wanted).name for wanted in wishes]
    assert kept[0] == "cloud:vividly-test" and len({*kept}) == 5
    assert sky.reading(wanted=Wanted(until=at(NOW))).name == kept[0]


def test_a_cursor_of_another_source_is_refused(sky: Sky):
    with pytest.raises(OperatorError, match="was not written by a reading of Cloud Logging"):
        list(sky.reading().pieces('{"files": []}'))


def test_going_further_back_reads_again_from_there_and_a_later_start_leaves_no_gap(sky: Sky):
    sky.cloud.put(*[line(f"e{n}", NOW - n * HOUR) for n in range(1, 40, 6)])
    keeper = Keeper().pull(sky.reading(since=at(NOW - 10 * HOUR)))
    assert names(keeper) == ["e7", "e1"]
    assert sorted(keeper.pull(sky.reading(since=at(NOW - 35 * HOUR))).counts.items()) == [
        (name, 1) for name in sorted(["e31", "e25", "e19", "e13", "e7", "e1"])]
    sky.clock.now += 5 * HOUR
    sky.cloud.put(line("gap", NOW + HOUR))
    assert keeper.pull(sky.reading(since=at(NOW + 4 * HOUR))).counts["gap"] == 1


FAULTS = {"quota": quota("0.001s"), "500": refusal(500), "garbage": GARBAGE}


@st.composite
def _days(draw: st.DrawFn) -> list[tuple[list[tuple[float, float]], int | None, int, list[str]]]:
    """Readings: what arrives before each (how old it is, how often it is listed), where it dies, its pages, its bad luck."""
    old = st.floats(0, LATE_MOST.total_seconds() / 3)
    recent = st.floats(0, MINUTE)
    arrivals = st.lists(st.tuples(st.one_of(recent, recent, old), st.integers(1, 2)), max_size=9)
    luck = st.lists(st.sampled_from(["", "", "quota", "500", "garbage", "expire", "arrive"]), max_size=5)
    return draw(st.lists(st.tuples(arrivals, st.one_of(st.none(), st.integers(0, 3)), st.integers(1, 4), luck), min_size=1, max_size=6))


@settings(max_examples=40, deadline=None)
@given(days=_days(), doubling=st.booleans())
def test_readings_that_die_anywhere_lose_and_double_nothing(days: list, doubling: bool):
    with sky_of(doubling=doubling) as sky:
        keeper, made = Keeper(), []

        def arrive(age: float, times: int = 1) -> None:
            made.append(f"e{len(made):03}")
            sky.cloud.put(*[line(made[-1], sky.clock.now - age)] * times)

        happens = {"expire": sky.cloud.expire_tokens, "arrive": lambda: arrive(HOUR)}
        for arrivals, dies, size, luck in days:
            for age, times in arrivals:
                arrive(age, times)
            sky.cloud.faults.extend(FAULTS.get(one) for one in luck)
            turns = iter(luck)
            sky.cloud.on_page = lambda turns=turns: happens.get(next(turns, ""), int)()
            keeper.pull(sky.reading(page_size=size, since=at(NOW - 2 * LATE_MOST.total_seconds())), pieces=dies)
            sky.clock.now += HOUR
        sky.cloud.on_page = int
        sky.cloud.faults.clear()
        keeper.pull(sky.reading(page_size=3)).pull(sky.reading())
        assert sorted(keeper.counts.items()) == [(name, 1) for name in made]


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_search_goes_page_by_page_and_whoever_has_enough_stops(sky: Sky, newest_first: bool):
    sky.cloud.put(*[line(f"e{n:02}", NOW - HOUR + n) for n in range(30)], line("old", NOW - 30 * HOUR))
    found = sky.reading(page_size=10).search(newest_first=newest_first)
    ordered = [f"e{n:02}" for n in range(30)][::-1 if newest_first else 1]
    assert [entry.id for entry in next(found).entries] == ordered[:10] and len(sky.cloud.asked) == 1
    sky.cloud.expire_tokens()
    assert [entry.id for read in found for entry in read.entries if entry.id != ordered[9]] == ordered[10:]


def test_a_search_joins_tracebacks_too(sky: Sky):
    sky.cloud.put(*[line(f"t{n}", NOW - 20 + n / 1000, text) for n, text in enumerate(TRACE)], line("after", NOW - 1, "INFO next"))
    assert [entry.id for read in sky.reading().search() for entry in read.entries] == ["after", "t0"]


def test_the_order_of_pieces_is_the_order_of_cursors(sky: Sky):
    sky.cloud.put(*[line(f"e{n:02}", NOW - HOUR + n * MINUTE) for n in range(12)])
    cursors = [json.loads(piece.cursor)["newest"] for piece in sky.reading(page_size=3).pieces()]
    assert all(a < b for a, b in pairwise(cursors))
