"""The record holds only words that the code knows, and who asked and who reviewed"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STAGES = "'nlu', 'cache', 'retrieval', 'script', 'tts', 'images', 'video'"
HELD = {
    "content_requests": {
        "status": "status IN ('pending', 'running', 'completed', 'partial', 'clarification_needed', 'out_of_scope', "
                  "'failed', 'cancelled')",
        "stage": f"current_stage IN ({STAGES})",
    },
    "stage_runs": {
        "stage": f"stage IN ({STAGES})",
        "stage_status": "status IN ('running', 'completed', 'cached', 'skipped', 'failed')",
    },
    "usage": {
        "unit": "unit IN ('input_token', 'cached_input_token', 'output_token', 'character', 'image', 'video_second', "
                "'vcpu_second', 'gib_second', 'byte_stored')",
    },
}
PEOPLE = {"content_requests": "asked_by_id", "reviews": "author_id"}


def upgrade() -> None:
    """Add the CHECKs and the two links to people."""
    for name in ("content_requests", "stage_runs", "usage", "reviews"):
        with op.batch_alter_table(name) as table:
            for check, condition in HELD.get(name, {}).items():
                table.create_check_constraint(check, condition)
            if person := PEOPLE.get(name):
                table.add_column(sa.Column(person, sa.String(100)))
                table.create_foreign_key(op.f(f"fk_{name}_{person}_users"), "users", [person], ["user_id"],
                                         ondelete="SET NULL")
                table.create_index(op.f(f"ix_{name}_{person}"), [person])


def downgrade() -> None:
    """Take them away again."""
    for name in ("reviews", "usage", "stage_runs", "content_requests"):
        if person := PEOPLE.get(name):
            op.drop_index(op.f(f"ix_{name}_{person}"), name)
        with op.batch_alter_table(name) as table:
            for check in HELD.get(name, {}):
                table.drop_constraint(op.f(f"ck_{name}_{check}"), type_="check")
            if person:
                table.drop_constraint(op.f(f"fk_{name}_{person}_users"), type_="foreignkey")
                table.drop_column(person)
