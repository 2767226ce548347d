"""What the page Errors calls things: states, facets, spans, and the sentences about sums. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime

from console import words
from console.organisation.labels import number
from console.words import Colour
from pipeline.incidents import AUTOMATIC, Facet, Groups, Sort, Standing, State

STATES: Mapping[State, str] = {
    State.NEW: "New", State.ONGOING: "Ongoing", State.ESCALATING: "Escalating", State.REGRESSED: "Regressed",
    State.RESOLVED: "Resolved", State.IGNORED: "Ignored",
}
COLOURS: Mapping[State, Colour] = {
    State.NEW: "blue", State.ONGOING: "orange", State.ESCALATING: "red", State.REGRESSED: "red", State.RESOLVED: "green",
    State.IGNORED: "gray",
}
FACETS: Mapping[Facet, str] = {
    Facet.SEVERITY: "Severity", Facet.STAGE: "Stage", Facet.WORKER: "Worker", Facet.VERSION: "Version", Facet.SOURCE: "Source",
    Facet.JOB: "Program", Facet.EXECUTION: "Execution",
}
SORTS: Mapping[Sort, str] = {
    Sort.COUNT: "Most frequent", Sort.LAST: "Last seen", Sort.FIRST: "First seen", Sort.REQUESTS: "Most requests",
    Sort.STATE: "Needs somebody",
}
UNSAID = "(not said)"
"""For a facet that the line leaves out."""
TITLE_CHARACTERS = 140


def sums(found: Groups) -> str:
    """What the groups add up to, and what is left out."""
    groups = number(found.found, "group")
    if found.errors == found.every_error:
        aside = f" {number(found.set_aside, 'line')} more: no error, by a rule." if found.set_aside else ""
        return (f"{groups} with {number(found.errors, 'error')} in all: every error line of the time is in exactly one of them."
                f"{aside}")
    rest = found.every_error - found.errors
    return (f"{groups} with {number(found.errors, 'error')} in all; {number(rest, 'other')} of the {found.every_error:,} errors "
            "of the time do not fit the filter.")


def standing(one: Standing) -> str:
    """Where a group stands, in words."""
    return f"{STATES[one.state]}{_in(one)}{_until(one)}"


def why(one: Standing) -> str:
    """Who put it there, and why."""
    reason = f": {one.why}" if one.why else ""
    return f"by {'itself' if one.by == AUTOMATIC else one.by}, {words.exact(one.at)}{reason}"


def short(moment: datetime | None) -> str:
    """A moment to the minute, in UTC."""
    return f"{moment.astimezone(UTC):%d %b %Y %H:%M} UTC" if moment else ""


def cut(text: str, most: int = TITLE_CHARACTERS) -> str:
    """The text on one line, in so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most - 1]}…"


def bare(title: str) -> str:
    """The title without the kind of exception before it, which many have."""
    kind, found, rest = title.partition(": ")
    return rest if found and rest and kind.isidentifier() else title


def commas(names: tuple[str, ...], most: int = 3) -> str:
    """Some names, and how many more there are."""
    named = ", ".join(name or UNSAID for name in names[:most])
    return f"{named} and {len(names) - most} more" if len(names) > most else named


def _in(one: Standing) -> str:
    return f" in {one.version}" if one.state is State.RESOLVED and one.version else ""


def _until(one: Standing) -> str:
    if one.state is not State.IGNORED:
        return ""
    ends = [*([f"until {short(one.until)}"] if one.until else []),
            *([f"until seen {number(one.until_count, 'time')} in all"] if one.until_count else []),
            *(["until it escalates"] if one.until_escalates else [])]
    return f" {' or '.join(ends)}" if ends else " for good"
