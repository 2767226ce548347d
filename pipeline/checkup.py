"""The doctor's look at this project's own models and their database: at every start, in `make test`, on a page."""

from collections.abc import Sequence

from pipeline.config import Settings
from pipeline.database import Engine, State, is_missing, open_database, state
from pipeline.doctor import Code, Examination, Finding, Place, Severity, compare, examine_models, locate_column
from pipeline.errors import OperatorError
from pipeline.visuals import Value

OWN = "pipeline.tables"
OTHERS = ("alembic_version",)
"""Tables that are not ours to declare."""
SHOWN = 20
UNSEEN = Examination()


class Checkup(Value):
    """What the doctor found, of the models and of the database together; where the migrations stand."""

    examination: Examination
    state: State | None
    """None where there is no database yet, or none was asked about."""
    is_new: bool = False
    """Whether our own database has no tables yet."""


def check_models() -> Examination:
    """Our own models, imported in a child process: safe to ask before anything imports them here."""
    return examine_models(OWN)


def check_own(settings: Settings, *, url: str | None = None) -> Checkup:
    """Our own models, and our database (or the one at `url`). Raises `OperatorError` when that cannot be reached."""
    found, url = check_models(), url or settings.database_url
    if is_missing(url):
        return Checkup(examination=found, state=None, is_new=True)
    engine = open_database(url)
    try:
        where = state(engine)
        if where.current is None:
            return Checkup(examination=found, state=where, is_new=True)
        live = (*check_migrations(where), *check_database(engine, found, pending=bool(where.pending)))
    finally:
        engine.dispose()
    return Checkup(examination=found.model_copy(update={"findings": (*found.findings, *live)}), state=where)


def check_database(engine: Engine, found: Examination = UNSEEN, *, pending: bool = False) -> tuple[Finding, ...]:
    """How the database differs from our own models; with an examination of them, each at the line that declares it."""
    from pipeline.tables import Organization  # only once the doctor has found that it can be imported

    def where(table: str, column: str | None) -> Place:
        seen = locate_column(found, table, column)
        return Place(model=seen.model, attribute=seen.attribute, file=seen.file, line=seen.line) if seen else Place()

    return compare(Organization.metadata, engine, where=where, ignore=OTHERS, pending=pending)


def check_migrations(where: State) -> tuple[Finding, ...]:
    """Migrations that wait, have branched, or that this version does not know."""
    if where.ready:
        return ()
    code = Code.MIGRATIONS_BRANCHED if len(where.heads) > 1 else Code.MIGRATIONS_PENDING
    sentence, _, step = where.what_to_do.partition(": ")
    return (Finding(code=code, severity=Severity.ERROR, file="pipeline/database/migrations", line=1,
                    message=f"{sentence}: queries that need what is missing fail.", suggestion=step[:1].upper() + step[1:]),)


def told(findings: Sequence[Finding]) -> str:
    """The findings as a list for people, a line each, the first twenty."""
    lines = [f"  {line_of(finding)}" for finding in findings]
    more = [f"  … and {len(lines) - SHOWN} more: python -m pipeline doctor"] if len(lines) > SHOWN else []
    return "\n".join([*lines[:SHOWN], *more])


def line_of(finding: Finding) -> str:
    """A finding in one line: where, what, and what to do."""
    name = ".".join(part for part in (finding.model, finding.attribute) if part) or finding.code
    return f"{finding.file}:{finding.line} {name}: {finding.message} {finding.suggestion}"


def serious(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that stop a start."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def refuse(findings: Sequence[Finding]) -> None:
    """Nothing when no finding is an error; otherwise `OperatorError` with the list."""
    errors = serious(findings)
    if errors:
        count = "a finding" if len(errors) == 1 else f"{len(errors)} findings"
        raise OperatorError(f"The doctor has {count}, and nothing was started:\n{told(errors)}")
