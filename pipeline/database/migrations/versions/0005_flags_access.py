"""Feature flags, API tokens, the audit log"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "feature_flags",
        sa.Column("key", sa.String(100), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("description", sa.String(500), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("rollout_percentage", sa.Integer(), nullable=False),
        sa.Column("starts_at", MOMENT),
        sa.Column("ends_at", MOMENT),
        sa.CheckConstraint("rollout_percentage BETWEEN 0 AND 100", name="rollout_percentage"),
        sa.CheckConstraint("starts_at < ends_at", name="schedule"),
    )
    op.create_table(
        "feature_flag_overrides",
        sa.Column("override_id", sa.Integer(), primary_key=True),
        sa.Column("flag_key", sa.String(100), sa.ForeignKey("feature_flags.key", ondelete="CASCADE"), nullable=False),
        sa.Column("organization_id", sa.String(100),
                  sa.ForeignKey("organizations.organization_id", ondelete="CASCADE"), index=True),
        sa.Column("user_id", sa.String(100), sa.ForeignKey("users.user_id", ondelete="CASCADE"), index=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.CheckConstraint("(organization_id IS NULL) <> (user_id IS NULL)", name="one_of_two"),
        sa.UniqueConstraint("flag_key", "organization_id"),
        sa.UniqueConstraint("flag_key", "user_id"),
    )
    op.create_table(
        "api_tokens",
        sa.Column("token_id", sa.String(100), primary_key=True),
        sa.Column("user_id", sa.String(100), sa.ForeignKey("users.user_id", ondelete="CASCADE"),
                  nullable=False, index=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("hint", sa.String(20), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("scope", sa.String(32), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.CheckConstraint("scope IN ('read', 'generate')", name="token_scope"),
    )
    op.create_table(
        "audit_entries",
        sa.Column("entry_id", sa.Integer(), primary_key=True),
        sa.Column("at", MOMENT, nullable=False, index=True),
        sa.Column("actor_id", sa.String(100), nullable=False, index=True),
        sa.Column("actor_name", sa.String(254), nullable=False),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("entity", sa.String(100), nullable=False),
        sa.Column("entity_id", sa.String(100), nullable=False),
        sa.Column("before", sa.JSON()),
        sa.Column("after", sa.JSON()),
        sa.Index("ix_audit_entries_entity_entity_id", "entity", "entity_id"),
    )


def downgrade() -> None:
    """Drop them; the audit log too."""
    for table in ("audit_entries", "api_tokens", "feature_flag_overrides", "feature_flags"):
        op.drop_table(table)
