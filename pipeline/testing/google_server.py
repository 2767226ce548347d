"""The stand-in for Google's services at an address of this machine."""

import json
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from pipeline.testing.cloud_faults import Fault, Refused
from pipeline.testing.google import STORAGE, Body, Google
from pipeline.testing.google_calls import Answer, Asked
from pipeline.testing.google_storage import Bucket, bucket_of

MODEL = re.compile(
    r"/v1(?:beta1)?/projects/(?P<project>[^/]+)/locations/[^/]+/publishers/google/models/(?P<model>[^/:]+):(?P<verb>\w+)")
SPEAK, VOICES = "/v1beta1/text:synthesize", "/v1beta1/voices"


@contextmanager
def served(google: Google) -> Iterator[str]:
    """The address at which it answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answering", (_Answering,), {"google": google}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    google: Google

    def do_GET(self) -> None:
        if self._stored(b""):
            return
        self._do(self._query())

    def do_POST(self) -> None:
        body = self._body()
        if not self._stored(body):
            self._do(json.loads(body or b"{}"))

    def do_PUT(self) -> None:
        if not self._stored(self._body()):
            self.send_error(404)

    def do_DELETE(self) -> None:
        if not self._stored(b""):
            self._do({})

    def _stored(self, body: bytes) -> bool:
        """Whether the call was for Cloud Storage, or for links to it, and has been answered."""
        path, _, query = self.path.partition("?")
        asked = Asked(method=self.command, path=path, query=query, headers=self.headers, body=body)
        bucket = bucket_of(asked, self.google.bucket, self.google.batches.bucket)
        if bucket is None:
            return False
        self.google.asked.append((STORAGE, self.command, {"path": path, "query": query, "bytes": len(body)}))
        fault = self.google.fault(STORAGE)
        if fault and fault.seconds:
            time.sleep(fault.seconds)
        answer = self._kept(bucket, asked) if _obeyed(fault) else Answer(status=fault.status, body=fault.body)  # type: ignore[union-attr]
        if fault and fault.status == 200 and fault.body and "alt=media" in query:
            answer = replace(self._kept(bucket, asked), body=fault.body)  # other bytes under the same checksum
        with suppress(ConnectionError):  # whoever asked is gone
            self._give(answer, cut=bool(fault and fault.cut))
        return True

    def _kept(self, bucket: Bucket, asked: Asked) -> Answer:
        try:
            return bucket.answer(asked)
        except Refused as refused:
            return Answer(status=refused.status, body=refused.body)

    def _give(self, answer: Answer, *, cut: bool) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body) + (not answer.body and cut)))
        self.end_headers()
        self.wfile.write(answer.body[:len(answer.body) // 2] if cut else answer.body)
        self.close_connection = self.close_connection or cut

    def do_PATCH(self) -> None:
        self._do(json.loads(self._body()))

    def _do(self, body: Body) -> None:
        path = self.path.partition("?")[0]
        found = MODEL.fullmatch(path)
        model, verb = (found["model"], found["verb"]) if found else (body.get("voice", {}).get("name", ""), path)
        self.google.asked.append((model, verb, body))
        fault = self.google.fault(model)
        if fault and fault.seconds:
            time.sleep(fault.seconds)
        status, parts = self._answered(found, path, body) if _obeyed(fault) else (
            fault.status, [fault.body])  # type: ignore[union-attr]
        with suppress(ConnectionError):  # whoever asked is gone
            self._tell(status, parts, stream=verb == "streamGenerateContent" and status == 200, cut=bool(fault and fault.cut))

    def _answered(self, found: re.Match[str] | None, path: str, body: Body) -> tuple[int, list[bytes]]:
        try:
            if found:
                parts = self.google.answer(found["project"], found["model"], found["verb"], body)
            elif path == SPEAK:
                parts = [self.google.speak(body)]
            elif path == VOICES:
                parts = [self.google.voices(body.get("languageCode", ""))]
            elif (made := self.google.vertex.answer(self.command, path, self._query(), body)) is not None:
                parts = [made]
            elif (later := self.google.later(self.command, path, body)) is not None:
                return 200, [json.dumps(later).encode()]
            else:
                raise Refused(404, f"No such method: {path}")
        except Refused as refused:
            return refused.status, [refused.body]
        return 200, [json.dumps(part).encode() for part in parts]

    def _tell(self, status: int, parts: Sequence[bytes], *, stream: bool, cut: bool) -> None:
        said = b"".join(b"data: " + part + b"\r\n\r\n" for part in parts) if stream else parts[0]
        self.send_response(status)
        self.send_header("Content-Type", "text/event-stream" if stream else "application/json")
        self.send_header("Content-Length", str(len(said) + 99 if cut else len(said)))
        self.end_headers()
        self.wfile.write(said[:len(said) // 2] if cut else said)
        self.close_connection = self.close_connection or cut

    def _query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self.path.partition("?")[2]).items()}

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's name
        """Nothing: a test reads `asked`."""


def _obeyed(fault: Fault | None) -> bool:
    """Whether the service does as it was asked: without a fault, and with one of silence, or after which nobody hears of it."""
    return fault is None or fault.done or bool(fault.seconds and fault.status == 200 and not fault.body)
