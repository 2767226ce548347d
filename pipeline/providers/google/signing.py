"""Who signs links to files: a key that is here, or Google itself for a service account whose key is nowhere."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from google.auth import iam
from google.auth.credentials import Credentials, Signing
from google.auth.exceptions import TransportError
from google.auth.transport import Request
from google.auth.transport.requests import Request as HttpRequest

from pipeline.errors import Hiccup, OperatorError
from pipeline.providers.google.account import Account

UNKNOWN = "default"
"""What a machine of Google's calls its account before it has asked."""
NOBODY = ("Links to Cloud Storage are signed by a service account, and these credentials are a person's: set "
          "VIVIDLY_GOOGLE_IMPERSONATE to one and run `gcloud iam service-accounts add-iam-policy-binding ACCOUNT --member MEMBER "
          "--role roles/iam.serviceAccountTokenCreator --project {project}`.")


def signer(account: Account, credentials: Credentials) -> Signing:
    """What signs for these credentials. Raises `OperatorError` where nothing can."""
    if isinstance(credentials, Signing):
        return _Told(credentials.signer_email, credentials.sign_bytes, account)
    request = _to(account.endpoint) if account.endpoint else HttpRequest()
    email = account.impersonate if account.endpoint else str(getattr(credentials, "service_account_email", None) or "")
    if email == UNKNOWN:
        credentials.refresh(request)  # type: ignore[no-untyped-call]
        email = str(getattr(credentials, "service_account_email", ""))
    if not email:
        raise OperatorError(NOBODY.format(project=account.project))
    asked = iam.Signer(request, credentials, email)  # type: ignore[no-untyped-call]
    return _Told(email, asked.sign, account)


class _Told(Signing):
    """Signs, and says what to do where Google refuses to."""

    def __init__(self, email: str, sign: Callable[[bytes], bytes], account: Account) -> None:
        self._email, self._sign, self._account = email, sign, account

    @property
    def signer_email(self) -> str:
        """The service account."""
        return self._email

    @property
    def signer(self) -> "_Told":
        """Itself."""
        return self

    def sign_bytes(self, message: bytes) -> bytes:
        """The signature. Raises `OperatorError`, `Hiccup`."""
        try:
            return self._sign(message)
        except TransportError as fault:
            raise self._of(str(fault)) from fault

    def _of(self, said: str) -> OperatorError | Hiccup:
        project = self._account.project
        if "SERVICE_DISABLED" in said or "has not been used in project" in said:
            return OperatorError("The IAM Credentials API, which signs links, is switched off: "
                                 f"run `gcloud services enable iamcredentials.googleapis.com --project {project}`.")
        if "PERMISSION_DENIED" in said or "403" in said:
            return OperatorError(
                f"Google does not let {self._email} sign links: run `gcloud iam service-accounts add-iam-policy-binding "
                f"{self._email} --member serviceAccount:{self._email} --role roles/iam.serviceAccountTokenCreator "
                f"--project {project}`.")
        return Hiccup("Google does not sign links at the moment.")


def _to(endpoint: str) -> Request:
    """Requests that go to a stand-in, whichever of Google's services they are for."""
    http: Any = HttpRequest()

    class _Diverted(Request):
        def __call__(self, url: str, method: str = "GET", body: bytes | None = None,
                     headers: Mapping[str, str] | None = None, timeout: float | None = None, **more: Any) -> Any:
            return http(endpoint + urlsplit(url).path, method=method, body=body, headers=headers, timeout=timeout, **more)

    return _Diverted()
