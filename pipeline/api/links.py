"""Links to lessons' files that anybody can follow who has them, for an hour: name, request and end, signed with a key of this
home. A file may belong to several requests: the link says whose it was handed out for.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import stat
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote, urlencode

from pipeline.api.problems import Problem
from pipeline.errors import OperatorError

KEY_FILE = "signing.key"
KEY_BYTES = 32
LIVES_SECONDS = 3600
FILES = "/api/v1/artifacts"


class Links:
    """Makes links, and tells true ones from others."""

    def __init__(self, key: bytes, *, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._clock = clock

    def to(self, name: str, request_id: str) -> str:
        """A link to the file of this name as a part of the request's lesson, which works for an hour."""
        expires = str(int(self._clock()) + LIVES_SECONDS)
        said = {"request": request_id, "expires": expires, "signature": self._sign(name, request_id, expires=expires)}
        return f"{FILES}/{quote(name)}?{urlencode(said)}"

    def check(self, name: str, said: Mapping[str, str]) -> str:
        """The id of the request that a true link was handed out for; otherwise raises `Problem` 403."""
        request_id, expires, signature = (said.get(key, "") for key in ("request", "expires", "signature"))
        if not hmac.compare_digest(signature.encode(), self._sign(name, request_id, expires=expires).encode()):
            raise Problem(403, "bad-link", "This link is not signed by us: ask for the request again.", field="signature")
        if self._clock() >= int(expires):
            raise Problem(403, "old-link", "This link has expired: ask for the request again.", field="expires")
        return request_id

    def _sign(self, name: str, request_id: str, *, expires: str) -> str:
        signed = hmac.new(self._key, f"{expires}\n{quote(request_id, safe='')}\n{name}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def signing_key(given: str, home: Path) -> bytes:
    """The key that was given, or the one in `home`, made at the first time. Raises `OperatorError` for one that is unsafe."""
    if given:
        return _long_enough(given.encode(), "VIVIDLY_SIGNING_KEY")
    path = home / KEY_FILE
    try:
        if not path.exists():
            _make(path)
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise OperatorError(f"{path} can be read by others: run `chmod 600` on it, or delete it for a new one.")
        return _long_enough(binascii.unhexlify(path.read_bytes().strip()), str(path))
    except binascii.Error as fault:
        raise OperatorError(f"{path} is not a key: delete it for a new one.") from fault
    except OSError as fault:
        raise OperatorError(f"{path} cannot be used ({fault.strerror}): set VIVIDLY_SIGNING_KEY.") from fault


def _long_enough(key: bytes, where: str) -> bytes:
    if len(key) < KEY_BYTES:
        raise OperatorError(f"{where} is too short: {KEY_BYTES} bytes at least.")
    return key


def _make(path: Path) -> None:
    """Write the key whole under its name; of two processes that come at once, one key stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_hex(KEY_BYTES).encode())
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return  # another process was quicker: its key is the one
    finally:
        unfinished.unlink(missing_ok=True)
