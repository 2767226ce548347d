"""What is wrong with a file of prices: each fault by file, line and field."""

from collections.abc import Sequence
from enum import StrEnum

from pipeline.errors import OperatorError
from pipeline.visuals import Value


class Severity(StrEnum):
    """How bad a fault is."""

    ERROR = "error"
    WARNING = "warning"


class Fault(Value):
    """One thing that is wrong, and where."""

    file: str
    line: int
    field: str
    message: str
    severity: Severity = Severity.ERROR
    fatal: bool = True
    """Whether the file cannot be used: it is not clear what it says. A gap or an old price is no such thing."""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{where}: {self.field}: {self.message}" if self.field else f"{where}: {self.message}"


class UnknownBook(OperatorError):
    """There is no such price book."""


class BadPrices(OperatorError):
    """A file of prices cannot be used: run `python -m pipeline prices check`."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        more = f" (and {len(faults) - 1} more: run `python -m pipeline prices check`)" if len(faults) > 1 else ""
        super().__init__(f"{faults[0]}{more}")
        self.faults = tuple(faults)
