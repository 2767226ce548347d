"""Dual modality: which forms of a lesson were asked for, as columns

The order is the one the original system planned and never ran: columns that may be empty, filled from what each request
says, then closed. A request that names no modality meant video.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORDS: Any = sa.JSON().with_variant(JSONB(), "postgresql")
DEFAULTS = {"requested_modalities": '["video"]', "preferred_modality": "video", "modality_preferences": "{}"}
TYPES: dict[str, Any] = {"requested_modalities": WORDS, "preferred_modality": sa.String(32), "modality_preferences": WORDS}
UNFINISHED = sa.text("status IN ('pending', 'running')")
FILL = {
    "sqlite": """
        UPDATE content_requests SET
            requested_modalities = COALESCE(json_extract(request, '$.requested_modalities'), '["video"]'),
            preferred_modality = COALESCE(json_extract(request, '$.preferred_modality'), 'video'),
            modality_preferences = '{}'""",
    "postgresql": """
        UPDATE content_requests SET
            requested_modalities = COALESCE((request -> 'requested_modalities')::jsonb, '["video"]'),
            preferred_modality = COALESCE(request ->> 'preferred_modality', 'video'),
            modality_preferences = '{}'""",
}


def upgrade() -> None:
    """Add the columns, fill them, close them, index them."""
    for name, kind in TYPES.items():
        op.add_column("content_requests", sa.Column(name, kind, nullable=True))
    op.execute(FILL[op.get_bind().dialect.name])
    with op.batch_alter_table("content_requests") as table:
        for name, kind in TYPES.items():
            table.alter_column(name, existing_type=kind, nullable=False, server_default=DEFAULTS[name])
        table.create_check_constraint("modality", "preferred_modality IN ('text', 'audio', 'images', 'video')")
    op.create_index("ix_content_requests_unfinished", "content_requests", ["preferred_modality", "status"],
                    sqlite_where=UNFINISHED, postgresql_where=UNFINISHED)
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_content_requests_requested_modalities", "content_requests", ["requested_modalities"],
                        postgresql_using="gin")


def downgrade() -> None:
    """Take them away again; each request still says in itself what it asked for."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_content_requests_requested_modalities", "content_requests")
    op.drop_index("ix_content_requests_unfinished", "content_requests")
    with op.batch_alter_table("content_requests") as table:
        table.drop_constraint(op.f("ck_content_requests_modality"), type_="check")
        for name in TYPES:
            table.drop_column(name)
