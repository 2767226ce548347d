"""How people come in: by signing in, from this machine, or because whoever runs it says so."""

from datetime import datetime

from sqlalchemy.orm import Session

from pipeline.errors import NotAllowed
from pipeline.organisation import checks
from pipeline.organisation.access import COMMAND_LINE, PERMISSIONS, Actor
from pipeline.organisation.audit import note
from pipeline.organisation.changes import Desk, changing, new_id
from pipeline.organisation.person import (
    LOCAL_EMAIL,
    LOCAL_ID,
    NAME_CHARACTERS,
    UserView,
    actor_of,
    is_due,
    keep_an_admin,
    view_of,
    with_address,
)
from pipeline.plain import is_plain
from pipeline.tables import User, UserRole, UserStatus


class Door(Desk):
    """Who gets in."""

    def sign_in(self, email: str, name: str = "") -> Actor:
        """Whoever owns the address, which the caller has made sure of; the first time makes a viewer.

        Raises `NotAllowed` for an account that is suspended or archived, or is not for the console.
        """
        address, now = checks.email(email), self._clock()
        with Session(self._engine) as session, session.begin():
            row = with_address(session, address)
            if row is not None and row.status is not UserStatus.PENDING:
                _admit(row)
                if is_due(row.last_seen_at, now):
                    row.last_seen_at = now
                return actor_of(row)
        with changing(self._engine) as session:
            return _first_sign_in(session, address, _display_name(name), now)

    def local_admin(self) -> Actor:
        """Whoever sits at this machine while no sign-in is configured."""
        with Session(self._engine) as session:
            row = session.get(User, LOCAL_ID)
            if row is not None:
                return actor_of(row)
        with changing(self._engine) as session:
            row = session.get(User, LOCAL_ID)
            if row is None:
                row = User(user_id=LOCAL_ID, email=LOCAL_EMAIL, name="local admin", role=UserRole.ADMIN,
                           status=UserStatus.ACTIVE, created_at=self._clock())
                session.add(row)
            return actor_of(row)

    def grant(self, email: str, role: UserRole) -> UserView:
        """Make somebody active in this role, known or not: for the command line, which needs no permission."""
        address, given, now = checks.email(email), checks.word("role", UserRole, role), self._clock()
        with changing(self._engine) as session:
            row = with_address(session, address)
            before = {"role": row.role, "status": row.status} if row else None
            if row is None:
                row = User(user_id=new_id("user"), email=address, name="", role=given, created_at=now)
                session.add(row)
            else:
                keep_an_admin(session, row, role=given, status=UserStatus.ACTIVE)
            row.role, row.status = given, UserStatus.ACTIVE
            after = {"role": given, "status": row.status, **({} if before else {"email": address})}
            note(session, COMMAND_LINE, "user.granted", "user", row.user_id, before, after, at=now)
            return view_of(row)


def _first_sign_in(session: Session, address: str, name: str, now: datetime) -> Actor:
    row = with_address(session, address)
    before = {"status": row.status, "name": row.name} if row else None
    if row is None:
        row = User(user_id=new_id("user"), email=address, name="", role=UserRole.VIEWER, created_at=now)
        session.add(row)
    _admit(row)
    row.status, row.last_seen_at, row.name = UserStatus.ACTIVE, now, row.name or name
    after = {"status": row.status, "name": row.name, **({} if before else {"email": address, "role": row.role})}
    note(session, actor_of(row), "user.activated" if before else "user.created", "user", row.user_id, before, after, at=now)
    return actor_of(row)


def _admit(row: User) -> None:
    if row.status in (UserStatus.SUSPENDED, UserStatus.ARCHIVED):
        raise NotAllowed(f"This account is {row.status}: ask an admin.")
    if not PERMISSIONS[row.role]:
        raise NotAllowed(f"The console is for staff, and this account belongs to a {row.role}: ask an admin.")


def _display_name(name: str) -> str:
    """What the sign-in calls the person, cut to what can be kept: a strange name must not lock anybody out."""
    plain = "".join(character if is_plain(character) else " " for character in name)
    return " ".join(plain.split())[:NAME_CHARACTERS]
