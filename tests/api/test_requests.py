"""Asking for lessons over HTTP, watching, stopping, and making them anew; and every way in which that is refused."""

import json
from collections.abc import Callable

import pytest

from pipeline.config import Settings, read_settings
from pipeline.database import upgrade
from pipeline.domain import Clarification, Lesson, Status
from pipeline.errors import ProviderUnavailable
from pipeline.organisation import COMMAND_LINE
from pipeline.tables import EventKind
from pipeline.testing import ANSWERS, FakeTextModel, FakeWiring
from pipeline.work import serve
from tests.api.conftest import EXAMPLE, GENERATE, REQUESTS, Desk, problem
from tests.conftest import QUESTION

NOWHERE = "00000000-0000-4000-8000-000000000000"
NEWTON = {"student_query": QUESTION}
CALLS = [
    ("POST", GENERATE), ("GET", f"{REQUESTS}/{NOWHERE}"), ("GET", f"/api/v1/content/request/{NOWHERE}/status"),
    ("POST", f"{REQUESTS}/{NOWHERE}/cancel"), ("POST", f"{REQUESTS}/{NOWHERE}/retry"),
    ("POST", f"{REQUESTS}/{NOWHERE}/clarify"), ("GET", f"{REQUESTS}/{NOWHERE}/events"), ("GET", "/api/v1/metrics"),
]


@pytest.fixture
def on_both(url: str, settings: Settings, desk_on: Callable[[Settings], Desk]) -> Desk:
    """A desk on SQLite, and one on PostgreSQL."""
    upgrade(url)
    environment = {"VIVIDLY_HOME": str(settings.home), "VIVIDLY_DATA": str(settings.data), "DATABASE_URL": url}
    return desk_on(read_settings(environment))


def _away(_: object) -> str:
    raise ProviderUnavailable


def clarifying(desk: Desk) -> str:
    """A request that asked something back."""
    request_id = desk.ask(**NEWTON)
    asked = Clarification(question="Which one?", options=("Force", "Motion"), topic_ids=("a", "b"))
    desk.wiring.record.begin(request_id)
    lesson = Lesson(request_id=request_id, status=Status.CLARIFICATION_NEEDED, clarification=asked, reason=asked.question)
    desk.wiring.record.finish(lesson, {})
    return request_id


# the way it goes


def test_the_example_of_the_first_api_works_unchanged(on_both: Desk):
    answer = on_both.post(GENERATE, EXAMPLE)
    assert answer.status_code == 202
    said = answer.json()
    assert said["status"] == "pending" and said["estimated_seconds"] is None
    seen = on_both.get(said["status_url"]).json()
    assert (seen["request_id"], seen["status"], seen["requested_modalities"]) == (said["request_id"], "pending", ["text"])
    assert seen == on_both.get(f"/api/v1/content/request/{said['request_id']}/status").json()
    view = on_both.wiring.record.view(said["request_id"])
    assert (view.request.student_query, view.request.student_id) == ("Explain photosynthesis", "test_student_123")


def test_a_made_lesson_is_told_with_its_text_sources_and_costs(desk: Desk):
    seen = desk.get(f"{REQUESTS}/{desk.made(**NEWTON)}").json()
    assert (seen["status"], seen["progress"], seen["progress_percentage"]) == ("completed", 1.0, 100)
    results = seen["results"]
    assert "Newton" in results["text"] and results["text"] == seen["script_text"] and results["sources"]
    assert [run["stage"] for run in seen["stages"] if run["status"] != "skipped"] == ["nlu", "cache", "retrieval", "script"]
    assert float(seen["cost_usd"]) == pytest.approx(sum(float(run["cost_usd"]) for run in seen["stages"]))
    assert float(seen["cost_usd"]) > 0 and seen["savings_usd"] == "0.183"
    assert seen["completed_at"] == seen["finished_at"] and seen["failed_at"] is None



def test_a_failed_request_says_where_and_why(settings: Settings, desk_on: Callable[[Settings], Desk]):
    desk = desk_on(settings)
    desk.wiring.text = FakeTextModel({**ANSWERS, "nlu": _away, "hook": _away})
    seen = desk.get(f"{REQUESTS}/{desk.made(**NEWTON)}").json()
    assert seen["status"] == "failed" and seen["error_stage"] == "script" and seen["error_message"] == seen["reason"]
    assert seen["failed_at"] and seen["completed_at"] is None and seen["results"] is None


