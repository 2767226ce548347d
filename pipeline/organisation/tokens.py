"""API tokens: keys for programs. The secret is shown once; only its SHA-256 is kept, so a stolen database opens nothing."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from pipeline.errors import BadRequest, InvalidToken, NotAllowed
from pipeline.organisation import checks
from pipeline.organisation.access import Actor, Permission, may, require
from pipeline.organisation.audit import note
from pipeline.organisation.changes import Desk, changing, known, new_id
from pipeline.organisation.person import actor_of, is_due
from pipeline.plain import one_line
from pipeline.tables import ApiToken, TokenScope, User, UserStatus
from pipeline.visuals import Text, Value

PREFIX = "viv_"
SECRET = re.compile(r"viv_[A-Za-z0-9_-]{43}")
SECRET_BYTES = 32
HINT_CHARACTERS = 8
NAME_CHARACTERS = 200
MOST_DAYS = 365
MOST_LIVE = 20
OPENS: Mapping[TokenScope, Permission] = {
    TokenScope.READ: Permission.VIEW,
    TokenScope.GENERATE: Permission.GENERATE,
}
"""What the owner's role must still allow for a token of this scope to open anything."""
INCLUDES: Mapping[TokenScope, frozenset[TokenScope]] = {
    TokenScope.READ: frozenset({TokenScope.READ}),
    TokenScope.GENERATE: frozenset(TokenScope),
}


class TokenView(Value):
    """A token without its secret."""

    token_id: str
    user_id: str
    owner: str
    name: str
    hint: str
    scope: TokenScope
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def is_live(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at


class NewToken(Value):
    """A token that was just made, with its secret, which nobody can look up later."""

    secret: Text = Field(repr=False)
    view: TokenView


class Tokens(Desk):
    """The tokens of one database."""

    def make(self, actor: Actor, name: str, scope: TokenScope, days: int) -> NewToken:
        """A token that acts for the actor, for so many days."""
        require(actor, Permission.TOKENS)
        now, secret = self._clock(), PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        row = ApiToken(
            token_id=new_id("token"), user_id=actor.user_id, name=one_line("name", name, 1, NAME_CHARACTERS),
            hint=secret[:HINT_CHARACTERS], token_hash=_hash_of(secret), scope=checks.word("scope", TokenScope, scope),
            created_at=now, expires_at=now + timedelta(days=checks.whole("days", days, 1, MOST_DAYS)),
        )
        with changing(self._engine) as session:
            if session.get(User, actor.user_id) is None:
                raise BadRequest("token", "belongs to a person: make it in the console.")
            _check_room(session, actor.user_id, now)
            session.add(row)
            session.flush()
            after = {"name": row.name, "scope": row.scope, "expires_at": row.expires_at}
            note(session, actor, "token.made", "token", row.token_id, None, after, at=now)
            return NewToken(secret=secret, view=_view_of(row))

    def revoke(self, actor: Actor, token_id: str) -> TokenView:
        """End it now: one's own, or anybody's for whoever may change people."""
        require(actor, Permission.TOKENS)
        now = self._clock()
        with changing(self._engine) as session:
            row = known(session, ApiToken, token_id, "token")
            if row.user_id != actor.user_id and not may(actor, Permission.PEOPLE):
                raise NotAllowed("This token belongs to somebody else: ask an admin.")
            if row.revoked_at is None:
                row.revoked_at = now
                note(session, actor, "token.revoked", "token", row.token_id, {"name": row.name}, None, at=now)
            return _view_of(row)

    def verify(self, secret: str, scope: TokenScope, now: datetime) -> Actor:
        """Whoever the token acts for. Raises `InvalidToken` when it opens nothing, `NotAllowed` when it does not open this.

        The look-up is by hash, so how long it takes says nothing about the secret.
        """
        with Session(self._engine) as session, session.begin():
            row = _with_secret(session, secret)
            if row is None:
                raise InvalidToken("This API token is not known.")
            _check_opens(row, scope, now)
            owner = actor_of(row.user)
            require(owner, OPENS[scope])
            if is_due(row.last_used_at, now):
                row.last_used_at = now
            return owner

    def list(self, actor: Actor) -> list[TokenView]:
        """The actor's tokens, newest first; everybody's for whoever may change people."""
        require(actor, Permission.TOKENS)
        query = select(ApiToken).options(joinedload(ApiToken.user)).order_by(ApiToken.created_at.desc(), ApiToken.token_id)
        if not may(actor, Permission.PEOPLE):
            query = query.where(ApiToken.user_id == actor.user_id)
        with Session(self._engine) as session:
            return [_view_of(row) for row in session.scalars(query)]


def _with_secret(session: Session, secret: object) -> ApiToken | None:
    if not isinstance(secret, str) or not SECRET.fullmatch(secret):
        return None
    return session.scalar(select(ApiToken).where(ApiToken.token_hash == _hash_of(secret)))


def _check_opens(row: ApiToken, scope: TokenScope, now: datetime) -> None:
    if row.revoked_at is not None:
        raise InvalidToken("This API token was revoked.")
    if now >= row.expires_at:
        raise InvalidToken(f"This API token expired on {row.expires_at:%Y-%m-%d}.")
    if scope not in INCLUDES[row.scope]:
        raise NotAllowed(f"This API token is for {row.scope} only; this needs {scope}.")
    if row.user.status is not UserStatus.ACTIVE:
        raise InvalidToken(f"The owner of this API token is {row.user.status}.")


def _check_room(session: Session, user_id: str, now: datetime) -> None:
    live = select(func.count()).where(
        ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
    if (session.scalar(live) or 0) >= MOST_LIVE:
        raise BadRequest("token", f"a person can have {MOST_LIVE} at a time: revoke one first.")


def _hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("ascii")).hexdigest()


def _view_of(row: ApiToken) -> TokenView:
    return TokenView(
        token_id=row.token_id, user_id=row.user_id, owner=row.user.name or row.user.email, name=row.name, hint=row.hint,
        scope=row.scope, created_at=row.created_at, expires_at=row.expires_at, last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
