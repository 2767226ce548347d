"""Lessons' files in a bucket of Cloud Storage: made in a folder of this machine, sent when they are finished, fetched where
another process needs them. What the bucket has is what is kept; what stands in the folder is a copy.
"""

import base64
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import google_crc32c
from google.api_core.exceptions import NotFound, PreconditionFailed, RetryError, from_http_response
from google.cloud.storage import Blob
from google.cloud.storage.exceptions import DataCorruption, InvalidResponse
from google.cloud.storage.retry import DEFAULT_RETRY

from pipeline.errors import Hiccup, OperatorError
from pipeline.providers.google.account import Account
from pipeline.providers.google.buckets import ROLE, api_of, client_of
from pipeline.providers.google.copies import Copies
from pipeline.providers.google.faults import told
from pipeline.providers.google.signing import signer
from pipeline.store import media_type, room
from pipeline.whole import whole

RIGHTS = ("storage.objects.create", "storage.objects.delete", "storage.objects.get", "storage.objects.list")
CALL_SECONDS = 60.0
PATIENCE_SECONDS = 30.0
"""For so long a call that failed is made again: a film goes on from its last part, and nothing of it is billed."""
PART_BYTES = 8 * 1024 * 1024
LINK_SECONDS, LINK_KEPT_SECONDS = 1_800, 600
"""How long a link to the bucket lives, and how long the same one is handed out, so that not each costs a signature."""