def test_a_question_back_is_told_with_its_options_and_can_be_answered(desk: Desk):
    request_id = clarifying(desk)
    assert desk.get(f"{REQUESTS}/{request_id}").json()["clarification"] == {
        "question": "Which one?", "options": ["Force", "Motion"]}
    answer = desk.post(f"{REQUESTS}/{request_id}/clarify", {"option": "Motion"})
    fresh = answer.json()["request_id"]
    assert answer.status_code == 202 and fresh != request_id
    assert desk.get(f"{REQUESTS}/{fresh}").json()["rerun_of"] == request_id
    assert desk.wiring.record.view(fresh).request.topic_hint == "b"
    asked = desk.post(f"{REQUESTS}/{request_id}/clarify", {"query": "Explain motion on ice"}).json()["request_id"]
    assert desk.wiring.record.view(asked).request.student_query == "Explain motion on ice"


@pytest.mark.parametrize(("body", "field"), [
    ({}, "option"), ({"option": "Force", "query": "Explain force"}, "option"), ({"option": "Banana"}, "option"),
    ({"option": 3}, "option"), ({"query": "hm"}, "query"), ({"query": ["x"]}, "query"),
])
def test_an_answer_that_is_none_names_the_field(desk: Desk, body: dict[str, object], field: str):
    problem(desk.post(f"{REQUESTS}/{clarifying(desk)}/clarify", body), 422, field)


def test_a_lesson_is_made_anew_from_a_stage_without_paying_twice(desk: Desk):
    request_id = desk.made(**NEWTON)
    answer = desk.post(f"{REQUESTS}/{request_id}/retry", {"from_stage": "script"})
    fresh = answer.json()["request_id"]
    serve(fresh, desk.wiring.open_house(), desk.wiring.record)
    seen = desk.get(f"{REQUESTS}/{fresh}").json()
    assert (seen["status"], seen["rerun_of"], seen["rerun_from"]) == ("completed", request_id, "script")
    assert [run["stage"] for run in seen["stages"] if run["status"] == "completed"] == ["script"]
    assert desk.post(f"{REQUESTS}/{request_id}/retry").status_code == 202  # no body is from the beginning


