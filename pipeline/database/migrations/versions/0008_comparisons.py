"""Comparisons: variants, items, blind votes"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PERSON = "users.user_id"
WHOLE = "comparisons.comparison_id"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "comparisons",
        sa.Column("comparison_id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(500), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(100), sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True),
        sa.Column("created_at", MOMENT, nullable=False, index=True),
        sa.Column("cancelled_at", MOMENT),
        sa.Column("closed_at", MOMENT),
    )
    op.create_table(
        "comparison_variants",
        sa.Column("variant_id", sa.Integer(), primary_key=True),
        sa.Column("comparison_id", sa.String(64), sa.ForeignKey(WHOLE, ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("modality", sa.String(32), nullable=False),
        sa.Column("grade_level", sa.Integer()),
        sa.Column("interest", sa.String(100)),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.CheckConstraint("modality IN ('text', 'audio', 'images', 'video')", name="modality"),
        sa.CheckConstraint("grade_level BETWEEN 1 AND 12", name="grade_level"),
        sa.UniqueConstraint("comparison_id", "position"),
    )
    _items()
    _votes()


def _items() -> None:
    op.create_table(
        "comparison_items",
        sa.Column("item_id", sa.Integer(), primary_key=True),
        sa.Column("comparison_id", sa.String(64), sa.ForeignKey(WHOLE, ondelete="CASCADE"), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("student_query", sa.String(500), nullable=False),
        sa.Column("grade_level", sa.Integer(), nullable=False),
        sa.Column("interest", sa.String(100)),
        sa.Column("request_id", sa.String(64), sa.ForeignKey("content_requests.id", ondelete="SET NULL"), index=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.CheckConstraint("grade_level BETWEEN 1 AND 12", name="grade_level"),
        sa.UniqueConstraint("comparison_id", "question", "variant"),
    )


def _votes() -> None:
    op.create_table(
        "comparison_votes",
        sa.Column("vote_id", sa.Integer(), primary_key=True),
        sa.Column("comparison_id", sa.String(64), sa.ForeignKey(WHOLE, ondelete="CASCADE"), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("swapped", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.String(100), sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True),
        sa.Column("choice", sa.String(32)),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("shown_at", MOMENT, nullable=False),
        sa.Column("voted_at", MOMENT),
        sa.CheckConstraint("choice IN ('a', 'b', 'no_difference')", name="choice"),
        sa.UniqueConstraint("comparison_id", "question", "one", "other", "author_id"),
    )


def downgrade() -> None:
    """Drop them; the requests that they made stay."""
    for table in ("comparison_votes", "comparison_items", "comparison_variants", "comparisons"):
        op.drop_table(table)
