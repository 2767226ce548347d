"""Deployments, baselines, runs of runbooks"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "deployments",
        sa.Column("deploy_id", sa.Integer(), primary_key=True),
        sa.Column("build", sa.String(200), nullable=False),
        sa.Column("commit_sha", sa.String(64), nullable=False),
        sa.Column("image", sa.String(500), nullable=False),
        sa.Column("at", MOMENT, nullable=False, index=True),
        sa.Column("service", sa.String(200), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("origin", sa.String(32), nullable=False),
        sa.Column("recorded_by", sa.String(254), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint("origin IN ('command', 'api', 'audit', 'file', 'console')", name="deploy_origin"),
        sa.UniqueConstraint("build", "service", "at"),
    )
    op.create_table(
        "baselines",
        sa.Column("baseline_id", sa.Integer(), primary_key=True),
        sa.Column("start", MOMENT, nullable=False, index=True),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("build", sa.String(200), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("started_by", sa.String(254), nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_by", sa.String(254), nullable=False),
    )
    _runs()


def _runs() -> None:
    op.create_table(
        "runbook_runs",
        sa.Column("run_id", sa.Integer(), primary_key=True),
        sa.Column("runbook", sa.String(100), nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False, index=True),
        sa.Column("started_by", sa.String(254), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False, index=True),
        sa.Column("finished_at", MOMENT),
        sa.Column("abandoned_at", MOMENT),
        sa.Column("ended_by", sa.String(254), nullable=False),
        sa.Column("why", sa.String(500), nullable=False),
    )
    op.create_table(
        "runbook_ticks",
        sa.Column("run_id", sa.Integer(), sa.ForeignKey("runbook_runs.run_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("step", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("ticked_by", sa.String(254), nullable=False),
        sa.Column("ticked_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("runbook_ticks", "runbook_runs", "baselines", "deployments"):
        op.drop_table(table)
