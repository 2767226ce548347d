"""Today until now, and the same weekday a week ago until the same time of day. Pure."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

WEEK = timedelta(days=7)


class Day(NamedTuple):
    """A day that is not over, from its first moment to a minute, in UTC."""

    since: datetime
    until: datetime

    @classmethod
    def until_minute(cls, moment: datetime) -> "Day":
        """The day of the moment, until its minute: within a minute nothing has to be asked anew."""
        minute = moment.replace(second=0, microsecond=0)
        return cls(minute.replace(hour=0, minute=0), minute)

    @property
    def before(self) -> "Day":
        """The same weekday a week ago, until the same time."""
        return Day(self.since - WEEK, self.until - WEEK)

    @property
    def date(self) -> date:
        """Its date."""
        return self.since.date()

    @property
    def short(self) -> str:
        """As cards name it: "Sun 15 Nov"."""
        return f"{self.since:%a} {self.since.day} {self.since:%b}"

    @property
    def title(self) -> str:
        """As people say it: "Sunday 15 November"."""
        return f"{self.since:%A} {self.since.day} {self.since:%B}"

    def requests(self, **filters: str) -> str:
        """Where the requests of this day are listed."""
        when = f"{self.date}~{self.date + timedelta(days=1)}"
        return f"requests?{urlencode({**filters, 'when': when}, safe='~')}"

    def costs(self, tab: str) -> str:
        """Where the money of this day is told."""
        return f"costs?{urlencode({'tab': tab, 'when': 'days', 'from': self.date.isoformat(), 'to': self.date.isoformat()})}"
