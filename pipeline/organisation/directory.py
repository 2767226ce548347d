"""Who is here, for reading."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from pipeline.organisation import checks
from pipeline.organisation.access import Actor, Permission, require
from pipeline.organisation.changes import Desk, known
from pipeline.organisation.person import ProfileView, UserView, profile_of, view_of
from pipeline.plain import one_line
from pipeline.tables import School, User, UserRole, UserStatus

SEARCH_CHARACTERS = 254


class Directory(Desk):
    """The people, looked up."""

    def users(
        self, actor: Actor, *, search: str = "", role: UserRole | None = None, status: UserStatus | None = None,
        organization_id: str | None = None,
    ) -> list[UserView]:
        """The people by address; `search` is part of a name or address, an organisation includes its schools."""
        require(actor, Permission.VIEW)
        part = one_line("search", search, 0, SEARCH_CHARACTERS)
        query = select(User).options(joinedload(User.organization), joinedload(User.school)).order_by(User.email)
        if part:
            query = query.where(or_(User.name.icontains(part, autoescape=True), User.email.icontains(part, autoescape=True)))
        if role is not None:
            query = query.where(User.role == checks.word("role", UserRole, role))
        if status is not None:
            query = query.where(User.status == checks.word("status", UserStatus, status))
        if organization_id is not None:
            key = one_line("organization", organization_id, 1, checks.ID_CHARACTERS)
            schools = select(School.school_id).where(School.organization_id == key)
            query = query.where(or_(User.organization_id == key, User.school_id.in_(schools)))
        with Session(self._engine) as session:
            return [view_of(row) for row in session.scalars(query)]

    def user(self, actor: Actor, user_id: str) -> UserView:
        """The person."""
        require(actor, Permission.VIEW)
        with Session(self._engine) as session:
            return view_of(known(session, User, user_id, "user"))

    def profile(self, actor: Actor, user_id: str) -> ProfileView | None:
        """Grade and interests of a student; None when nobody has said."""
        require(actor, Permission.VIEW)
        with Session(self._engine) as session:
            row = known(session, User, user_id, "user").profile
            return None if row is None else profile_of(row)
