"""The doctor's codes and severities as people say them, and the health of an examination in one sentence."""

from collections import Counter
from collections.abc import Sequence

from console.loaders.foundation import Kind, Look
from pipeline.doctor import Code, Finding, Severity

CODES = {
    Code.IMPORT_FAILS: "import fails", Code.MISSING_CLASS: "missing class",
    Code.CLASS_NOT_IMPORTED: "class not imported", Code.MISSING_FOREIGN_KEY: "missing foreign key",
    Code.AMBIGUOUS_FOREIGN_KEYS: "ambiguous foreign keys", Code.BAD_FOREIGN_KEYS: "bad foreign keys",
    Code.MISSING_TABLE_REFERENCE: "missing table or column", Code.BACK_POPULATES: "other side does not match",
    Code.TWO_BASES: "two bases", Code.TWO_CLASSES_ONE_TABLE: "two classes for one table",
    Code.NAME_CLASH: "name clash", Code.MAPPER_FAILS: "mapper fails", Code.ENUM_DIFFERS: "enum differs",
    Code.TABLE_DIFFERS: "table differs", Code.COLUMN_DIFFERS: "column differs", Code.INDEX_DIFFERS: "index differs",
    Code.CONSTRAINT_DIFFERS: "constraint differs", Code.MIGRATIONS_PENDING: "migrations missing",
    Code.MIGRATIONS_BRANCHED: "migrations branched",
}
SEVERITIES = {Severity.ERROR: "Error", Severity.WARNING: "Warning"}
_SHOWN_KINDS = 4


def count(number: int, noun: str) -> str:
    """`no findings`, `1 finding`, `3 findings`."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def headline(look: Look) -> str:
    """One sentence on the health of what was examined."""
    seen = look.examination
    if seen.findings:
        return f"{count(len(seen.findings), 'finding')} in {count(len(seen.models), 'model')}: {_kinds(seen.findings)}."
    return f"{count(len(seen.models), 'model').capitalize()}, {_mappers(look)}, {_database(look)}."


def _kinds(findings: Sequence[Finding]) -> str:
    """`missing class, bad foreign keys (2)`, the most frequent first."""
    counted = Counter(CODES[finding.code] for finding in findings).most_common()
    told = [f"{kind} ({times})" if times > 1 else kind for kind, times in counted[:_SHOWN_KINDS]]
    rest = len(counted) - _SHOWN_KINDS
    return ", ".join([*told, *([f"and {count(rest, 'other kind')}"] if rest > 0 else [])])


def _mappers(look: Look) -> str:
    models = look.examination.models
    broken = sum(not model.ok for model in models)
    if broken:
        return f"{count(broken, 'mapper')} cannot be configured"
    return "no fault to be read in them" if look.kind is Kind.UPLOAD else "all mappers configure"


def _database(look: Look) -> str:
    if look.kind is not Kind.OWN:
        return "nothing was compared with a database"
    if look.state is None or look.state.current is None:
        return "but there is no database yet"
    return "the database is as the models say"
