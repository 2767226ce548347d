"""The ledger: corrections, what was counted of each request, roll-ups of quantities, credits, budgets"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
REQUEST, ORGANIZATION = "content_requests.id", "organizations.organization_id"
OLD_UNITS = ("input_token", "cached_input_token", "output_token", "character", "image", "video_second", "vcpu_second",
             "gib_second", "byte_stored")
UNITS = (*OLD_UNITS, "byte_delivered")
CUBES = ("everything", "organization", "topic")
PARTIAL = {
    "ix_content_requests_uncounted": ("content_requests", ["id"], "counted_lease <> lease"),
    "ix_usage_unfolded": ("usage", ["folded"], "NOT folded"),
}
ON_REQUESTS: dict[str, sa.Column[Any]] = {
    "script_words": sa.Column("script_words", sa.Integer()),
    "cache_hit": sa.Column("cache_hit", sa.Boolean(), nullable=False, server_default=sa.false()),
    "counted_lease": sa.Column("counted_lease", sa.Integer(), nullable=False, server_default=sa.text("-1")),
}
ON_USAGE: dict[str, sa.Column[Any]] = {
    "tier": sa.Column("tier", sa.String(32), nullable=False, server_default="standard"),
    "size": sa.Column("size", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
    "corrects_id": sa.Column("corrects_id", sa.Integer()),
    "reason": sa.Column("reason", sa.String(300), nullable=False, server_default=""),
    "author": sa.Column("author", sa.String(254), nullable=False, server_default=""),
    "noted_at": sa.Column("noted_at", MOMENT),
    "folded": sa.Column("folded", sa.Boolean(), nullable=False, server_default=sa.false()),
}
REQUESTS = sa.table("content_requests", sa.column("id", sa.String), sa.column("result", sa.JSON),
                    sa.column("script_words", sa.Integer), sa.column("cache_hit", sa.Boolean))
AT_ONCE = 200


def upgrade() -> None:
    """Add the columns, fill what older lessons tell, and make the tables."""
    with op.batch_alter_table("content_requests") as table:
        for column in ON_REQUESTS.values():
            table.add_column(column.copy())
    with op.batch_alter_table("usage") as table:
        for column in ON_USAGE.values():
            table.add_column(column.copy())
        table.drop_constraint(op.f("ck_usage_unit"), type_="check")
        table.create_check_constraint("unit", _in("unit", UNITS))
        table.create_foreign_key(op.f("fk_usage_corrects_id_usage"), "usage", ["corrects_id"], ["id"], ondelete="CASCADE")
        table.create_index(op.f("ix_usage_corrects_id"), ["corrects_id"])
    for name, (on, columns, where) in PARTIAL.items():
        op.create_index(name, on, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    _fill()
    _cells()
    _money()


def _fill() -> None:
    """Words of the script and origin of the lessons that are there."""
    connection, last = op.get_bind(), ""
    while rows := connection.execute(
        sa.select(REQUESTS.c.id, REQUESTS.c.result).where(REQUESTS.c.id > last).order_by(REQUESTS.c.id).limit(AT_ONCE)).all():
        last = rows[-1].id
        told = [{"of": row.id, **_told(row.result)} for row in rows if row.result]
        if told:
            connection.execute(sa.update(REQUESTS).where(REQUESTS.c.id == sa.bindparam("of")), told)


def _told(result: Any) -> dict[str, Any]:
    lesson = json.loads(result) if isinstance(result, str) else result
    article = (lesson.get("script") or {}).get("article")
    return {"cache_hit": bool(lesson.get("cache_hit")), "script_words": len(article.split()) if article else None}


def _cells() -> None:
    op.create_table(
        "counted_requests",
        sa.Column("request_id", sa.String(64), sa.ForeignKey(REQUEST, ondelete="CASCADE"), primary_key=True),
        sa.Column("lease", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, index=True),
        sa.Column("modality", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(100), nullable=False),
        sa.Column("topic_id", sa.String(100), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("origin", sa.String(32), nullable=False),
        sa.Column("skipped", sa.String(32), nullable=False),
        sa.Column("words", sa.Integer()),
    )
    op.create_table(
        "usage_cells",
        *_keys(),
        *(sa.Column(name, sa.String(size), primary_key=True) for name, size in (
            ("stage", 32), ("family", 32), ("provider", 64), ("model", 200), ("unit", 32), ("tier", 32))),
        sa.Column("band", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("millionths", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(_in("cube", CUBES), name="cube"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "request_cells",
        *_keys(),
        *(sa.Column(name, sa.String(32), primary_key=True) for name in ("status", "origin", "skipped")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("requests", "worded", "words", "squares")),
        sa.CheckConstraint(_in("cube", CUBES), name="cube"),
        sqlite_with_rowid=False,
    )


def _keys() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("cube", sa.String(32), primary_key=True), sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("member", sa.String(100), primary_key=True), sa.Column("modality", sa.String(32), primary_key=True),
    )


def _money() -> None:
    op.create_table(
        "credits",
        sa.Column("credit_id", sa.Integer(), primary_key=True),
        sa.Column("day", sa.Date(), nullable=False, index=True),
        sa.Column("organization_id", sa.String(100), sa.ForeignKey(ORGANIZATION, ondelete="SET NULL"), index=True),
        sa.Column("usd", sa.Numeric(20, 6), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("author", sa.String(254), nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
    )
    of_all = sa.text("organization_id IS NULL")
    op.create_table(
        "budgets",
        sa.Column("budget_id", sa.Integer(), primary_key=True),
        sa.Column("organization_id", sa.String(100), sa.ForeignKey(ORGANIZATION, ondelete="CASCADE")),
        sa.Column("period", sa.String(32), nullable=False),
        sa.Column("usd", sa.Numeric(20, 6), nullable=False),
        sa.UniqueConstraint("organization_id", "period"),
        sa.CheckConstraint(_in("period", ("day", "month")), name="budget_period"),
        sa.CheckConstraint("usd > 0", name="usd"),
        sa.Index("ix_budgets_of_all", "period", unique=True, sqlite_where=of_all, postgresql_where=of_all),
    )


def downgrade() -> None:
    """Drop them. Corrections stay as rows of usage; bytes delivered are no unit of the version before, and go."""
    for name in ("budgets", "credits", "request_cells", "usage_cells", "counted_requests"):
        op.drop_table(name)
    for name, (on, _, _) in PARTIAL.items():
        op.drop_index(name, on)
    op.drop_index(op.f("ix_usage_corrects_id"), "usage")
    op.execute("DELETE FROM usage WHERE unit = 'byte_delivered'")
    with op.batch_alter_table("usage") as table:
        table.drop_constraint(op.f("fk_usage_corrects_id_usage"), type_="foreignkey")
        table.drop_constraint(op.f("ck_usage_unit"), type_="check")
        table.create_check_constraint("unit", _in("unit", OLD_UNITS))
        for name in ON_USAGE:
            table.drop_column(name)
    with op.batch_alter_table("content_requests") as table:
        for name in ON_REQUESTS:
            table.drop_column(name)


def _in(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"
