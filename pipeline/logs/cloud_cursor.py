"""How far a reading of Cloud Logging is, and the times to ask for next. Pure: no clock, no network.

Entries are read in order of their own time, in sweeps from `newest` to the end. An entry may arrive late: up to `OVERLAP`
late it is met again because each sweep begins so much earlier; after that, up to `LATE_MOST`, because each sweep also asks
for what is older and was *received* since the sweep before began. What was read before comes again, and is known by its id.
"""

from datetime import UTC, datetime, timedelta

from pydantic import AwareDatetime, ValidationError

from pipeline.errors import OperatorError
from pipeline.logs.cloud_filters import any_of, moment
from pipeline.visuals import Value

OVERLAP = timedelta(minutes=10)
"""So late most entries arrive at most, and so wrong this machine's clock may be."""
LATE_MOST = timedelta(days=1)
FIRST = timedelta(days=1)
"""How far back the first reading begins when nobody says."""


class Mark(Value):
    """Everything from `floor` to `newest` was read, but for what arrived late."""

    floor: AwareDatetime
    newest: AwareDatetime
    begun: AwareDatetime | None = None
    """When the sweep began that is not finished."""
    swept: AwareDatetime | None = None
    """When the last finished sweep began, and `swept_to` how far it came: what is older and was received since may be new."""
    swept_to: AwareDatetime | None = None

    @property
    def text(self) -> str:
        """As a cursor."""
        return self.model_dump_json(exclude_none=True)

    def reached(self, at: datetime, now: datetime) -> "Mark":
        """A page was read that ends there. What calls itself later than now is read again until its time has come."""
        return self.model_copy(update={"newest": max(self.newest, min(at, now))})

    def finished(self) -> "Mark":
        """The sweep came to its end."""
        return self.model_copy(update={"begun": None, "swept": self.begun, "swept_to": self.newest})

    def conditions(self) -> str:
        """The times that its sweep asks for."""
        start = max(self.floor, self.newest - OVERLAP)
        usual = f'timestamp>="{moment(start)}"'
        if self.swept is None or self.swept_to is None:
            return usual
        oldest = max(self.floor, self.swept_to - LATE_MOST)
        late = (f'(timestamp>="{moment(oldest)}" AND timestamp<"{moment(self.swept_to)}" '
                f'AND receiveTimestamp>="{moment(self.swept - OVERLAP)}")')
        return any_of(usual, late)


def began(cursor: str, since: datetime | None, now: datetime) -> Mark:
    """The mark of the sweep that begins now, or goes on where one was broken off.

    `since` is where a first reading begins; later it matters only where it is earlier than that, and then all is read again
    from there. Raises `OperatorError` over a cursor that is not one of ours.
    """
    mark = _read(cursor) if cursor else None
    if mark is None or (since is not None and since < mark.floor):
        start = since or now - FIRST
        return Mark(floor=start, newest=start, begun=now)
    return mark if mark.begun else mark.model_copy(update={"begun": now})


def read_time(said: object) -> datetime | None:
    """The time that an entry calls its own, to the microsecond; None where it has none."""
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _read(cursor: str) -> Mark:
    try:
        return Mark.model_validate_json(cursor)
    except ValidationError as fault:
        raise OperatorError("The cursor of this source was not written by a reading of Cloud Logging.") from fault
