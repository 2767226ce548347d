"""Experiments: runs over data sets, items with scores, judgements, blind votes"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PERSON = "users.user_id"
WHOLE = "experiments.run_id"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "experiments",
        sa.Column("run_id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(500), nullable=False),
        sa.Column("dataset", sa.String(200), nullable=False, index=True),
        sa.Column("dataset_digest", sa.String(16), nullable=False, index=True),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("made_with", sa.JSON(), nullable=False),
        sa.Column("commit_sha", sa.String(64), nullable=False),
        sa.Column("run_by", sa.String(254), nullable=False),
        sa.Column("author_id", sa.String(100), sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True),
        sa.Column("created_at", MOMENT, nullable=False, index=True),
        sa.Column("cancelled_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.Column("stopped", sa.Text(), nullable=False),
        sa.Column("results", sa.JSON()),
    )
    op.create_table(
        "experiment_questions",
        sa.Column("run_id", sa.String(64), sa.ForeignKey(WHOLE, ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("question_id", sa.String(200), nullable=False),
        sa.Column("reference", sa.JSON(), nullable=False),
    )
    _items()
    _preferences()


def _items() -> None:
    op.create_table(
        "experiment_items",
        sa.Column("item_id", sa.Integer(), primary_key=True),
        sa.Column("run_id", sa.String(64), sa.ForeignKey(WHOLE, ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("content_key", sa.String(64), nullable=False, index=True),
        sa.Column("request_id", sa.String(64), sa.ForeignKey("content_requests.id", ondelete="SET NULL"), index=True),
        sa.Column("reused", sa.Boolean(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("scores", sa.JSON()),
        sa.Column("scored_with", sa.String(64), nullable=False),
        sa.UniqueConstraint("run_id", "position", "variant"),
    )


def _preferences() -> None:
    op.create_table(
        "experiment_judgements",
        sa.Column("judgement_id", sa.Integer(), primary_key=True),
        sa.Column("run_id", sa.String(64), sa.ForeignKey(WHOLE, ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("preferred", sa.Integer()),
        sa.Column("one_first", sa.Float(), nullable=False),
        sa.Column("other_first", sa.Float(), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.UniqueConstraint("run_id", "position", "one", "other"),
    )
    op.create_table(
        "experiment_votes",
        sa.Column("vote_id", sa.Integer(), primary_key=True),
        sa.Column("run_id", sa.String(64), sa.ForeignKey(WHOLE, ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("swapped", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.String(100), sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True),
        sa.Column("choice", sa.String(32)),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("shown_at", MOMENT, nullable=False),
        sa.Column("voted_at", MOMENT),
        sa.CheckConstraint("choice IN ('a', 'b', 'no_difference')", name="choice"),
        sa.UniqueConstraint("run_id", "position", "one", "other", "author_id"),
    )


def downgrade() -> None:
    """Drop them; the requests that they made stay."""
    for table in ("experiment_votes", "experiment_judgements", "experiment_items", "experiment_questions", "experiments"):
        op.drop_table(table)
