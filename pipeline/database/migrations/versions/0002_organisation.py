"""Organisations, schools, classes, people, interests and topics"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TYPES = ("k12_education", "higher_education", "corporate_training", "healthcare", "government",
         "professional_certification", "customer_education", "custom")
SUBJECTS = ("physics", "chemistry", "biology", "mathematics", "earth_space", "computer_science")
ROLES = ("student", "teacher", "viewer", "content", "product", "engineering", "admin")
STATUSES = ("pending", "active", "suspended", "archived")


def upgrade() -> None:
    """Make the tables of the organisation."""
    _places()
    _people()
    _library()


def _places() -> None:
    op.create_table(
        "organizations",
        sa.Column("organization_id", sa.String(100), primary_key=True),
        sa.Column("parent_id", sa.String(100),
                  sa.ForeignKey("organizations.organization_id", ondelete="RESTRICT"), index=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("domain", sa.String(253), unique=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("monthly_text_limit", sa.Integer()),
        sa.Column("monthly_video_limit", sa.Integer()),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _held("type", TYPES, "organization_type"),
        sa.CheckConstraint("parent_id <> organization_id", name="not_its_own_parent"),
        sa.CheckConstraint("monthly_text_limit >= 0 AND monthly_video_limit >= 0", name="limits"),
    )
    op.create_table(
        "schools",
        sa.Column("school_id", sa.String(100), primary_key=True),
        sa.Column("organization_id", sa.String(100),
                  sa.ForeignKey("organizations.organization_id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("user_id", sa.String(100), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(32), nullable=False, index=True),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(100),
                  sa.ForeignKey("organizations.organization_id", ondelete="SET NULL"), index=True),
        sa.Column("school_id", sa.String(100), sa.ForeignKey("schools.school_id", ondelete="SET NULL"), index=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT),
        sa.CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        _held("role", ROLES, "user_role"),
        _held("status", STATUSES, "user_status"),
    )
    op.create_table(
        "classes",
        sa.Column("class_id", sa.String(100), primary_key=True),
        sa.Column("school_id", sa.String(100), sa.ForeignKey("schools.school_id", ondelete="CASCADE"),
                  nullable=False, index=True),
        sa.Column("teacher_id", sa.String(100), sa.ForeignKey("users.user_id", ondelete="SET NULL"), index=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(32)),
        sa.Column("class_code", sa.String(20), nullable=False, unique=True),
        sa.Column("grade_levels", sa.JSON(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _held("subject", SUBJECTS, "subject"),
    )
    _link("class_student", class_id="classes.class_id", student_id="users.user_id")
    op.create_table(
        "student_profiles",
        sa.Column("student_id", sa.String(100), sa.ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("grade_level", sa.Integer(), nullable=False),
        sa.CheckConstraint("grade_level BETWEEN 1 AND 12", name="grade_level"),
    )


def _library() -> None:
    op.create_table(
        "interests",
        sa.Column("interest_id", sa.String(100), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False, unique=True),
        sa.Column("category", sa.String(100), nullable=False),
        sa.Column("icon", sa.String(50), nullable=False),
        sa.Column("display_order", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    _link("student_interest", student_id="student_profiles.student_id", interest_id="interests.interest_id")
    op.create_table(
        "topics",
        sa.Column("topic_id", sa.String(100), primary_key=True),
        sa.Column("subject", sa.String(32), nullable=False, index=True),
        sa.Column("unit", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("grade_level_min", sa.Integer(), nullable=False),
        sa.Column("grade_level_max", sa.Integer(), nullable=False),
        sa.Column("standards", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("1 <= grade_level_min AND grade_level_min <= grade_level_max AND grade_level_max <= 12",
                           name="grade_levels"),
        _held("subject", SUBJECTS, "subject"),
    )
    _link("topic_prerequisite", topic_id="topics.topic_id", prerequisite_id="topics.topic_id")


def downgrade() -> None:
    """Drop them, with everything in them."""
    for table in ("topic_prerequisite", "topics", "student_interest", "interests", "student_profiles", "class_student",
                  "classes", "users", "schools", "organizations"):
        op.drop_table(table)


def _held(column: str, words: tuple[str, ...], name: str) -> sa.CheckConstraint:
    """Only these words."""
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(word) for word in words)})", name=name)


def _link(table: str, **columns: str) -> None:
    """A table of pairs, that go with either side."""
    first, second = columns
    checks = [sa.CheckConstraint(f"{first} <> {second}", name="not_its_own_prerequisite")]
    op.create_table(
        table,
        sa.Column(first, sa.String(100), sa.ForeignKey(columns[first], ondelete="CASCADE"), primary_key=True),
        sa.Column(second, sa.String(100), sa.ForeignKey(columns[second], ondelete="CASCADE"), primary_key=True, index=True),
        *(checks if columns[first] == columns[second] else []),
    )
