"""Logs: sources, who wrote how much, errors by key, groups with their states, rules"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATES = ("new", "ongoing", "escalating", "regressed", "resolved", "ignored")
NAME, LONG_NAME, TITLE, FINGERPRINT = (sa.String(most) for most in (200, 500, 300, 64))
KINDS = ("starts", "readies", "started", "ok", "failed", "queries", "text_skips", "timeouts")


def upgrade() -> None:
    """Make the tables, and the one row of `log_state`."""
    _reading()
    _writers()
    _groups()
    _errors()
    _by_people()
    op.execute("INSERT INTO log_state (state_id, templates, templates_version, next_occurrence) VALUES (1, '', 0, 1)")


def _reading() -> None:
    op.create_table(
        "log_sources",
        sa.Column("name", LONG_NAME, primary_key=True),
        sa.Column("cursor", sa.Text(), nullable=False),
        *(_number(name) for name in ("lines", "errors", "others", "unparsed", "duplicates")),
        sa.Column("last_line", sa.Double()),
        sa.Column("last_pull", sa.Double()),
        sa.Column("fault", sa.Text(), nullable=False),
    )
    op.create_table(
        "log_state",
        sa.Column("state_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("templates", sa.Text(), nullable=False),
        _number("templates_version"),
        _number("next_occurrence"),
        *(sa.Column(name, sa.Double()) for name in ("reviewed_at", "pruned_at")),
    )
    op.create_table(
        "log_seen",
        sa.Column("seen_id", sa.Integer(), primary_key=True),
        sa.Column("minute", sa.BigInteger(), nullable=False, index=True),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
    )


def _writers() -> None:
    op.create_table(
        "log_writers",
        _key("writer_id"),
        sa.Column("version", NAME, nullable=False, index=True),
        *(sa.Column(name, NAME, nullable=False) for name in ("execution", "job", "worker")),
        sa.Column("source", LONG_NAME, nullable=False),
    )
    op.create_table(
        "log_activity",
        _key("minute"),
        _key("writer_id"),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("first_at", "last_at")),
        *(_number(name) for name in ("lines", "errors", *KINDS)),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_notes",
        sa.Column("note_id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("line_id", LONG_NAME, nullable=False),
        _number("writer_id"),
        sa.Column("request_id", NAME, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Index("ix_log_notes_kind_at", "kind", "at"),
    )


def _groups() -> None:
    op.create_table(
        "error_groups",
        sa.Column("group_id", sa.Integer(), primary_key=True),
        sa.Column("fingerprint", FINGERPRINT, nullable=False, unique=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("state_by", sa.String(254), nullable=False),
        sa.Column("state_why", LONG_NAME, nullable=False),
        sa.Column("state_at", sa.Double(), nullable=False),
        sa.Column("until_at", sa.Double()),
        sa.Column("until_count", sa.BigInteger()),
        sa.Column("until_escalates", sa.Boolean(), nullable=False),
        sa.Column("in_version", NAME, nullable=False),
        sa.CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="group_state"),
    )
    op.create_table(
        "error_keys",
        _key("key_id"),
        sa.Column("fingerprint", FINGERPRINT, nullable=False, unique=True),
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("error_groups.group_id"), nullable=False, index=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("title", TITLE, nullable=False),
        sa.Column("exception", NAME, nullable=False),
        sa.Column("culprit", TITLE, nullable=False),
        sa.Column("sample", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("first_seen", "last_seen")),
        _number("count"),
    )


def _errors() -> None:
    op.create_table(
        "error_cells",
        *(_key(name) for name in ("minute", "key_id", "writer_id")),
        sa.Column("severity", sa.String(32), primary_key=True),
        sa.Column("stage", NAME, primary_key=True),
        _number("count"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "error_values",
        _key("key_id"),
        sa.Column("facet", sa.String(32), primary_key=True),
        sa.Column("value", NAME, primary_key=True),
        _number("count"),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("first_at", "last_at")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "error_occurrences",
        _key("occurrence_id"),
        *(_number(name) for name in ("key_id", "automatic_id")),
        sa.Column("rule_id", sa.Integer()),
        sa.Column("at", sa.Double(), nullable=False, index=True),
        _number("writer_id"),
        sa.Column("severity", sa.String(32), nullable=False),
        sa.Column("stage", NAME, nullable=False),
        sa.Column("line_id", LONG_NAME, nullable=False),
        *(sa.Column(name, NAME, nullable=False) for name in ("request_id", "student_id", "correlation_id")),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Index("ix_error_occurrences_key_at", "key_id", "at"),
    )
    op.create_table(
        "error_traces",
        _key("occurrence_id"),
        _number("key_id"),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.Index("ix_error_traces_key_at", "key_id", "at"),
    )
    op.create_table(
        "error_requests",
        _key("key_id"),
        sa.Column("request_id", NAME, primary_key=True, index=True),
        sa.Column("student_id", NAME, nullable=False),
        _number("count"),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("first_seen", "last_seen")),
        sqlite_with_rowid=False,
    )


def _by_people() -> None:
    op.create_table(
        "error_rules",
        sa.Column("rule_id", sa.Integer(), primary_key=True),
        *(sa.Column(name, sa.String(32), nullable=False) for name in ("field", "how")),
        sa.Column("text", LONG_NAME, nullable=False),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("fingerprint", FINGERPRINT, nullable=False),
        sa.Column("by", sa.String(254), nullable=False),
        sa.Column("why", LONG_NAME, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double()),
        *(_number(name) for name in ("regrouped_to", "regroup_until")),
        sa.CheckConstraint("verdict IN ('error', 'no_error', 'group')", name="rule_verdict"),
    )
    op.create_table(
        "error_changes",
        sa.Column("change_id", sa.Integer(), primary_key=True),
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("error_groups.group_id"), nullable=False, index=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("by", sa.String(254), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("why", LONG_NAME, nullable=False),
    )


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), primary_key=True, autoincrement=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def downgrade() -> None:
    """Drop them; logs can be read again."""
    for name in ("error_changes", "error_rules", "error_requests", "error_traces", "error_occurrences", "error_values",
                 "error_cells", "error_keys", "error_groups", "log_notes", "log_activity", "log_writers", "log_seen",
                 "log_state", "log_sources"):
        op.drop_table(name)
