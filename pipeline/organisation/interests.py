"""Interests and topics as rows: brought in line with what ships, and the few things that people decide about them."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.corpus import interests as shipped_interests
from pipeline.corpus.catalogue import TopicCard
from pipeline.organisation import checks
from pipeline.organisation.access import Actor, Permission, require
from pipeline.organisation.audit import note
from pipeline.organisation.changes import Desk, changing, known
from pipeline.organisation.shipped import has_arrived, pack, unload
from pipeline.tables import Interest, StudentProfile
from pipeline.visuals import Value


class InterestView(Value):
    """An interest, and how many students have it."""

    interest_id: str
    name: str
    category: str
    icon: str
    display_order: int
    active: bool
    students: int


class Interests(Desk):
    """The interests of one database, and beside them its topics."""

    def sync(self, interests: Sequence[shipped_interests.Interest], catalogue: Sequence[TopicCard]) -> None:
        """Bring the rows in line with what ships; nothing is written when they are already."""
        shipment = pack(interests, catalogue)
        with Session(self._engine) as session:
            if has_arrived(session, shipment):
                return
        with changing(self._engine) as session:
            unload(session, shipment)

    def set_active(self, actor: Actor, interest_id: str, on: bool) -> None:
        """Whether the console offers it."""
        require(actor, Permission.INTERESTS)
        given = checks.truth("active", on)
        with changing(self._engine) as session:
            row = known(session, Interest, interest_id, "interest")
            note(session, actor, "interest.activated" if given else "interest.deactivated", "interest", row.interest_id,
                 {"active": row.active}, {"active": given}, at=self._clock())
            row.active = given

    def move(self, actor: Actor, interest_id: str, position: int) -> None:
        """Put it at this place among all interests, counted from 0."""
        require(actor, Permission.INTERESTS)
        with changing(self._engine) as session:
            rows = list(session.scalars(select(Interest).order_by(Interest.display_order, Interest.name)))
            row = known(session, Interest, interest_id, "interest")
            before, after = rows.index(row), checks.whole("position", position, 0, len(rows) - 1)
            rows.insert(after, rows.pop(before))
            for order, each in enumerate(rows):
                each.display_order = order
            note(session, actor, "interest.moved", "interest", row.interest_id, {"position": before},
                 {"position": after}, at=self._clock())

    def all(self) -> list[InterestView]:
        """Every interest in display order."""
        query = (
            select(Interest, func.count(StudentProfile.student_id)).outerjoin(Interest.students)
            .group_by(Interest.interest_id).order_by(Interest.display_order, Interest.name)
        )
        with Session(self._engine) as session:
            return [_view_of(row, count) for row, count in session.execute(query)]


def _view_of(row: Interest, students: int) -> InterestView:
    return InterestView(
        interest_id=row.interest_id, name=row.name, category=row.category, icon=row.icon,
        display_order=row.display_order, active=row.active, students=students,
    )
