"""Which groups of errors are new today, as a number and as a list. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from console import words
from console.incidents.address import link
from console.incidents.wording import cut
from console.organisation.labels import number
from console.overview.cards import Card
from pipeline.incidents import OPEN, Group

ERRORS = "errors"
SHOWN = 5
_GROUP = Markup('<div><a href="{link}" target="_self">{title}</a><small>{told}</small></div>')


class NewErrors(NamedTuple):
    """What the logs say of today."""

    groups: Sequence[Group] = ()
    """Seen for the first time today, and neither resolved nor ignored; the newest first."""
    lines: int = 0
    """Error lines of today."""
    found: int = 0
    """Groups of today, new or not."""
    read: bool = True
    """Whether any log was read here."""


def fresh(groups: Sequence[Group], since: datetime) -> list[Group]:
    """Those that nobody saw before and that wait for somebody."""
    return [group for group in groups if group.first_seen >= since and group.told.state in OPEN]


def card(found: NewErrors) -> Card:
    """How many are new, and how much they are of today's."""
    if not found.read:
        return Card(label="New errors", value="–", href=f"{ERRORS}?tab=Sources", lines=("no log was read here yet", "pull them"))
    today = f"{number(found.lines, 'error line')} today in {number(found.found, 'group')}" if found.lines else ""
    return Card(label="New errors", value=f"{len(found.groups):,}", href=f"{ERRORS}?sort=first",
                lines=("causes first seen today", today or "no error line today"), mood="bad" if found.groups else "")


def listed(groups: Sequence[Group], now: datetime) -> str:
    """The new ones, each leading to its page."""
    items = [_GROUP.format(link=link(one.fingerprint), title=cut(one.title, 240), told=_told(one, now))
             for one in groups[:SHOWN]]
    more = Markup("<div><small>and {}</small></div>").format(number(len(groups) - SHOWN, "other")) if len(groups) > SHOWN else ""
    return str(Markup('<div class="fresh">{}{}</div>').format(Markup("").join(items), more))


def _told(one: Group, now: datetime) -> str:
    touched = f", {number(one.requests, 'request')}" if one.requests else ""
    return f"{number(one.count, 'line')}{touched}, the last {words.ago(one.last_seen, now)}"
