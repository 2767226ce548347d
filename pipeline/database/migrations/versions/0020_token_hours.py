"""Usage is counted in token-hours too: what a provider keeps of prompts"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OLD_UNITS = ("input_token", "cached_input_token", "output_token", "character", "image", "video_second", "vcpu_second",
             "gib_second", "byte_stored", "byte_delivered")
UNITS = (*OLD_UNITS[:3], "token_hour", *OLD_UNITS[3:])


def upgrade() -> None:
    """Allow the unit."""
    _hold(UNITS)


def downgrade() -> None:
    """Token-hours are no unit of the version before, and go."""
    op.execute("DELETE FROM usage WHERE unit = 'token_hour'")
    _hold(OLD_UNITS)


def _hold(words: tuple[str, ...]) -> None:
    with op.batch_alter_table("usage") as table:
        table.drop_constraint(op.f("ck_usage_unit"), type_="check")
        table.create_check_constraint("unit", f"unit IN ({', '.join(repr(word) for word in words)})")
