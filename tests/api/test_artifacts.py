"""Files of lessons behind signed links: whole, in ranges, for an hour, and for nobody else."""

import asyncio
import os
import re
import stat
from collections.abc import Callable
from multiprocessing.pool import ThreadPool
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sqlalchemy import select
from starlette.types import Message

from pipeline.api.links import FILES, LIVES_SECONDS, Links, signing_key
from pipeline.api.problems import Problem
from pipeline.domain import Unit
from pipeline.errors import OperatorError
from pipeline.ledger import Ledger
from pipeline.tables import StageRunRow, UsageRow
from tests.api.conftest import REQUESTS, Desk, problem
from tests.api.test_requests import NEWTON

CONTENT = bytes(range(256)) * 40
NAME = "lesson one/film.mp4"


@pytest.fixture
def link(calm: Desk) -> str:
    """A link to a film of the store."""
    return link_to(calm, NAME, "request-1")


def link_to(desk: Desk, name: str, request_id: str) -> str:
    """A signed link to a file that is there."""
    desk.wiring.store.put(name, CONTENT)
    settings = desk.wiring.settings
    return Links(signing_key(settings.signing_key, settings.home)).to(name, request_id)


def test_a_made_lesson_comes_with_links_that_need_no_token(desk: Desk):
    seen = desk.get(f"{REQUESTS}/{desk.made(requested_modalities=['video'], preferred_modality='video', **NEWTON)}").json()
    files = {artifact["kind"]: artifact for artifact in seen["results"]["artifacts"]}
    assert {"audio", "captions", "image", "video", "video_720", "poster"} <= set(files)
    assert (seen["video_url"], seen["thumbnail_url"]) == (files["video"]["url"], files["poster"]["url"])
    for artifact in seen["results"]["artifacts"]:
        answer = desk.get(artifact["url"], None)
        assert answer.status_code == 200 and len(answer.content) == artifact["bytes"] == int(answer.headers["content-length"])
        assert answer.headers["content-type"].split("/")[0] in ("audio", "video", "image", "text")


def test_a_file_comes_whole_and_says_that_it_comes_in_ranges(calm: Desk, link: str):
    answer = calm.get(link, None)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, CONTENT, "video/mp4")
    assert answer.headers["accept-ranges"] == "bytes" and answer.headers["x-content-type-options"] == "nosniff"
    head = calm.call("HEAD", link, None)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(CONTENT)))


@pytest.mark.parametrize(("said", "part"), [
    ("bytes=0-99", CONTENT[:100]), ("bytes=100-", CONTENT[100:]), ("bytes=-10", CONTENT[-10:]),
    ("bytes=10-10", CONTENT[10:11]), ("bytes=0-99999999", CONTENT), ("Bytes = 5-6", CONTENT[5:7]),
])
def test_a_player_gets_the_range_it_asks_for(calm: Desk, link: str, said: str, part: bytes):
    answer = calm.get(link, None, headers={"Range": said})
    assert (answer.status_code, answer.content) == (206, part)
    first, last, size = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", answer.headers["content-range"]).groups()
    assert (int(last) - int(first) + 1, int(size)) == (len(part), len(CONTENT))


def test_several_ranges_come_in_parts(calm: Desk, link: str):
    answer = calm.get(link, None, headers={"Range": "bytes=0-1,100-101"})
    assert answer.status_code == 206 and answer.headers["content-type"].startswith("multipart/byteranges")
    assert CONTENT[:2] in answer.content and CONTENT[100:102] in answer.content


def test_a_range_of_an_older_file_is_answered_with_the_whole(calm: Desk, link: str):
    etag = calm.get(link, None).headers["etag"]
    assert calm.get(link, None, headers={"Range": "bytes=0-1", "If-Range": etag}).status_code == 206
    assert calm.get(link, None, headers={"Range": "bytes=0-1", "If-Range": '"other"'}).content == CONTENT


@pytest.mark.parametrize("said", [
    "", "bytes", "bytes=", "bytes=-", "bytes=x-y", "bytes=9-5", "lines=0-1", "bytes=0-1,x", "bytes=" + "1" * 400 + "-",
    "bytes=" + ",".join(f"{n}-{n}" for n in range(50)), "bytes=٣-٤",
])
def test_a_range_that_is_none_is_passed_over(calm: Desk, link: str, said: str):
    answer = calm.get(link, None, headers={"Range": said.encode()})
    assert (answer.status_code, answer.content) == (200, CONTENT)


@pytest.mark.parametrize("said", ["bytes=99999-", "bytes=10240-10241"])
def test_a_range_past_the_end_is_a_problem_that_says_how_long_the_file_is(calm: Desk, link: str, said: str):
    answer = calm.get(link, None, headers={"Range": said})
    problem(answer, 416, "Range")
    assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"


def delivered(desk: Desk) -> list[tuple[str, str, str, int]]:
    """Who was sent how many bytes, by which stage's family, as the books have it."""
    rows = select(StageRunRow.request_id, UsageRow.provider, UsageRow.model, UsageRow.quantity).join(UsageRow.stage_run)
    with desk.wiring.engine.connect() as connection:
        found = connection.execute(rows.where(UsageRow.unit == Unit.BYTE_DELIVERED).order_by(UsageRow.id)).all()
    return [(row[0], row[1], row[2], int(row[3])) for row in found]


