"""Requests, their stage runs, usage, artifacts and reviews; the shelf"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of the record."""
    op.create_table(
        "content_requests",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("student_id", sa.String(100), nullable=False, index=True),
        sa.Column("student_query", sa.String(500), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("current_stage", sa.String(32)),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("result", sa.JSON()),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("revision_of", sa.String(64), sa.ForeignKey("content_requests.id")),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("finished_at", MOMENT),
        sa.Index("ix_content_requests_status_created_at", "status", "created_at"),
    )
    op.create_table(
        "stage_runs",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("content_requests.id", "request_id", sa.String(64)),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("family", sa.String(32), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.UniqueConstraint("request_id", "position"),
    )
    op.create_table(
        "usage",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("stage_runs.id", "stage_run_id", sa.Integer()),
        sa.Column("provider", sa.String(64), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("unit", sa.String(32), nullable=False),
        sa.Column("quantity", sa.Numeric(20, 6), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
    )
    op.create_table(
        "artifacts",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("content_requests.id", "request_id", sa.String(64)),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.UniqueConstraint("request_id", "name"),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("content_requests.id", "request_id", sa.String(64)),
        sa.Column("rating", sa.Integer()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("approved", sa.Boolean()),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_table(
        "shelf",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Drop them, with everything that was recorded."""
    for table in ("shelf", "reviews", "artifacts", "usage", "stage_runs", "content_requests"):
        op.drop_table(table)


def _of(target: str, name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    """A column for the row that this one belongs to and goes with."""
    return sa.Column(name, kind, sa.ForeignKey(target, ondelete="CASCADE"), nullable=False, index=True)