def test_a_waiting_request_is_cancelled_at_once_and_once_more(desk: Desk):
    request_id = desk.ask()
    for _ in range(2):
        answer = desk.post(f"{REQUESTS}/{request_id}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    kinds = [event.kind for event in desk.wiring.record.events(request_id)]
    assert kinds.count(EventKind.CANCEL_REQUESTED) == 1


def test_every_change_is_in_the_audit_log_under_the_owner_of_the_token(desk: Desk):
    asked = clarifying(desk)
    desk.post(f"{REQUESTS}/{asked}/clarify", {"option": "Force"})
    desk.post(f"{REQUESTS}/{asked}/retry")
    desk.post(f"{REQUESTS}/{desk.ask()}/cancel")
    log = desk.wiring.audit.entries(COMMAND_LINE, entity="lesson")
    assert {entry.actor_id for entry in log} == {desk.owner("admin").user_id}
    assert [entry.action for entry in log[::-1]] == [
        "lesson.asked", "lesson.clarified", "lesson.run_again", "lesson.asked", "lesson.cancelled"]


# one key, one request


def test_one_key_gives_one_request(on_both: Desk):
    key = {"Idempotency-Key": "homework-7"}
    answers = [on_both.post(GENERATE, EXAMPLE, headers=key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202] * 3
    assert len({answer.json()["request_id"] for answer in answers}) == 1
    assert len(on_both.wiring.record.undecided()) == 1
    log = on_both.wiring.audit.entries(COMMAND_LINE, entity="lesson")
    assert [entry.action for entry in log] == ["lesson.asked"]


def test_one_key_for_another_request_is_a_conflict(desk: Desk):
    desk.post(GENERATE, EXAMPLE, headers={"Idempotency-Key": "k"})
    problem(desk.post(GENERATE, {**EXAMPLE, "grade_level": 9}, headers={"Idempotency-Key": "k"}), 409, "Idempotency-Key")


def test_two_people_with_the_same_key_do_not_meet(desk: Desk):
    other = desk.token("generate", "content")
    ids = {desk.post(GENERATE, EXAMPLE, token, headers={"Idempotency-Key": "1"}).json()["request_id"] for token in ("", other)}
    assert len(ids) == 2


@pytest.mark.parametrize("key", ["", "x" * 201, "with space", "tab\there", "ünicode"])
def test_a_key_that_is_none_is_refused(calm: Desk, key: str):
    problem(calm.post(GENERATE, EXAMPLE, headers={"Idempotency-Key": key.encode()}), 422, "Idempotency-Key")


# who may


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_without_a_token_nothing_opens_on_this_machine_either(calm: Desk, method: str, path: str):
    answer = calm.call(method, path, None)
    problem(answer, 401, "Authorization")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("said", ["viv_unknown", "Basic YTpi", "Bearer", "Bearer  ", "Bearer viv_" + "x" * 43, "Bearer Ω\x7f"])
def test_a_token_that_nobody_made_opens_nothing(calm: Desk, said: str):
    answer = calm.call("GET", f"{REQUESTS}/x", None, headers={"Authorization": said.encode("utf-8")})
    problem(answer, 401, "Authorization")


def test_a_revoked_token_opens_nothing(desk: Desk):
    token = desk.token()
    [made] = desk.wiring.tokens.list(desk.owner("admin"))
    desk.wiring.tokens.revoke(desk.owner("admin"), made.token_id)
    answer = desk.get(f"{REQUESTS}/x", token)
    assert "revoked" in problem(answer, 401, "Authorization") and "invalid_token" in answer.headers["www-authenticate"]


@pytest.mark.parametrize(("method", "path"), [call for call in CALLS if call[0] == "POST"])
def test_a_token_for_reading_changes_nothing(calm: Desk, method: str, path: str):
    assert "read only" in problem(calm.call(method, path, calm.token("read")), 403, "Authorization")


@pytest.mark.parametrize(("role", "reads", "generates"), [
    ("student", 403, 403), ("teacher", 403, 403), ("viewer", 404, 403), ("content", 404, 422), ("admin", 404, 422),
])
def test_a_token_does_what_its_owners_role_still_allows(calm: Desk, role: str, reads: int, generates: int):
    token = calm.token("generate", role)
    assert calm.get(f"{REQUESTS}/{NOWHERE}", token).status_code == reads
    assert calm.post(GENERATE, {}, token).status_code == generates


# what is not there, or not so


STRANGE = (
    NOWHERE, "x", "%00", "%F0%9F%98%80", "..%2f..%2fetc", "%27%20OR%201=1--", "a" * 2000, "%ff%fe", "test-smoke-002", "%0d%0a", "*",
)


@pytest.mark.parametrize("path", ["{}", "{}/events", "{}/cancel", "{}/retry", "{}/clarify"])
def test_a_strange_id_is_not_found(on_both: Desk, path: str):
    method = "GET" if path in ("{}", "{}/events") else "POST"
    given = {"json": {"option": "x"}} if path == "{}/clarify" else {}
    for said in STRANGE:
        answer = on_both.call(method, f"{REQUESTS}/{path.format(said)}", **given)
        assert answer.status_code == 404 and answer.headers["content-type"] == "application/problem+json", answer.text


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/api/v1/content/requests", 404), ("GET", f"{GENERATE}/", 404), ("GET", "/", 404), ("GET", GENERATE, 405),
    ("DELETE", f"{REQUESTS}/x", 405), ("BREW", GENERATE, 405),
])
def test_an_address_that_is_none_says_so_as_a_problem(calm: Desk, method: str, path: str, status: int):
    problem(calm.call(method, path), status, None)


def test_what_is_decided_cannot_be_stopped_and_what_is_not_cannot_be_made_anew(desk: Desk):
    made, waiting = desk.made(**NEWTON), desk.ask()
    assert "completed" in problem(desk.post(f"{REQUESTS}/{made}/cancel"), 409, "request_id")
    assert "pending" in problem(desk.post(f"{REQUESTS}/{waiting}/retry"), 409, "request_id")
    assert "asked nothing back" in problem(desk.post(f"{REQUESTS}/{made}/clarify", {"option": "x"}), 409, "request_id")


@pytest.mark.parametrize(("changed", "field"), [
    ({"student_query": "hm"}, "student_query"), ({"student_query": "x" * 501}, "student_query"),
    ({"student_query": None}, "student_query"), ({"student_query": "Explain\x00"}, "student_query"),
    ({"student_query": "Explain \ud800"}, "student_query"), ({"student_id": ""}, "student_id"),
    ({"grade_level": 13}, "grade_level"), ({"grade_level": "10"}, "grade_level"), ({"grade_level": True}, "grade_level"),
    ({"grade_level": 10**400}, "grade_level"), ({"interest": "x" * 101}, "interest"),
    ({"requested_modalities": []}, "requested_modalities"), ({"requested_modalities": ["banana"]}, "requested_modalities"),
    ({"requested_modalities": "text"}, "requested_modalities"), ({"requested_modalities": [["text"]]}, "requested_modalities"),
    ({"preferred_modality": "video"}, "preferred_modality"), ({"modality_preferences": {"x": "y"}}, "modality_preferences"),
    ({"modality_preferences": {"text": 1}}, "text"), ({"seed": -1}, "seed"), ({"style": "loud"}, "style"),
])
def test_a_field_that_is_wrong_is_named(calm: Desk, changed: dict[str, object], field: str):
    body = json.dumps({**EXAMPLE, **changed}).encode()
    assert problem(calm.post(GENERATE, content=body), 422, field).startswith(f"{field}: ")


