"""A bucket of the stand-in for Google: objects with their checksums, uploads in parts, and links that it checks."""

import base64
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from urllib.parse import parse_qsl, unquote

import google_crc32c

from pipeline.testing.cloud_faults import Refused
from pipeline.testing.google_calls import Answer, Asked, told_as_json
from pipeline.testing.google_links import Links

UPLOAD, API, MEDIA = "/upload/storage/v1/b/", "/storage/v1/b/", "/download/storage/v1/b/"
SIGN = re.compile(r"/v1/projects/-/serviceAccounts/(?P<email>[^/:]+):signBlob")
PART_BYTES = 256 * 1024
"""A part that is not the last is so many bytes, or so many times as many."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """An object."""

    content: bytes
    media_type: str
    generation: int

    @property
    def crc32c(self) -> str:
        """As the service writes it."""
        return base64.b64encode(google_crc32c.Checksum(self.content).digest()).decode()  # type: ignore[no-untyped-call]


@dataclass
class Session:
    """An upload in parts, as far as it has come."""

    name: str
    media_type: str
    crc32c: str | None
    instead_of: str | None
    content: bytearray = field(default_factory=bytearray)


@dataclass
class Bucket:
    """One bucket, what it holds, and who may do what with it."""

    name: str = "vividly-lessons"
    rights: Sequence[str] = ("storage.objects.create", "storage.objects.delete", "storage.objects.get", "storage.objects.list")
    links: Links = field(default_factory=Links)
    objects: dict[str, Stored] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    """The names of what was put there, each time that it was."""
    sessions: dict[str, Session] = field(default_factory=dict)

    def hears(self, asked: Asked) -> bool:
        """Whether the call is for this service."""
        return (asked.path.startswith((UPLOAD, API, MEDIA)) or "X-Goog-Signature" in asked.said
                or SIGN.fullmatch(unquote(asked.path)) is not None)

    def put(self, name: str, content: bytes) -> None:
        """As the services of the project do it, which are not asked for their rights."""
        self.objects[name] = Stored(content=content, media_type="application/octet-stream", generation=len(self.written) + 1)
        self.written.append(name)

    def answer(self, asked: Asked) -> Answer:
        """What comes of a call that it hears. Raises `Refused`."""
        if found := SIGN.fullmatch(unquote(asked.path)):
            return self.links.sign(found["email"], asked)
        if "X-Goog-Signature" in asked.said:
            self.links.check(asked)
            return self._handed_out(asked)
        begin = next(begin for begin in (UPLOAD, API, MEDIA) if asked.path.startswith(begin))
        bucket, _, rest = asked.path.removeprefix(begin).partition("/")
        if bucket != self.name:
            raise Refused(404, "The specified bucket does not exist.")
        if begin == UPLOAD:
            return self._uploaded(asked)
        if not rest:
            return told_as_json({"kind": "storage#bucket", "name": self.name, "location": "US"})
        if rest == "iam/testPermissions":
            wanted = [value for name, value in parse_qsl(asked.query) if name == "permissions"]
            return told_as_json({"permissions": [right for right in wanted if right in self.rights]})
        return self._listed(asked.said) if rest == "o" else self._one(unquote(rest.removeprefix("o/")), asked)

    def _listed(self, said: Mapping[str, str]) -> Answer:
        self._allowed("list")
        found = [name for name in sorted(self.objects) if name.startswith(said.get("prefix", ""))]
        return told_as_json({"items": [self._told(name) for name in found]})

    def _one(self, name: str, asked: Asked) -> Answer:
        self._allowed("delete" if asked.method == "DELETE" else "get")
        if name not in self.objects:
            raise Refused(404, f"No such object: {self.name}/{name}")
        if asked.method == "DELETE":
            del self.objects[name]
            return Answer(status=204)
        return self._media(name, asked) if asked.said.get("alt") == "media" else told_as_json(self._told(name))

    def _media(self, name: str, asked: Asked) -> Answer:
        stored = self.objects[name]
        headers = {"Content-Type": stored.media_type, "X-Goog-Hash": f"crc32c={stored.crc32c}",
                   "X-Goog-Generation": str(stored.generation), "X-Goog-Stored-Content-Length": str(len(stored.content)),
                   "Accept-Ranges": "bytes"}
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", asked.headers.get("Range", ""))
        if not found:
            return Answer(body=stored.content, headers=headers)
        first, last = int(found[1]), min(int(found[2] or len(stored.content)), len(stored.content) - 1)
        where = f"bytes {first}-{last}/{len(stored.content)}"
        return Answer(status=206, body=stored.content[first:last + 1], headers={**headers, "Content-Range": where})

    def _uploaded(self, asked: Asked) -> Answer:
        self._allowed("create")
        said = asked.said
        if "upload_id" in said:
            return self._part(said["upload_id"], asked)
        if said["uploadType"] == "multipart":
            told, content, media_type = _parted(asked)
            return self._keep(Session(name=told["name"], media_type=media_type, crc32c=told.get("crc32c"),
                                      instead_of=said.get("ifGenerationMatch"), content=bytearray(content)))
        told = json.loads(asked.body)
        number = uuid.uuid4().hex
        self.sessions[number] = Session(name=told["name"], media_type=asked.headers["X-Upload-Content-Type"],
                                        crc32c=told.get("crc32c"), instead_of=said.get("ifGenerationMatch"))
        return Answer(headers={"Location": f"http://{asked.headers['Host']}{asked.path}?uploadType=resumable&upload_id={number}"})

    def _part(self, number: str, asked: Asked) -> Answer:
        """A part, which may begin with what is here already; or the question how much that is."""
        session = self.sessions[number]
        found = re.fullmatch(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)", asked.headers["Content-Range"])
        if found is None or (found[1] and int(found[1]) > len(session.content)):
            raise Refused(400, f"Failed to parse Content-Range header: {asked.headers['Content-Range']}")
        if found[1]:
            session.content[int(found[1]):] = asked.body
        if found[2] == str(len(session.content)):
            return self._keep(session)
        if len(asked.body) % PART_BYTES:
            raise Refused(400, f"A part that is not the last is a multiple of {PART_BYTES} bytes.")
        return Answer(status=308, headers={"Range": f"bytes=0-{len(session.content) - 1}"} if session.content else {})

    def _keep(self, session: Session) -> Answer:
        kept = self.objects.get(session.name)
        if session.instead_of is not None and int(session.instead_of) != (kept.generation if kept else 0):
            raise Refused(412, "At least one of the pre-conditions you specified did not hold.")
        stored = Stored(content=bytes(session.content), media_type=session.media_type, generation=len(self.written) + 1)
        if session.crc32c is not None and session.crc32c != stored.crc32c:
            raise Refused(400, f"Provided CRC32C \"{session.crc32c}\" doesn't match calculated CRC32C \"{stored.crc32c}\".")
        self.objects[session.name] = stored
        self.written.append(session.name)
        return told_as_json(self._told(session.name))

    def _told(self, name: str) -> dict[str, str]:
        stored = self.objects[name]
        return {"kind": "storage#object", "name": name, "bucket": self.name, "size": str(len(stored.content)),
                "crc32c": stored.crc32c, "generation": str(stored.generation), "contentType": stored.media_type}

    def _handed_out(self, asked: Asked) -> Answer:
        name, said = unquote(asked.path).removeprefix(f"/{self.name}/"), asked.said
        if name not in self.objects:
            raise Refused(404, f"No such object: {self.name}/{name}")
        given = self._media(name, asked)
        return Answer(status=given.status, body=given.body, headers={
            **given.headers, "Content-Disposition": said.get("response-content-disposition", "")})

    def _allowed(self, what: str) -> None:
        if f"storage.objects.{what}" not in self.rights:
            raise Refused(403, f"somebody does not have storage.objects.{what} access to the Google Cloud Storage object.")


def bucket_of(asked: Asked, usual: Bucket, *others: Bucket) -> Bucket | None:
    """The bucket that the call names, or the usual one for all else that is about files; None where it is about none."""
    if not usual.hears(asked):
        return None
    found = re.match(rf"(?:{UPLOAD}|{MEDIA}|{API})(?P<name>[^/]+)", asked.path)
    return next((bucket for bucket in others if found and found["name"] == bucket.name), usual)


def _parted(asked: Asked) -> tuple[dict[str, str], bytes, str]:
    """What an upload in one call says of the object, its bytes, and their media type."""
    whole = message_from_bytes(b"Content-Type: " + asked.headers["Content-Type"].encode() + b"\r\n\r\n" + asked.body)
    boundary = b"--" + str(whole.get_boundary()).encode()
    told, content = (part.removeprefix(b"\r\n").removesuffix(b"\r\n") for part in asked.body.split(boundary)[1:3])
    head, _, content = content.partition(b"\r\n\r\n")
    media_type = head.partition(b":")[2].strip().decode()
    return json.loads(told.partition(b"\r\n\r\n")[2]), content, media_type
