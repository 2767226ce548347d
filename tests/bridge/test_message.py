"""What a message may say: the original's shape is understood, and everything else has one sentence against it."""

import base64
import json
from typing import Any

import pytest

from pipeline.bridge.message import KEPT_BYTES, MESSAGE_BYTES, Message, kept, read
from pipeline.domain import Modality
from pipeline.errors import BadRequest
from tests.bridge.conftest import order

ID = "6f1c2b9e-3d4a-4f5b-8c6d-7e8f9a0b1c2d"


def message(data: bytes | dict[str, Any], **fields: Any) -> Message:
    body = json.dumps(data).encode() if isinstance(data, dict) else data
    return Message(**{"subscription": "s", "message_id": "1", "published": "now", "data": body, **fields})


def test_a_message_of_the_original_is_its_request():
    found = read(message(order(request_id=ID, student_id="sam")))
    assert found.correlation_id == "req_0123456789abcdef"
    request = found.request
    assert (request.request_id, request.student_id, request.grade_level, request.interest) == (ID, "sam", 10, "basketball")
    assert request.student_query == "Explain Newton's third law"
    assert request.requested_modalities == (Modality.TEXT,)


@pytest.mark.parametrize(("asked", "preferred", "wanted"), [
    (["text"], "video", Modality.TEXT),  # the original's default went along with every list, and nobody read it
    (["text", "audio"], "audio", Modality.AUDIO),
    (None, "text", Modality.VIDEO),
    (None, None, Modality.VIDEO),
])
def test_a_preference_for_what_was_not_asked_is_left_out(asked: list[str] | None, preferred: str | None, wanted: Modality):
    found = read(message(order(requested_modalities=asked, preferred_modality=preferred)))
    assert found.request.preferred_modality is wanted


def test_a_message_without_the_later_fields_is_a_video_as_it_always_was():
    fields = order()
    for name in ("requested_modalities", "preferred_modality", "correlation_id", "interest", "environment"):
        del fields[name]
    assert read(message(fields)).request.requested_modalities == (Modality.VIDEO,)


def test_an_id_in_capitals_is_the_same_request():
    assert read(message(order(request_id=ID.upper()))).request.request_id == ID


BAD = [
    (b"", "message: is not JSON"),
    (b"hello", "message: is not JSON"),
    (b'{"request_id": ', "message: is not JSON"),
    (b"\xff\xfe{}", "message: is not JSON"),
    (json.dumps(order()).encode("utf-16"), "message: is not JSON"),
    (b"[" * 60_000, "message: is not JSON"),
    (b'{"grade_level": ' + b"9" * 6000 + b"}", "message: is not JSON"),  # Python refuses to read such a number
    (b"[]", "message: must be one JSON object"),
    (b"null", "message: must be one JSON object"),
    (b"{}", "request_id: is missing"),
    (b" " * (MESSAGE_BYTES + 1), "message: must have at most 65536 bytes; it has 65537"),
    ({"request_id": None}, "request_id: is missing"),
    ({"student_id": ""}, "student_id: is missing"),
    ({"student_query": None}, "student_query: is missing"),
    ({"grade_level": None}, "grade_level: is missing"),
    ({"request_id": "test-smoke-001"}, "request_id: must be a UUID"),  # these five were retried for ever
    ({"request_id": "test1_backward_compat"}, "request_id: must be a UUID"),
    ({"request_id": "invalid-uuid-test-1762216900"}, "request_id: must be a UUID"),
    ({"request_id": f"urn:uuid:{ID}"}, "request_id: must be a UUID"),
    ({"request_id": ID + "\n"}, "request_id: must be a UUID"),
    ({"request_id": [ID]}, "request_id: must be a UUID"),
    ({"request_id": 7}, "request_id: must be a UUID"),
    ({"requested_modalities": ["banana"]}, "requested_modalities: has the unknown item 'banana'"),
    ({"requested_modalities": ["TEXT"]}, "requested_modalities: has the unknown item 'TEXT'"),
    ({"requested_modalities": ["\ud800"]}, "requested_modalities: has the unknown item"),
    ({"requested_modalities": []}, "requested_modalities: must name at least one"),
    ({"requested_modalities": "text"}, "requested_modalities: must be a list"),
    ({"preferred_modality": "banana"}, "preferred_modality: must be one of the requested"),
    ({"grade_level": "10"}, "grade_level: must be a whole number"),
    ({"grade_level": True}, "grade_level: must be a whole number"),
    ({"grade_level": 13}, "grade_level: must be a whole number"),
    ({"student_query": "Why?"}, "student_query: must have 5 to 500 characters; it has 4"),
    ({"student_query": "x" * 501}, "student_query: must have 5 to 500 characters; it has 501"),
    ({"student_query": "What is \0 worth?"}, "student_query: must be plain text"),
    ({"student_query": "What is \ud800 worth?"}, "student_query: must be plain text"),
    ({"student_id": "x" * 101}, "student_id: must have 1 to 100 characters"),
    ({"interest": "x" * 101}, "interest: must have 0 to 100 characters"),
    ({"correlation_id": "x" * 65}, "correlation_id: must be printable text"),
    ({"correlation_id": "a\0b"}, "correlation_id: must be printable text"),
    ({"correlation_id": 7}, "correlation_id: must be printable text"),
]


@pytest.mark.parametrize(("data", "reason"), BAD)
def test_what_can_never_succeed_is_told_in_one_sentence(data: bytes | dict[str, Any], reason: str):
    sent = message(order(**data) if isinstance(data, dict) else data)
    with pytest.raises(BadRequest) as told:
        read(sent)
    assert str(told.value).startswith(reason)


def test_the_key_is_the_same_for_each_delivery_and_another_for_another_message():
    one = message(b"x", message_id="7")
    assert one.key == message(b"x", message_id="7", attributes={"attempt": "2"}).key
    others = [message(b"x", message_id="8"), message(b"y", message_id="7"),
              message(b"x", message_id="7", published="after a restart"), message(b"x", message_id="7", subscription="t")]
    assert len({one.key, *(other.key for other in others)}) == 5


def test_what_is_kept_of_a_message_is_the_message():
    data = '{"student_query": "Was ist Wärme?"}'.encode()
    assert kept(message(data, attributes={"environment": "dev"})) == {
        "subscription": "s", "message_id": "1", "published": "now", "attributes": {"environment": "dev"},
        "bytes": len(data), "cut": False, "data": data.decode(),
    }


@pytest.mark.parametrize("data", [b"\xff\x00\x01", b"a\0b", b"broken at its end \xc3"])
def test_what_is_not_text_is_kept_as_base64(data: bytes):
    assert base64.b64decode(kept(message(data))["data_base64"]) == data


def test_no_more_is_kept_than_it_may_be():
    long = kept(message("ä".encode() * KEPT_BYTES + b"x", attributes={f"name-{n}\0": "v" * 1024 for n in range(100)}))
    assert long["cut"] and long["bytes"] == 2 * KEPT_BYTES + 1 and long["data"] == "ä" * (KEPT_BYTES // 2)
    assert kept(message(b"x" + "ä".encode() * KEPT_BYTES))["data"].endswith("ä")
    assert len(json.dumps(long)) < 150_000 and "\\u0000" not in json.dumps(long)
