"""A pull that is killed anywhere, or run twice at once, loses nothing and counts nothing twice."""

import random
import subprocess
import sys
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, event, update

from pipeline.database import Base
from pipeline.incidents import Incidents
from pipeline.logs import Entry
from tests.incidents.conftest import NOON, Written, error, line
from tests.incidents.pull_and_die import entries
from tests.incidents.test_pulling import sums

WHYS = ("the database is down", "no voice named Joe", "disk is full of films")


class Killed(BaseException):
    """As if the process had ended here."""


@st.composite
def logs(draw: st.DrawFn) -> list[Entry]:
    """Lines of which some have the id of another."""
    said = draw(st.lists(st.tuples(st.booleans(), st.sampled_from(WHYS), st.none() | st.integers(0, 12)), min_size=1, max_size=25))
    return [(error if wrong else line)(
        number, f"Worker crashed: {why}", at=NOON + (shared * 20 if shared is not None else number * 7),
        **({"id": f"insert-{shared}"} if shared is not None else {})) for number, (wrong, why, shared) in enumerate(said)]


def kept(read: list[list[Entry]]) -> list[Entry]:
    """What is to be stored of what was read in this order: of lines with one id the first."""
    seen: set[str] = set()
    found = []
    for entry in (entry for part in read for entry in part):
        if entry.id.startswith("insert-") and entry.id in seen:
            continue
        seen.add(entry.id)
        found.append(entry)
    return found


def empty(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name.startswith(("log_", "error_")) and table.name != "log_state":
                connection.execute(delete(table))
        connection.execute(update(Base.metadata.tables["log_state"]).values(templates="", templates_version=0, next_occurrence=1))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(log=logs(), at_once=st.integers(1, 6), kills=st.lists(st.integers(0, 40), max_size=4))
def test_whatever_statement_it_is_killed_before_every_line_is_counted_once(
    engine: Engine, log: list[Entry], at_once: int, kills: list[int],
):
    empty(engine)
    incidents, source = Incidents(engine), Written(log, at_once=at_once)
    for after in kills:
        left = iter(range(after))

        def count(*_: object, left: object = left) -> None:
            if next(left, None) is None:  # type: ignore[call-overload]
                raise Killed

        event.listen(engine, "before_cursor_execute", count)
        try:
            incidents.pull(source)
        except Killed:
            pass
        finally:
            event.remove(engine, "before_cursor_execute", count)
    incidents.pull(source)
    expected = Counter(entry.message for entry in kept([log]) if entry.severity == "ERROR")
    assert set(sums(engine).values()) == {sum(expected.values())}
    assert sorted(group.count for group in incidents.groups().groups) == sorted(expected.values())
    state = incidents.sources()[0]
    assert state.lines == state.errors + state.others + state.unparsed == len(kept([log]))
    assert state.duplicates == len(log) - len(kept([log]))


def started(url: str, name: str, lines: int) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-m", "tests.incidents.pull_and_die", url, name, str(lines)],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def test_two_processes_at_once_and_one_of_them_killed(url: str, engine: Engine):
    lines, dice = 400, random.Random(7)
    for _ in range(2):
        both = [started(url, "one", lines), started(url, "one", lines)]
        for process in both:
            go(process)
        time.sleep(dice.random() / 3)
        both[0].kill()
        assert both[0].wait() is not None and both[1].wait() == 0
    incidents = Incidents(engine)
    incidents.pull(Written(entries(lines), "one", at_once=5))
    incidents.pull(Written(entries(lines), "other", at_once=7))
    errors = sum(entry.severity == "ERROR" for entry in entries(lines))
    again = sum(entry.severity == "ERROR" and not entry.id.startswith("insert-") for entry in entries(lines))
    assert set(sums(engine).values()) == {errors + again}
    assert [state.lines for state in incidents.sources()] == [lines, lines // 2]


@pytest.mark.parametrize("processes", [0, 2])
def test_processes_of_its_own_change_nothing(engine: Engine, processes: int):
    incidents = Incidents(engine)
    pulled = incidents.pull(Written(entries(60), at_once=9), processes=processes)
    assert (pulled.lines, pulled.errors) == (60, 20) and incidents.groups().errors == 20
