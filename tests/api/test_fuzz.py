"""Two thousand bad calls: each is refused as a problem that the document foresees, none ends in a 500, and the API goes on."""

import json
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from pipeline.api.operations import OPERATIONS
from tests.api.conftest import EXAMPLE, GENERATE, REQUESTS, Desk

FUZZ = settings(max_examples=1200, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck))
MANY = settings(FUZZ, max_examples=500)
CALLS = {"bodies": 0, "paths": 0, "headers": 0}

VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=30) | some.just("x" * 600)
    | some.sampled_from(["text", "video", "standard", "", "\x00", "\ud800", "'; DROP TABLE users;--", "{{7*7}}", 10**30, -1, 1e308]),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4), max_leaves=12)
FIELDS = some.sampled_from([*EXAMPLE, "interest", "modality_preferences", "style", "seed", "topic_hint", "option", "query", "from_stage"])
BROKEN = some.builds(lambda changed: json.dumps({**EXAMPLE, **changed}).encode(), some.dictionaries(FIELDS, VALUES, min_size=1, max_size=5))
TORN = some.builds(lambda cut, junk: json.dumps(EXAMPLE).encode()[:cut] + junk, some.integers(0, 150), some.binary(max_size=20))
DEEP = some.builds(lambda n, opening: opening * n, some.integers(1, 30_000), some.sampled_from([b"[", b'{"a":', b'[{"b":', b"\x1f\x8b"]))
BODIES = BROKEN | TORN | DEEP | some.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode())
POSTS = [o.path.replace("{request_id}", "{}") for o in OPERATIONS if o.method == "POST"]
SEGMENTS = some.text(max_size=40).map(lambda said: quote(said, safe="", errors="surrogatepass")) | some.sampled_from(
    ["%00", "..", "%2e%2e%2f", "%ff", "a" * 5000, "%", "%zz", "*", ";", "requests", "status", "events", "%0d%0aX: y"])
PATHS = some.builds(lambda parts: "/api/v1/" + "/".join(parts), some.lists(
    SEGMENTS | some.sampled_from(["content", "request", "requests", "generate", "artifacts", "status", "events", "cancel"]), max_size=6))
LATIN = some.text(some.characters(codec="latin-1", exclude_characters="\r\n\x00"), max_size=80).map(lambda said: said.encode("latin-1"))
HEADERS = some.dictionaries(
    some.sampled_from(["Authorization", "Idempotency-Key", "X-Correlation-ID", "Last-Event-ID", "Range", "If-Range", "Content-Type",
                       "Content-Encoding", "Accept", "Host", "X-Forwarded-For", "Cookie", "If-None-Match", "Content-Length-2"]),
    LATIN | some.sampled_from([b"Bearer ", b"bytes=0-", b"bytes=9-1,", b"1" * 5000, b"-1", b"gzip"]), max_size=5)


def refused_or_served(answer: Any) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        assert answer.headers["content-type"] == "application/problem+json"
        said = answer.json()
        assert set(said) == {"type", "title", "status", "detail", "field", "correlation_id"} and said["detail"]
        assert len(said["detail"]) <= 401 and said["detail"].isprintable()
    assert answer.headers["x-correlation-id"]


@FUZZ
@given(body=BODIES, post=some.sampled_from(POSTS[:1] * 3 + POSTS[1:]))
def call_with_bad_bodies(calm: Desk, body: bytes, post: str):
    refused_or_served(calm.post(post.format(_asked(calm)), content=body))
    CALLS["bodies"] += 1


@MANY
@given(path=PATHS, method=some.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]), query=some.text(max_size=40))
def call_with_bad_addresses(calm: Desk, path: str, method: str, query: str):
    refused_or_served(calm.call(method, f"{path}?{quote(query, errors='surrogatepass')}"))
    CALLS["paths"] += 1


@MANY
@given(headers=HEADERS, path=some.sampled_from([GENERATE, f"{REQUESTS}/{{}}", "/api/v1/health", "/api/v1/artifacts/x?expires=1&signature=2"]))
def call_with_bad_headers(calm: Desk, headers: dict[str, bytes], path: str):
    given_headers = {"Authorization": f"Bearer {calm.token()}".encode(), **headers}
    method = "POST" if path == GENERATE else "GET"
    refused_or_served(calm.call(method, path.format(_asked(calm)), None, headers=given_headers))
    CALLS["headers"] += 1


def test_two_thousand_bad_calls_break_nothing(calm: Desk):
    call_with_bad_bodies(calm=calm)
    call_with_bad_addresses(calm=calm)
    call_with_bad_headers(calm=calm)
    assert sum(CALLS.values()) >= 2000, CALLS
    assert calm.post(GENERATE, {**EXAMPLE, "student_id": "after-all"}).status_code == 202
    lost = [request_id for request_id in calm.wiring.record.undecided() if calm.get(f"{REQUESTS}/{request_id}").status_code != 200]
    assert lost == []


def _asked(desk: Desk) -> str:
    """A request that is there, decided at once so that no stream waits for it."""
    if ("asked", "") not in desk.secrets:
        request_id = desk.ask(student_id="fuzz")
        desk.wiring.record.cancel(request_id)
        desk.secrets["asked", ""] = request_id
    return desk.secrets["asked", ""]