def test_what_is_sent_is_counted_once_for_the_request_that_the_link_was_handed_out_for(desk: Desk):
    request_id, other = desk.made(), desk.made(student_query="Explain Newton's third law")
    link = link_to(desk, NAME, request_id)
    assert desk.get(link, None).content == CONTENT
    assert delivered(desk) == [(request_id, "embedded", "store", len(CONTENT))]
    desk.get(link_to(desk, NAME, other), None)
    assert [row[0] for row in delivered(desk)] == [request_id, other]


def test_of_a_range_the_bytes_that_were_sent_are_counted(desk: Desk):
    link = link_to(desk, NAME, desk.made())
    desk.get(link, None, headers={"Range": "bytes=10-19"})
    parts = desk.get(link, None, headers={"Range": "bytes=0-1,100-101"})
    assert [row[3] for row in delivered(desk)] == [10, len(parts.content)]


def test_what_sends_no_file_counts_nothing(desk: Desk):
    link = link_to(desk, NAME, desk.made())
    desk.call("HEAD", link, None)
    desk.get(link, None, headers={"Range": "bytes=99999-"})
    desk.get(link[:-1], None)
    assert delivered(desk) == []


def test_a_delivery_that_broke_off_is_not_counted(desk: Desk):
    link = urlsplit(link_to(desk, NAME, desk.made()))
    scope = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "method": "GET", "headers": [],
             "path": unquote(link.path), "raw_path": link.path.encode(), "query_string": link.query.encode()}

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def gone(message: Message) -> None:
        if message["type"] == "http.response.body":
            raise OSError("the caller is gone")

    with pytest.raises(OSError, match="is gone"):
        asyncio.run(desk.client.app(scope, receive, gone))
    assert delivered(desk) == []


def test_a_file_arrives_though_the_books_cannot_be_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
):
    link = link_to(desk, NAME, desk.made())
    def failing(*_: object) -> None:
        raise OperatorError("The database is away.")

    monkeypatch.setattr(Ledger, "delivered", failing)
    assert desk.get(link, None).content == CONTENT
    said = [record for record in caplog.records if getattr(record, "action", "") == "delivery_uncounted"]
    assert [(record.bytes, record.fault) for record in said] == [(len(CONTENT), "OperatorError")]


@pytest.mark.parametrize("broken", [
    lambda link: link.replace("film", "other"), lambda link: link.replace("expires=1", "expires=2"),
    lambda link: link.split("?")[0], lambda link: link.split("&")[0], lambda link: link[:-1],
    lambda link: link.replace("request-1", "request-2"),
    lambda link: link.replace("signature=", "signature=%ff"), lambda link: f"{FILES}/..%2f..%2fvividly.sqlite?" + link.split("?")[1],
    lambda link: f"{FILES}/%00?" + link.split("?")[1], lambda link: link.replace("expires=", "expires=x"),
    lambda link: link.replace("expires=", "expires=%0a"),
])
def test_a_link_that_somebody_changed_opens_nothing(calm: Desk, link: str, broken: Callable[[str], str]):
    problem(calm.get(broken(link), None), 403, "signature")


def test_a_link_to_a_file_that_is_gone_says_so(calm: Desk, link: str):
    calm.wiring.store.path(NAME).unlink()
    problem(calm.get(link, None), 404, "name")


def test_a_link_works_for_an_hour(calm: Desk, link: str):
    now = [1_800_000_000.0]
    links = Links(b"k" * 32, clock=lambda: now[0])
    address = urlsplit(links.to("a/b ü.mp4", "request 1&2"))
    said = {name: values[0] for name, values in parse_qs(address.query).items()}
    now[0] += LIVES_SECONDS - 1
    assert links.check("a/b ü.mp4", said) == "request 1&2"
    now[0] += 1
    with pytest.raises(Problem) as refusal:
        links.check("a/b ü.mp4", said)
    assert (refusal.value.status, refusal.value.field) == (403, "expires")
    with pytest.raises(Problem):
        Links(b"x" * 32, clock=lambda: now[0] - LIVES_SECONDS).check("a/b ü.mp4", said)


def test_a_key_is_made_once_for_whoever_owns_the_home(tmp_path: Path):
    home = tmp_path / "home"
    with ThreadPool(8) as threads:
        keys = set(threads.map(lambda _: signing_key("", home), range(16)))
    assert len(keys) == 1 and len(keys.pop()) == 32
    assert stat.S_IMODE((home / "signing.key").stat().st_mode) == 0o600 and os.listdir(home) == ["signing.key"]


def test_a_key_that_is_not_safe_is_refused(tmp_path: Path):
    signing_key("", tmp_path)
    file = tmp_path / "signing.key"
    file.chmod(0o644)
    with pytest.raises(OperatorError, match="chmod 600"):
        signing_key("", tmp_path)
    file.chmod(0o600)
    for content, said in ((b"ab", "too short"), (b"not hex", "not a key"), (b"", "too short")):
        file.write_bytes(content)
        with pytest.raises(OperatorError, match=said):
            signing_key("", tmp_path)
    with pytest.raises(OperatorError, match="VIVIDLY_SIGNING_KEY is too short"):
        signing_key("short", tmp_path)
    assert signing_key("k" * 32, tmp_path / "none") == b"k" * 32 and not (tmp_path / "none").exists()
