"""Rules of people: which lines are errors, and which group lines go into. A rule beats what is found automatically.

A rule is for lines to come and, but for one that calls ordinary lines errors, which are not kept, for those that are stored:
they are looked at again, so many at a time, by whoever calls `regroup`. A stored line that is called no error leaves its group
and is counted apart; it comes back when the rule ends.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from pipeline.errors import BadRequest
from pipeline.incidents.bulk import among, put
from pipeline.incidents.cube import moment, writers_of
from pipeline.incidents.deciding import group_of
from pipeline.incidents.folded import LONG_NAME, MINUTE, NO_ERROR, TITLE, Rules, number_of, plain
from pipeline.incidents.gathering import NEVER, Key, values_of
from pipeline.incidents.review import note
from pipeline.incidents.rulebook import RULES, in_force
from pipeline.incidents.storing import ACTIVITY, CELLS, KEYS, OCCURRENCES, REQUESTS, TRACES, VALUES, alone, make_keys
from pipeline.incidents.words import RuleState
from pipeline.logs import Entry, rule
from pipeline.tables import RuleVerdict

AT_ONCE = 2_000
Progress = Callable[[int, int], None]


class Ruling:
    """Changes the rules, and follows them in what is stored."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rules(self) -> Sequence[RuleState]:
        """All rules, also those that ended; the newest first."""
        with self._engine.connect() as connection:
            return [_told(row) for row in connection.execute(select(RULES).order_by(RULES.c.rule_id.desc()))]

    def add_rule(
        self, field: str, how: str, text: str, *, at: datetime, by: str, why: str = "", error: bool | None = None,
        into: str = "", title: str = "",
    ) -> RuleState:
        """Lines for which this holds are errors or not (`error`), or go `into` a group, or into a new one (`title`).

        Raises `BadRequest`. Lines that are stored follow with `regroup`.
        """
        rule(field, how, text)
        if (error is None) == (not into and not title.strip()):
            raise BadRequest("verdict", "say either whether it is an error, or the group that it goes into.")
        with alone(self._engine) as (connection, state):
            fingerprint = "" if error is not None else _target(connection, into, title)
            verdict = RuleVerdict.GROUP if error is None else RuleVerdict.ERROR if error else RuleVerdict.NO_ERROR
            rule_id = connection.scalar(insert(RULES).returning(RULES.c.rule_id).values(
                field=field, how=how, text=text, verdict=verdict, fingerprint=fingerprint, by=by[:254], why=why[:LONG_NAME],
                at=at.timestamp(), regrouped_to=0, regroup_until=state.next_occurrence,
            ))
            if fingerprint:
                note(connection, group_of(connection, fingerprint), at=at.timestamp(), by=by, what="rule",
                     why=f"{why} ({field} {how} {text})"[:LONG_NAME])
            return _told(connection.execute(select(RULES).where(RULES.c.rule_id == rule_id)).one())

    def end_rule(self, rule_id: int, *, at: datetime, by: str, why: str = "") -> None:
        """It holds no longer; with `regroup`, its lines go where they would have gone without it."""
        with alone(self._engine) as (connection, state):
            row = connection.execute(select(RULES).where(RULES.c.rule_id == rule_id, RULES.c.ended_at.is_(None))).one_or_none()
            if row is None:
                raise BadRequest("rule", f"there is no rule {rule_id} that holds.")
            connection.execute(update(RULES).where(RULES.c.rule_id == rule_id).values(
                ended_at=at.timestamp(), regrouped_to=0, regroup_until=state.next_occurrence))
            if row.fingerprint:
                note(connection, group_of(connection, row.fingerprint), at=at.timestamp(), by=by, what="rule",
                     why=f"Ended. {why}"[:LONG_NAME])

    def regroup(self, told: Progress | None = None, *, at_once: int = AT_ONCE) -> int:
        """Look at stored lines again where rules began or ended; how many went elsewhere. Can be stopped anywhere."""
        moved = 0
        while (step := self._step(at_once)) is not None:
            moved += step.moved
            if told is not None:
                told(step.done, step.until)
        return moved

    def _step(self, at_once: int) -> "_Step | None":
        r = RULES.c
        with alone(self._engine) as (connection, _):
            waiting = select(RULES).where(r.regrouped_to < r.regroup_until).order_by(r.rule_id).limit(1)
            row = connection.execute(waiting).one_or_none()
            if row is None:
                return None
            number = OCCURRENCES.c.occurrence_id
            some = select(OCCURRENCES).where(number >= row.regrouped_to, number < row.regroup_until)
            lines = connection.execute(some.order_by(number).limit(at_once)).all()
            done = lines[-1].occurrence_id + 1 if len(lines) == at_once else row.regroup_until
            moved = _move(connection, lines, in_force(connection))
            connection.execute(update(RULES).where(r.rule_id == row.rule_id).values(regrouped_to=done))
            return _Step(moved=moved, done=done, until=row.regroup_until)


class _Step(NamedTuple):
    moved: int
    done: int
    until: int


def _target(connection: Connection, into: str, title: str) -> str:
    if into:
        group_of(connection, into)
        return into
    key = Key(fingerprint=f"rule-{number_of(title.strip()):016x}", kind="rule", title=plain(title.strip(), TITLE))
    make_keys(connection, [key])
    return key.fingerprint


