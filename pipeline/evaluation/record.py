"""Runs and labels as rows. Runs are added and never changed; a label that is changed or undone stays in the history."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine, Select, insert, select
from sqlalchemy.orm import Session

from pipeline.database import told_plainly
from pipeline.errors import BadRequest
from pipeline.evaluation.comparing import value
from pipeline.evaluation.labels import current, exported, set_of
from pipeline.evaluation.results import FALSE_ANSWERS, PRIMARY, Label, Outcome, Pair, Run, RunLine, SystemResult
from pipeline.evaluation.sets import RetrievalSet
from pipeline.organisation import Actor, Permission, changing, note, require, utc_now
from pipeline.plain import one_line
from pipeline.tables import EvaluationOutcomeRow, EvaluationRunRow, LabelRow

MOST_GRADE = 3
QUERY_CHARACTERS, ID_CHARACTERS, NAME_CHARACTERS = 500, 300, 200
ENTITY_CHARACTERS = 100


class Runs:
    """The evaluations of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, actor: Actor, run: Run) -> Run:
        """Keep it, complete or not at all; the run with its number. Raises `NotAllowed`."""
        require(actor, Permission.RETRIEVAL)
        with told_plainly(), changing(self._engine) as session:
            row = _run_row(run)
            session.add(row)
            session.flush()
            outcomes = [
                {"run_id": row.run_id, "system": system.name, "position": position, "outcome": outcome.model_dump(mode="json")}
                for system in run.systems for position, outcome in enumerate(system.outcomes)
            ]
            if outcomes:
                session.execute(insert(EvaluationOutcomeRow), outcomes)
            facts = {"corpus": row.corpus, "set": row.set_name, "fate": row.fate}
            note(session, actor, "evaluation.recorded", "evaluation", str(row.run_id), None, facts, at=run.about.at)
            return run.model_copy(update={"run_id": row.run_id})

    def all(self, *, corpus: str | None = None, set_digest: str | None = None, limit: int = 100) -> list[RunLine]:
        """The runs without what became of each query, the newest first."""
        wanted = select(EvaluationRunRow).order_by(EvaluationRunRow.at.desc(), EvaluationRunRow.run_id.desc()).limit(limit)
        if corpus is not None:
            wanted = wanted.where(EvaluationRunRow.corpus == corpus)
        if set_digest is not None:
            wanted = wanted.where(EvaluationRunRow.set_digest == set_digest)
        with told_plainly(), Session(self._engine) as session:
            return [_line(row) for row in session.scalars(wanted)]

    def one(self, run_id: int) -> Run:
        """The run with every query. Raises `BadRequest`."""
        with told_plainly(), Session(self._engine) as session:
            row = session.get(EvaluationRunRow, run_id) if 0 < run_id < 2 ** 31 else None
            if row is None:
                raise BadRequest("run", f"there is no evaluation {run_id}.")
            run = _run(row)
            systems = tuple(_with_outcomes(session, run_id, system) for system in run.systems)
            return run.model_copy(update={"systems": systems})

    def pairs(self, run_id: int, first: str, second: str, *, measure: str = PRIMARY) -> list[Pair]:
        """Each query in two systems of a run, where the second loses most first. Raises `BadRequest`."""
        return pairs(self.one(run_id), first, second, measure=measure)


def pairs(run: Run, first: str, second: str, *, measure: str = PRIMARY) -> list[Pair]:
    """Each query that the measure is of, in two systems, where the second does worst against the first before all others."""
    known = {system.name: {each.query_id: each for each in system.outcomes} for system in run.systems}
    for name in (first, second):
        if name not in known:
            raise BadRequest("system", f"{name[:40]!r} is not in this run: {', '.join(known)}.")
    found = [
        Pair(first=before, second=after, difference=value(after, measure) - value(before, measure))
        for before in known[first].values() if (after := known[second].get(before.query_id))
        if bool(before.values) != (measure == FALSE_ANSWERS)
    ]
    return sorted(found, key=lambda pair: pair.difference, reverse=measure == FALSE_ANSWERS)


