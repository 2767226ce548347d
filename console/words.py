"""The console's words: names of stages and states, times and amounts as people say them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from pipeline.domain import Modality, Origin, Stage, StageStatus, Status

Colour = Literal["gray", "blue", "green", "orange", "violet", "red"]
STAGES = {
    Stage.NLU: "Understand the question", Stage.CACHE: "Look on the shelf", Stage.RETRIEVAL: "Find sources",
    Stage.SCRIPT: "Write", Stage.TTS: "Speak", Stage.IMAGES: "Draw", Stage.VIDEO: "Film",
}
STAGE_STATES = {
    StageStatus.RUNNING: "running", StageStatus.COMPLETED: "done", StageStatus.CACHED: "from the shelf",
    StageStatus.SKIPPED: "not needed", StageStatus.FAILED: "failed",
}
STATES = {
    Status.PENDING: "Waiting", Status.RUNNING: "Running", Status.COMPLETED: "Completed", Status.PARTIAL: "Partial",
    Status.CLARIFICATION_NEEDED: "Needs an answer", Status.OUT_OF_SCOPE: "Out of scope", Status.FAILED: "Failed",
    Status.CANCELLED: "Cancelled",
}
STATE_COLOURS: dict[Status, Colour] = {
    Status.PENDING: "gray", Status.RUNNING: "blue", Status.COMPLETED: "green", Status.PARTIAL: "orange",
    Status.CLARIFICATION_NEEDED: "violet", Status.OUT_OF_SCOPE: "gray", Status.FAILED: "red", Status.CANCELLED: "gray",
}
MODALITIES = {Modality.TEXT: "Text", Modality.AUDIO: "Audio", Modality.IMAGES: "Images", Modality.VIDEO: "Video"}
ORIGINS = {
    Origin.BOOK: "from the book", Origin.MODEL: "kept", Origin.REPLACED: "replaced", Origin.DROPPED: "dropped",
}
_UNITS = ((86400 * 2, 86400, "days"), (3600 * 2, 3600, "hours"), (60, 60, "min"))
_LONG_AGO_SECONDS = 86400 * 30
_LEAST_SHOWN = Decimal("0.00001")


def ago(moment: datetime, now: datetime | None = None) -> str:
    """How long ago it was: "just now", "2 min ago", "3 days ago", and a date after a month."""
    passed = ((now or datetime.now(UTC)) - moment).total_seconds()
    if passed >= _LONG_AGO_SECONDS:
        return f"on {moment:%d %b %Y}"
    for least, unit, name in _UNITS:
        if passed >= least:
            return f"{passed // unit:.0f} {name} ago"
    return "just now"


def exact(moment: datetime) -> str:
    """The moment in UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def duration(seconds: float) -> str:
    """Seconds as people read them: 0 s, 0.25 s, 5.1 s, 48 s, 2 min 40 s."""
    if seconds < 0.01:
        return "0 s"
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if round(seconds) < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def clock(seconds: float) -> str:
    """Seconds that are still running: whole ones."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def dollars(amount: Decimal) -> str:
    """An amount with the digits that matter: $0, under $0.00001, $0.00021, $0.0046, $0.183, $12.50, $1,250.00, −$0.183."""
    if amount == 0:
        return "$0"
    if amount < 0:
        return f"−{dollars(-amount)}" if -amount >= _LEAST_SHOWN else f"above −${_LEAST_SHOWN}"
    if amount < _LEAST_SHOWN:
        return f"under ${_LEAST_SHOWN}"
    if amount >= 1:
        return f"${amount:,.2f}"
    return f"${amount:.{max(3, 1 - amount.adjusted())}f}"
