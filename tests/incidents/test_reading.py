"""What pages read: pages of groups and lines, rates, exposure, and lines that no database wants."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from pipeline.database import Base
from pipeline.incidents import OPEN, OTHERS, Facet, Incidents, Sort, State, Where, Window
from pipeline.incidents.folded import FINGERPRINT, FIRST_TRACES, LONG_NAME, NAME, NEWEST_TRACES, TITLE
from pipeline.incidents.storing import MANY_TRACES
from pipeline.logs import Entry, Read
from tests.incidents.conftest import NOON, Cut, Written, error, line

START = datetime.fromtimestamp(NOON, UTC)
TRACE = 'Traceback (most recent call last):\n  File "/app/app/tts.py", line 3, in speak\n    go()\nOSError: no voice left'


def test_groups_are_sorted_paged_and_found_by_what_is_said_of_them(incidents: Incidents):
    incidents.pull(Written([
        error(1, "Worker crashed: the voice is gone", stage="tts", version="v1", request_id="r1", student_id="ada"),
        error(2, "Worker crashed: the voice is gone", stage="tts", version="v2", request_id="r2", student_id="ada"),
        error(3, "Worker crashed: no film fits", stage="video", severity="CRITICAL", version="v2", request_id="r3"),
    ]), now=NOON + 60)
    voice, film = incidents.groups().groups
    assert (voice.requests, voice.students, voice.stages, voice.versions) == (2, 1, ("tts",), ("v1", "v2"))
    assert [group.title for group in incidents.groups(sort=Sort.FIRST).groups] == [film.title, voice.title]
    assert incidents.groups(sort=Sort.REQUESTS, offset=1, limit=1).groups[0].fingerprint == film.fingerprint
    for where, count in ((Where(text="FILM"), 1), (Where(text="r2"), 2), (Where(version=("v2",)), 2), (Where(stage=("tts",)), 2),
                         (Where(state=(State.RESOLVED,)), 0), (Where(text=voice.fingerprint[:8]), None)):
        found = incidents.groups(where=where)
        assert count is None or found.errors == sum(group.count for group in found.groups) == count
    (narrowed,) = incidents.groups(where=Where(version=("v2",), stage=("tts",))).groups
    assert (narrowed.requests, narrowed.students) == (1, 1)
    assert [group.requests for group in incidents.groups(where=Where(severity=("ERROR",)), sort=Sort.REQUESTS).groups] == [2]
    facets = incidents.facets(where=Where(version=("v2",)))
    assert facets[Facet.VERSION] == {"v2": 2, "v1": 1} and facets[Facet.STAGE] == {"tts": 1, "video": 1}


def test_a_group_that_a_build_fixed_is_resolved_wherever_it_is_told(incidents: Incidents):
    incidents.pull(Written([error(1, "Worker crashed: the voice is gone"), error(2, "Worker crashed: no film fits")]), now=NOON + 60)
    voice, film = incidents.groups(sort=Sort.LAST).groups[::-1]
    fixed = {voice.fingerprint: "b7"}
    (resolved,) = incidents.groups(where=Where(state=(State.RESOLVED,)), fixed=fixed).groups
    assert (resolved.told.state, resolved.told.version, resolved.standing) == (State.RESOLVED, "b7", voice.standing)
    (open_,) = incidents.groups(where=Where(state=OPEN), fixed=fixed).groups
    assert open_.fingerprint == film.fingerprint and open_.told == film.standing
    assert [one.fingerprint for one in incidents.groups(sort=Sort.STATE, fixed=fixed).groups] == [film.fingerprint, voice.fingerprint]
    assert sum(incidents.facets(where=Where(state=OPEN), fixed=fixed)[Facet.SEVERITY].values()) == 1
    assert {point.fingerprint for point in incidents.rate(Window(), Where(state=OPEN), step_seconds=60, fixed=fixed)} == {film.fingerprint}
    detail = incidents.detail(voice.fingerprint, fixed=fixed)
    assert detail is not None and detail.group.told == resolved.told
    incidents.ignore(voice.fingerprint, at=START, by="ada")  # what people ignored is not open
    assert incidents.groups(where=Where(text="voice"), fixed=fixed).groups[0].told.state is State.IGNORED


def test_a_rate_tells_the_largest_groups_and_all_others_together(incidents: Incidents):
    causes = ["the voice is gone", "no film fits", "quota of words used up"]
    incidents.pull(Written([error(n, f"Worker crashed: {causes[n % 3 if n % 4 else 0]}", at=NOON + n * 60) for n in range(60)]))
    points = incidents.rate(Window(since=START), step_seconds=1800, top=1)
    assert sum(point.count for point in points) == 60 and {point.start for point in points} == {START, START + timedelta(minutes=30)}
    assert len({point.fingerprint for point in points}) == 2 and OTHERS in {point.fingerprint for point in points}


def test_lines_of_a_group_are_paged(incidents: Incidents):
    incidents.pull(Written([error(n, trace=TRACE, request_id=f"r{n}") for n in range(1, 31)]), now=NOON + 60)
    name = incidents.groups().groups[0].fingerprint
    rows, before = [], None
    while True:
        page = incidents.occurrences(name, before=before, limit=7)
        rows += page.rows
        before = page.older
        if before is None:
            break
    assert [row.line_id for row in rows] == [f"w.log:{n}" for n in range(30, 0, -1)]
    detail = incidents.detail(name)
    assert detail is not None and detail.first is not None and detail.newest is not None
    assert (detail.first.line_id, detail.newest.line_id, len(detail.requests)) == ("w.log:1", "w.log:30", 30)
    assert [row.line_id for row in incidents.tail(after=28)] == ["w.log:29", "w.log:30"]
    assert list(incidents.line_ids()) == [name] and incidents.newest_number() == 30


def test_only_the_first_and_the_newest_keep_their_traceback_where_there_are_many(incidents: Incidents):
    incidents.pull(Written([error(n, trace=TRACE) for n in range(200)], at_once=20), now=NOON + 60)
    rows = incidents.occurrences(incidents.groups().groups[0].fingerprint, limit=200).rows
    traced = [row.line_id for row in rows if row.trace]
    newest, first = [f"w.log:{n}" for n in range(199, 194, -1)], ["w.log:2", "w.log:1", "w.log:0"]
    assert traced[:5] == newest and traced[-3:] == first and len(traced) <= MANY_TRACES + FIRST_TRACES + NEWEST_TRACES


def test_groups_that_read_alike_are_told_beside_each_other(incidents: Incidents):
    said = "expression {} failed to locate a name, mapper of organization is broken"
    incidents.pull(Written([error(n, f"Worker crashed: {said.format(repr(name))}") for n, name in enumerate(("School", "User"))]
                           + [error(9, "Worker crashed: no film fits")]))
    detail = incidents.detail(incidents.groups(where=Where(text="School")).groups[0].fingerprint)
    assert detail is not None and [similar.title.count("User") for similar in detail.similar] == [1]


def test_exposure_is_what_could_have_failed(incidents: Incidents):
    lines = [line(n, f"Processing message: request_id=r{n}, correlation_id=c", execution=f"run-{n // 4}", version="v1") for n in range(8)]
    incidents.pull(Written([*lines, line(20, "Content Worker starting..."), line(21, "Request completed successfully: request_id=r1"),
                            error(30, execution="run-1", version="v1", request_id="r4")]))
    found = incidents.exposure(Window(since=START))
    assert (found.lines, found.errors, found.requests, found.ok, found.executions) == (11, 1, 8, 1, 3)
    assert incidents.exposure(Window(), execution="run-1").requests == 4 and incidents.exposure(Window(), version="v9").lines == 0
    assert [run.execution for run in incidents.executions(Window())] == ["run-1", "run-0"]
    counts = incidents.counts(START, START + timedelta(seconds=31), version="v1")
    assert [(count.count, count.executions, count.requests) for count in counts.values()] == [(1, 1, 1)]
    assert incidents.counts(START, START + timedelta(seconds=30)) == {}
    assert sum(step.lines for step in incidents.activity(Window(), step_seconds=60)) == 11
    assert incidents.first_line() == START


def test_words_that_no_database_wants_are_kept_as_well_as_can_be(incidents: Incidents, engine: Engine):
    odd = "Worker crashed: \x00 \ud800 <script>alert(1)</script> '; DROP TABLE error_keys; --"
    incidents.pull(Written([
        error(1, odd, request_id="\x00" * 300, worker="\ud800" * 900, stage="s" * 900, student_id="é" * 400),
        error(2, "Worker crashed: " + "long " * 100_000, trace=TRACE * 5_000, at=-1e11),
        error(3, "", at=4e11), error(4, "Worker crashed: late", severity="E" * 99, id="i" * 9_000),
    ]), now=NOON)
    groups = incidents.groups(buckets=10)
    assert groups.errors == 4 and sum(sum(group.buckets) for group in groups.groups) == 4
    assert any("DROP TABLE" in group.sample for group in groups.groups)
    for group in groups.groups:
        assert incidents.detail(group.fingerprint) is not None


def test_what_stands_inside_another_entry_is_known_when_it_comes_alone(incidents: Incidents):
    class Joined(Cut):
        def read(self) -> Read[Entry]:
            return Read(self.entries, absorbed=[("insert-2", NOON + 2)])

    class Source(Written):
        def pieces(self, cursor: str = ""):
            yield Joined("1", [error(1, id="insert-1")])

    incidents.pull(Source([]))
    pulled = incidents.pull(Written([error(2, id="insert-2")], "again"))
    assert (pulled.errors, pulled.duplicates) == (0, 1)


@pytest.mark.parametrize(("table", "column", "length"), [
    ("log_writers", "version", NAME), ("log_writers", "source", LONG_NAME), ("error_keys", "title", TITLE),
    ("error_keys", "fingerprint", FINGERPRINT), ("error_keys", "exception", NAME), ("error_keys", "culprit", TITLE),
    ("error_occurrences", "line_id", LONG_NAME), ("error_occurrences", "stage", NAME), ("error_changes", "why", LONG_NAME),
])
def test_texts_are_cut_to_what_the_columns_hold(table, column, length):
    assert Base.metadata.tables[table].c[column].type.length == length  # type: ignore[attr-defined]
