"""How a finding is worded, and the list in which each fault of the source stands once."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.doctor.findings import Code, Finding, Severity
from pipeline.doctor.links import Link

STOPS = "Every query of every model fails at the first use, because mapper configuration stops here."
NO_TABLES = "Creating the tables fails, and so does every query that joins them."


def meant(word: str) -> str:
    """`Did you mean User? ` or nothing."""
    return f"Did you mean {word}? " if word else ""


def listed(things: Iterable[str]) -> str:
    """`a, b and c`."""
    *most, final = list(things) or [""]
    return f"{', '.join(most)} and {final}" if most else final


@dataclass(kw_only=True)
class Report:
    """Findings in the order they were made; the same fault at the same line is told once."""

    findings: list[Finding] = field(default_factory=list)
    _roots: set[tuple[object, ...]] = field(default_factory=set)
    _told: set[tuple[str, int, str, str]] = field(default_factory=set)

    def first(self, *root: object) -> bool:
        """Whether this root cause is met for the first time; what follows from it again is not told again."""
        new = root not in self._roots
        self._roots.add(root)
        return new

    def add(self, code: Code, message: str, suggestion: str, *, file: str, line: int, model: str = "",
            attribute: str = "", severity: Severity = Severity.ERROR) -> None:
        """Put a fault on the list."""
        key = (file, line, code, attribute)
        if key in self._told:
            return
        self._told.add(key)
        self.findings.append(Finding(code=code, severity=severity, model=model, attribute=attribute, file=file, line=line,
                                     message=message, suggestion=suggestion))

    def at(self, link: Link, code: Code, message: str, suggestion: str, *, severity: Severity = Severity.ERROR) -> None:
        """Put a fault of a relationship on the list."""
        self.add(code, message, suggestion, file=link.shown, line=link.member.line, model=link.model.name,
                 attribute=link.member.name, severity=severity)

    def holds(self, model: str, attribute: str, *codes: Code) -> bool:
        """Whether the attribute has a finding, of one of these codes where some are given."""
        return any(f.model == model and f.attribute == attribute and (not codes or f.code in codes) for f in self.findings)

    def marks(self, link: Link, *codes: Code) -> bool:
        """Whether the line that declares the relationship has a finding, whichever class was named."""
        return any(
            f.file == link.shown and f.line == link.member.line and f.attribute == link.member.name
            and (not codes or f.code in codes) for f in self.findings
        )