class BucketStore:
    """`pipeline.ports.Store` at gs://BUCKET/FOLDER. `folder` is where copies stand: it belongs to this store alone."""

    def __init__(self, account: Account, address: str, folder: Path, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        name, _, prefix = address.removeprefix("gs://").partition("/")
        self.address = address
        self._account, self._prefix = account, PurePosixPath(prefix)
        self._copies = Copies(folder)
        self._api = api_of(name, account, "VIVIDLY_ARTIFACTS")
        self._credentials = account.credentials()
        self._client = client_of(account, self._credentials)
        self._bucket = self._client.bucket(name)
        self._retry = DEFAULT_RETRY.with_timeout(patience_seconds).with_delay(initial=0.2, maximum=5.0)
        self._links: dict[str, tuple[float, str]] = {}

    def path(self, name: str) -> Path:
        """Where a copy stands, or is made. Raises `OperatorError` for a name that leaves the store."""
        return self._copies.path(name)

    def put(self, name: str, content: bytes) -> Path:
        """Make the file whole or not at all, and send it."""
        path = self._copies.put(name, content)
        self.publish(name)
        return path

    def publish(self, name: str) -> None:
        """Send the file, unless the bucket has it already. Raises `ProviderUnavailable`, `OperatorError`."""
        self._copies.sweep()
        path, key = self.path(name), self._key(name)
        if self._copies.known(path):
            return
        mark, sum_ = self._copies.mark(path), _checksum(path)
        with self._told(key):
            kept = self._look(key)
            if kept is None or kept.crc32c != sum_:
                self._send(key, path, sum_, instead_of=kept.generation if kept else 0)
        self._copies.know(path, mark)

    def fetch(self, name: str) -> Path | None:
        """A copy of the file, or None where the bucket has none. Raises `ProviderUnavailable`, `StorageFull`, `OperatorError`."""
        self._copies.sweep()
        path, key = self.path(name), self._key(name)
        if not self._copies.known(path):
            with self._told(key), room(self._copies.folder):
                kept = self._look(key)
                if kept is None:
                    return None
                if not path.is_file() or _checksum(path) != kept.crc32c:
                    self._receive(kept, path)
            self._copies.know(path)
        return path

    def sizes(self, names: Collection[str]) -> Mapping[str, int]:
        """The bytes of those that the bucket has, by one call for each folder."""
        folders: dict[str, dict[str, str]] = defaultdict(dict)
        for name in names:
            key = self._key(name)
            folders[key.rpartition("/")[0]][key] = name
        found: dict[str, int] = {}
        with self._told(self.address):
            for folder, keys in folders.items():
                blobs = self._client.list_blobs(self._bucket, prefix=next(iter(keys)) if len(keys) == 1 else f"{folder}/",
                                                fields="items(name,size),nextPageToken", timeout=CALL_SECONDS, retry=self._retry)
                found |= {keys[blob.name]: int(blob.size) for blob in blobs if blob.name in keys}
        return found

    def link(self, name: str) -> str:
        """A link to the file, signed for half an hour. Raises `OperatorError` where nobody here can sign."""
        key, now = self._key(name), time.monotonic()
        self._links = {each: link for each, link in self._links.items() if now - link[0] < LINK_KEPT_SECONDS}
        if key not in self._links:
            with self._told(key):
                address = self._bucket.blob(key).generate_signed_url(
                    version="v4", expiration=LINK_SECONDS, credentials=signer(self._account, self._credentials),
                    response_type=media_type(name), response_disposition=f'inline; filename="{PurePosixPath(name).name}"')
            self._links[key] = (now, address)
        return self._links[key][1]

    def probe(self) -> str:
        """What answers: the rights that we have on the bucket, which costs nothing. Raises what `publish` raises."""
        with self._told(self.address):
            held = self._bucket.test_iam_permissions(RIGHTS, timeout=CALL_SECONDS, retry=self._retry)
        if missing := [right for right in RIGHTS if right not in held]:
            raise OperatorError(f"Of the rights on {self.address}, {', '.join(missing)} are missing: "
                                f"run `{self._api.grant} --member MEMBER --role {ROLE}`.")
        return self.address

    def probe_link(self) -> str:
        """Who signs links; signs one, which costs nothing. Raises what `link` raises."""
        self.link("probe")
        return f"links to {self.address}, signed by {signer(self._account, self._credentials).signer_email}"

    def _key(self, name: str) -> str:
        """The name in the bucket. Raises `OperatorError`."""
        return str(self._prefix / self._copies.bare(name))

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Faults of calls that were made again for long enough, as errors of ours."""
        with told(self._api, self._account, what):
            try:
                yield
            except RetryError as fault:
                last = fault.cause
                if isinstance(last, InvalidResponse):
                    raise from_http_response(last.response) from fault  # type: ignore[no-untyped-call]
                raise last or fault from fault

    def _look(self, key: str) -> Blob | None:
        """What the bucket has; None is told from a bucket that is not there."""
        blob = self._bucket.blob(key)
        try:
            blob.reload(timeout=CALL_SECONDS, retry=self._retry)
        except NotFound as fault:
            if "no such object" in str(fault.message).casefold():
                return None
            raise
        return blob

    def _send(self, key: str, path: Path, sum_: str, *, instead_of: int) -> None:
        """The whole file or nothing, and nothing that another process put there meanwhile is overwritten unseen."""
        blob = self._bucket.blob(key, chunk_size=PART_BYTES)
        try:
            blob.upload_from_filename(
                str(path), content_type=media_type(key), if_generation_match=instead_of, checksum="crc32c",
                crc32c_checksum_value=sum_, timeout=CALL_SECONDS, retry=self._retry)
            right = blob.crc32c == sum_
        except PreconditionFailed as fault:  # also where our own first try had arrived and its answer had not
            kept = self._look(key)
            if kept is None or kept.crc32c != sum_:
                raise Hiccup(f"{key} is being written by another process too.") from fault
            right = True
        except DataCorruption:
            right = False
        if not right:
            raise Hiccup(f"{key} did not arrive at {self.address} as it was sent.")

    def _receive(self, kept: Blob, path: Path) -> None:
        """The whole file or nothing. The client passes over a checksum where it went on after a break: it is compared here."""
        with whole(path) as unfinished:
            try:
                kept.download_to_filename(str(unfinished), if_generation_match=kept.generation, checksum="crc32c",
                                          raw_download=True, timeout=CALL_SECONDS, retry=self._retry)
                right = _checksum(unfinished) == kept.crc32c
            except DataCorruption:
                right = False
            if not right:
                raise Hiccup(f"{kept.name} did not arrive from {self.address} as it was put there: if it comes so again, run "
                             f"`gcloud storage rm gs://{self._bucket.name}/{kept.name}` and make the lesson again.")



def _checksum(path: Path) -> str:
    """CRC32C as Cloud Storage writes it."""
    sum_: Any = google_crc32c.Checksum()  # type: ignore[no-untyped-call]
    with path.open("rb") as file:
        while block := file.read(1024 * 1024):
            sum_.update(block)
    return base64.b64encode(sum_.digest()).decode()
