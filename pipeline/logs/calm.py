"""A line that tells of no error by what it is called -> what it is counted by, at a fraction of the price of its entry.

Whatever is not plainly so is None here, and read whole: a graver word, a traceback, a time of another form, a value of
another type than expected. Of what is told here, `entry` gives the whole entry again.
"""

from typing import NamedTuple

import msgspec
from msgspec import UNSET, Raw, UnsetType, field

from pipeline.logs.entry import Entry
from pipeline.logs.moments import instant
from pipeline.logs.notable import ACTIONS, Notable, phrased
from pipeline.logs.parsing_fields import LONGEST_NAME
from pipeline.logs.parsing_json import GOOGLE, LONGEST_MESSAGE, decoded, from_object, text_entry
from pipeline.logs.plain_text import TRACEBACK, quick_head
from pipeline.logs.severity import CALM

Who = tuple[str, str, str, str, str]
"""Version, execution, job, worker, source."""
MOST_KNOWN = 10_000


class Calm(NamedTuple):
    """A line that is counted, and no error."""

    id: str
    """Empty where it is its place."""
    at: float
    who: Who
    kind: Notable | None
    named: bool
    """Whether it has a logger or an action: then it goes on with no traceback."""
    text: str
    """The line as it stands."""
    line: int

    def entry(self) -> Entry:
        """All that it says."""
        source = self.who[-1]
        place = f"{source}:{self.line}"
        if self.text[:1] == "{":
            return from_object(decoded(self.text), source, place, self.at)
        top = quick_head(self.text)
        assert top is not None, self.text  # else it would not be calm
        return text_entry(source, place, self.at, top.level, top.logger, top.message)


class _Body(msgspec.Struct, gc=False, kw_only=True):
    """What a program says in fields; with one that must be unset, it is not calm."""

    message: str
    action: str = ""
    logger: str = ""
    name: str = ""
    worker: str = ""
    worker_id: str = ""
    version: str = ""
    execution: str = ""
    service: str = ""
    fault: UnsetType = UNSET
    exception: UnsetType = UNSET
    traceback: UnsetType = UNSET
    stack_trace: UnsetType = UNSET
    exc_info: UnsetType = UNSET
    stack: UnsetType = UNSET
    place: UnsetType = UNSET
    where: UnsetType = UNSET


class _Own(_Body, gc=False, kw_only=True):
    """A line of JSON that is no entry of Cloud Logging."""

    own_id: str = field(name=GOOGLE + "insertId")
    severity: str
    timestamp: str
    labels: Raw = Raw()
    own_labels: Raw = field(default=Raw(), name=GOOGLE + "labels")
    resource: Raw = Raw()
    textPayload: UnsetType = UNSET
    jsonPayload: UnsetType = UNSET
    insertId: UnsetType = UNSET
    protoPayload: UnsetType = UNSET
    insert_id: UnsetType = UNSET
    json_payload: UnsetType = UNSET
    text_payload: UnsetType = UNSET
    proto_payload: UnsetType = UNSET
    logName: UnsetType = UNSET
    log_name: UnsetType = UNSET


class _Cloud(msgspec.Struct, gc=False, kw_only=True):
    """An entry of Cloud Logging."""

    insertId: str
    severity: str
    timestamp: str
    textPayload: str | UnsetType = UNSET
    jsonPayload: _Body | UnsetType = UNSET
    labels: Raw = Raw()
    resource: Raw = Raw()


_CLOUD, _OWN = msgspec.json.Decoder(_Cloud), msgspec.json.Decoder(_Own)
_NOT = (msgspec.DecodeError, RecursionError)


class Calms:
    """Reads the calm lines of one source; who wrote them is found out once for each way in which they say it."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._known: dict[tuple[object, ...], Who] = {}
        self._nobody: Who = ("", "", "", "", source)

    def of_json(self, line: str, number: int) -> Calm | None:
        """That of a line that begins with a brace."""
        if len(line) > LONGEST_MESSAGE:
            return None
        try:
            if '"insertId"' in line:
                return self._of_cloud(line, number)
            said = _OWN.decode(line)
        except _NOT:
            return None
        who = self._who(line, bytes(said.own_labels), bytes(said.labels), bytes(said.resource), *_writer(said))
        return self._calm(said.own_id, said, said, who, line, number)

    def of_text(self, line: str, number: int) -> Calm | None:
        """That of a line with a head, as Python's logging writes it."""
        top = quick_head(line)
        if top is None or top.level not in CALM or not top.at or len(line) > LONGEST_MESSAGE:
            return None
        return Calm("", top.at, self._nobody, phrased(top.message), bool(top.logger), line, number)

    def _of_cloud(self, line: str, number: int) -> Calm | None:
        said = _CLOUD.decode(line)
        labels, resource = bytes(said.labels), bytes(said.resource)
        if type(said.textPayload) is str:
            return self._calm(said.insertId, said, said.textPayload, self._who(line, labels, resource), line, number)
        if type(said.jsonPayload) is _Body:
            who = self._who(line, labels, resource, *_writer(said.jsonPayload))
            return self._calm(said.insertId, said, said.jsonPayload, who, line, number)
        return None

    def _calm(self, line_id: str, said: _Own | _Cloud, body: _Body | str, who: Who, line: str, number: int) -> Calm | None:
        severity = said.severity
        if isinstance(body, str):
            message, action, named = body, "", False
        else:
            message, action, named = body.message, body.action, bool(body.logger or body.name or body.action)
        if severity == "DEFAULT" or message[:2] == "20":
            if (top := quick_head(message)) is None:
                return None
            severity, message, named = top.level, top.message, named or bool(top.logger)
        at = instant(said.timestamp)
        if (severity not in CALM or not at or not 0 < len(line_id) <= LONGEST_NAME
                or "\n" in message or "\x1b" in message or message.startswith(TRACEBACK)):
            return None
        return Calm(line_id, at, who, ACTIONS.get(action) or phrased(message), named, line, number)

    def _who(self, line: str, *said: object) -> Who:
        """Who wrote it, by all that it says of that."""
        if (known := self._known.get(said)) is not None:
            return known
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        entry = from_object(decoded(line), self._source, "", 0.0)
        self._known[said] = who = (entry.version, entry.execution, entry.job, entry.worker, self._source)
        return who


def _writer(body: _Body) -> tuple[str, ...]:
    return body.worker, body.worker_id, body.version, body.execution, body.service
