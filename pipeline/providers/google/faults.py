"""What goes wrong between here and Google -> an error of ours that says who must act, with the command that mends it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from google.api_core.exceptions import GoogleAPICallError
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.exceptions import TransportError as AuthUnreachable
from google.genai.errors import APIError
from google.protobuf.json_format import Error as NotItsForm
from requests.exceptions import RequestException

from pipeline.domain import Usage
from pipeline.errors import Hiccup, OperatorError, PipelineError, ProviderResting, ProviderUnavailable
from pipeline.providers.google.account import Account

PASSING = (408, 499, 500, 502, 503, 504)
REASON_CHARACTERS = 200
REST_SECONDS = 20.0
"""How long to leave a service alone that says its quota is used up and not for how long."""
STALE = "Google credentials are no longer accepted: run `gcloud auth application-default login` again."
GARBAGE = (ValueError, TypeError, LookupError, AttributeError, NotItsForm)
"""What Google's libraries raise over an answer that is not of its form."""


@dataclass(frozen=True, kw_only=True)
class Api:
    """One of Google's services: its name for people and for `gcloud services`, and the role that may use it."""

    title: str
    service: str
    role: str
    grant: str = ""
    """The command that gives a role on one thing of the service; without it roles are given on the project."""
    absent: str = ""
    """What to do where that one thing is not there; without it another one is to be chosen."""


VERTEX = Api(title="Vertex AI", service="aiplatform.googleapis.com", role="roles/aiplatform.user")
SPEECH = Api(title="Cloud Text-to-Speech", service="texttospeech.googleapis.com", role="roles/serviceusage.serviceUsageConsumer")


@contextmanager
def told(api: Api, account: Account, what: str, used: Callable[[], Sequence[Usage]] = tuple) -> Iterator[None]:
    """Faults of a call for `what` as errors of ours, each with what the call had used until then."""
    try:
        yield
    except PipelineError as fault:
        raise fault.after(used()) from fault.__cause__
    except (APIError, GoogleAPICallError) as fault:
        raise _of_answer(fault, api, account, what).after(used()) from fault
    except RefreshError as fault:
        raise OperatorError(STALE) from fault
    except (httpx.TransportError, RequestException, AuthUnreachable, GoogleAuthError, OSError, *GARBAGE) as fault:
        raise Hiccup(f"{api.title} does not answer ({type(fault).__name__}).").after(used()) from fault


def _of_answer(fault: APIError | GoogleAPICallError, api: Api, account: Account, what: str) -> PipelineError:
    code, said = int(fault.code or 0), _words(str(fault.message or ""))
    if code == 429:
        return ProviderResting(f"The quota of {api.title} for {what} is used up for the moment.", seconds=_pause(fault))
    if code in PASSING:
        return Hiccup(f"{api.title} answers {code}.")
    if code == 401:
        return OperatorError(STALE)
    if code == 403:
        return OperatorError(_forbidden(fault, api, account))
    if code == 404 and api.absent:
        return OperatorError(api.absent)
    if code == 404:
        return OperatorError(f"{api.title} does not know {what} in {account.location} for {account.project}: choose another "
                             "one, or another GOOGLE_CLOUD_LOCATION.")
    if code == 400:
        return OperatorError(f"{api.title} does not take this call for {what} ({said}).")
    return ProviderUnavailable(f"{api.title} answers {code or 'with something unreadable'}.")


def _forbidden(fault: APIError | GoogleAPICallError, api: Api, account: Account) -> str:
    if _detail(fault, "ErrorInfo").get("reason") == "SERVICE_DISABLED" or "has not been used in project" in str(fault.message):
        return (f"The {api.title} API is switched off in {account.project}: "
                f"run `gcloud services enable {api.service} --project {account.project}`.")
    who = f"serviceAccount:{account.impersonate}" if account.impersonate else "MEMBER"
    grant = api.grant or f"gcloud projects add-iam-policy-binding {account.project}"
    return f"{api.title} does not let you in: run `{grant} --member {who} --role {api.role}`."


def _pause(fault: APIError | GoogleAPICallError) -> float:
    """The seconds that the service asks to be left alone."""
    delay = _detail(fault, "RetryInfo").get("retryDelay", "")
    found = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(delay))
    return float(found[1]) if found else REST_SECONDS


def _detail(fault: APIError | GoogleAPICallError, kind: str) -> Mapping[str, Any]:
    """The detail of an error of Google's form, by the name of its type."""
    if isinstance(fault, APIError):
        whole = fault.details if isinstance(fault.details, dict) else {}
        given = whole.get("error", whole).get("details", [])
    else:
        given = _of_response(fault)
    of_kind = (detail for detail in given if isinstance(detail, dict) and str(detail.get("@type", "")).endswith(kind))
    return next(of_kind, {})


def _of_response(fault: GoogleAPICallError) -> Sequence[Any]:
    try:
        details: Sequence[Any] = fault.response.json()["error"]["details"]
    except GARBAGE:
        return ()
    return details


def _words(said: str) -> str:
    words = " ".join(said.split())[:REASON_CHARACTERS]
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in words)
