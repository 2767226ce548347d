"""The stand-in for Google's model services at an address of this machine."""

import json
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from pipeline.testing.cloud_faults import Refused
from pipeline.testing.google import Body, Google

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
        self._do({name: values[-1] for name, values in parse_qs(self.path.partition("?")[2]).items()})

    def do_POST(self) -> None:
        body, kind = self._body(), self.headers.get("Content-Type", "")
        self._do({"raw": body, "type": kind} if kind.startswith("multipart/") else json.loads(body or b"{}"))

    def do_PATCH(self) -> None:
        self.do_POST()

    def do_DELETE(self) -> None:
        self._do({})

    def _do(self, body: Body) -> None:
        path = self.path.partition("?")[0]
        found = MODEL.fullmatch(path)
        model, verb = (found["model"], found["verb"]) if found else (body.get("voice", {}).get("name", ""), path)
        self.google.asked.append((model, verb, body))
        fault = self.google.fault(model)
        if fault and fault.seconds:
            time.sleep(fault.seconds)
        wanted = fault is None or fault.done or (fault.seconds and fault.status == 200 and not fault.body)
        status, parts = self._answered(found, path, body) if wanted else (fault.status, [fault.body])  # type: ignore[union-attr]
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
            elif (later := self.google.later(self.command, path, body)) is not None:
                return 200, [later if isinstance(later, bytes) else json.dumps(later).encode()]
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
