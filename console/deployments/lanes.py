"""A deploy as a small piece of HTML: its verdict, and what it fixed, broke and unmasked; every value is escaped."""

from collections.abc import Sequence
from datetime import UTC, datetime

from markupsafe import Markup

from console import words
from console.deployments.wording import LOOKS, ORIGINS, VERDICTS, exposure, fate, sureness
from console.incidents.address import link
from console.incidents.wording import cut
from console.organisation.labels import number
from pipeline.deployments import Deploy, Fate, Unit, Verdict
from pipeline.tables import DeployOrigin

_LANE = Markup(
    '<article class="lane {look}"><header><b>{build}</b><small>{told}</small><span class="verdict">{verdict}</span></header>'
    '<p>{reason}</p><p class="seen">{seen}</p><div class="fates">{fates}</div>{more}</article>')
_FATES = Markup('<section class="{look}"><h4>{name}</h4><ul>{items}</ul></section>')
_FATE = Markup('<li><a href="{link}" target="_self">{title}</a><small title="{sure}">{told}{needed}</small>{why}</li>')
_WHY = Markup("<small>{}</small>")
_BEHIND = Markup('<small>hidden behind <a href="{link}" target="_self">{title}</a>{why}</small>')
_MORE = Markup("<details><summary>{name}</summary><ul>{items}</ul></details>")
_DIGEST = 12


def lane(deploy: Deploy, verdict: Verdict, now: datetime) -> str:
    """The deploy in its lane."""
    titles = {one.fingerprint: one.title for one in (*verdict.fixed, *verdict.gone, *verdict.still)}
    sections = (("Fixed", "good", verdict.fixed), ("Unmasked", "uneasy", verdict.unmasked), ("Broke", "bad", verdict.broke))
    return str(_LANE.format(
        look=LOOKS[verdict.kind], build=_name(deploy), told=_told(deploy, now), verdict=VERDICTS[verdict.kind],
        reason=verdict.reason, seen=_seen(verdict),
        fates=Markup("").join(_FATES.format(look=look, name=name, items=_items(fates, verdict.unit, titles))
                              for name, look, fates in sections if fates),
        more=_more(verdict, titles)))


def _name(deploy: Deploy) -> str:
    """The build as people write it: ids of many characters by their beginning."""
    return f"Build {deploy.build[:8] if len(deploy.build) == 36 else cut(deploy.build, 40)}"


def _told(deploy: Deploy, now: datetime) -> str:
    parts = (
        f"{deploy.at.astimezone(UTC):%d %b %Y %H:%M} UTC", words.ago(deploy.at, now),
        f"commit {deploy.commit[:8]}" if deploy.commit else "", f"image {deploy.digest[:_DIGEST]}" if deploy.digest else "",
        deploy.service, f"recorded {ORIGINS[deploy.origin]}{_by(deploy)}", deploy.note)
    return " · ".join(filter(None, parts))


def _by(deploy: Deploy) -> str:
    """Who recorded it, where that was a person."""
    return f" by {deploy.recorded_by}" if deploy.recorded_by and deploy.origin in (DeployOrigin.CONSOLE, DeployOrigin.API) else ""


def _seen(verdict: Verdict) -> str:
    return f"Seen since, until the next deploy: {exposure(verdict.exposure, verdict.unit)}."


def _items(fates: Sequence[Fate], unit: Unit, titles: dict[str, str]) -> Markup:
    return Markup("").join(_FATE.format(
        link=link(one.fingerprint, when="all"), title=cut(one.title), sure=sureness(one), told=fate(one, unit),
        needed=f"; {one.more_needed:,} more without it until that is sure" if one.more_needed and not one.sure else "",
        why=_why(one, titles)) for one in fates)


def _why(one: Fate, titles: dict[str, str]) -> Markup:
    if one.unmasked_by:
        title = cut(titles.get(one.unmasked_by, one.unmasked_by), 80)
        return _BEHIND.format(link=link(one.unmasked_by, when="all"), title=title, why=f": {one.why}" if one.why else "")
    return _WHY.format(one.why) if one.why else Markup("")


def _more(verdict: Verdict, titles: dict[str, str]) -> Markup:
    """What is neither fixed nor new, folded."""
    kinds = (("Not seen since, not sure yet", verdict.gone), ("As before", verdict.still),
             ("New, too seldom to tell", verdict.rare))
    return Markup("").join(
        _MORE.format(name=f"{name}: {number(len(fates), 'group')}", items=_items(fates, verdict.unit, titles))
        for name, fates in kinds if fates)
