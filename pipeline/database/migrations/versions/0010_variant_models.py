"""Variants may name a language model; what comparisons had made is counted anew, and saves nothing"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COUNT_ANEW = {
    "sqlite": "UPDATE content_requests SET counted_lease = -1 WHERE json_extract(request, '$.fresh') = 1",
    "postgresql": "UPDATE content_requests SET counted_lease = -1 WHERE request ->> 'fresh' = 'true'",
}


def upgrade() -> None:
    """Add the column, and take note that these requests are to be counted again: folding takes back what it counted."""
    op.add_column("comparison_variants", sa.Column("model", sa.String(200)))
    op.execute(COUNT_ANEW[op.get_bind().dialect.name])


def downgrade() -> None:
    """Take the column away."""
    op.drop_column("comparison_variants", "model")
