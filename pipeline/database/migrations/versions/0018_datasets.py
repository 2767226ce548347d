"""Data sets: questions that people added"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "dataset_questions",
        sa.Column("row_id", sa.Integer(), primary_key=True),
        sa.Column("dataset", sa.String(200), nullable=False),
        sa.Column("question_id", sa.String(200), nullable=False),
        sa.Column("asked", sa.String(1500), nullable=False),
        sa.Column("reference", sa.JSON(), nullable=False),
        sa.Column("request_id", sa.String(64), sa.ForeignKey("content_requests.id", ondelete="SET NULL"), index=True),
        sa.Column("added_by", sa.String(254), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("removed_by", sa.String(254), nullable=False),
        sa.Column("removed_at", MOMENT),
    )
    standing = sa.text("removed_at IS NULL")
    op.create_index("uq_dataset_questions_dataset_asked", "dataset_questions", ["dataset", "asked"], unique=True,
                    sqlite_where=standing, postgresql_where=standing)


def downgrade() -> None:
    """Remove it."""
    op.drop_table("dataset_questions")
