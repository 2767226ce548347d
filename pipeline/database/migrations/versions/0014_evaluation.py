"""Evaluation: runs, what systems made of queries, labels"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "evaluation_runs",
        sa.Column("run_id", sa.Integer(), primary_key=True),
        sa.Column("corpus", sa.String(200), nullable=False, index=True),
        sa.Column("corpus_version", sa.String(64), nullable=False),
        sa.Column("embedder", sa.String(200), nullable=False),
        sa.Column("commit_sha", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False, index=True),
        sa.Column("run_by", sa.String(254), nullable=False),
        sa.Column("set_name", sa.String(200), nullable=False),
        sa.Column("set_digest", sa.String(16), nullable=False, index=True),
        sa.Column("fate", sa.String(32), nullable=False),
        sa.Column("peak_bytes", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.JSON(), nullable=False),
    )
    op.create_table(
        "evaluation_outcomes",
        sa.Column("run_id", sa.Integer(), sa.ForeignKey("evaluation_runs.run_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("system", sa.String(100), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
    )
    op.create_table(
        "retrieval_labels",
        sa.Column("label_id", sa.Integer(), primary_key=True),
        sa.Column("query_text", sa.Text(), nullable=False),
        sa.Column("corpus", sa.String(200), nullable=False),
        sa.Column("chunk_id", sa.String(300), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("labelled_by", sa.String(254), nullable=False),
        sa.Column("labelled_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT),
        sa.Column("undone_by", sa.String(254), nullable=False),
    )
    op.create_index("ix_retrieval_labels_corpus_chunk_id", "retrieval_labels", ["corpus", "chunk_id"])


def downgrade() -> None:
    """Drop them."""
    for table in ("retrieval_labels", "evaluation_outcomes", "evaluation_runs"):
        op.drop_table(table)
