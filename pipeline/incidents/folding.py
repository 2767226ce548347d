"""A piece of a log -> what is stored of it: errors with their cause, and everything else as sums. Done in any process.

Knows no database. Lines whose id was seen before are left out when the piece is folded again with those ids as `skip`.
"""

from array import array
from collections import defaultdict
from collections.abc import Sequence

from pipeline.incidents.folded import (
    COUNTED,
    ERRORS,
    FIRST_AT,
    FIRST_TRACES,
    KINDS,
    LAST_AT,
    LINES,
    LONG_NAME,
    MESSAGE,
    MINUTE,
    NAME,
    NEWEST_TRACES,
    SHORT,
    TRACE,
    Folded,
    Hit,
    Note,
    Rules,
    Writer,
    number_of,
    numbers_of,
    plain,
)
from pipeline.logs import Calm, Cause, Entry, Notable, Piece, Read, Sum, cause, is_error, notable

NOTES, SOME_NOTES, ALL_NOTES = 1, 10, 100
"""So many lines of a kind are kept of each writer and hour of a piece: one, some that tell different savings, and of what is
rare all."""
RARE = (Notable.WORKER_STARTED, Notable.TIMED_OUT, Notable.DEPLOYED)
UNPARSED, UNPARSED_NOTES = "unparsed", 20
HOUR = 3600
MOST = {kind: ALL_NOTES if kind in RARE else NOTES for kind in Notable} | {Notable.VIDEO_SKIPPED: SOME_NOTES}
_COLUMN = {Notable.DEPLOYED: 0} | {Notable(kind): KINDS + number for number, kind in enumerate(COUNTED)}
Who = tuple[str, str, str, str, str]
SOURCE = 4
"""Its place in these."""
_NONE = (0,) * len(COUNTED)


def fold(piece: Piece, rules: Rules, skip: frozenset[int] = frozenset()) -> Folded:
    """What is stored of the piece."""
    if not skip and not any(rule.error for rule in rules.verdicts):  # else any line may be one
        folding, read = _Folding(rules, skip), piece.skim(MOST)
        if folding.sum_up(read.sums) and folding.add(read):
            return folding.folded(piece.cursor)
    folding = _Folding(rules, skip)  # where lines came twice, which are left out depends on their order
    folding.add(piece.read())
    return folding.folded(piece.cursor)


