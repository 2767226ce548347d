"""The OpenAPI document: every route is in it, and every answer is as it says."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from jsonschema import Draft202012Validator

from pipeline.api.openapi import CONVERTED
from pipeline.api.operations import OPENAPI, OPERATIONS
from pipeline.domain import Modality
from pipeline.requests import QUERY_CHARACTERS
from tests.api.conftest import EXAMPLE, GENERATE, REQUESTS, Desk
from tests.api.test_requests import NEWTON, clarifying

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document(calm: Desk) -> Document:
    """What anybody can read without a token."""
    answer = calm.get(OPENAPI, None)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    return answer.json()


def check(document: Document, schema: Any, said: Any) -> None:
    Draft202012Validator({**schema, "components": document["components"]}).validate(said)


def matches(document: Document, path: str, answer: httpx.Response) -> None:
    """The answer is one that the document foresees, with the content that it says."""
    described = document["paths"][path][answer.request.method.lower()]["responses"]
    assert str(answer.status_code) in described, (path, answer.status_code)
    content = described[str(answer.status_code)].get("content", {})
    media = answer.headers.get("content-type", "").partition(";")[0]
    if answer.content:
        assert media in content or "application/octet-stream" in content, (path, media)
    if media.endswith("json"):
        check(document, content[media]["schema"], answer.json())


def test_every_route_is_in_the_document_and_nothing_else(document: Document):
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(o.method, CONVERTED.sub(r"{\1}", o.path)) for o in OPERATIONS}
    names = [o["operationId"] for methods in document["paths"].values() for o in methods.values()]
    assert len(names) == len(set(names)) == len(OPERATIONS)


def test_the_document_is_sound(document: Document):
    assert document["openapi"] == "3.1.0" and set(document) == {"openapi", "info", "paths", "components"}
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    references = set(re.findall(r'"\$ref": "#/components/schemas/(\w+)"', json.dumps(document)))
    assert references <= set(document["components"]["schemas"]) and len(references) > 10
    for path, methods in document["paths"].items():
        for operation in methods.values():
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", path))


def test_every_route_says_which_token_opens_it(document: Document, calm: Desk):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            answer = calm.call(method.upper(), re.sub(r"\{\w+\}", "x", path), None)
            assert (answer.status_code == 401) == bool(operation["security"]), path


def answers(desk: Desk) -> Iterator[tuple[str, httpx.Response]]:
    """Every route, well and badly called: the path as the document has it, and the answer."""
    made, waiting, asked = desk.made(requested_modalities=None, preferred_modality=None, **NEWTON), desk.ask(), clarifying(desk)
    one, first = f"{REQUESTS}/{{request_id}}", "/api/v1/content/request/{request_id}/status"
    for request_id in (made, waiting, asked, "nobody"):
        for path in (one, first, f"{one}/events"):
            if request_id != waiting or path != f"{one}/events":
                address = path.replace("{request_id}", request_id)
                yield path, desk.get(address)
                yield path, desk.get(address, None)
                yield path, desk.get(address, headers={"Last-Event-ID": "x"})
                yield path, desk.get(address, headers={"Last-Event-ID": "9999"})
        for path, body in ((f"{one}/retry", {"from_stage": "script"}), (f"{one}/clarify", {"option": "Force"})):
            for said in (body, {**body, "option": 1, "from_stage": 1}):
                yield path, desk.post(path.replace("{request_id}", request_id), said)
            yield path, desk.post(path.replace("{request_id}", request_id), body, desk.token("read"))
            yield path, desk.post(path.replace("{request_id}", request_id), content=b" " * 70_000)
        yield f"{one}/cancel", desk.post(f"{REQUESTS}/{request_id}/cancel")
    for body in (EXAMPLE, {**EXAMPLE, "grade_level": 9}, {}):
        yield GENERATE, desk.post(GENERATE, body, headers={"Idempotency-Key": "k"})
    for _ in range(21):
        yield GENERATE, desk.post(GENERATE, {})
    yield from deployed(desk)
    link = desk.get(f"{REQUESTS}/{made}").json()["video_url"]
    for address, headers in ((link, {}), (link, {"Range": "bytes=0-1"}), (link, {"Range": "bytes=99999-"}), (link + "x", {})):
        yield "/api/v1/artifacts/{name}", desk.get(address, None, headers=headers)
    for path in ("/api/v1/health", "/api/v1/ready", "/api/v1/metrics"):
        yield path, desk.get(path)
    desk.wiring.record.enrol("w", host="h", machine="m", pid=1, version="1", queues=["text"], concurrency=1)
    yield "/api/v1/ready", desk.get("/api/v1/ready")


def deployed(desk: Desk) -> Iterator[tuple[str, httpx.Response]]:
    """A deploy, the same again, and what is none."""
    path = "/api/v1/deployments"
    said = {"build": "eda8fd41", "at": "2025-11-04T01:23:45Z", "commit": "85cffd8"}
    for body in (said, said, {**said, "commit": "4291f22"}, {**said, "at": "soon"}, {**said, "at": "2999-01-01T00:00:00Z"},
                 {"at": said["at"]}, {**said, "build": 5}, {**said, "build": "x" * 201}, {**said, "note": "a\x00b"}):
        yield path, desk.post(path, body, desk.token("generate", "engineering"))
    yield path, desk.post(path, said, desk.token("generate", "product"))
    yield path, desk.post(path, said, desk.token("read"))
    yield path, desk.post(path, said, None)
    yield path, desk.post(path, content=b" " * 70_000)


def test_every_answer_is_as_the_document_says(document: Document, desk: Desk):
    seen = set()
    for path, answer in answers(desk):
        matches(document, path, answer)
        seen.add((answer.request.method, path, answer.status_code))
    assert {(method, path) for method, path, _ in seen} == {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    told = {(o.method, CONVERTED.sub(r"{\1}", o.path), int(status)) for o in OPERATIONS for status in o.answers
            if status != 307}  # the way to a bucket: tests/providers/google/test_kept_lessons.py
    assert told <= seen
    assert {status for _, _, status in seen} >= {200, 202, 204, 206, 401, 403, 404, 409, 413, 416, 422, 429, 503}


MODALITIES = some.lists(some.sampled_from(list(Modality)), min_size=1, unique=True)
GOOD = some.fixed_dictionaries(
    {"student_query": some.text("abc xyz?é", min_size=20, max_size=QUERY_CHARACTERS[1]).filter(lambda t: len(" ".join(t.split())) > 5),
     "student_id": some.text("abc123", min_size=1, max_size=100), "grade_level": some.integers(1, 12)},
    optional={"requested_modalities": MODALITIES | some.none(), "interest": some.text("abc", max_size=100) | some.none(),
              "seed": some.integers(0, 2**31 - 1) | some.none(), "style": some.sampled_from(["standard", "", None]),
              "topic_hint": some.text("abc", max_size=100) | some.none(), "unknown": some.integers(),
              "modality_preferences": some.dictionaries(some.sampled_from(list(Modality)), some.text("abc", min_size=1)) | some.none()})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=GOOD)
def test_what_is_taken_is_what_the_document_describes(document: Document, calm: Desk, body: dict[str, Any]):
    check(document, document["paths"][GENERATE]["post"]["requestBody"]["content"]["application/json"]["schema"], body)
    answer = calm.post(GENERATE, body)
    assert answer.status_code == 202 or (answer.status_code, answer.json()["field"]) == (429, "student_id"), answer.text


@pytest.mark.parametrize("changed", [
    {"student_query": "hm"}, {"student_query": 5}, {"student_query": None}, {"student_id": ""}, {"grade_level": 0},
    {"grade_level": 13}, {"grade_level": "10"}, {"grade_level": None}, {"requested_modalities": []},
    {"requested_modalities": ["TEXT"]}, {"requested_modalities": "text"}, {"preferred_modality": "banana"}, {"seed": -1},
    {"seed": 2**31}, {"style": "loud"}, {"interest": 5}, {"modality_preferences": {"banana": "x"}},
    {"modality_preferences": {"text": ""}}, {"topic_hint": []},
])
def test_what_the_document_rules_out_is_refused(document: Document, calm: Desk, changed: dict[str, Any]):
    schema = document["paths"][GENERATE]["post"]["requestBody"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": document["components"]})
    assert validator.is_valid(EXAMPLE) and not validator.is_valid({**EXAMPLE, **changed})
    assert calm.post(GENERATE, {**EXAMPLE, **changed}).status_code == 422
