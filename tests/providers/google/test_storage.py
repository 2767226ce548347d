"""Files in a bucket, through Google's own client: sent and fetched whole, once, and never named before they are there."""

import errno
import http.client
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from google.auth import compute_engine
from google.oauth2 import service_account

from pipeline.config import read_settings
from pipeline.errors import Hiccup, OperatorError, ProviderResting, StorageFull
from pipeline.providers.google import signing
from pipeline.providers.google.account import Account
from pipeline.providers.google.copies import Copies
from pipeline.providers.google.storage import PART_BYTES, BucketStore
from pipeline.testing.cloud_faults import LOST_ANSWER, Fault, quota, refusal
from pipeline.testing.google import STORAGE, Google
from pipeline.testing.google_links import SIGNER

FILM = bytes(range(256)) * ((PART_BYTES + 1_000_192) // 256)
"""Two parts."""
ADDRESS = "gs://vividly-lessons/made/here"


@dataclass
class Machines:
    """A bucket, and processes that keep their files there, each with an empty folder of its own."""

    google: Google
    endpoint: str
    folder: Path
    opened: list[BucketStore] = field(default_factory=list)

    def __call__(self, *, address: str = ADDRESS, patience: float = 2.0, project: str = "vividly-test") -> BucketStore:
        account = Account(project=project, endpoint=self.endpoint, impersonate=SIGNER)
        self.opened.append(BucketStore(account, address, self.folder / str(len(self.opened)), patience_seconds=patience))
        return self.opened[-1]

    def calls(self, method: str = "") -> list[str]:
        return [body["path"] for model, verb, body in self.google.asked if model == STORAGE and method in ("", verb)]


@pytest.fixture
def machines(stand_in: tuple[Google, str], tmp_path: Path) -> Machines:
    google, address = stand_in
    google.faults.clear(), google.asked.clear()
    bucket = google.bucket
    bucket.objects.clear(), bucket.written.clear(), bucket.sessions.clear()
    bucket.rights, bucket.links.allowed = type(bucket)().rights, True
    return Machines(google=google, endpoint=address, folder=tmp_path)


def test_what_one_worker_makes_another_has(machines: Machines):
    one, other = machines(), machines()
    one.put("r-1/captions.vtt", b"WEBVTT")
    stored = machines.google.bucket.objects["made/here/r-1/captions.vtt"]
    assert (stored.content, stored.media_type) == (b"WEBVTT", "text/vtt")
    path = other.fetch("r-1/captions.vtt")
    assert path == other.path("r-1/captions.vtt") and path.read_bytes() == b"WEBVTT"
    assert other.fetch("r-1/none.vtt") is None
    assert other.sizes(["r-1/captions.vtt", "r-1/none.vtt", "r-2/captions.vtt"]) == {"r-1/captions.vtt": 6}
    assert other.sizes([]) == {}


def test_a_file_that_is_not_published_is_kept_nowhere(machines: Machines):
    """A worker that was killed between making a file and sending it leaves nothing that a lesson could name."""
    killed = machines()
    killed.path("parts/voice-1.wav").write_bytes(b"half a stage")
    assert killed.fetch("parts/voice-1.wav") is None and killed.sizes(["parts/voice-1.wav"]) == {}
    killed.publish("parts/voice-1.wav")
    assert machines().fetch("parts/voice-1.wav") is not None


def test_the_same_content_is_sent_once_and_other_content_takes_its_place(machines: Machines):
    one, other = machines(), machines()
    one.put("r-1/poster.png", b"picture")
    one.publish("r-1/poster.png")
    other.put("r-1/poster.png", b"picture")
    assert machines.google.bucket.written == ["made/here/r-1/poster.png"]
    other.put("r-1/poster.png", b"another")
    assert len(machines.google.bucket.written) == 2 and machines().fetch("r-1/poster.png").read_bytes() == b"another"


def test_a_copy_that_is_known_costs_no_call(machines: Machines):
    one = machines()
    one.put("r-1/a.wav", b"sound")
    before = len(machines.calls())
    assert one.fetch("r-1/a.wav") and one.fetch("r-1/./a.wav") and len(machines.calls()) == before
    one.path("r-1/a.wav").write_bytes(b"spoilt")
    assert one.fetch("r-1/a.wav").read_bytes() == b"sound"


@pytest.mark.parametrize("faults", [
    [None, None, None, refusal(500)], [None, None, refusal(503), None, Fault(cut=True)], [None, None, None, quota()],
    [None, refusal(500)], [None, None, LOST_ANSWER],
], ids=["the last part fails", "both parts fail", "too many", "no session", "the first part arrives and nobody is told"])
def test_an_upload_goes_on_where_it_stood(machines: Machines, faults: list[Fault | None]):
    one = machines(patience=20)
    machines.google.faults.extend(faults)
    one.path("r-1/video-1080.mp4").write_bytes(FILM)
    one.publish("r-1/video-1080.mp4")
    assert machines.google.bucket.objects["made/here/r-1/video-1080.mp4"].content == FILM
    sent = [body["bytes"] for _, verb, body in machines.google.asked if verb == "PUT"]
    wasted = sum(sent) - len(FILM)
    assert wasted % PART_BYTES in (0, len(FILM) - PART_BYTES) and len(machines.google.bucket.written) == 1


def test_an_upload_whose_answer_was_lost_is_found_to_have_arrived(machines: Machines):
    one = machines()
    machines.google.faults.extend([None, LOST_ANSWER])
    one.put("r-1/a.png", b"picture")
    assert machines.google.bucket.written == ["made/here/r-1/a.png"]


def test_who_writes_at_the_same_time_is_not_overwritten_unseen(machines: Machines, monkeypatch: pytest.MonkeyPatch):
    one, other = machines(), machines()
    look = one._look

    def late(key: str):
        found = look(key)
        if not machines.google.bucket.written:
            other.put("r-1/a.png", b"theirs")
        return found

    monkeypatch.setattr(one, "_look", late)
    with pytest.raises(Hiccup, match="another process"):
        one.put("r-1/a.png", b"ours")
    assert machines().fetch("r-1/a.png").read_bytes() == b"theirs"


@pytest.mark.parametrize("fault", [Fault(cut=True, done=True), refusal(503)], ids=["cut in the middle", "not now"])
def test_a_download_goes_on_where_it_stood(machines: Machines, fault: Fault):
    machines().put("r-1/a.wav", FILM[:300_000])
    machines.google.faults.extend([None, fault])
    assert machines(patience=20).fetch("r-1/a.wav").read_bytes() == FILM[:300_000]


def test_other_bytes_than_were_put_there_are_refused_whole(machines: Machines):
    machines().put("r-1/a.wav", b"true sound")
    other = machines()
    machines.google.faults.extend([None, Fault(body=b"false noise")])
    with pytest.raises(Hiccup, match="gcloud storage rm gs://vividly-lessons/made/here/r-1/a.wav"):
        other.fetch("r-1/a.wav")
    assert list(other.path("r-1/a.wav").parent.iterdir()) == []
    assert other.fetch("r-1/a.wav").read_bytes() == b"true sound"


def test_a_bucket_that_took_something_else_is_not_believed(machines: Machines):
    one = machines()
    one.path("r-1/a.wav").write_bytes(b"sound")
    machines.google.faults.extend([None, Fault(body=b'{"name": "made/here/r-1/a.wav", "crc32c": "AAAAAA==", "generation": "1"}')])
    with pytest.raises(Hiccup, match="as it was sent"):
        one.publish("r-1/a.wav")
    assert machines.google.bucket.objects == {}


@pytest.mark.parametrize("name", ["../x", "r-1/../../x", "/etc/passwd", "r-1/../../0-beside/x"])
def test_a_name_that_leaves_the_store_is_refused(machines: Machines, name: str):
    one = machines()
    asks: list[Callable[[], object]] = [
        lambda: one.put(name, b"x"), lambda: one.fetch(name), lambda: one.publish(name), lambda: one.sizes([name]),
        lambda: one.link(name)]
    for ask in asks:
        with pytest.raises(OperatorError, match="outside the store"):
            ask()
    assert machines.calls() == []


def test_a_full_disk_says_what_to_do(machines: Machines, monkeypatch: pytest.MonkeyPatch):
    machines().put("r-1/a.wav", b"sound")
    other = machines()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("google.cloud.storage.Blob.download_to_filename", full)
    with pytest.raises(StorageFull, match="free some space"):
        other.fetch("r-1/a.wav")
    monkeypatch.undo()
    assert other.fetch("r-1/a.wav") is not None


@pytest.mark.parametrize(("fault", "kind", "words"), [
    (refusal(403, "nobody may"), OperatorError,
     "gcloud storage buckets add-iam-policy-binding gs://vividly-lessons --member .*roles/storage.objectUser"),
    (refusal(403, reason="SERVICE_DISABLED"), OperatorError, "gcloud services enable storage.googleapis.com"),
    (refusal(401), OperatorError, "gcloud auth application-default login"),
    (quota(), ProviderResting, "used up for the moment"),
    (refusal(503), Hiccup, "Cloud Storage answers 503"),
    (Fault(cut=True), Hiccup, "does not answer"),
])
def test_what_goes_wrong_says_who_must_act(machines: Machines, fault: Fault, kind: type[Exception], words: str):
    one = machines(patience=0.01)
    one.path("r-1/a.wav").write_bytes(b"sound")
    for before in (0, 1):  # the look, and the sending
        machines.google.faults.extend([*[None] * before, fault, fault])
        with pytest.raises(kind, match=words):
            one.publish("r-1/a.wav")
        machines.google.faults.clear()


def test_a_bucket_that_is_not_there_is_told_from_a_file_that_is_not(machines: Machines):
    nowhere = machines(address="gs://no-such-bucket")
    asks: list[Callable[[], object]] = [
        lambda: nowhere.put("r-1/a.wav", b"x"), lambda: nowhere.fetch("r-1/b.wav"), lambda: nowhere.sizes(["r-1/a.wav"]),
        nowhere.probe]
    for ask in asks:
        with pytest.raises(OperatorError, match="gcloud storage buckets create gs://no-such-bucket --project vividly-test"):
            ask()


def test_the_probe_names_the_rights_that_are_missing(machines: Machines):
    one = machines()
    assert one.probe() == ADDRESS
    machines.google.bucket.rights = ("storage.objects.get", "storage.objects.list")
    with pytest.raises(OperatorError, match=r"objects.create, storage.objects.delete are missing.*roles/storage.objectUser"):
        one.probe()


def test_copies_that_nobody_asks_for_go(tmp_path: Path):
    copies = Copies(tmp_path)
    old, asked, half = (copies.put(name, b"x") for name in ("r-1/old", "r-1/asked", "r-1/.half.part"))
    copies.know(asked)
    for path in (old, asked, half):
        os.utime(path, (time.time() - 7200, path.stat().st_mtime - 7200))
    copies.know(asked)
    assert copies.known(asked), "somebody asks"
    copies.clear(older_than=3600)
    assert [path for path in (old, asked, half) if path.exists()] == [asked]


# links


def opened(link: str, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    where = urlsplit(link)
    connection = http.client.HTTPConnection(where.netloc, timeout=20)
    connection.request(method, f"{where.path}?{where.query}", headers=headers)
    answer = connection.getresponse()
    said = answer.status, answer.read(), dict(answer.getheaders())
    connection.close()
    return said


def test_a_link_opens_its_file_for_half_an_hour_and_says_what_it_is(machines: Machines):
    one = machines()
    one.put("r-1/video-1080.mp4", b"a film of twenty bytes")
    link = one.link("r-1/video-1080.mp4")
    said = dict(parse_qsl(urlsplit(link).query))
    assert said["X-Goog-Expires"] == "1800" and said["X-Goog-Credential"].startswith(f"{SIGNER}/")
    status, content, headers = opened(link)
    assert (status, content, headers["Content-Type"]) == (200, b"a film of twenty bytes", "video/mp4")
    assert headers["Content-Disposition"] == 'inline; filename="video-1080.mp4"'
    assert opened(link, Range="bytes=2-5")[:2] == (206, b"film")
    assert opened(link.replace("video-1080", "video-0720"))[0] == 403
    assert opened(link.replace("Expires=1800", "Expires=9999"))[0] == 403
    assert opened(link.replace(said["X-Goog-Date"], "20200101T000000Z"))[0] == 400


def test_a_link_is_signed_once_for_whoever_asks_in_the_next_minutes(machines: Machines):
    one = machines()
    assert one.link("r-1/a.mp4") == one.link("r-1/a.mp4") != one.link("r-1/b.mp4")
    assert len([path for path in machines.calls("POST") if path.endswith(":signBlob")]) == 2


def test_where_signing_is_not_allowed_the_command_says_what_allows_it(machines: Machines):
    machines.google.bucket.links.allowed = False
    with pytest.raises(OperatorError, match=rf"gcloud iam service-accounts add-iam-policy-binding {SIGNER} .*TokenCreator"):
        machines().link("r-1/a.mp4")
    machines.google.faults.append(refusal(403, reason="SERVICE_DISABLED"))
    with pytest.raises(OperatorError, match="gcloud services enable iamcredentials.googleapis.com"):
        machines().link("r-1/a.mp4")


def test_a_key_that_is_here_signs_without_a_call(machines: Machines):
    key = machines.google.bucket.links.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    credentials = service_account.Credentials.from_service_account_info({
        "client_email": SIGNER, "private_key": key, "token_uri": "http://127.0.0.1/none", "private_key_id": "1"})
    one = machines()
    one.put("r-1/a.mp4", b"film")
    one._credentials = credentials
    assert opened(one.link("r-1/a.mp4"))[:2] == (200, b"film")
    assert not [path for path in machines.calls("POST") if path.endswith(":signBlob")]


def test_a_machine_of_google_signs_as_its_own_account(machines: Machines, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compute_engine.Credentials, "refresh", lambda self, request: setattr(self, "_service_account_email", SIGNER))
    assert signing.signer(Account(project="vividly-test"), compute_engine.Credentials()).signer_email == SIGNER


def test_a_person_cannot_sign_and_learns_how(machines: Machines):
    account = Account(project="vividly-test", endpoint=machines.endpoint)
    with pytest.raises(OperatorError, match=r"VIVIDLY_GOOGLE_IMPERSONATE.*roles/iam.serviceAccountTokenCreator"):
        signing.signer(account, account.credentials())


# the setting


@pytest.mark.parametrize("said", ["s3://bucket", "gs://", "gs://UPPER", "bucket/folder", "gs://bucket/../x", "gs://bucket//x"])
def test_an_address_that_is_none_is_refused(said: str):
    with pytest.raises(OperatorError, match="write it as gs://BUCKET/FOLDER"):
        read_settings({"VIVIDLY_ARTIFACTS": said})


def test_an_address_is_read(tmp_path: Path):
    assert read_settings({"VIVIDLY_ARTIFACTS": " gs://my-bucket/lessons/ "}).artifacts == "gs://my-bucket/lessons"
    assert read_settings({}).artifacts == ""
