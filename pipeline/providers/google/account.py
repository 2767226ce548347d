"""Who asks Google, for which project, and where: credentials and addresses for every client of the family."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import google.auth
from google.auth import impersonated_credentials
from google.auth.credentials import Credentials
from google.auth.exceptions import DefaultCredentialsError
from google.oauth2.credentials import Credentials as Token

from pipeline.errors import OperatorError

FAMILY = "google"
PROJECT = re.compile(r"[a-z0-9][a-z0-9.:-]{0,62}")
LOCATION = re.compile(r"[a-z0-9-]{2,40}")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SCOPES: Sequence[str] = ("https://www.googleapis.com/auth/cloud-platform",)
LIFETIME_SECONDS = 3600
NO_CREDENTIALS = ("Google credentials are missing: run `gcloud auth application-default login`, or set "
                  "GOOGLE_APPLICATION_CREDENTIALS.")


@dataclass(frozen=True, kw_only=True)
class Account:
    """One project. `endpoint` is a stand-in's address, empty for Google's own services."""

    project: str
    location: str = "global"
    endpoint: str = ""
    impersonate: str = ""
    """The service account to act as, by e-mail address; empty to be whoever the credentials say."""

    def __post_init__(self) -> None:
        """Raises `OperatorError`."""
        if not PROJECT.fullmatch(self.project):
            said = f"{self.project[:80]!r} is not the id of one" if self.project else "none is set"
            raise OperatorError(f"The google family needs a Google project, and {said}: set GOOGLE_CLOUD_PROJECT.")
        if not LOCATION.fullmatch(self.location):
            raise OperatorError(f"{self.location[:40]!r} is not a location of Vertex AI: set GOOGLE_CLOUD_LOCATION.")
        if self.endpoint:
            parts = urlsplit(self.endpoint)
            if parts.scheme != "http" or parts.hostname not in LOOPBACK:
                raise OperatorError(
                    f"VIVIDLY_GOOGLE_ENDPOINT is {self.endpoint[:80]!r}: it is for a stand-in on this machine, http://127.0.0.1:….")

    def credentials(self) -> Credentials:
        """Application default ones, or those of the account to act as; a stand-in is never shown any.

        Raises `OperatorError`.
        """
        if self.endpoint:
            return Token(token="nobody")  # type: ignore[no-untyped-call]  # noqa: S106  no secret
        try:
            found, _ = google.auth.default(scopes=SCOPES)
        except DefaultCredentialsError as fault:
            raise OperatorError(NO_CREDENTIALS) from fault
        if not self.impersonate:
            return found
        return impersonated_credentials.Credentials(  # type: ignore[no-untyped-call]
            source_credentials=found, target_principal=self.impersonate, target_scopes=list(SCOPES), lifetime=LIFETIME_SECONDS)
