"""Work that survives: leases, what stages made, events, workers, dead letters, breakers"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
REQUEST = "content_requests.id"
STAGES = ("nlu", "cache", "retrieval", "script", "tts", "images", "video")
KINDS = ("accepted", "taken", "stage_started", "stage_finished", "retry_scheduled", "postponed", "taken_over",
         "handed_back", "cancel_requested", "decided", "dead_lettered", "replayed", "rerun")
NEW: dict[str, sa.Column[Any]] = {
    "queue": sa.Column("queue", sa.String(32), nullable=False, server_default="video"),
    "priority": sa.Column("priority", sa.Integer(), nullable=False, server_default=sa.text("0")),
    "idempotency_key": sa.Column("idempotency_key", sa.String(200)),
    "correlation_id": sa.Column("correlation_id", sa.String(64), nullable=False, server_default=""),
    "lease": sa.Column("lease", sa.Integer(), nullable=False, server_default=sa.text("0")),
    "worker_id": sa.Column("worker_id", sa.String(100)),
    "attempts": sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
    "due_at": sa.Column("due_at", MOMENT),
    "rerun_of": sa.Column("rerun_of", sa.String(64)),
    "rerun_from": sa.Column("rerun_from", sa.String(32)),
    "topic_id": sa.Column("topic_id", sa.String(100)),
}
ORDER = ("id", "student_id", "student_query", "status", "current_stage", "progress", "cancel_requested", "revision_of",
         "created_at", "started_at", "finished_at", "requested_modalities", "preferred_modality", "modality_preferences",
         "asked_by_id", *NEW, "error", "draft", "request", "result")
"""SQLite reads a row from its beginning: what is long stands last, or every list would read every lesson."""
LISTS = {
    "ix_content_requests_created_at": ("content_requests", ["created_at", "id", "status"]),
    "ix_content_requests_student_id_created_at": ("content_requests", ["student_id", "created_at", "status"]),
    "ix_content_requests_topic_id_created_at": ("content_requests", ["topic_id", "created_at", "status"]),
    "ix_content_requests_queue_finished_at": ("content_requests", ["queue", "finished_at"]),
    "ix_stage_runs_request_id_family": ("stage_runs", ["request_id", "family", "stage", "status"]),
    "ix_stage_runs_stage_status_id": ("stage_runs", ["stage", "status", "id"]),
}
OPEN = sa.text("replayed_at IS NULL AND discarded_at IS NULL")
REPLACED = {"ix_content_requests_student_id": ("content_requests", ["student_id"]),
            "ix_stage_runs_request_id": ("stage_runs", ["request_id"])}
"""Indexes whose work the new ones do as well."""
PARTIAL = {
    "ix_content_requests_of_student": (["student_id", "status"], "status IN ('pending', 'running')"),
    "ix_content_requests_due": (["due_at"], "status = 'pending'"),
    "ix_content_requests_of_worker": (["worker_id"], "status = 'running'"),
}
ONLY_TEXT = """UPDATE content_requests SET queue = 'text' WHERE requested_modalities = '["text"]'"""
TOPIC = {
    "sqlite": "UPDATE content_requests SET topic_id = json_extract(result, '$.intent.topic_id')",
    "postgresql": "UPDATE content_requests SET topic_id = result #>> '{intent,topic_id}'",
}


def upgrade() -> None:
    """Add the columns, fill them for what waits, and make the tables."""
    with op.batch_alter_table("content_requests", partial_reordering=[ORDER]) as table:
        for column in NEW.values():
            table.add_column(column.copy())
        table.create_check_constraint("queue_name", "queue IN ('text', 'video')")
        table.create_check_constraint("rerun_from", _in("rerun_from", STAGES))
        table.create_unique_constraint(op.f("uq_content_requests_idempotency_key"), ["idempotency_key"])
        table.create_foreign_key(op.f("fk_content_requests_rerun_of_content_requests"), "content_requests", ["rerun_of"],
                                 ["id"], ondelete="SET NULL")
        table.create_index(op.f("ix_content_requests_rerun_of"), ["rerun_of"])
    for name, (columns, where) in PARTIAL.items():
        op.create_index(name, "content_requests", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    for name, (table_name, columns) in LISTS.items():
        op.create_index(name, table_name, columns)
    for name, (table_name, _) in REPLACED.items():
        op.drop_index(op.f(name), table_name)
    op.execute(ONLY_TEXT)
    op.execute(TOPIC[op.get_bind().dialect.name])
    op.execute("UPDATE content_requests SET due_at = created_at WHERE status IN ('pending', 'running')")
    _history()
    _people_of_work()


def _history() -> None:
    op.create_table(
        "stage_results",
        sa.Column("request_id", sa.String(64), sa.ForeignKey(REQUEST, ondelete="CASCADE"), primary_key=True),
        sa.Column("stage", sa.String(32), primary_key=True),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.CheckConstraint(_in("stage", STAGES), name="stage"),
    )
    op.create_table(
        "request_events",
        sa.Column("event_id", sa.Integer(), primary_key=True),
        sa.Column("request_id", sa.String(64), sa.ForeignKey(REQUEST, ondelete="CASCADE"), nullable=False),
        sa.Column("at", MOMENT, nullable=False, index=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Index("ix_request_events_request_id_event_id", "request_id", "event_id"),
        sa.CheckConstraint(_in("kind", KINDS), name="event_kind"),
        sqlite_autoincrement=True,
    )


def _people_of_work() -> None:
    op.create_table(
        "workers",
        sa.Column("worker_id", sa.String(100), primary_key=True),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("machine", sa.String(100), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(50), nullable=False),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("heartbeat_at", MOMENT, nullable=False, index=True),
        sa.Column("stopped_at", MOMENT),
        sa.Column("memory_bytes", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
    )
    op.create_table(
        "dead_letters",
        sa.Column("dead_id", sa.Integer(), primary_key=True),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("request_id", sa.String(64), sa.ForeignKey(REQUEST, ondelete="SET NULL"), index=True),
        sa.Column("message_key", sa.String(64), unique=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("history", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, index=True),
        sa.Column("replayed_at", MOMENT),
        sa.Column("discarded_at", MOMENT),
        sa.CheckConstraint(_in("source", ("worker", "bridge", "push")), name="dead_source"),
        sa.Index("ix_dead_letters_open", "dead_id", sqlite_where=OPEN, postgresql_where=OPEN),
    )
    op.create_table(
        "breakers",
        sa.Column("provider", sa.String(232), primary_key=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("successes", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.CheckConstraint(_in("state", ("closed", "open", "half_open")), name="breaker_state"),
    )


def downgrade() -> None:
    """Drop them; requests, their stage runs and their bills stay."""
    for name in ("breakers", "dead_letters", "workers", "request_events", "stage_results"):
        op.drop_table(name)
    for name, (table_name, columns) in REPLACED.items():
        op.create_index(op.f(name), table_name, columns)
    for name, (table_name, _) in LISTS.items():
        op.drop_index(name, table_name)
    for name in (*PARTIAL, op.f("ix_content_requests_rerun_of")):
        op.drop_index(name, "content_requests")
    with op.batch_alter_table("content_requests") as table:
        table.drop_constraint(op.f("fk_content_requests_rerun_of_content_requests"), type_="foreignkey")
        table.drop_constraint(op.f("uq_content_requests_idempotency_key"), type_="unique")
        for check in ("queue_name", "rerun_from"):
            table.drop_constraint(op.f(f"ck_content_requests_{check}"), type_="check")
        for name in NEW:
            table.drop_column(name)


def _in(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"
