"""Several judges of one run, and what each of them used"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLE, CHARGES = "experiment_judgements", "experiment_charges"
PAIR = ("run_id", "position", "one", "other")
OLD, NEW = (f"uq_{TABLE}_{'_'.join(columns)}" for columns in (PAIR, (*PAIR, "model")))


def upgrade() -> None:
    """A pair is judged once by each."""
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f(OLD), type_="unique")
        table.create_unique_constraint(op.f(NEW), [*PAIR, "model"])
    op.create_table(
        CHARGES,
        sa.Column("charge_id", sa.Integer(), primary_key=True),
        sa.Column("run_id", sa.String(64), sa.ForeignKey("experiments.run_id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("usage", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    """Of each pair the judgement that was made first stays."""
    op.drop_table(CHARGES)
    op.execute(sa.text(f"DELETE FROM {TABLE} WHERE judgement_id NOT IN (SELECT MIN(judgement_id) FROM {TABLE} "  # noqa: S608
                       f"GROUP BY {', '.join(PAIR)})"))
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f(NEW), type_="unique")
        table.create_unique_constraint(op.f(OLD), list(PAIR))
