"""What the page Deployments calls things: verdicts, fates, checks, and how sure it is. Pure."""

from collections.abc import Mapping

from console.organisation.labels import number
from console.words import Colour
from pipeline.deployments import CheckState, Exposed, Fate, Kind, Unit
from pipeline.tables import DeployOrigin

VERDICTS: Mapping[Kind, str] = {
    Kind.CLEAN: "Clean", Kind.SAME: "Same as before", Kind.REGRESSED: "Regressed", Kind.UNMASKED: "Unmasked another",
    Kind.TOO_EARLY: "Too early to tell",
}
LOOKS: Mapping[Kind, str] = {
    Kind.CLEAN: "good", Kind.SAME: "even", Kind.REGRESSED: "bad", Kind.UNMASKED: "uneasy", Kind.TOO_EARLY: "open",
}
CHECKS: Mapping[CheckState, str] = {
    CheckState.PASSED: "Passed", CheckState.FAILED: "Failed", CheckState.NOT_YET: "Not yet", CheckState.UNKNOWN: "Cannot be told",
}
COLOURS: Mapping[CheckState, Colour] = {
    CheckState.PASSED: "green", CheckState.FAILED: "red", CheckState.NOT_YET: "orange", CheckState.UNKNOWN: "gray",
}
ICONS: Mapping[CheckState, str] = {
    CheckState.PASSED: ":material/check_circle:", CheckState.FAILED: ":material/cancel:",
    CheckState.NOT_YET: ":material/hourglass_empty:", CheckState.UNKNOWN: ":material/help:",
}
ORIGINS: Mapping[DeployOrigin, str] = {
    DeployOrigin.COMMAND: "on the command line", DeployOrigin.API: "over the API", DeployOrigin.AUDIT: "from the audit log",
    DeployOrigin.FILE: "from a file", DeployOrigin.CONSOLE: "in the console",
}
_UNITS: Mapping[Unit, str] = {Unit.REQUESTS: "request", Unit.EXECUTIONS: "execution", Unit.MINUTES: "minute"}


def occasions(count: int, unit: Unit) -> str:
    """So many of what rates are counted per: "22 executions"."""
    return number(count, _UNITS[unit])


def exposure(seen: Exposed, unit: Unit) -> str:
    """How much there was that could have failed, the verdict's unit first."""
    order = (unit, *(other for other in (Unit.EXECUTIONS, Unit.REQUESTS) if other is not unit))
    return ", ".join([*(occasions(seen.of(one), one) for one in order), number(seen.lines, "line")])


def fate(one: Fate, unit: Unit) -> str:
    """A group before and after: "in 31 of 40 executions before, in 0 of 22 since"."""
    parts = [*([f"in {one.before:,} of {occasions(one.before_of, unit)} before"] if one.before_of else ["not seen before"]),
             f"in {one.after:,} of {occasions(one.after_of, unit)} since"]
    return ", ".join(parts)


def sureness(one: Fate) -> str:
    """How a difference can be told from chance."""
    if one.chance is None:
        return ""
    said = "under 0.01 %" if one.chance < 0.0001 else f"{one.chance:.2%}" if one.chance < 0.1 else f"{one.chance:.0%}"
    return f"the chance of this had nothing changed: {said}"