def _move(connection: Connection, lines: Sequence[Any], rules: Rules) -> int:
    """Put each line into the key that the rules say, or into its own."""
    writers = writers_of(connection, {line.writer_id for line in lines})
    moves = []
    for line in lines:
        entry = _entry(line, writers[line.writer_id])
        to = _place(line, entry, rules)
        if to != (line.key_id, line.rule_id):
            moves.append((line, *to))
    for line, key_id, rule_id in moves:
        of = line.occurrence_id
        connection.execute(update(OCCURRENCES).where(OCCURRENCES.c.occurrence_id == of).values(key_id=key_id, rule_id=rule_id))
        connection.execute(update(TRACES).where(TRACES.c.occurrence_id == of).values(key_id=key_id))
    _move_sums(connection, [(line, key_id) for line, key_id, _ in moves if key_id != line.key_id])
    return len(moves)


def _place(line: Any, entry: Entry, rules: Rules) -> tuple[int, int | None]:
    """The line's key, and the rule that says so."""
    verdict = next((one for one in rules.verdicts if one.holds(entry)), None)
    if verdict is not None and not verdict.error:
        return NO_ERROR, None
    said = next((of for of in rules.groups if of.rule.holds(entry)), None)
    return (line.automatic_id, None) if said is None else (number_of(said.fingerprint), said.rule_id)


def _move_sums(connection: Connection, moves: Sequence[tuple[Any, int]]) -> None:
    cells: defaultdict[tuple[Any, ...], int] = defaultdict(int)
    requests, errors = list[tuple[Any, ...]](), defaultdict[tuple[int, int], int](int)
    for line, to in moves:
        for key_id, sign in ((to, 1), (line.key_id, -1)):
            cells[int(line.at // MINUTE), key_id, line.writer_id, line.severity, line.stage] += sign
            if key_id == NO_ERROR:
                errors[int(line.at // MINUTE), line.writer_id] -= sign
            elif line.request_id:
                requests.append((key_id, line.request_id, line.student_id, sign, line.at, line.at))
    for of, count in cells.items():
        _add_to_cell(connection, of, count)
    for (minute, writer_id), count in errors.items():
        connection.execute(update(ACTIVITY).where(ACTIVITY.c.minute == minute, ACTIVITY.c.writer_id == writer_id).values(
            errors=ACTIVITY.c.errors + count))
    moved = [(*of, count) for of, count in cells.items() if of[1] != NO_ERROR]
    for row in values_of(moved, writers_of(connection, {of[2] for of in cells})):
        put(connection, VALUES, [row], sums=("count",))
    connection.execute(delete(VALUES).where(VALUES.c.count <= 0))
    for row in requests:
        put(connection, REQUESTS, [row], sums=("count",))
    connection.execute(delete(REQUESTS).where(REQUESTS.c.count <= 0))
    _recount(connection, {to for _, to in moves} | {line.key_id for line, _ in moves})


def _add_to_cell(connection: Connection, of: tuple[Any, ...], count: int) -> None:
    """The minute's cell, or that of its hour where older cells were put together."""
    minute, *rest = of
    hour = minute - minute % 60
    c = CELLS.c
    there = connection.execute(select(c.minute, c.count).where(
        c.minute.in_((minute, hour)), *(c[name] == value for name, value in zip(
            ("key_id", "writer_id", "severity", "stage"), rest, strict=True)))).all()
    found: dict[int, int] = {row[0]: row[1] for row in there}
    at = minute if found.get(minute, 0) + count >= 0 and (minute in found or count > 0) else hour
    put(connection, CELLS, [(at, *rest, count)], sums=("count",))
    connection.execute(delete(CELLS).where(c.minute == at, c.count <= 0))


def _recount(connection: Connection, key_ids: set[int]) -> None:
    """Count and moments of keys that gained or lost lines."""
    c, o = CELLS.c, OCCURRENCES.c
    counts = {row[0]: int(row[1]) for row in connection.execute(
        select(c.key_id, func.sum(c.count)).where(c.key_id.in_(key_ids)).group_by(c.key_id)).tuples()}
    edges = {row[0]: (row[1], row[2], row[3]) for row in connection.execute(
        select(o.key_id, func.min(o.at), func.max(o.at), func.count()).where(o.key_id.in_(key_ids)).group_by(o.key_id)).tuples()}
    for row in among(connection, KEYS.c.key_id, key_ids, KEYS.c.key_id, KEYS.c.first_seen, KEYS.c.last_seen):
        first, last, kept = edges.get(row.key_id, (NEVER, -NEVER, 0))
        count = counts.get(row.key_id, 0)
        if count != kept:  # older lines are counted and not kept
            first, last = min(first, row.first_seen), max(last, row.last_seen)
        connection.execute(update(KEYS).where(KEYS.c.key_id == row.key_id).values(count=count, first_seen=first, last_seen=last))


def _entry(line: Any, writer: Any) -> Entry:
    return Entry(
        id=line.line_id, at=line.at, severity=line.severity, message=line.message, request_id=line.request_id,
        correlation_id=line.correlation_id, student_id=line.student_id, stage=line.stage, worker=writer.worker,
        version=writer.version, execution=writer.execution, job=writer.job, source=writer.source)


def _told(row: Any) -> RuleState:
    return RuleState(
        rule_id=row.rule_id, field=row.field, how=row.how, text=row.text, verdict=row.verdict, fingerprint=row.fingerprint,
        by=row.by, why=row.why, at=moment(row.at), ended_at=None if row.ended_at is None else moment(row.ended_at),
        looked_at=row.regrouped_to, to_look_at=row.regroup_until)
