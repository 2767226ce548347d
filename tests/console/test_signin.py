"""Who comes in, by which way, and what everybody else is told instead of a page."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.context import ContextProxy, StreamlitHeaders
from streamlit.runtime.secrets import Secrets
from streamlit.testing.v1 import AppTest

from console.loaders import visitor
from console.signin import LOCAL
from pipeline.config import ROOT
from pipeline.organisation import COMMAND_LINE, LOCAL_ID, Audit, People
from pipeline.tables import UserRole, UserStatus
from pipeline.wiring import Wiring
from tests.console.conftest import PATIENCE_SECONDS, Queue
from tests.console.test_generate import press, shown

AUTH = {"auth": {"redirect_uri": "http://localhost:8501/oauth2callback", "cookie_secret": "x" * 32, "client_id": "console",
                 "client_secret": "s", "server_metadata_url": "https://id.example/.well-known/openid-configuration"}}
HEADER, SECRET = "X-Forwarded-Email", "s3cret-of-the-proxy"
Arrive = Callable[..., AppTest]


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Sets what the server listens on."""
    real = st.get_option

    def listen_on(name: str | None) -> None:
        monkeypatch.setattr(st, "get_option", lambda option: name if option == "server.address" else real(option))

    return listen_on


@pytest.fixture
def headers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets the headers that came with the visit."""

    def send(*pairs: tuple[str, str]) -> None:
        monkeypatch.setattr(ContextProxy, "headers", StreamlitHeaders(pairs))

    return send


@pytest.fixture
def arrive(wiring: Wiring, queue: Queue) -> Iterator[Arrive]:
    """Opens the console as this user of the identity provider, where one is configured."""

    def opened(user: dict[str, Any] | None = None, secrets: dict[str, Any] | None = None) -> AppTest:
        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=PATIENCE_SECONDS)
        app.user = user or {}
        if secrets:
            app.secrets = secrets
        return app.run()

    yield opened
    st.session_state.clear()


@pytest.fixture
def people(wiring: Wiring) -> People:
    return People(wiring.engine)


@pytest.fixture
def behind_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVIDLY_PROXY_HEADER", HEADER)
    st.cache_resource.clear()


@pytest.fixture
def with_secret(monkeypatch: pytest.MonkeyPatch, behind_proxy: None) -> None:
    monkeypatch.setenv("VIVIDLY_PROXY_SECRET", SECRET)
    st.cache_resource.clear()


def is_refused(app: AppTest, sentence: str) -> bool:
    """Whether the sentence stands there and no page does."""
    assert not app.exception
    return sentence in shown(app) and not app.text_area and [title.value for title in app.title] == ["No entry"]


def is_in(app: AppTest) -> bool:
    assert not app.exception
    return [title.value for title in app.title] == ["Overview"]


# this machine


def test_without_sign_in_the_console_is_for_the_local_admin_and_says_so(arrive: Arrive, people: People) -> None:
    app = arrive()
    assert is_in(app)
    assert LOCAL in [caption.value for caption in app.caption]
    assert people.user(COMMAND_LINE, LOCAL_ID).role is UserRole.ADMIN


@pytest.mark.parametrize("listens_on", ["0.0.0.0", "::", "192.168.1.7", "console.school.org", "", None])
def test_without_sign_in_nobody_else_is_served(arrive: Arrive, address: Callable[..., None], listens_on: str | None) -> None:
    address(listens_on)
    assert is_refused(arrive(), "answers only this machine: start it with --server.address 127.0.0.1")


@pytest.mark.parametrize("listens_on", ["127.0.0.1", "127.0.0.7", "::1", "localhost"])
def test_every_loopback_address_is_this_machine(arrive: Arrive, address: Callable[..., None], listens_on: str) -> None:
    address(listens_on)
    assert is_in(arrive())


@pytest.mark.parametrize("sent", [
    ("Host", "console.school.org"),  # a proxy that keeps the name, or a foreign name that was made to lead here
    ("Host", "[localhost"), ("Host", "localhost.school.org"), ("Host", "127.0.0.1.school.org"), ("Host", ""),
    ("X-Forwarded-For", "203.0.113.9"),  # a proxy that does not
])
def test_a_proxy_does_not_make_strangers_the_local_admin(
    arrive: Arrive, headers: Callable[..., None], sent: tuple[str, str]
) -> None:
    headers(sent)
    assert is_refused(arrive(), "came through a proxy or under another name")


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501"])
def test_this_machine_has_several_names(arrive: Arrive, headers: Callable[..., None], host: str) -> None:
    headers(("Host", host))
    assert is_in(arrive())


def test_a_database_that_is_gone_is_told_by_the_page_and_not_taken_for_a_stranger(
    arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg2://me:s3cret@127.0.0.1:1/none")
    st.cache_resource.clear()
    app = arrive()
    assert LOCAL in [caption.value for caption in app.caption]
    assert app.error and "s3cret" not in shown(app)


# OIDC


def test_whoever_has_not_signed_in_sees_one_button_and_no_page(arrive: Arrive) -> None:
    app = arrive({"is_logged_in": False}, AUTH)
    assert [button.label for button in app.button] == ["Sign in"]
    assert [title.value for title in app.title] == ["Sign in"] and not app.text_area


def test_each_named_identity_provider_has_its_button(arrive: Arrive) -> None:
    named = {"auth": {"cookie_secret": "x", "google": {"client_id": "a"}, "okta": {"client_id": "b"}}}
    assert [button.label for button in arrive({"is_logged_in": False}, named).button] == ["Sign in with google", "Sign in with okta"]


def test_the_first_sign_in_makes_a_viewer_and_logs_it(arrive: Arrive, people: People, wiring: Wiring) -> None:
    app = arrive({"is_logged_in": True, "email": "Ana@School.org", "name": "Ana López", "email_verified": True}, AUTH)
    assert is_in(app)
    assert "Role: Viewer" in shown(app) and LOCAL not in shown(app)
    (ana,) = people.users(COMMAND_LINE)
    assert (ana.email, ana.name, ana.role, ana.status) == ("ana@school.org", "Ana López", UserRole.VIEWER, UserStatus.ACTIVE)
    assert [entry.action for entry in Audit(wiring.engine).entries(COMMAND_LINE)] == ["user.created"]


@pytest.mark.parametrize(("claims", "sentence"), [
    ({"email": "ana@school.org", "email_verified": False}, "has not verified this e-mail address"),
    ({"email": "ana@school.org", "email_verified": "false"}, "has not verified this e-mail address"),
    ({"name": "Ana"}, "did not give an e-mail address"),
    ({"email": "<script>@school.org"}, "must be an address such as"),
])
def test_somebody_without_a_sure_address_stays_outside(arrive: Arrive, claims: dict[str, Any], sentence: str) -> None:
    app = arrive({"is_logged_in": True, **claims}, AUTH)
    assert is_refused(app, sentence)
    assert "Sign out" in [button.label for button in app.button]


@pytest.mark.parametrize(("role", "status", "sentence"), [
    (UserRole.VIEWER, UserStatus.SUSPENDED, "This account is suspended"),
    (UserRole.ADMIN, UserStatus.ARCHIVED, "This account is archived"),
    (UserRole.STUDENT, UserStatus.ACTIVE, "belongs to a student"),
    (UserRole.TEACHER, UserStatus.PENDING, "belongs to a teacher"),
])
def test_an_account_that_is_not_for_the_console_is_told_so(
    arrive: Arrive, people: People, role: UserRole, status: UserStatus, sentence: str
) -> None:
    people.grant("other@school.org", UserRole.ADMIN)
    user = people.invite(COMMAND_LINE, "ana@school.org", role)
    if status is not UserStatus.PENDING:
        people.set_status(COMMAND_LINE, user.user_id, status)
    assert is_refused(arrive({"is_logged_in": True, "email": "ana@school.org"}, AUTH), sentence)


def test_signing_out_leads_back_to_the_door(arrive: Arrive) -> None:
    app = press(arrive({"is_logged_in": True, "email": "ana@school.org"}, AUTH), "Sign out")
    assert app.run().user == {"is_logged_in": False}
    assert [title.value for title in app.title] == ["Sign in"]


def test_a_role_that_is_taken_away_counts_at_once_nearly(
    arrive: Arrive, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = arrive({"is_logged_in": True, "email": "ana@school.org"}, AUTH)
    (ana,) = people.users(COMMAND_LINE)
    people.set_status(COMMAND_LINE, ana.user_id, UserStatus.SUSPENDED)
    monkeypatch.setattr(visitor, "KNOWN_SECONDS", 0.0)
    known = app.session_state["visitor"]
    app.session_state["visitor"] = known._replace(until=0.0)
    assert is_refused(app.run(), "This account is suspended")


def test_a_secrets_file_that_cannot_be_read_opens_nothing(
    arrive: Arrive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken, real = tmp_path / "secrets.toml", st.get_option
    broken.write_text("[auth\n", encoding="utf-8")
    monkeypatch.setattr(st, "get_option", lambda option: [str(broken)] if option == "secrets.files" else real(option))
    monkeypatch.setattr(Secrets, "load_if_toml_exists", lambda _: False)
    assert is_refused(arrive(), "secrets.toml cannot be read")


# proxy


def test_a_proxy_on_this_machine_says_who_is_there(
    behind_proxy: None, arrive: Arrive, headers: Callable[..., None], people: People
) -> None:
    headers((HEADER, "ana@school.org"), ("Host", "console.school.org"), ("X-Forwarded-For", "203.0.113.9"))
    app = arrive()
    assert is_in(app) and "The proxy before this console signs people in and out." in shown(app)
    assert [user.email for user in people.users(COMMAND_LINE)] == ["ana@school.org"]


@pytest.mark.parametrize("sent", [
    (), ((HEADER, "  "),),
    ((HEADER, "boss@school.org"), (HEADER, "ana@school.org")),  # the first came from the browser
])
def test_a_visit_that_the_proxy_did_not_name_once_is_refused(
    behind_proxy: None, arrive: Arrive, headers: Callable[..., None], sent: tuple[tuple[str, str], ...]
) -> None:
    headers(*sent)
    assert is_refused(arrive(), "The proxy did not say who is there")


def test_without_a_secret_the_header_is_not_believed_on_an_open_address(
    behind_proxy: None, arrive: Arrive, headers: Callable[..., None], address: Callable[..., None]
) -> None:
    headers((HEADER, "ana@school.org"))
    address("0.0.0.0")
    assert is_refused(arrive(), "believed only on a loopback address")


@pytest.mark.parametrize("secret", [None, "", "wrong", "s3cret-of-the-proxỳ"])
def test_a_wrong_secret_is_refused(
    with_secret: None, arrive: Arrive, headers: Callable[..., None], address: Callable[..., None], secret: str | None
) -> None:
    address("0.0.0.0")
    headers((HEADER, "ana@school.org"), *([(visitor.SECRET_HEADER, secret)] if secret is not None else []))
    assert is_refused(arrive(), "X-Vividly-Proxy-Secret is missing or wrong")


def test_the_right_secret_opens_an_open_address(
    with_secret: None, arrive: Arrive, headers: Callable[..., None], address: Callable[..., None]
) -> None:
    address("0.0.0.0")
    headers((HEADER, "ana@school.org"), (visitor.SECRET_HEADER, SECRET))
    assert is_in(arrive())


def test_two_ways_at_once_are_refused(behind_proxy: None, arrive: Arrive) -> None:
    assert is_refused(arrive({"is_logged_in": True, "email": "ana@school.org"}, AUTH), "Two ways to sign in are configured")
