"""A stand-in for Cloud Logging: `entries:list` and `entries:write` over HTTP on loopback, unkind on demand.

It knows one project, takes anybody's word for who they are, and orders, pages and refuses as the service does. Its pages
are places in the order and not copies: an entry that arrives late, before the place of a page token, is not in the rest.
"""

import base64
import json
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pipeline.testing.cloud_faults import Fault, Refused
from pipeline.testing.cloud_query import nanoseconds, question

PAGE, LARGEST_PAGE = 50, 1000
LONGEST_FILTER = 20_000
ORDERS = ("", "timestamp asc", "timestamp desc")
Entry = dict[str, Any]


@dataclass
class CloudLogging:
    """The entries of one project, in order of arrival, and what was asked for."""

    project: str = "vividly-test"
    clock: Callable[[], float] = time.time
    doubling: bool = False
    """Whether an entry that arrived twice is listed twice, as in some exports; the service itself lists it once."""
    delay: float = 0.0
    """Seconds until an entry that was received is listed."""
    entries: list[Entry] = field(default_factory=list)
    faults: deque[Fault | None] = field(default_factory=deque)
    """One for each call to come; None lets a call through."""
    asked: list[tuple[str, Entry]] = field(default_factory=list)
    """Verb and body of every call."""
    on_page: Callable[[], object] = lambda: None
    """Called when a page was made, before the answer leaves."""
    _epoch: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, *entries: Entry) -> None:
        """These arrive now. What the service fills in, where it is missing: time, log, resource, id."""
        now = self._time()
        for entry in entries:
            number = len(self.entries)
            self.entries.append({
                "logName": f"projects/{self.project}/logs/test", "timestamp": now, "insertId": f"made-{number:06}",
                "resource": {"type": "global", "labels": {"project_id": self.project}}, **entry, "receiveTimestamp": now})

    def expire_tokens(self) -> None:
        """Every page token given so far is worth nothing from now on."""
        self._epoch += 1

    def _time(self, more: float = 0.0) -> str:
        return datetime.fromtimestamp(self.clock() + more, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

    def answer(self, verb: str, body: Entry) -> Entry:
        """The answer to a call. Raises `Refused`."""
        with self._lock:
            if verb == "write":
                return self._write(body)
            if verb == "list":
                return self._list(body)
        raise Refused(404, f"No such method: {verb}")

    def _write(self, body: Entry) -> Entry:
        common = {name: body[name] for name in ("logName", "resource", "labels") if name in body}
        written = [{**common, **entry} for entry in body["entries"]]
        for entry in written:
            if not str(entry.get("logName", "")).startswith(f"projects/{self.project}/logs/"):
                raise Refused(403, "Permission 'logging.logEntries.create' denied on resource (or it may not exist).")
        self.put(*written)
        return {}

    def _list(self, body: Entry) -> Entry:
        asked, size, after = self._understood(body)
        known = nanoseconds(self._time(-self.delay))
        listed = [entry for entry in self.entries if nanoseconds(entry["receiveTimestamp"]) <= known]
        there = sorted(filter(asked, listed), key=_place)
        if not self.doubling:
            there = list({(entry["logName"], *_place(entry)): entry for entry in reversed(there)}.values())[::-1]
        backwards = body.get("orderBy") == "timestamp desc"
        if backwards:
            there.reverse()
        rest = [entry for entry in there if after is None or (_place(entry) < after if backwards else _place(entry) > after)]
        page: Entry = {"entries": rest[:size]} if rest else {}
        if len(rest) > size:
            page["nextPageToken"] = self._token(body, _place(rest[size - 1]))
        self.on_page()
        return page

    def _understood(self, body: Entry) -> tuple[Callable[[Mapping[str, Any]], bool], int, tuple[int, str] | None]:
        if body.get("resourceNames") != [f"projects/{self.project}"]:
            raise Refused(404, f"The resource {body.get('resourceNames')} does not exist.")
        size = body.get("pageSize", PAGE)
        if not 0 < size <= LARGEST_PAGE or body.get("orderBy", "") not in ORDERS:
            raise Refused(400, "page_size must be between 1 and 1000, order_by timestamp asc or desc")
        if len(body.get("filter", "")) > LONGEST_FILTER:
            raise Refused(400, "The filter is too long.")
        try:
            return question(body.get("filter", "")), size, self._after(body)
        except (ValueError, KeyError) as fault:
            raise Refused(400, str(fault)) from fault

    def _token(self, body: Entry, place: tuple[int, str]) -> str:
        return base64.b64encode(json.dumps([self._epoch, _query(body), place]).encode()).decode()

    def _after(self, body: Entry) -> tuple[int, str] | None:
        if not body.get("pageToken"):
            return None
        epoch, query, (at, insert_id) = json.loads(base64.b64decode(body["pageToken"]))
        if (epoch, query) != (self._epoch, _query(body)):
            raise ValueError("page_token is expired or of another query")
        return at, insert_id


def _place(entry: Entry) -> tuple[int, str]:
    return nanoseconds(entry["timestamp"]), entry["insertId"]


def _query(body: Entry) -> int:
    return zlib.crc32(json.dumps([body.get("filter"), body.get("orderBy"), body.get("resourceNames")]).encode())


@contextmanager
def served(cloud: CloudLogging) -> Iterator[str]:
    """The address at which it answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answering", (_Answering,), {"cloud": cloud}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cloud: CloudLogging

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        verb = self.path.partition("?")[0].rpartition("/entries:")[2]
        self.cloud.asked.append((verb, body))
        fault = self.cloud.faults.popleft() if self.cloud.faults else None
        if fault and fault.seconds:
            time.sleep(fault.seconds)
        status, said = self._answered(verb, body) if not fault or fault.done or fault.seconds else (fault.status, fault.body)
        with suppress(ConnectionError):  # whoever asked is gone
            self._tell(status, said, cut=fault is not None and fault.cut)

    def _answered(self, verb: str, body: Entry) -> tuple[int, bytes]:
        try:
            return 200, json.dumps(self.cloud.answer(verb, body)).encode()
        except Refused as refused:
            return refused.status, refused.body

    def _tell(self, status: int, said: bytes, *, cut: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said) + 99 if cut else len(said)))
        self.end_headers()
        self.wfile.write(said[:len(said) // 2] if cut else said)
        self.close_connection = self.close_connection or cut

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's name
        """Nothing: a test reads `asked`."""
