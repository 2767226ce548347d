"""API tokens: made, shown once, used, refused, revoked."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.errors import BadRequest, NotAllowed
from pipeline.organisation import COMMAND_LINE, Actor, NewToken
from pipeline.organisation.tokens import MOST_LIVE
from pipeline.tables import ApiToken, TokenScope, UserRole, UserStatus
from tests.organisation.conftest import START, Office, at_once, refused

READ, GENERATE = TokenScope.READ, TokenScope.GENERATE


@pytest.fixture
def owner(office: Office) -> Actor:
    return office.person("engineering", email="eng@school.org")


@pytest.fixture
def token(office: Office, owner: Actor) -> NewToken:
    return office.tokens.make(owner, "nightly run", GENERATE, 30)


def test_a_token_is_shown_once_and_kept_as_a_hash(office: Office, owner: Actor, token: NewToken):
    assert re.fullmatch(r"viv_[A-Za-z0-9_-]{43}", token.secret) and token.secret not in repr(token)
    with office.engine.connect() as connection:
        row = connection.execute(select(ApiToken.__table__)).mappings().one()
    assert row["token_hash"] == hashlib.sha256(token.secret.encode()).hexdigest()
    assert token.secret.startswith(row["hint"]) and len(row["hint"]) == 8
    assert token.secret not in str(dict(row)) and token.secret not in str(office.tokens.list(owner))
    assert (token.view.owner, token.view.expires_at) == ("eng@school.org", START + timedelta(days=30))


def test_the_log_has_neither_secret_nor_hash(office: Office, owner: Actor, token: NewToken):
    office.tokens.revoke(owner, token.view.token_id)
    logged = str(office.log(entity="token"))
    assert "token.made" in logged and "token.revoked" in logged and "nightly run" in logged
    assert token.secret not in logged and token.view.hint not in logged
    assert hashlib.sha256(token.secret.encode()).hexdigest() not in logged


@pytest.mark.parametrize(("scope", "opens"), [(READ, [READ]), (GENERATE, [READ, GENERATE])])
def test_a_token_acts_for_its_owner_within_its_scope(
    office: Office, owner: Actor, scope: TokenScope, opens: list[TokenScope]
):
    secret = office.tokens.make(owner, "x", scope, 1).secret
    for asked in opens:
        assert office.tokens.verify(secret, asked, office.now) == owner
    if GENERATE not in opens:
        assert refused(NotAllowed, lambda: office.tokens.verify(secret, GENERATE, office.now)) == (
            "This API token is for read only; this needs generate.")


def test_a_token_ends_when_it_expires_and_not_before(office: Office, token: NewToken):
    end = token.view.expires_at
    assert office.tokens.verify(token.secret, READ, end - timedelta(microseconds=1))
    assert refused(NotAllowed, lambda: office.tokens.verify(token.secret, READ, end)) == (
        "This API token expired on 2026-12-02.")
    assert token.view.is_live(end - timedelta(seconds=1)) and not token.view.is_live(end)


def test_a_revoked_token_opens_nothing_and_is_revoked_once(office: Office, owner: Actor, token: NewToken):
    assert at_once(*[lambda: office.tokens.revoke(owner, token.view.token_id)] * 3).count(None) == 0
    assert refused(NotAllowed, lambda: office.tokens.verify(token.secret, READ, office.now)) == (
        "This API token was revoked.")
    assert len(office.log(action="token.revoked")) == 1 and office.tokens.list(owner)[0].revoked_at == START


@pytest.mark.parametrize(("change", "sentence"), [
    (lambda people, who: people.set_status(COMMAND_LINE, who, UserStatus.SUSPENDED),
     "The owner of this API token is suspended."),
    (lambda people, who: people.set_status(COMMAND_LINE, who, UserStatus.ARCHIVED),
     "The owner of this API token is archived."),
    (lambda people, who: people.assign_role(COMMAND_LINE, who, UserRole.VIEWER),
     "Making lessons needs the role content, product, engineering or admin; you are viewer."),
])
def test_a_token_opens_no_more_than_its_owner_may_now(
    office: Office, owner: Actor, token: NewToken, change: Callable[..., object], sentence: str
):
    change(office.people, owner.user_id)
    assert refused(NotAllowed, lambda: office.tokens.verify(token.secret, GENERATE, office.now)) == sentence


@pytest.mark.parametrize("secret", [
    "", "viv_", "viv_" + "x" * 43, "viv_" + "x" * 44, "x" * 47, "viv_" + "é" * 43, "viv_" + "\x00" * 43, "' OR 1=1 --", None, 7,
])
def test_what_is_no_token_is_not_known(office: Office, token: NewToken, secret: Any):
    assert refused(NotAllowed, lambda: office.tokens.verify(secret, READ, office.now)) == "This API token is not known."


def test_the_hash_of_a_token_is_no_token(office: Office, token: NewToken):
    stolen = hashlib.sha256(token.secret.encode()).hexdigest()
    assert refused(NotAllowed, lambda: office.tokens.verify(stolen, READ, office.now)) == "This API token is not known."
    assert refused(NotAllowed, lambda: office.tokens.verify(token.secret + "\n", READ, office.now)) == (
        "This API token is not known.")


def test_last_use_is_written_once_a_minute(office: Office, owner: Actor, token: NewToken):
    used = []
    for seconds in (0, 59, 60):
        office.tokens.verify(token.secret, READ, START + timedelta(seconds=seconds))
        used.append((office.tokens.list(owner)[0].last_used_at - START).total_seconds())  # type: ignore[operator]
    assert used == [0, 0, 60]


def test_a_person_has_at_most_twenty_live_tokens_even_at_once(office: Office, owner: Actor):
    short = office.tokens.make(owner, "short", READ, 1)
    gone = office.tokens.make(owner, "gone", READ, 365)
    for number in range(MOST_LIVE - 3):
        office.tokens.make(owner, str(number), READ, 365)
    outcomes = at_once(*[lambda: office.tokens.make(owner, "last", READ, 365)] * 3)
    assert [str(each) for each in outcomes if isinstance(each, BadRequest)] == [
        "token: a person can have 20 at a time: revoke one first."] * 2
    office.tokens.revoke(owner, gone.view.token_id)
    office.tokens.make(owner, "in its place", READ, 365)
    office.now = short.view.expires_at
    office.tokens.make(owner, "in the place of the expired one", READ, 365)
    office.tokens.make(office.person("admin"), "somebody else's", READ, 365)
    assert refused(BadRequest, lambda: office.tokens.make(owner, "too many", READ, 365)).startswith("token: ")


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"name": ""}, "name: must have 1 to 200 characters; it has 0."),
    ({"days": 0}, "days: must be a whole number from 1 to 365."),
    ({"days": 366}, "days: must be a whole number from 1 to 365."),
    ({"scope": "everything"}, "scope: must be one of read, generate."),
    ({"actor": COMMAND_LINE}, "token: belongs to a person: make it in the console."),
])
def test_a_bad_token_is_one_sentence(office: Office, owner: Actor, fields: Any, sentence: str):
    given = {"actor": owner, "name": "x", "scope": READ, "days": 1, **fields}
    assert refused(BadRequest, lambda: office.tokens.make(**given)) == sentence


def test_tokens_are_ones_own_unless_one_may_change_people(office: Office, owner: Actor, admin: Actor, token: NewToken):
    other = office.person("engineering")
    office.wait(seconds=1)
    own = office.tokens.make(other, "own", READ, 1)
    assert [view.name for view in office.tokens.list(other)] == ["own"]
    assert [view.name for view in office.tokens.list(admin)] == ["own", "nightly run"]
    assert refused(NotAllowed, lambda: office.tokens.revoke(other, token.view.token_id)) == (
        "This token belongs to somebody else: ask an admin.")
    assert office.tokens.revoke(admin, own.view.token_id).revoked_at == office.now
    assert refused(BadRequest, lambda: office.tokens.revoke(admin, "token_no")) == (
        "token: there is none with the id 'token_no'.")
