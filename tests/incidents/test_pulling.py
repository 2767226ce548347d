"""Pulling: every line once, in exactly one group, whatever is killed, repeated or done twice at once."""

from datetime import UTC, datetime

from sqlalchemy import Engine, text

from pipeline.incidents import Incidents, Window
from pipeline.logs import Unparsed
from tests.incidents.conftest import NOON, Written, error, line

BOOM, MAPPER = "Worker crashed: boom", "One or more mappers failed to initialize: expression 'School' failed to locate a name"


def sums(engine: Engine) -> dict[str, int]:
    """What the tables say of all errors, each in its own way."""
    asked = {
        "source": "SELECT sum(errors) FROM log_sources", "activity": "SELECT sum(errors) FROM log_activity",
        "keys": "SELECT sum(count) FROM error_keys", "cells": "SELECT sum(count) FROM error_cells",
        "values": "SELECT sum(count) FROM error_values WHERE facet = 'severity'",
        "occurrences": "SELECT count(*) FROM error_occurrences",
    }
    with engine.connect() as connection:
        return {name: int(connection.scalar(text(question)) or 0) for name, question in asked.items()}


def test_lines_are_errors_others_and_unparsed(incidents: Incidents, engine: Engine):
    source = Written([line(1), error(2, BOOM), error(3, MAPPER), error(4, BOOM), line(5)], unparsed=[Unparsed("w.log:9", "half", "{")])
    pulled = incidents.pull(source)
    assert (pulled.lines, pulled.errors, pulled.others, pulled.unparsed) == (6, 3, 2, 1)
    assert len(pulled.new_groups) == 2 and set(sums(engine).values()) == {3}
    groups = incidents.groups()
    assert (groups.errors, groups.every_error, groups.lines, groups.unparsed, groups.found) == (3, 3, 5, 1, 2)
    assert [group.count for group in groups.groups] == [2, 1] and sum(group.share for group in groups.groups) == 1


def test_a_second_pull_brings_nothing(incidents: Incidents, engine: Engine):
    source = Written([error(n) for n in range(1, 8)])
    assert incidents.pull(source).errors == 7
    assert incidents.pull(source).lines == 0
    assert set(sums(engine).values()) == {7}


def test_a_line_that_another_source_brought_is_left_out(incidents: Incidents, engine: Engine):
    entries = [error(n, id=f"insert-{n}") for n in range(1, 8)]
    assert incidents.pull(Written(entries, "dump")).errors == 7
    pulled = incidents.pull(Written([*entries[4:], error(9, id="insert-9"), error(10, id="insert-9")], "cloud", at_once=2))
    assert (pulled.errors, pulled.duplicates) == (1, 4)
    assert set(sums(engine).values()) == {8}


def test_a_place_is_no_reason_to_leave_a_line_out(incidents: Incidents, engine: Engine):
    incidents.pull(Written([error(1)], "one"))
    incidents.pull(Written([error(1)], "other"))
    assert set(sums(engine).values()) == {2}


def test_a_window_holds_whole_minutes_and_its_sums_agree(incidents: Incidents):
    incidents.pull(Written([error(n * 30, request_id=f"r{n % 3}") for n in range(40)]))
    since, until = (datetime.fromtimestamp(NOON + minutes * 60, UTC) for minutes in (5, 10))
    groups = incidents.groups(Window(since=since, until=until), buckets=5)
    assert groups.errors == groups.every_error == sum(groups.groups[0].buckets) == 10
    assert groups.groups[0].requests == 3 and groups.groups[0].total == 40
