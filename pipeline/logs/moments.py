"""Text and numbers that mean a time -> seconds since 1970. A time without zone is UTC, as the containers are that write it."""

from collections.abc import Mapping
from datetime import UTC, datetime

MOST_KEPT = 10_000
MILLISECONDS_FROM = 1e11
"""A bare number above it, year 5138 in seconds, is milliseconds; above its thousandfold microseconds, and so on."""

_MINUTES: dict[str, float] = {}
"""Minutes that were read before, as they were written, up to their last colon: most lines share theirs with another."""
_SECONDS = {f"{second:02}": float(second) for second in range(60)}


def moment(said: object) -> float | None:
    """When that is; None where it is no time. Takes RFC 3339, ISO 8601, epoch numbers and `{seconds, nanos}`."""
    if isinstance(said, str):
        return instant(said)
    if isinstance(said, int | float) and not isinstance(said, bool):
        return _number(float(said))
    if isinstance(said, Mapping):
        seconds, nanos = said.get("seconds", said.get("_seconds")), said.get("nanos", 0)
        try:
            return _number(float(str(seconds)) + float(str(nanos)) / 1e9)
        except ValueError:
            return None
    return None


def instant(text: str) -> float | None:
    """When that is, quickly where another time of the same minute was read before."""
    if text[-1:] == "Z" and text[19:20] == "." and text[20:-1].isdecimal():
        minute, second = _MINUTES.get(text[:17]), _SECONDS.get(text[17:19])
        whole = whole_second(text[:19]) if minute is None or second is None else minute + second
        return None if whole is None else whole + float(text[19:-1])
    try:
        at = datetime.fromisoformat(text.strip().replace(",", ".").replace("/", "-").replace(" UTC", "Z"))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def whole_second(text: str) -> float | None:
    """When `YYYY-MM-DD hh:mm:ss` begins in UTC; None where no calendar has it."""
    second = _SECONDS.get(text[17:])
    if second is not None and (minute := _MINUTES.get(text[:17])) is not None:
        return minute + second
    try:
        at = datetime.fromisoformat(text.replace("/", "-")).replace(tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        return None
    if second is not None and text[13] == text[16] == ":":
        if len(_MINUTES) >= MOST_KEPT:
            _MINUTES.clear()
        _MINUTES[text[:17]] = at - second
    return at


def offset(zone: str) -> float:
    """How many seconds a zone written as `Z`, `UTC`, `+0100` or `-05:30` is ahead of UTC."""
    if zone[:1] not in "+-" or not zone:
        return 0.0
    digits = zone[1:].replace(":", "")
    return (int(digits[:2]) * 3600 + int(digits[2:4] or 0) * 60) * (-1.0 if zone[0] == "-" else 1.0)


def _number(number: float) -> float | None:
    if not 0 <= number < 1e20:
        return None
    while number > MILLISECONDS_FROM:
        number /= 1000
    return number