class Labels:
    """What people said of passages."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def add(self, actor: Actor, *, query: str, corpus: str, chunk_id: str, grade: int) -> Label:
        """Say how well a passage answers a query, 0 to 3; said again it is changed. Raises `BadRequest` and `NotAllowed`."""
        require(actor, Permission.RETRIEVAL)
        if not 0 <= grade <= MOST_GRADE:
            raise BadRequest("grade", f"must be 0 (does not answer it) to {MOST_GRADE} (answers it completely).")
        query, corpus, chunk_id = _named(query, corpus, chunk_id)
        row = LabelRow(query=query, corpus=corpus, chunk_id=chunk_id, grade=grade, by=actor.name[:254], at=self._clock(),
                       undone_by="")
        with told_plainly(), changing(self._engine) as session:
            before = session.scalars(_standing(row.query, row.corpus, row.chunk_id)).first()
            session.add(row)
            session.flush()
            note(session, actor, "label.set", "label", row.chunk_id[:ENTITY_CHARACTERS], before and _facts(before), _facts(row),
                 at=row.at)
            return _label(row)

    def undo(self, actor: Actor, *, query: str, corpus: str, chunk_id: str) -> Label | None:
        """Take back what was said last of this passage; what counts now, if anything. Raises `BadRequest`, `NotAllowed`."""
        require(actor, Permission.RETRIEVAL)
        wanted = _standing(*_named(query, corpus, chunk_id))
        with told_plainly(), changing(self._engine) as session:
            rows = session.scalars(wanted.limit(2)).all()
            if not rows:
                raise BadRequest("label", "nothing was said of this passage for this query.")
            rows[0].undone_at, rows[0].undone_by = self._clock(), actor.name[:254]
            after = rows[1] if len(rows) > 1 else None
            note(session, actor, "label.undone", "label", chunk_id[:ENTITY_CHARACTERS], _facts(rows[0]), after and _facts(after),
                 at=rows[0].undone_at)
            return _label(after) if after else None

    def all(self, *, corpus: str | None = None, query: str | None = None, history: bool = False) -> list[Label]:
        """What counts, the newest first; with `history` also what was changed or undone."""
        wanted = select(LabelRow).order_by(LabelRow.label_id.desc())
        if corpus is not None:
            wanted = wanted.where(LabelRow.corpus == corpus)
        if query is not None:
            wanted = wanted.where(LabelRow.query == " ".join(query.split()))
        with told_plainly(), Session(self._engine) as session:
            found = [_label(row) for row in session.scalars(wanted)]
        return found if history else current(found)

    def as_set(self, corpus: str) -> RetrievalSet:
        """The queries that people labelled passages of this corpus for."""
        return set_of(corpus, self.all(corpus=corpus))

    def export(self, corpus: str) -> tuple[str, str]:
        """The same as two files: queries as JSON lines, judgements as TREC qrels."""
        return exported(self.as_set(corpus))


def _standing(query: str, corpus: str, chunk_id: str) -> Select[LabelRow]:
    same = (LabelRow.query == query, LabelRow.corpus == corpus, LabelRow.chunk_id == chunk_id)
    return select(LabelRow).where(*same, LabelRow.undone_at.is_(None)).order_by(LabelRow.label_id.desc())


def _named(query: str, corpus: str, chunk_id: str) -> tuple[str, str, str]:
    return (one_line("query", query, 1, QUERY_CHARACTERS), one_line("corpus", corpus, 1, NAME_CHARACTERS),
            one_line("passage", chunk_id, 1, ID_CHARACTERS))


def _facts(row: LabelRow) -> dict[str, object]:
    return {"query": row.query, "corpus": row.corpus, "grade": row.grade}


def _label(row: LabelRow) -> Label:
    return Label(
        label_id=row.label_id, query=row.query, corpus=row.corpus, chunk_id=row.chunk_id, grade=row.grade, by=row.by,
        at=row.at, undone_at=row.undone_at, undone_by=row.undone_by)


def _run_row(run: Run) -> EvaluationRunRow:
    bare = run.model_copy(update={"systems": tuple(each.model_copy(update={"outcomes": ()}) for each in run.systems)})
    about = run.about
    return EvaluationRunRow(
        corpus=about.corpus[:NAME_CHARACTERS], corpus_version=about.corpus_version[:64],
        embedder=about.embedder[:NAME_CHARACTERS], commit=about.commit[:64], at=about.at, by=about.by[:254],
        set_name=run.set_name[:NAME_CHARACTERS], set_digest=run.set_digest, fate=run.verdict.fate,
        peak_bytes=run.peak_bytes, whole=bare.model_dump(mode="json"))



def _run(row: EvaluationRunRow) -> Run:
    return Run.model_validate({**row.whole, "run_id": row.run_id})


def _line(row: EvaluationRunRow) -> RunLine:
    run = _run(row)
    return RunLine(run_id=row.run_id, about=run.about, set_name=run.set_name, set_digest=run.set_digest, unit=run.unit,
                   verdict=run.verdict, systems=run.systems)


def _with_outcomes(session: Session, run_id: int, system: SystemResult) -> SystemResult:
    wanted = select(EvaluationOutcomeRow).where(
        EvaluationOutcomeRow.run_id == run_id, EvaluationOutcomeRow.system == system.name,
    ).order_by(EvaluationOutcomeRow.position)
    outcomes: Sequence[Outcome] = [Outcome.model_validate(row.outcome) for row in session.scalars(wanted)]
    return system.model_copy(update={"outcomes": tuple(outcomes)})
