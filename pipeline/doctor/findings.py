"""What the doctor hands out: findings, the models it saw and the edges between them."""

from enum import StrEnum

from pipeline.errors import OperatorError
from pipeline.visuals import Value


class CannotLook(OperatorError):
    """There is nothing here that the doctor can examine."""


class Severity(StrEnum):
    """How bad: an error stops queries or loses data, a warning will bite later."""

    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """What kind of fault; the words are a contract for `--json`."""

    IMPORT_FAILS = "import_fails"
    MISSING_CLASS = "missing_class"
    CLASS_NOT_IMPORTED = "class_not_imported"
    MISSING_FOREIGN_KEY = "missing_foreign_key"
    AMBIGUOUS_FOREIGN_KEYS = "ambiguous_foreign_keys"
    BAD_FOREIGN_KEYS = "bad_foreign_keys"
    MISSING_TABLE_REFERENCE = "missing_table_reference"
    BACK_POPULATES = "back_populates"
    TWO_BASES = "two_bases"
    TWO_CLASSES_ONE_TABLE = "two_classes_one_table"
    NAME_CLASH = "name_clash"
    MAPPER_FAILS = "mapper_fails"
    ENUM_DIFFERS = "enum_differs"
    TABLE_DIFFERS = "table_differs"
    COLUMN_DIFFERS = "column_differs"
    INDEX_DIFFERS = "index_differs"
    CONSTRAINT_DIFFERS = "constraint_differs"
    MIGRATIONS_PENDING = "migrations_pending"
    MIGRATIONS_BRANCHED = "migrations_branched"


class Finding(Value):
    """One fault: where it is, what is wrong and what it would break (`message`), and what to change (`suggestion`)."""

    code: Code
    severity: Severity
    model: str = ""
    attribute: str = ""
    file: str = ""
    line: int = 0
    message: str
    suggestion: str


class Edge(Value):
    """One relationship, drawn from the class that declares it to its target."""

    model: str
    attribute: str
    target: str
    broken: bool


class Model(Value):
    """One declarative class with a table of its own."""

    name: str
    table: str
    file: str
    line: int
    ok: bool
    """Whether its mapper can be configured."""


class Attribute(Value):
    """One column or relationship and the line that declares it; `column` is the name in the table, "" for others."""

    model: str
    attribute: str
    table: str = ""
    column: str = ""
    file: str
    line: int


class Examination(Value):
    """All that one look at a tree of models and its database told."""

    findings: tuple[Finding, ...] = ()
    models: tuple[Model, ...] = ()
    edges: tuple[Edge, ...] = ()
    attributes: tuple[Attribute, ...] = ()
