"""Findings as HTML cards; every value is escaped where it is put in, and `words` in backticks are set as code."""

import re
from collections.abc import Iterable

from markupsafe import Markup

from console.foundation.words import CODES, SEVERITIES
from pipeline.doctor import Finding

_CARD = Markup(
    '<article class="finding {severity}"><header><b class="severity">{named}</b><b>{code}</b>{about}'
    '<span class="place">{place}</span></header><p>{message}</p><p class="change"><b>To mend it</b> {suggestion}</p></article>'
)
_CODED, _PLAIN = Markup("<code>{}</code>"), Markup("{}")
_CODE = re.compile(r"`([^`\n]+)`")


def cards(findings: Iterable[Finding]) -> str:
    """A card per finding."""
    return str(Markup('<div class="findings">{}</div>').format(Markup("").join(_card(finding) for finding in findings)))


def _card(finding: Finding) -> Markup:
    about = named(finding)
    return _CARD.format(
        severity=finding.severity, named=SEVERITIES[finding.severity], code=CODES[finding.code].capitalize(),
        about=_CODED.format(about) if about else "", place=place(finding.file, finding.line),
        message=_told(finding.message), suggestion=_told(finding.suggestion),
    )


def named(finding: Finding) -> str:
    """`Organization.schools`, `Organization`, or nothing."""
    return ".".join(filter(None, (finding.model, finding.attribute)))


def place(file: str, line: int) -> str:
    """`models/user.py:12`."""
    return f"{file}:{line}" if file and line else file


def _told(sentence: str) -> Markup:
    parts = _CODE.split(sentence)
    return Markup("").join((_CODED if at % 2 else _PLAIN).format(part) for at, part in enumerate(parts))
