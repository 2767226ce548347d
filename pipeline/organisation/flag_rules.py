"""How a flag is decided, and in which words. Pure: what it needs is handed in, so the same facts give the same answer."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from pipeline.switches import Switch
from pipeline.visuals import Text, Value


class KnownFlag(Value):
    """A flag that the pipeline asks for."""

    key: Text
    name: Text
    description: Text
    enabled: bool
    """What holds until somebody changes it."""


FLAGS: Mapping[str, KnownFlag] = {flag.key: flag for flag in (
    KnownFlag(key="video_generation", name="Video", enabled=True,
              description="Films. Off: a request for a video is answered with its other forms, and says why."),
    KnownFlag(key="images", name="Images", enabled=True, description="Still boards of the scenes."),
    KnownFlag(key="cache", name="Shelf", enabled=True,
              description="Answers a question that was answered before with the lesson kept on the shelf."),
    KnownFlag(key="google_family", name="Google", enabled=False,
              description="Makes lessons with the Google family instead of on this machine; where it is not set up, "
                          "a request fails and says so."),
)}
"""The flags there are. The pipeline asks for no other."""


class FlagState(Value):
    """What holds for everybody."""

    key: Text
    enabled: bool
    rollout_percentage: int = 100
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class Override(Value):
    """Where a person, or an organisation (then `organization` is its name), differs."""

    enabled: bool
    reason: str = ""
    organization: str = ""


def decide(flag: FlagState, user: str, now: datetime, override: Override | None = None) -> Switch:
    """The decision for this user: an override beats the schedule, then `enabled`, then the roll-out."""
    if override is not None:
        return _overridden(override)
    if flag.starts_at is not None and now < flag.starts_at:
        return Switch(on=False, why=f"off: scheduled from {_moment(flag.starts_at)}")
    if flag.ends_at is not None and now >= flag.ends_at:
        return Switch(on=False, why=f"off: ended {_moment(flag.ends_at)}")
    if not flag.enabled:
        return Switch(on=False, why="off for everybody")
    if flag.rollout_percentage == 100:
        return Switch(on=True, why="on for everybody")
    place = rollout_place(flag.key, user)
    on = place < flag.rollout_percentage
    return Switch(on=on, why=f"{_word(on)}: {flag.rollout_percentage} % roll-out, this user is at {place}")


def rollout_place(key: str, user: str) -> int:
    """Where the user stands in the roll-out of this flag, 0 to 99: always the same, and different for each flag.

    The original's rule: the first 8 hexadecimal digits of the SHA-256 of "key:user", modulo 100.
    """
    digest = hashlib.sha256(f"{key}:{user}".encode("utf-8", "backslashreplace")).hexdigest()
    return int(digest[:8], 16) % 100


def _overridden(override: Override) -> Switch:
    whose = f"organisation override of {override.organization}" if override.organization else "user override"
    reason = f" ({override.reason})" if override.reason else ""
    return Switch(on=override.enabled, why=f"{_word(override.enabled)}: {whose}{reason}")


def _word(on: bool) -> str:
    return "on" if on else "off"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
