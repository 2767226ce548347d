"""Every table, imported together: whoever imports one has all of them, so no relationship is left without its class."""

from pipeline.tables.access import ApiToken, AuditEntry, TokenScope
from pipeline.tables.flags import FeatureFlag, FlagOverride
from pipeline.tables.library import Interest, Topic, topic_prerequisite
from pipeline.tables.people import StudentProfile, User, UserRole, UserStatus, student_interest
from pipeline.tables.places import Class, Organization, OrganizationType, School, class_student
from pipeline.tables.requests import ArtifactRow, RequestRow, ReviewRow, ShelfRow, StageRunRow, UsageRow

__all__ = [
    "ApiToken", "ArtifactRow", "AuditEntry", "Class", "FeatureFlag", "FlagOverride", "Interest", "Organization",
    "OrganizationType", "RequestRow", "ReviewRow", "School", "ShelfRow", "StageRunRow", "StudentProfile", "TokenScope",
    "Topic", "UsageRow", "User", "UserRole", "UserStatus", "class_student", "student_interest", "topic_prerequisite",
]
