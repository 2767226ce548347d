"""Who may push: Google's own signed bearer (OIDC), or whoever knows a shared secret. Without either nobody may.

A push subscription signs each push with `--push-auth-service-account` and `--push-auth-token-audience`; it cannot send a
header of one's choice, so a secret comes as `?token=` of the endpoint, or as a bearer from a relay.
"""

import hmac
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from google.auth import jwt
from google.auth.exceptions import GoogleAuthError

from pipeline.errors import NotAllowed, ProviderUnavailable
from pipeline.visuals import Value

CERTIFICATES = "https://www.googleapis.com/oauth2/v1/certs"
ISSUERS = ("https://accounts.google.com", "accounts.google.com")
KEPT_SECONDS = 3600.0
"""Google changes its keys every few days and announces new ones long before."""
FETCH_SECONDS = 5.0
SKEW_SECONDS = 10
BEARER_CHARACTERS = 8192
NOT_GENUINE = "This bearer is not one that Google signed for this endpoint."


class Trust(Value):
    """Whom to believe; empty fields switch their way off."""

    secret: str = ""
    """`VIVIDLY_PUSH_SECRET`."""
    audience: str = ""
    """`VIVIDLY_PUSH_AUDIENCE`: the audience of the push subscription."""
    account: str = ""
    """`VIVIDLY_PUSH_ACCOUNT`: the e-mail address of its service account."""

    @property
    def nobody(self) -> bool:
        """Whether there is no way in at all."""
        return not self.secret and not (self.audience and self.account)


class GoogleKeys:
    """Google's certificates by key id, fetched once an hour."""

    def __init__(self, *, fetch: Callable[[], Mapping[str, str]] | None = None,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch or _fetched, clock
        self._keys: Mapping[str, str] = {}
        self._until = -1.0

    def __call__(self) -> Mapping[str, str]:
        """The certificates. Raises `ProviderUnavailable` when they cannot be had."""
        if not self._keys or self._clock() >= self._until:
            self._keys, self._until = self._fetch(), self._clock() + KEPT_SECONDS
        return self._keys


class Guard:
    """Checks the bearer of a push."""

    def __init__(self, trust: Trust, keys: Callable[[], Mapping[str, str]] | None = None) -> None:
        self.trust = trust
        self._keys = keys or GoogleKeys()

    def check(self, bearer: str, token: str = "") -> None:
        """Nothing when it may push. Raises `NotAllowed`, or `ProviderUnavailable` when that cannot be found out now."""
        if any(_same(self.trust.secret, said) for said in (bearer, token)):
            return
        if not (self.trust.audience and self.trust.account and 0 < len(bearer) <= BEARER_CHARACTERS):
            raise NotAllowed(NOT_GENUINE)
        claims = self._claims(bearer)
        signed_by = (claims.get("iss") in ISSUERS, claims.get("email") == self.trust.account, claims.get("email_verified"))
        if signed_by != (True, True, True):
            raise NotAllowed(NOT_GENUINE)

    def _claims(self, bearer: str) -> Mapping[str, Any]:
        try:
            jwt.decode_header(bearer)  # type: ignore[no-untyped-call]  # nobody fetches keys for what is no token at all
            claims: Mapping[str, Any] = jwt.decode(  # type: ignore[no-untyped-call]
                bearer, certs=self._keys(), audience=self.trust.audience, clock_skew_in_seconds=SKEW_SECONDS)
        except (GoogleAuthError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as fault:
            raise NotAllowed(NOT_GENUINE) from fault
        return claims


def _same(secret: str, said: str) -> bool:
    """In a time that does not tell how much of it was right."""
    return bool(secret) and hmac.compare_digest(secret.encode(), said.encode("utf-8", "replace"))


def _fetched() -> Mapping[str, str]:
    try:
        answer = httpx.get(CERTIFICATES, timeout=FETCH_SECONDS).raise_for_status()
        keys: Mapping[str, str] = answer.json()
    except (httpx.HTTPError, ValueError) as fault:
        raise ProviderUnavailable("Google's certificates cannot be fetched.") from fault
    return keys
