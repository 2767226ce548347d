"""How Alembic runs a migration here: on the connection it is given, each step in a transaction of its own."""

from typing import Any

from alembic import context
from sqlalchemy import text

from pipeline.database.base import Base


def checked(ctx: Any, step: Any, heads: Any, run_args: Any) -> None:
    """Before a step is committed: no row may point at nothing; and whoever waits hears which step it was."""
    connection = ctx.connection
    if connection.dialect.name == "sqlite":
        lost = connection.execute(text("PRAGMA foreign_key_check")).all()
        if lost:
            raise RuntimeError(f"The step would leave {len(lost)} rows that point at nothing, the first in {lost[0][0]}.")
    direction = "up to" if step.is_upgrade else "back from"
    tell(f"{direction} {step.up_revision_id} {step.up_revision.doc}")


tell = context.config.attributes["tell"]
context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, transactional_ddl=True,
    transaction_per_migration=True, on_version_apply=checked,
)
with context.begin_transaction():
    context.run_migrations()
