"""The checklist of a deploy: each line with where it stands, and the lines of the log that it rests on."""

from collections.abc import Sequence

from markupsafe import Markup

from console.deployments.wording import CHECKS
from console.organisation.labels import number
from pipeline.deployments import Check, CheckState

_LIST = Markup('<ul class="checks">{}</ul>')
_CHECK = Markup('<li class="{state}"><b>{name}</b><span>{stands}</span><p>{said}</p>{evidence}</li>')
_EVIDENCE = Markup("<details><summary>{}</summary><p><code>{}</code></p></details>")
_APART = Markup("</code> <code>")


def listed(checks: Sequence[Check]) -> str:
    """The checklist."""
    return str(_LIST.format(Markup("").join(map(_check, checks))))


def summary(checks: Sequence[Check]) -> str:
    """How many of the checks passed, and what did not: "4 of 5 passed, 1 not yet"."""
    counts = {state: sum(check.state is state for check in checks) for state in CheckState}
    others = [f"{count} {CHECKS[state].lower()}" for state, count in counts.items() if state is not CheckState.PASSED and count]
    return ", ".join([f"{counts[CheckState.PASSED]} of {len(checks)} passed", *others])


def _check(check: Check) -> Markup:
    return _CHECK.format(state=check.state, name=check.name, stands=CHECKS[check.state], said=check.said,
                         evidence=_evidence(check))


def _evidence(check: Check) -> Markup:
    if not check.line_ids:
        return Markup("")
    shown = number(len(check.line_ids), "line")
    of = shown if check.count <= len(check.line_ids) else f"{shown} of {check.count:,}"
    return _EVIDENCE.format(f"Evidence: {of}", _APART.join(check.line_ids))
