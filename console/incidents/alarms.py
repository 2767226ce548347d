"""Alarms as notices: new groups in a deploy, escalation, silence; each leads to where it can be looked at. Pure."""

from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import urlencode

from console.incidents.address import link
from console.overview.cards import Notice
from pipeline.deployments import Alarm

SILENCE = "silence"


def notices(alarms: Sequence[Alarm]) -> list[Notice]:
    """A notice for each."""
    weights: Mapping[str, Literal["error"]] = {SILENCE: "error"}
    return [Notice(weight=weights.get(one.kind, "warning"), text=one.said, href=_leads_to(one)) for one in alarms]


def _leads_to(alarm: Alarm) -> str:
    if alarm.build:
        return f"deployments?{urlencode({'build': alarm.build})}"
    if len(alarm.fingerprints) == 1:
        return link(alarm.fingerprints[0])
    return f"errors?{urlencode({'tab': 'Sources'})}" if alarm.kind == SILENCE else "errors?sort=state"
