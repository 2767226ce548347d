"""Where a finding stands in the source, and what the comparisons write their findings with."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from pipeline.doctor.findings import Code, Finding, Severity
from pipeline.visuals import Value

UPGRADE = "run `python -m pipeline database upgrade`: migrations are pending; if this stays, "


class Place(Value):
    """Where a table or column is declared; empty for a table that no model has."""

    model: str = ""
    attribute: str = ""
    file: str = ""
    line: int = 0


Where = Callable[[str, str | None], Place]
"""The place of a table, or of one of its columns."""


@dataclass(frozen=True, kw_only=True)
class Notes:
    """Writes findings about tables and columns as findings about source."""

    where: Where
    pending: bool

    def finding(self, code: Code, severity: Severity, at: tuple[str, str | None], *, message: str, step: str) -> Finding:
        """A finding at this table and column; `step` ends the sentence "write a migration that"."""
        place = self.where(*at)
        return Finding(
            code=code, severity=severity, model=place.model, attribute=place.attribute, file=place.file, line=place.line,
            message=message, suggestion=self._sentence(f"write a migration that {step}."),
        )

    def error(self, code: Code, at: tuple[str, str | None], *, message: str, step: str) -> Finding:
        """A finding that makes queries or writes fail."""
        return self.finding(code, Severity.ERROR, at, message=message, step=step)

    def warning(self, code: Code, at: tuple[str, str | None], *, message: str, step: str) -> Finding:
        """A finding that will bite later."""
        return self.finding(code, Severity.WARNING, at, message=message, step=step)

    def _sentence(self, step: str) -> str:
        text = UPGRADE + step if self.pending else step
        return text[0].upper() + text[1:]


def listed(words: Collection[str]) -> str:
    """Names in a sentence, sorted."""
    return ", ".join(sorted(words))