class _Folding:
    def __init__(self, rules: Rules, skip: frozenset[int]) -> None:
        self._rules, self._known = rules, set(skip)
        self._seen: defaultdict[int, array[int]] = defaultdict(_hashes)
        self._ids: dict[Who, int] = {}
        self._writers: dict[int, Writer] = {}
        self._cells: dict[tuple[int, int], list[float]] = {}
        self._causes: dict[Cause, int] = {}
        self._traces: dict[int, str] = {}
        self._traced: defaultdict[int, list[int]] = defaultdict(list)
        """Of each cause the places of the first and the newest hits with a traceback."""
        self._notes_of: defaultdict[tuple[int, int, Notable], int] = defaultdict(int)
        self._hits: list[Hit] = []
        self._notes: list[Note] = []
        self._duplicates = self._unparsed = 0

    def sum_up(self, sums: Sequence[Sum]) -> bool:
        """Add lines that were only counted; whether no id of them came twice."""
        ids: defaultdict[int, list[str]] = defaultdict(list)
        for one in sums:
            cell = self._cell(one.minute, self._ids.get(one.who) or self._writer(one.who), one.first_at)
            cell[FIRST_AT], cell[LAST_AT] = min(cell[FIRST_AT], one.first_at), max(cell[LAST_AT], one.last_at)
            cell[LINES] += one.lines
            for kind, count in one.kinds.items():
                cell[_COLUMN[kind]] += count
            if one.ids:
                ids[one.minute] += one.ids
        places = {f"\n{who[SOURCE]}:" for who in self._ids}
        return all(self._are_new(minute, of, places) for minute, of in ids.items())

    def add(self, read: Read[Entry | Calm]) -> bool:
        """Add what is told line by line; whether none of it came twice."""
        for said in read.entries:
            if isinstance(said, Calm):
                self._note(said.kind, said, self._ids[said.who])
            else:
                self._line(said)
        for line_id, at in read.absorbed:
            self._is_known(line_id, int(at // MINUTE))
        self._unparsed = len(read.unparsed)
        self._notes += [Note(0.0, UNPARSED, plain(part.place, LONG_NAME), 0, "", plain(f"{part.reason}: {part.text}", MESSAGE))
                        for part in read.unparsed[:UNPARSED_NOTES]]
        return not self._duplicates

    def _line(self, said: Entry) -> None:
        """Count the line, and keep it when it is an error or worth noting."""
        at = said.at
        minute = int(at // MINUTE)
        if said.id and not said.id.startswith(f"{said.source}:") and self._is_known(said.id, minute):
            self._duplicates += 1
            return
        who = (said.version, said.execution, said.job, said.worker, said.source)
        writer_id = self._ids.get(who) or self._writer(who)
        cell = self._cell(minute, writer_id, at)
        if at > cell[LAST_AT]:
            cell[LAST_AT] = at
        elif at < cell[FIRST_AT]:
            cell[FIRST_AT] = at
        cell[LINES] += 1
        if (kind := notable(said)) is not None:
            if column := _COLUMN[kind]:
                cell[column] += 1
            self._note(kind, said, writer_id)
        if is_error(said, self._rules.verdicts):
            cell[ERRORS] += 1
            self._hit(said, writer_id)

    def _cell(self, minute: int, writer_id: int, at: float) -> list[float]:
        cell = self._cells.get((minute, writer_id))
        if cell is None:
            cell = self._cells[minute, writer_id] = [at, at, 0, 0, *_NONE]
        return cell

    def _are_new(self, minute: int, ids: list[str], places: set[str]) -> bool:
        """Whether none of the ids was there before, nor is a place; from now on they are."""
        together, before, numbers = "\n" + "\n".join(ids), len(self._known), numbers_of(ids)
        self._known.update(numbers)
        self._seen[minute].extend(numbers)
        return len(self._known) == before + len(ids) and not any(place in together for place in places)

    def _is_known(self, line_id: str, minute: int) -> bool:
        """Whether a line with this id was there before; from now on one is."""
        number, known = number_of(line_id), self._known
        if number in known:
            return True
        known.add(number)
        self._seen[minute].append(number)
        return False

    def folded(self, cursor: str) -> Folded:
        """All of it."""
        newest = max((cell[LAST_AT] for cell in self._cells.values()), default=None)
        lines = sum(int(cell[LINES]) for cell in self._cells.values()) + self._unparsed
        return Folded(
            cursor=cursor, lines=lines, unparsed=self._unparsed, duplicates=self._duplicates,
            seen={minute: hashes.tobytes() for minute, hashes in self._seen.items()},
            writers=self._writers, activity=self._cells, causes=list(self._causes), hits=self._hits,
            traces=self._traces, notes=self._notes, last_at=newest)

    def _writer(self, who: Who) -> int:
        kept = Writer._make(plain(word, LONG_NAME if place == SOURCE else NAME) for place, word in enumerate(who))
        writer_id = self._ids[who] = number_of("\n".join(kept))
        self._writers[writer_id] = kept
        return writer_id

    def _note(self, kind: Notable, said: Entry | Calm, writer_id: int) -> None:
        of = (int(said.at // HOUR), writer_id, kind)
        self._notes_of[of] += 1
        if self._notes_of[of] > MOST[kind]:
            return
        entry = said.entry() if isinstance(said, Calm) else said
        text = entry.audit or plain(entry.message, MESSAGE)
        self._notes.append(Note(entry.at, kind.value, plain(entry.id, LONG_NAME), writer_id, plain(entry.request_id, NAME),
                                plain(text, len(text))))

    def _hit(self, said: Entry, writer_id: int) -> None:
        entry, names = said, (said.severity, said.stage, said.id, said.request_id, said.student_id, said.correlation_id)
        together = "".join((*names, said.message, said.trace))
        if not together.isascii() or "\x00" in together or len(said.message) > MESSAGE or max(map(len, names)) > NAME:
            entry = said._replace(message=plain(said.message, len(said.message)), trace=plain(said.trace, len(said.trace)))
            severity, stage, line_id, *asked = names
            request_id, student_id, correlation_id = (plain(name, NAME) for name in asked)
            names = plain(severity, SHORT), plain(stage, NAME), plain(line_id, LONG_NAME), request_id, student_id, correlation_id
        found = cause(entry)
        number, place = self._causes.setdefault(found, len(self._causes)), len(self._hits)
        if entry.trace:
            self._traces[place] = plain(entry.trace[-TRACE:], TRACE)
            self._traced[number].append(place)
            if len(self._traced[number]) > FIRST_TRACES + NEWEST_TRACES:
                del self._traces[self._traced[number].pop(FIRST_TRACES)]
        rule_id = self._rule(entry) if self._rules.groups else None
        self._hits.append(Hit(number, rule_id, entry.at, writer_id, *names, plain(entry.message, MESSAGE)))

    def _rule(self, entry: Entry) -> int | None:
        return next((rule.rule_id for rule in self._rules.groups if rule.rule.holds(entry)), None)


def _hashes() -> "array[int]":
    return array("q")
