"""The verbs of the command line, one module each, with a `register(verbs)` that adds its parser."""

from datetime import date

from pipeline.errors import BadRequest

LOG_FORMAT = "%(asctime)s - %(name)s - %(levelname)s - %(message)s"


def day(field: str, given: str | None) -> date | None:
    """The day that an option names; None where it was not given. Raises `BadRequest`."""
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as fault:
        raise BadRequest(field, f"{given[:32]!r} is no day: write it as 2026-11-01.") from fault
