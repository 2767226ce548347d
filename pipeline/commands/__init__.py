"""The verbs of the command line, one module each, with a `register(verbs)` that adds its parser."""

import re
from datetime import UTC, date, datetime, timedelta

from pipeline.config import Settings
from pipeline.errors import BadRequest
from pipeline.logs import log_to, say_on_terminal


def start_logging(settings: Settings, program: str) -> None:
    """From now on the process says what it does, where the settings want it. Raises `OperatorError`."""
    say_on_terminal(places=settings.log)
    log_to(settings.home, program, places=settings.log, project=settings.log_project, endpoint=settings.log_endpoint)


def day(field: str, given: str | None) -> date | None:
    """The day that an option names; None where it was not given. Raises `BadRequest`."""
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as fault:
        raise BadRequest(field, f"{given[:32]!r} is no day: write it as 2026-11-01.") from fault


def since(field: str, given: str | None) -> datetime | None:
    """From when on: so long ago (`5m`, `24h`, `7d`, `2w`), a day, or a moment; None where it was not given.

    Raises `BadRequest`.
    """
    if given is None:
        return None
    now = datetime.now(UTC)
    try:
        if ago := _AGO.fullmatch(given.strip()):
            return now - timedelta(seconds=float(ago[1]) * _SECONDS[ago[2]])
        at = datetime.fromisoformat(given.strip())
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as fault:
        raise BadRequest(field, f"{given[:32]!r} is no time: write it as 5m, 24h, 7d, 2026-11-01 or "
                                "2026-11-01T08:30:00Z.") from fault


_AGO = re.compile(r"(\d+(?:\.\d+)?)([smhdw])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
