"""How many were asked for, how many of them became a lesson, and how long that took. Pure."""

from collections.abc import Mapping, Sequence

from console import words
from console.loaders.overview import Asked
from console.overview.cards import Card, Mood, against, change
from console.overview.day import Day
from console.requests.numbers import short, success
from pipeline.domain import Modality, Status
from pipeline.tracking import Speed

FEWEST = 20
"""Requests of both days without which no difference is called bad."""
WORSE_POINTS, SLOWER = 0.02, 1.25
GOOD = (Status.COMPLETED, Status.PARTIAL)


def cards(day: Day, now: Asked, then: Asked) -> list[Card]:
    """A card for the number, one for the success, one for the time of each form."""
    speeds = {speed.modality: speed for speed in now.speeds}
    earlier = {speed.modality: speed for speed in then.speeds}
    seen = [modality for modality in Modality if modality in speeds or modality in earlier]
    return [_number(day, now, then), _success(day, now, then),
            *(_time(day, modality, speeds.get(modality), earlier.get(modality)) for modality in seen)]


def _number(day: Day, now: Asked, then: Asked) -> Card:
    more = "" if now.capped or then.capped else change(now.total, then.total)
    waits = now.counts.get(Status.PENDING, 0) + now.counts.get(Status.RUNNING, 0)
    return Card(label="Requests", value=_count(now), href=day.requests(),
                lines=(against(day.before.short, _count(then), more), f"{waits:,} of them not decided yet"))


def _count(asked: Asked) -> str:
    return f"over {asked.total:,}" if asked.capped else f"{asked.total:,}"


def _success(day: Day, now: Asked, then: Asked) -> Card:
    failed = now.counts.get(Status.FAILED, 0)
    filters = {"status": Status.FAILED.value} if failed else {}
    return Card(label="Success rate", value=success(now.counts), href=day.requests(**filters),
                lines=(against(day.before.short, success(then.counts)), f"{failed:,} failed"), mood=_worse(now, then))


def _worse(now: Asked, then: Asked) -> Mood:
    (good, tried), (good_then, tried_then) = _tried(now.counts), _tried(then.counts)
    if min(tried, tried_then) < FEWEST:
        return ""
    return "bad" if good / tried < good_then / tried_then - WORSE_POINTS else ""


def _tried(counts: Mapping[Status, int]) -> tuple[int, int]:
    good = sum(counts.get(status, 0) for status in GOOD)
    return good, good + counts.get(Status.FAILED, 0)


def _time(day: Day, modality: Modality, now: Speed | None, then: Speed | None) -> Card:
    more = change(now.p95, then.p95) if now and then else ""
    slower = now and then and min(now.count, then.count) >= FEWEST and now.p95 > SLOWER * then.p95
    return Card(
        label=f"{words.MODALITIES[modality]}, p95", value=short(now.p95) if now else "–", href=day.requests(form=modality.value),
        lines=(against(day.before.short, short(then.p95) if then else "–", more), _lessons(now)), mood="bad" if slower else "")


def _lessons(speed: Speed | None) -> str:
    made: Sequence[str] = ("no lesson yet", "1 lesson")
    count = speed.count if speed else 0
    return made[count] if count < 2 else f"{count:,} lessons"
