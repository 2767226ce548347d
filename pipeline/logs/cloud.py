"""The connection to Cloud Logging, through google-cloud-logging over HTTP; what goes wrong becomes an error of ours.

Every call is tried once: whoever calls knows how long it may wait. `Client.list_entries` is not used, because it hides page
tokens, has no time limit, and asks the metadata server of a machine that has none about every log it meets.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, InvalidOperation, RefreshError
from google.cloud.logging_v2 import Client

from pipeline.errors import OperatorError, ProviderResting, ProviderUnavailable
from pipeline.logs.cloud_handler import CloudHandler
from pipeline.logs.cloud_service import Refused

PROJECT = re.compile(r"[a-z0-9][a-z0-9.:-]{0,62}")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
GARBAGE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
"""What Google's libraries raise over an answer that is not of its form."""
NO_CREDENTIALS = ("Google credentials are missing: run `gcloud auth application-default login`, or set "
                  "GOOGLE_APPLICATION_CREDENTIALS.")
STALE_CREDENTIALS = "Google credentials are no longer accepted: run `gcloud auth application-default login` again."
PASSING = (408, 409, 499, 500, 502, 503, 504)
ROLES = {"list": "roles/logging.viewer", "write": "roles/logging.logWriter"}
REASON_CHARACTERS = 200


class Cloud:
    """Entries of one project. `endpoint` is another address of the service, empty for Google's own."""

    def __init__(self, project: str, endpoint: str = "") -> None:
        if not project:
            raise OperatorError("Say which Google project keeps the logs: set VIVIDLY_LOG_PROJECT.")
        if not PROJECT.fullmatch(project):
            raise OperatorError(f"{project[:80]!r} is not the id of a Google project: set VIVIDLY_LOG_PROJECT.")
        self.project = project
        try:
            self._client: Any = Client(  # type: ignore[no-untyped-call]
                project=project, _use_grpc=False, **_at(endpoint))
        except DefaultCredentialsError as fault:
            raise OperatorError(NO_CREDENTIALS) from fault

    def call(self, verb: str, body: Mapping[str, Any], *, seconds: float) -> Mapping[str, Any]:
        """The answer to `entries:VERB`, waiting so long for each of its parts.

        Raises `ProviderUnavailable` (try again), `ProviderResting` (not before so many seconds), `Refused`, `OperatorError`.
        """
        try:
            answer = self._client.logging_api.api_request(
                method="POST", path=f"/entries:{verb}", data=dict(body), timeout=seconds)
        except exceptions.GoogleAPICallError as fault:
            raise _told(fault, verb, self.project) from fault
        except (RefreshError, InvalidOperation) as fault:
            raise OperatorError(STALE_CREDENTIALS) from fault
        except (GoogleAuthError, OSError, *GARBAGE) as fault:
            raise ProviderUnavailable(f"Cloud Logging does not answer ({type(fault).__name__}).") from fault
        if not isinstance(answer, dict):
            raise ProviderUnavailable("Cloud Logging answers with something that is not JSON.")
        return answer

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()


def handler(project: str, endpoint: str = "", *, program: str = "pipeline") -> logging.Handler:
    """A handler that sends what its formatter makes of records. Raises `OperatorError` over project and credentials."""
    return CloudHandler(Cloud(project, endpoint), program)


def _at(endpoint: str) -> dict[str, Any]:
    """What the client needs to know about the address. Credentials go over TLS only, and never to a stand-in."""
    if not endpoint:
        return {}
    parts = urlsplit(endpoint)
    options = {"client_options": {"api_endpoint": endpoint.rstrip("/")}}
    if parts.scheme == "https" and parts.hostname:
        return options
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return {**options, "credentials": AnonymousCredentials()}  # type: ignore[no-untyped-call]
    raise OperatorError(f"VIVIDLY_LOG_ENDPOINT is {endpoint[:80]!r}: it must be https://…, or http:// on this machine.")


def _told(fault: exceptions.GoogleAPICallError, verb: str, project: str) -> Exception:
    """The error of ours that says who must act."""
    status, said = int(fault.code or 0), _words(fault)
    if status == 429:
        return ProviderResting("The quota of Cloud Logging is used up for the moment.", seconds=_wanted_pause(fault))
    if status in PASSING:
        return ProviderUnavailable(f"Cloud Logging answers {status}.")
    if status == 401:
        return OperatorError(STALE_CREDENTIALS)
    if status == 403:
        return OperatorError(_forbidden(fault, verb, project))
    if status == 404:
        return OperatorError(f"Cloud Logging knows no project {project}: check VIVIDLY_LOG_PROJECT.")
    return Refused(f"Cloud Logging does not take this ({status}: {said}).", refused=_refused_entries(fault))


def _forbidden(fault: exceptions.GoogleAPICallError, verb: str, project: str) -> str:
    if fault.reason == "SERVICE_DISABLED":
        return (f"The Cloud Logging API is switched off in {project}: "
                f"run `gcloud services enable logging.googleapis.com --project {project}`.")
    if fault.reason == "CONSUMER_INVALID":
        return f"Cloud Logging knows no project {project}: check VIVIDLY_LOG_PROJECT."
    return f"Cloud Logging does not let you in ({verb} in {project}): ask for the role {ROLES[verb]} there."


def _words(fault: exceptions.GoogleAPICallError) -> str:
    """What the service said, without the address that the library puts before it."""
    said = str(fault.message or "").partition("prettyPrint=false: ")
    words = " ".join((said[2] or said[0]).split())[:REASON_CHARACTERS]
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in words)


def _wanted_pause(fault: exceptions.GoogleAPICallError) -> float:
    """How long the service asks to be left alone: by RetryInfo or Retry-After, else 0."""
    delays = [detail.get("retryDelay", "") for detail in fault.details if isinstance(detail, dict)]
    headers = getattr(fault.response, "headers", {})
    for said in (*delays, headers.get("Retry-After", "")):
        if found := re.fullmatch(r"(\d{1,6}(?:\.\d{1,9})?)s?", str(said)):
            return float(found[1])
    return 0.0


def _refused_entries(fault: exceptions.GoogleAPICallError) -> int | None:
    """Of a write of which the service took a part: how many it did not take."""
    counts = [len(detail["logEntryErrors"]) for detail in fault.details
              if isinstance(detail, dict) and isinstance(detail.get("logEntryErrors"), dict)]
    return sum(counts) if counts else None