@pytest.mark.parametrize(("body", "status"), [
    (b"", 422), (b"not json", 422), (b"[]", 422), (b'"text"', 422), (b"null", 422), (b'{"a": NaN}', 422),
    (b"\xff\xfe{}", 422), (b'{"student_query": "\xc3\x28"}', 422), (b"[" * 60_000, 422),
    (b'{"a":' * 900 + b"1" + b"}" * 900, 422), (b'{"a": ' + b"[" * 400 + b"]" * 400 + b"}", 422),
    (b'{"seed": ' + b"9" * 5000 + b"}", 422), (b" " * 70_000, 413), (b'{"student_query": "' + b"x" * 66_000 + b'"}', 413),
])
def test_a_body_that_is_no_request_is_refused_and_the_next_call_works(calm: Desk, body: bytes, status: int):
    problem(calm.post(GENERATE, content=body), status, "body")
    assert calm.post(GENERATE, {**EXAMPLE, "student_id": str(hash(body))}).status_code == 202


def test_a_body_without_a_length_ends_where_it_is_too_large(desk: Desk):
    sent = []

    def endless():
        while len(sent) < 100:
            sent.append(1)
            yield b"x" * 65_000

    problem(desk.post(GENERATE, content=endless()), 413, "body")


# not too much


def test_the_twenty_first_lesson_in_a_minute_waits(desk: Desk):
    token, other = desk.token(), desk.fresh_token()
    bodies = [{**EXAMPLE, "student_id": f"s{n}"} for n in range(21)]
    assert [desk.post(GENERATE, body, token).status_code for body in bodies] == [202] * 20 + [429]
    answer = desk.post(GENERATE, bodies[0], token)
    assert "20 lessons a minute" in problem(answer, 429, "Authorization")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert desk.get(f"{REQUESTS}/{NOWHERE}", token).status_code == 404  # reading is not rationed
    assert desk.post(GENERATE, bodies[0], other).status_code == 202  # and another token has its own


def test_a_student_whose_requests_wait_is_named_when_there_are_too_many(desk: Desk):
    first, second = desk.token(), desk.fresh_token()
    for _ in range(20):
        assert desk.post(GENERATE, EXAMPLE, first).status_code == 202
    answer = desk.post(GENERATE, EXAMPLE, second)
    problem(answer, 429, "student_id")
    assert int(answer.headers["retry-after"]) > 0


# names in the log


@pytest.mark.parametrize("path", [f"{REQUESTS}/{NOWHERE}", "/nowhere", "/api/v1/health"])
def test_the_callers_name_for_a_call_comes_back(calm: Desk, path: str):
    assert calm.get(path, headers={"X-Correlation-ID": "lesson-42"}).headers["x-correlation-id"] == "lesson-42"
    for strange in (b"", b"x" * 65, b"a b", b"\xff", b"a;b"):
        given = calm.get(path, headers={"X-Correlation-ID": strange}).headers["x-correlation-id"]
        assert given.startswith("req_") and len(given) == 20


def test_the_name_goes_with_the_request(desk: Desk):
    said = desk.post(GENERATE, EXAMPLE, headers={"X-Correlation-ID": "lesson-42"}).json()
    assert desk.get(said["status_url"]).json()["correlation_id"] == "lesson-42"


def test_what_a_student_wrote_never_reaches_the_log(desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch):
    secret = "my diary says zebra"
    monkeypatch.setattr(FakeWiring, "lessons", property(lambda _: (_ for _ in ()).throw(RuntimeError(secret))))
    caplog.set_level("DEBUG")
    for body in ({**EXAMPLE, "student_query": secret}, {**EXAMPLE, "interest": secret, "grade_level": 99}):
        desk.post(GENERATE, body)
    desk.get(f"{REQUESTS}/{secret}?{secret}")
    assert desk.post(GENERATE, EXAMPLE).status_code == 500
    ours = [record for record in caplog.records if record.name == "pipeline"]
    assert len(ours) > 4 and "zebra" not in str([vars(record) for record in ours])
    [failed, *_] = [record for record in ours if record.msg == "call failed"]
    assert failed.fault == "RuntimeError" and "call.py" in failed.place


def test_what_nobody_foresaw_is_a_problem_too(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(FakeWiring, "lessons", property(lambda _: 1 / 0))
    assert "ZeroDivision" not in problem(desk.post(GENERATE, EXAMPLE), 500, None)
