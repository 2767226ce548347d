"""Who is here: signed in by OIDC, named by a trusted proxy, or sitting at this machine as the local admin.

Draws nothing. Raises `NotAllowed` for whoever may not come in, and `OperatorError` where the way to sign in is set up so
that nobody can be believed.
"""

import hmac
import time
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import streamlit as st

from console.loaders.door import door, wiring
from pipeline.errors import NotAllowed, OperatorError
from pipeline.organisation import LOCAL_ID, Actor, Permission, require
from pipeline.tables import UserRole
from pipeline.wiring import Wiring

SECRET_HEADER = "X-Vividly-Proxy-Secret"
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip")
"""Headers that only a proxy adds."""
KNOWN_SECONDS = 5.0
"""How long a role is believed before it is looked up again."""
_KNOWN = "visitor"
_LOCAL_ADMIN = Actor(user_id=LOCAL_ID, name="local admin", role=UserRole.ADMIN)


class Way(StrEnum):
    """How people come in here."""

    OIDC = "oidc"
    PROXY = "proxy"
    LOCAL = "local"


class Person(NamedTuple):
    """Who somebody says that this is: the identity provider, or the proxy."""

    email: str
    name: str = ""


class _Known(NamedTuple):
    """A visitor who was looked up in this database not long ago."""

    person: Person | None
    parts: Wiring
    actor: Actor
    until: float


def way() -> Way:
    """The one way that is configured. Raises `OperatorError` when there are two."""
    oidc, proxy = _has_oidc(), bool(wiring().settings.proxy_header)
    if oidc and proxy:
        raise OperatorError("Two ways to sign in are configured: keep [auth] in secrets.toml or VIVIDLY_PROXY_HEADER, not both.")
    return Way.OIDC if oidc else Way.PROXY if proxy else Way.LOCAL


def is_signed_in() -> bool:
    """Whether the identity provider has said who this is."""
    return bool(st.user.get("is_logged_in"))


def providers() -> list[str | None]:
    """The identity providers by name; None is the one without a name."""
    auth = st.secrets["auth"]
    named = [name for name in auth if hasattr(auth[name], "keys") and "client_id" in auth[name]]
    return [None] if "client_id" in auth or not named else named


def actor() -> Actor:
    """Whoever is here, with the role that the database gives them."""
    person, parts, now = _person(), wiring(), time.monotonic()
    known = st.session_state.get(_KNOWN)
    if isinstance(known, _Known) and known.person == person and known.parts is parts and now < known.until:
        return known.actor
    try:
        found = _look_up(person)
    except OperatorError:
        if person is not None:
            raise
        return _LOCAL_ADMIN  # needs no database to be believed; each page says itself what is wrong with it
    st.session_state[_KNOWN] = _Known(person, parts, found, now + KNOWN_SECONDS)
    return found


def refusal(permission: Permission) -> str | None:
    """Why the visitor may not do this, in one sentence; None when they may."""
    try:
        require(actor(), permission)
    except NotAllowed as fault:
        return str(fault)
    return None


def _look_up(person: Person | None) -> Actor:
    with door() as parts:
        return parts.people.local_admin() if person is None else parts.people.sign_in(person.email, person.name)


def _person() -> Person | None:
    """Who the visitor is said to be; None is whoever sits at this machine."""
    ways = {Way.OIDC: _oidc_person, Way.PROXY: _proxy_person, Way.LOCAL: _check_local}
    return ways[way()]()


def _has_oidc() -> bool:
    if st.secrets.load_if_toml_exists():
        return "auth" in st.secrets
    if any(Path(name).exists() for name in st.get_option("secrets.files")):
        raise OperatorError("The file secrets.toml cannot be read, so it is not known who may sign in: mend or remove it.")
    return False


def _oidc_person() -> Person:
    if not is_signed_in():
        raise NotAllowed("Sign in to use the console.")
    email = st.user.get("email")
    if not isinstance(email, str) or not email:
        raise NotAllowed("The identity provider did not give an e-mail address: let it send the claim email.")
    if str(st.user.get("email_verified")).lower() == "false":  # some providers send words
        raise NotAllowed("The identity provider has not verified this e-mail address: verify it there and sign in again.")
    return Person(email, str(st.user.get("name") or ""))


def _proxy_person() -> Person:
    settings = wiring().settings
    if settings.proxy_secret:
        given = "".join(st.context.headers.get_all(SECRET_HEADER))
        if not hmac.compare_digest(given.encode(), settings.proxy_secret.encode()):
            raise NotAllowed(f"This did not come through the proxy: {SECRET_HEADER} is missing or wrong.")
    elif not _listens_on_loopback():
        raise OperatorError(
            "The proxy header is believed only on a loopback address: start the console with --server.address 127.0.0.1, "
            f"or set VIVIDLY_PROXY_SECRET and let the proxy send it as {SECRET_HEADER}."
        )
    named = st.context.headers.get_all(settings.proxy_header)
    if len(named) != 1 or not named[0].strip():  # two could be one of the proxy's and one of the browser's
        name = settings.proxy_header
        raise NotAllowed(f"The proxy did not say who is there: it must send {name} once, with an e-mail address.")
    return Person(named[0].strip())


def _check_local() -> None:
    """`OperatorError` when somebody could be elsewhere than at this machine."""
    if not _listens_on_loopback():
        raise OperatorError(
            "No sign-in is configured, so the console answers only this machine: start it with --server.address 127.0.0.1, "
            "or configure sign-in ([auth] in .streamlit/secrets.toml, or VIVIDLY_PROXY_HEADER)."
        )
    headers = st.context.headers
    if not _is_loopback(_host_name(headers.get("Host", "localhost"))) or any(forwarded in headers for forwarded in FORWARDED):
        # a proxy before the console, or a foreign name that leads here, would hand the machine to strangers
        raise OperatorError(
            "No sign-in is configured, so the console answers only this machine, and this came through a proxy or under "
            "another name: open it as http://localhost, or configure sign-in."
        )


def _host_name(host: str) -> str:
    """The name in a Host header, without the port; nothing when it is not one."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _listens_on_loopback() -> bool:
    return _is_loopback(st.get_option("server.address") or "")


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
