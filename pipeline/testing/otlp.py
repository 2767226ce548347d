"""A stand-in for an OpenTelemetry collector: OTLP over HTTP on loopback, which keeps the spans it is sent."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue


@dataclass(frozen=True, kw_only=True)
class SpanSeen:
    """A span as it arrived."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    begun: int
    ended: int
    """Nanoseconds since 1970."""
    failed: bool
    attributes: dict[str, Any]
    events: tuple[str, ...]


@dataclass
class Collector:
    """What arrived, and how it answers."""

    spans: list[SpanSeen] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answer: int = 200
    url: str = ""

    def take(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        """Keep what a call brings; the status of the answer."""
        self.headers.append(headers)
        if path != "/v1/traces" or self.answer != 200:
            return 404 if path != "/v1/traces" else self.answer
        sent = ExportTraceServiceRequest.FromString(gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body)
        self.spans += [_seen(span) for resource in sent.resource_spans for scope in resource.scope_spans for span in scope.spans]
        return 200

    def named(self, name: str) -> list[SpanSeen]:
        """The spans of this name, in the order in which they began."""
        return sorted((span for span in self.spans if span.name == name), key=lambda span: span.begun)


@contextmanager
def collector() -> Iterator[Collector]:
    """A collector that listens as long as the block lasts."""
    kept = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            status = kept.take(self.path, body, {name.lower(): value for name, value in self.headers.items()})
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(status)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _seen(span: Any) -> SpanSeen:
    return SpanSeen(
        name=span.name, trace_id=span.trace_id.hex(), span_id=span.span_id.hex(), parent_id=span.parent_span_id.hex(),
        begun=span.start_time_unix_nano, ended=span.end_time_unix_nano, failed=span.status.code == 2,
        attributes={entry.key: _plain(entry.value) for entry in span.attributes},
        events=tuple(event.name for event in span.events),
    )


def _plain(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_plain(each) for each in value.array_value.values]
    return getattr(value, kind) if kind else None
