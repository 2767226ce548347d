"""The forms that a line of JSON must have to be counted only: msgspec decodes just these fields, and refuses any other form."""

import msgspec
from msgspec import UNSET, Raw, UnsetType, field

from pipeline.logs.parsing_json import GOOGLE

NOT_SO = (msgspec.DecodeError, RecursionError)
"""What a decoder raises for a line of another form."""


class Body(msgspec.Struct, gc=False, kw_only=True):
    """What a program says in fields; with one that must be unset, it is not calm."""

    message: str
    action: str = ""
    logger: str = ""
    name: str = ""
    worker: str = ""
    worker_id: str = ""
    version: str = ""
    execution: str = ""
    service: str = ""
    fault: UnsetType = UNSET
    exception: UnsetType = UNSET
    traceback: UnsetType = UNSET
    stack_trace: UnsetType = UNSET
    exc_info: UnsetType = UNSET
    stack: UnsetType = UNSET
    place: UnsetType = UNSET
    where: UnsetType = UNSET


class OwnLine(Body, gc=False, kw_only=True):
    """A line of JSON that is no entry of Cloud Logging."""

    own_id: str = field(name=GOOGLE + "insertId")
    severity: str
    timestamp: str
    labels: Raw = Raw()
    own_labels: Raw = field(default=Raw(), name=GOOGLE + "labels")
    resource: Raw = Raw()
    textPayload: UnsetType = UNSET
    jsonPayload: UnsetType = UNSET
    insertId: UnsetType = UNSET
    protoPayload: UnsetType = UNSET
    insert_id: UnsetType = UNSET
    json_payload: UnsetType = UNSET
    text_payload: UnsetType = UNSET
    proto_payload: UnsetType = UNSET
    logName: UnsetType = UNSET
    log_name: UnsetType = UNSET


class CloudEntry(msgspec.Struct, gc=False, kw_only=True):
    """An entry of Cloud Logging."""

    insertId: str
    severity: str
    timestamp: str
    textPayload: str | UnsetType = UNSET
    jsonPayload: Body | UnsetType = UNSET
    labels: Raw = Raw()
    resource: Raw = Raw()


of_cloud = msgspec.json.Decoder(CloudEntry).decode
of_own = msgspec.json.Decoder(OwnLine).decode
