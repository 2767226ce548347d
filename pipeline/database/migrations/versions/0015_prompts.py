"""Prompts: versions, labels, promotions, traffic splits; variants of comparisons may pin versions"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Make the tables, and add the column."""
    _versions()
    _splits()
    op.add_column("comparison_variants", sa.Column("prompts", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))


def downgrade() -> None:
    """Take the column away, and drop the tables."""
    op.drop_column("comparison_variants", "prompts")
    for table in ("prompt_exposures", "prompt_splits", "prompt_promotions", "prompt_moves", "prompt_versions"):
        op.drop_table(table)


def _versions() -> None:
    op.create_table(
        "prompt_versions",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("version", sa.String(16), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(254), nullable=False),
        sa.Column("author_id", sa.String(64), nullable=False),
        sa.Column("message", sa.String(500), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("parent", sa.String(16)),
        sa.UniqueConstraint("name", "number"),
    )
    op.create_table(
        "prompt_moves",
        sa.Column("move_id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("label", sa.String(64), nullable=False),
        sa.Column("version", sa.String(16)),
        sa.Column("before", sa.String(16)),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("moved_by", sa.String(254), nullable=False),
        sa.Column("moved_at", MOMENT, nullable=False),
        sa.Column("why", sa.String(500), nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("second", sa.String(254), nullable=False),
        sa.CheckConstraint("kind IN ('shipped', 'set', 'promoted', 'overridden', 'rolled_back', 'removed')", name="move_kind"),
        sa.ForeignKeyConstraint(["name", "version"], ["prompt_versions.name", "prompt_versions.version"]),
    )
    op.create_index("ix_prompt_moves_name_label", "prompt_moves", ["name", "label", "move_id"])
    op.create_table(
        "prompt_promotions",
        sa.Column("promotion_id", sa.Integer(), primary_key=True),
        sa.Column("prompts", sa.JSON(), nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("override_reason", sa.String(500), nullable=False),
        sa.Column("asked_by", sa.String(254), nullable=False),
        sa.Column("asked_by_id", sa.String(64), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False, index=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("decided_by", sa.String(254), nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("why", sa.String(500), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'done', 'withdrawn')", name="promotion_state"),
    )


def _splits() -> None:
    op.create_table(
        "prompt_splits",
        sa.Column("split_id", sa.Integer(), primary_key=True),
        sa.Column("shares", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(500), nullable=False),
        sa.Column("started_by", sa.String(254), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_by", sa.String(254), nullable=False),
        sa.Column("ended_why", sa.String(500), nullable=False),
    )
    op.create_index("ix_prompt_splits_open", "prompt_splits", ["split_id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "prompt_exposures",
        sa.Column("request_id", sa.String(64), sa.ForeignKey("content_requests.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("split_id", sa.Integer(), sa.ForeignKey("prompt_splits.split_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("arm", sa.String(64), nullable=False),
        sa.Column("student_id", sa.String(100), nullable=False),
        sa.Column("exposed_at", MOMENT, nullable=False),
        sa.Column("troubles", sa.JSON()),
    )
    op.create_index("ix_prompt_exposures_split_id_student_id", "prompt_exposures", ["split_id", "student_id"])

