"""Every query about comparisons. Frozen values come out, never sessions or rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, case, func, select

from pipeline.comparison.variants import Asked, Variant
from pipeline.comparison.views import ComparisonLine, ComparisonView, Item, state_of
from pipeline.database import Base
from pipeline.domain import Status
from pipeline.tables import ComparisonItemRow, ComparisonRow, ComparisonVariantRow, ComparisonVoteRow, RequestRow, User

COMPARISONS, VARIANTS, ITEMS, VOTES, REQUESTS, USERS = (
    Base.metadata.tables[row.__tablename__]
    for row in (ComparisonRow, ComparisonVariantRow, ComparisonItemRow, ComparisonVoteRow, RequestRow, User))
OPEN = (Status.PENDING, Status.RUNNING)
AUTHOR = func.coalesce(func.nullif(USERS.c.name, ""), USERS.c.email, "")


def view(connection: Connection, comparison_id: str) -> ComparisonView | None:
    """The comparison, whole."""
    made = COMPARISONS.outerjoin(USERS, USERS.c.user_id == COMPARISONS.c.author_id)
    head = connection.execute(
        select(COMPARISONS, AUTHOR.label("author")).select_from(made).where(COMPARISONS.c.comparison_id == comparison_id)
    ).mappings().one_or_none()
    if head is None:
        return None
    variants = connection.execute(
        select(VARIANTS).where(VARIANTS.c.comparison_id == comparison_id).order_by(VARIANTS.c.position)).mappings()
    items = list(connection.execute(
        select(ITEMS, REQUESTS.c.status)
        .select_from(ITEMS.outerjoin(REQUESTS, REQUESTS.c.id == ITEMS.c.request_id))
        .where(ITEMS.c.comparison_id == comparison_id).order_by(ITEMS.c.question, ITEMS.c.variant)).mappings())
    return ComparisonView.model_validate({
        **{name: head[name] for name in ComparisonView.model_fields if name in head},
        "variants": tuple(Variant.model_validate({n: row[n] for n in Variant.model_fields}) for row in variants),
        "questions": tuple(_asked(row) for row in items if row["variant"] == 1),
        "items": tuple(Item.model_validate({n: row[n] for n in Item.model_fields}) for row in items),
    })


def lines(engine: Engine, limit: int) -> list[ComparisonLine]:
    """The newest comparisons."""
    newest = select(COMPARISONS).order_by(COMPARISONS.c.created_at.desc(), COMPARISONS.c.comparison_id).limit(limit).subquery()
    decided = case((REQUESTS.c.status.not_in(OPEN), 1), else_=0)
    counted = (
        select(newest.c.comparison_id, newest.c.name, newest.c.created_at, newest.c.cancelled_at, AUTHOR.label("author"),
               func.count().label("total"), func.count(ITEMS.c.request_id).label("sent"), func.sum(decided).label("decided"),
               func.max(ITEMS.c.question).label("questions"), func.max(ITEMS.c.variant).label("variants"))
        .select_from(newest.join(ITEMS, ITEMS.c.comparison_id == newest.c.comparison_id)
                     .outerjoin(REQUESTS, REQUESTS.c.id == ITEMS.c.request_id)
                     .outerjoin(USERS, USERS.c.user_id == newest.c.author_id))
        .group_by(newest.c.comparison_id, newest.c.name, newest.c.created_at, newest.c.cancelled_at, USERS.c.name, USERS.c.email)
        .order_by(newest.c.created_at.desc(), newest.c.comparison_id)
    )
    with engine.connect() as connection:
        return [_line(row) for row in connection.execute(counted).mappings()]


def item_rows(comparison_id: str, questions: Sequence[Asked], variants: Sequence[Variant]) -> list[dict[str, Any]]:
    """New items. The order of the variants turns with each question, so that none is always made first."""
    return [
        {"comparison_id": comparison_id, "question": number, "variant": (number - 1 + place) % len(variants) + 1,
         "student_query": asked.question, "grade_level": asked.grade_level, "interest": asked.interest, "request_id": None,
         "attempt": 0}
        for number, asked in enumerate(questions, start=1) for place in range(len(variants))
    ]


def _asked(row: Any) -> Asked:
    return Asked(question=row["student_query"], grade_level=row["grade_level"], interest=row["interest"])


def _line(row: Any) -> ComparisonLine:
    return ComparisonLine(
        comparison_id=row["comparison_id"], name=row["name"], author=row["author"], created_at=row["created_at"],
        questions=row["questions"], variants=row["variants"], decided=row["decided"],
        state=state_of(total=row["total"], sent=row["sent"], decided=row["decided"], cancelled=row["cancelled_at"] is not None))
