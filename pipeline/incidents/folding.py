"""A piece of a log -> what is stored of it: errors with their cause, and everything else as sums. Done in any process.

Knows no database. Lines whose id was seen before are left out when the piece is folded again with those ids as `skip`.
"""

from array import array
from collections import defaultdict

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
    TRACE,
    Folded,
    Hit,
    Note,
    Rules,
    Writer,
    number_of,
    plain,
)
from pipeline.logs import Calm, Cause, Entry, Notable, Piece, Read, cause, is_error, notable

NOTES = 1
"""So many lines of a kind are kept of each writer and hour of a piece; of what is rare, all."""
RARE = (Notable.WORKER_STARTED, Notable.TIMED_OUT, Notable.VIDEO_SKIPPED, Notable.DEPLOYED)
RARE_NOTES = 100
UNPARSED, UNPARSED_NOTES = "unparsed", 20
_COLUMN = {Notable.DEPLOYED: 0} | {Notable(kind): KINDS + number for number, kind in enumerate(COUNTED)}
_RARE = frozenset(_COLUMN[kind] for kind in RARE)
Who = tuple[str, str, str, str, str]
SOURCE = 4
"""Its place in these."""
_NONE = (0,) * len(COUNTED)


def fold(piece: Piece, rules: Rules, skip: frozenset[int] = frozenset()) -> Folded:
    """What is stored of the piece."""
    calm = not any(rule.error for rule in rules.verdicts)  # else any line may be one
    read: Read[Entry | Calm] = piece.skim() if calm else piece.read()
    folding = _Folding(rules, skip)
    for entry in read.entries:
        folding.add(entry)
    for line_id, at in read.absorbed:
        folding.is_known(line_id, int(at // MINUTE))
    folding.drop_traces()
    unparsed = [Note(0.0, UNPARSED, plain(part.place, LONG_NAME), 0, "", plain(f"{part.reason}: {part.text}", MESSAGE))
                for part in read.unparsed[:UNPARSED_NOTES]]
    return folding.folded(piece.cursor, unparsed=len(read.unparsed), notes=unparsed)


class _Folding:
    def __init__(self, rules: Rules, skip: frozenset[int]) -> None:
        self._rules, self._known = rules, set(skip)
        self._seen: defaultdict[int, array[int]] = defaultdict(_hashes)
        self._ids: dict[Who, int] = {}
        self._writers: dict[int, Writer] = {}
        self._cells: dict[tuple[int, int], list[float]] = {}
        self._causes: dict[Cause, int] = {}
        self._traces: defaultdict[int, list[int]] = defaultdict(list)
        self._notes_of: defaultdict[tuple[int, int, int], int] = defaultdict(int)
        self._hits: list[Hit] = []
        self._notes: list[Note] = []
        self._duplicates = 0
        self._source, self._place = "", ":"
        """What an id begins with that says where a line stands: no other line has that, and the cursor tells what was read."""

    def add(self, said: Entry | Calm) -> None:
        """Count the line, and keep it when it is an error or worth noting."""
        if isinstance(said, Calm):
            line_id, at, who, kind, _, _, _ = said
        else:
            line_id, at = said.id, said.at
            who, kind = (said.version, said.execution, said.job, said.worker, said.source), notable(said)
        minute = int(at // MINUTE)
        if who[SOURCE] != self._source:
            self._source, self._place = who[SOURCE], f"{who[SOURCE]}:"
        if line_id and not line_id.startswith(self._place) and self.is_known(line_id, minute):
            self._duplicates += 1
            return
        writer_id = self._ids.get(who) or self._writer(who)
        cell = self._cells.get((minute, writer_id))
        if cell is None:
            cell = self._cells[minute, writer_id] = [at, at, 0, 0, *_NONE]
        if at > cell[LAST_AT]:
            cell[LAST_AT] = at
        elif at < cell[FIRST_AT]:
            cell[FIRST_AT] = at
        cell[LINES] += 1
        if kind is not None:
            self._note(kind, said, writer_id, cell)
        if not isinstance(said, Calm) and is_error(said, self._rules.verdicts):
            cell[ERRORS] += 1
            self._hit(said, writer_id)

    def is_known(self, line_id: str, minute: int) -> bool:
        """Whether a line with this id was there before; from now on one is."""
        number, known = number_of(line_id), self._known
        if number in known:
            return True
        known.add(number)
        self._seen[minute].append(number)
        return False

    def drop_traces(self) -> None:
        """Keep the tracebacks of the first and the newest lines of each cause only."""
        for places in self._traces.values():
            for place in places[FIRST_TRACES:-NEWEST_TRACES]:
                self._hits[place] = self._hits[place]._replace(trace="")

    def folded(self, cursor: str, *, unparsed: int, notes: list[Note]) -> Folded:
        """All of it."""
        newest = max((cell[LAST_AT] for cell in self._cells.values()), default=None)
        lines = sum(int(cell[LINES]) for cell in self._cells.values()) + unparsed
        return Folded(
            cursor=cursor, lines=lines, unparsed=unparsed, duplicates=self._duplicates,
            seen={minute: hashes.tobytes() for minute, hashes in self._seen.items()},
            writers=self._writers, activity=self._cells, causes=list(self._causes), hits=self._hits,
            notes=[*self._notes, *notes], last_at=newest)

    def _writer(self, who: Who) -> int:
        kept = Writer._make(plain(word, LONG_NAME if place == SOURCE else NAME) for place, word in enumerate(who))
        writer_id = self._ids[who] = number_of("\n".join(kept))
        self._writers[writer_id] = kept
        return writer_id

    def _note(self, kind: Notable, said: Entry | Calm, writer_id: int, cell: list[float]) -> None:
        column = _COLUMN[kind]
        if column:
            cell[column] += 1
            if cell[column] > NOTES and column not in _RARE:
                return
        of = (int(said.at // 3600), writer_id, column)
        self._notes_of[of] += 1
        if self._notes_of[of] <= (RARE_NOTES if column in _RARE else NOTES):
            entry = said.entry() if isinstance(said, Calm) else said
            text = entry.audit or plain(entry.message, MESSAGE)
            self._notes.append(Note(entry.at, kind.value, plain(entry.id, LONG_NAME), writer_id, plain(entry.request_id, NAME),
                                    plain(text, len(text))))

    def _hit(self, said: Entry, writer_id: int) -> None:
        entry = said._replace(message=plain(said.message, len(said.message)), trace=plain(said.trace, len(said.trace)))
        found = cause(entry)
        number = self._causes.setdefault(found, len(self._causes))
        if entry.trace:
            self._traces[number].append(len(self._hits))
        self._hits.append(Hit(
            number, self._rule(entry), entry.at, writer_id, plain(entry.severity, 32), plain(entry.stage, NAME),
            plain(entry.id, LONG_NAME), plain(entry.request_id, NAME), plain(entry.student_id, NAME),
            plain(entry.correlation_id, NAME), plain(entry.message, MESSAGE), plain(entry.trace[-TRACE:], TRACE)))

    def _rule(self, entry: Entry) -> int | None:
        return next((rule.rule_id for rule in self._rules.groups if rule.rule.holds(entry)), None)


def _hashes() -> "array[int]":
    return array("q")
