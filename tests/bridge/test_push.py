"""Pushed messages: who may push, what is answered, and that nothing which can never succeed is ever pushed twice."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from google.auth import crypt, jwt
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.bridge.guard import GoogleKeys, Guard, Trust
from pipeline.bridge.intake import Intake
from pipeline.bridge.push import PushAnswer, receive_push
from pipeline.errors import NotAllowed, ProviderUnavailable
from pipeline.tables import DeadSource
from tests.bridge.conftest import NUMBERS, Desk, order
from tests.bridge.test_bridge import Faulty, away
from tests.bridge.test_life import BAD_DATA, JSON, RELAXED

SECRET, AUDIENCE, ACCOUNT = "a-long-shared-secret", "https://vividly.example/push", "push@vividly.iam.gserviceaccount.com"
BY_SECRET = Guard(Trust(secret=SECRET))
BEARER = {"Authorization": f"Bearer {SECRET}"}
Push = Callable[..., PushAnswer]


def envelope(data: bytes | dict[str, Any], message_id: str = "1", /, **inner: Any) -> bytes:
    body = json.dumps(data).encode() if isinstance(data, dict) else data
    message = {"data": base64.b64encode(body).decode(), "messageId": message_id, "message_id": message_id,
               "publishTime": "2026-01-05T08:00:00.123Z", "attributes": {"environment": "dev"}, **inner}
    return json.dumps({"message": message, "subscription": "projects/vividly/subscriptions/push"}).encode()


@pytest.fixture
def push(desk: Desk) -> Push:
    """Push this body, as somebody who knows the secret."""
    return lambda body: receive_push(body, BEARER, guard=BY_SECRET, intake=desk.intake(DeadSource.PUSH))


def test_a_pushed_request_is_recorded_once_however_often_it_is_pushed(push: Push, desk: Desk):
    sent = order()
    assert [push(envelope(sent)) for _ in range(3)] == [PushAnswer(status=200, said="recorded")] * 3
    assert desk.times_accepted(sent["request_id"]) == 1


def test_a_bad_message_is_answered_with_200_and_is_one_dead_letter(push: Push, own_desk: Desk):
    bad = envelope(order(request_id="test-smoke-001"), "77")
    answers = [receive_push(bad, BEARER, guard=BY_SECRET, intake=own_desk.intake(DeadSource.PUSH)) for _ in range(3)]
    assert answers == [PushAnswer(status=200, said="dead_lettered")] * 3
    [dead] = own_desk.dead()
    assert (dead.source, dead.reason, dead.payload["message_id"]) == (DeadSource.PUSH, "request_id: must be a UUID.", "77")


@pytest.mark.parametrize("body", [
    b"", b"{}", b"[]", b"null", b"\xff", b'{"message": {}}', b'{"message": {"data": 7, "messageId": "1"}}', b"[" * 100_000,
    json.dumps(order()).encode(), envelope(b"", attributes=["x"]), envelope(b"", attributes={"a": 7}),
    envelope(b"", messageId=None), envelope(b"", publishTime=7), envelope(b"", data="not base64!"), envelope(b"", data="ä"),
])
def test_what_is_not_a_push_at_all_is_a_dead_letter_too(push: Push, desk: Desk, body: bytes):
    before = len(desk.dead())
    assert [push(body).said for _ in range(2)] == ["dead_lettered"] * 2
    assert [dead.reason for dead in desk.dead()[before:]] == ["message: is not in the envelope of a Pub/Sub push."]


def test_what_cannot_be_recorded_now_is_pushed_again(desk: Desk):
    faulty = Faulty(desk, away)
    sent = envelope(order())
    intake = Intake(faulty, faulty, DeadSource.PUSH)
    assert receive_push(sent, BEARER, guard=BY_SECRET, intake=intake) == PushAnswer(status=503, said="away")
    assert receive_push(b"bad", BEARER, guard=BY_SECRET, intake=intake) == PushAnswer(status=503, said="away")
    faulty.fault = None
    assert receive_push(sent, BEARER, guard=BY_SECRET, intake=intake) == PushAnswer(status=200, said="recorded")


def test_two_thousand_bad_pushes_are_dead_letters_and_none_is_asked_for_again(push: Push, desk: Desk):
    before, sent = len(desk.dead()), list[bytes]()
    odd = st.fixed_dictionaries({}, optional={"attributes": JSON, "publishTime": JSON, "data": JSON})

    @settings(max_examples=1000, deadline=None, suppress_health_check=RELAXED, database=None, derandomize=True)
    @given(data=BAD_DATA, inner=st.none() | odd)
    def receive(data: bytes, inner: dict[str, Any] | None) -> None:
        sent.append(b"%s %d" % (data, next(NUMBERS)) if inner is None else envelope(data, str(next(NUMBERS)), **inner))
        assert [push(sent[-1]) for _ in range(2)] == [PushAnswer(status=200, said="dead_lettered")] * 2

    receive()
    assert len(desk.dead()) - before == len(sent) >= 1000


# who may push


class Google:
    """A signer with a certificate of its own, as Google has."""

    def __init__(self, key_id: str = "key-1") -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
            .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256()))
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
        self._signer = crypt.RSASigner.from_string(pem, key_id)
        self.keys: Mapping[str, str] = {key_id: certificate.public_bytes(serialization.Encoding.PEM).decode()}

    def signed(self, **claims: Any) -> str:
        now = int(time.time())
        said = {"iss": "https://accounts.google.com", "aud": AUDIENCE, "email": ACCOUNT, "email_verified": True, "sub": "1",
                "iat": now - 5, "exp": now + 3600, **claims}
        return jwt.encode(self._signer, said).decode()


@pytest.fixture(scope="module")
def google() -> Google:
    return Google()


def signed_for(google: Google) -> Guard:
    return Guard(Trust(audience=AUDIENCE, account=ACCOUNT), lambda: google.keys)


def test_what_google_signed_for_this_endpoint_may_push(google: Google, desk: Desk):
    answer = receive_push(envelope(order()), {"authorization": f"bearer {google.signed()}"}, guard=signed_for(google),
                          intake=desk.intake(DeadSource.PUSH))
    assert answer == PushAnswer(status=200, said="recorded")


@pytest.mark.parametrize("claims", [
    {"aud": "https://elsewhere.example"},          # signed for somebody else's endpoint
    {"email": "stranger@other.iam.gserviceaccount.com"},  # anybody with a project can have any audience signed
    {"email": None}, {"email_verified": False}, {"email_verified": None}, {"email_verified": "true"},
    {"iss": "https://evil.example"}, {"iss": None},
    {"exp": 1_700_000_000}, {"iat": 4_000_000_000}, {"exp": "never"}, {"exp": None},
])
def test_a_bearer_with_another_claim_is_not_believed(google: Google, claims: dict[str, Any]):
    with pytest.raises(NotAllowed):
        signed_for(google).check(google.signed(**claims))


def test_a_bearer_that_somebody_else_signed_is_not_believed(google: Google):
    with pytest.raises(NotAllowed):
        signed_for(google).check(Google().signed())
    with pytest.raises(NotAllowed):
        signed_for(google).check(Google("key-2").signed())
    head, body, signature = google.signed().split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg": "none", "typ": "JWT"}').decode().rstrip("=")
    for forged in (f"{unsigned}.{body}.", f"{unsigned}.{body}.{signature}", f"{head}.{body}.", f"{head}..{signature}"):
        with pytest.raises(NotAllowed):
            signed_for(google).check(forged)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(said=st.text(max_size=60) | st.binary(max_size=60).map(lambda b: base64.urlsafe_b64encode(b).decode()).map(
    lambda t: f"{t}.{t}.{t}") | JSON.map(lambda v: ".".join([base64.urlsafe_b64encode(json.dumps(v).encode()).decode()] * 3)))
def test_no_bearer_whatever_it_says_does_more_than_be_refused(said: str):
    keys: Mapping[str, str] = {}
    with pytest.raises(NotAllowed):
        Guard(Trust(secret="s3cret-of-tests", audience=AUDIENCE, account=ACCOUNT), lambda: keys).check(said, said)


def test_deep_nesting_in_a_bearer_is_refused(google: Google):
    deep = base64.urlsafe_b64encode(b"[" * 1900).decode()
    with pytest.raises(NotAllowed):
        signed_for(google).check(f"{deep}.{deep}.x")


@pytest.mark.parametrize(("trust", "headers", "token", "status"), [
    (Trust(), BEARER, SECRET, 403),                      # nobody was ever told who may push
    (Trust(audience=AUDIENCE), BEARER, "", 403),         # half a way in is none
    (Trust(secret=SECRET), {}, "", 401),
    (Trust(secret=SECRET), {"Authorization": "Bearer "}, "", 401),
    (Trust(secret=SECRET), {"Authorization": SECRET}, "", 401),
    (Trust(secret=SECRET), {"Authorization": "Bearer wrong"}, "wrong", 401),
    (Trust(secret=SECRET), {"AUTHORIZATION": f"bearer {SECRET}"}, "", 200),
    (Trust(secret=SECRET), {}, SECRET, 200),
    (Trust(secret="pässword"), {}, "pässword", 200),
    (Trust(audience=AUDIENCE, account=ACCOUNT), {}, "", 401),
])
def test_only_who_is_believed_is_heard(
    desk: Desk, trust: Trust, headers: dict[str, str], token: str, status: int
):
    before = len(desk.dead())
    answer = receive_push(b"bad %d" % id(trust), headers, guard=Guard(trust, dict), intake=desk.intake(DeadSource.PUSH),
                          token=token)
    assert answer.status == status and len(desk.dead()) - before == (status == 200)


def test_while_googles_keys_cannot_be_had_the_push_comes_again(google: Google, desk: Desk):
    def unreachable() -> Mapping[str, str]:
        raise ProviderUnavailable

    guard = Guard(Trust(audience=AUDIENCE, account=ACCOUNT), unreachable)
    answer = receive_push(b"", {"Authorization": f"Bearer {google.signed()}"}, guard=guard, intake=desk.intake())
    assert answer == PushAnswer(status=503, said="unknown_keys")


def test_googles_keys_are_fetched_once_an_hour():
    clock, fetched = [0.0], list[float]()

    def fetch() -> Mapping[str, str]:
        fetched.append(clock[0])
        return {"key": "pem"}

    keys = GoogleKeys(fetch=fetch, clock=lambda: clock[0])
    for clock[0] in (0, 10, 3599, 3600, 3700):
        assert keys() == {"key": "pem"}
    assert fetched == [0, 3600]
