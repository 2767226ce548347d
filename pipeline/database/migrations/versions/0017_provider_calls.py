"""Calls of models that have a limit, counted over all workers"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "provider_calls",
        sa.Column("call_id", sa.Integer(), primary_key=True),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
    )
    op.create_index("ix_provider_calls_model_began_at", "provider_calls", ["model", "began_at"])


def downgrade() -> None:
    """Remove it."""
    op.drop_table("provider_calls")
