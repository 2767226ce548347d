"""What somebody wants from Cloud Logging -> a filter in its query language.

Whatever a person wrote stands in quotes with JSON's escapes, which are the language's own: it can only be looked for. OR is
always in parentheses, because there it binds tighter than AND.
"""

import json
from datetime import UTC, datetime
from hashlib import blake2s

from pydantic import AwareDatetime

from pipeline.errors import OperatorError
from pipeline.visuals import Value

LONGEST = 20_000
"""Characters that Cloud Logging reads of a filter."""


class Wanted(Value):
    """Which entries; an empty field does not matter."""

    jobs: tuple[str, ...] = ()
    """Cloud Run jobs by name; with services, any of both."""
    services: tuple[str, ...] = ()
    severity: str = ""
    """This bad or worse, as in `pipeline.logs.entry`. Lines that only say so in their text have DEFAULT, and are left out."""
    texts: tuple[str, ...] = ()
    """Words that must each be in some field, in any case."""
    query: str = ""
    """More of it, in Cloud Logging's own language."""
    until: AwareDatetime | None = None
    """Nothing from then on."""

    @property
    def name(self) -> str:
        """The same for the same wishes, whatever their time: readings with different ones each know how far they are."""
        conditions = " AND ".join(self._conditions())
        return blake2s(conditions.encode(), digest_size=6).hexdigest() if conditions else ""

    def filter(self, *times: str) -> str:
        """All of it, and these conditions. Raises `OperatorError` where it is longer than Cloud Logging reads."""
        until = [f'timestamp<"{moment(self.until)}"'] if self.until else []
        text = " AND ".join([*times, *until, *self._conditions()])
        if len(text) > LONGEST:
            raise OperatorError(f"The filter has {len(text)} characters, and Cloud Logging reads {LONGEST}: make it shorter.")
        return text

    def _conditions(self) -> list[str]:
        of_jobs = [_of("cloud_run_job", "job_name", name) for name in self.jobs]
        places = of_jobs + [_of("cloud_run_revision", "service_name", name) for name in self.services]
        return [
            *([any_of(*places)] if places else []),
            *([f"severity>={quoted(self.severity)}"] if self.severity else []),
            *(quoted(text) for text in self.texts),
            *([f"({self.query}\n)"] if self.query.strip() else []),  # on its own line: a comment ends there
        ]


def any_of(*conditions: str) -> str:
    """One of these is enough."""
    return f"({' OR '.join(conditions)})"


def quoted(text: str) -> str:
    """The text as something to look for."""
    return json.dumps(text, ensure_ascii=False)


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _of(kind: str, label: str, name: str) -> str:
    return f'(resource.type="{kind}" AND resource.labels.{label}={quoted(name)})'
