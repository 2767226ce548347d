"""What things are called on the page, and the sentence for whatever a service refuses."""

from collections.abc import Mapping
from typing import Literal

from pipeline.domain import Subject
from pipeline.errors import BadRequest, PipelineError
from pipeline.organisation import PERMISSIONS, ClassView, OrganizationView, SchoolView, UserView
from pipeline.tables import OrganizationType, TokenScope, UserRole, UserStatus

Colour = Literal["gray", "green", "orange", "red", "blue"]
ROLES: Mapping[UserRole, str] = {
    UserRole.STUDENT: "Student", UserRole.TEACHER: "Teacher", UserRole.VIEWER: "Viewer", UserRole.CONTENT: "Content",
    UserRole.PRODUCT: "Product", UserRole.ENGINEERING: "Engineering", UserRole.ADMIN: "Admin",
}
MAY: Mapping[UserRole, str] = {
    UserRole.STUDENT: "Gets lessons; does not sign in here.",
    UserRole.TEACHER: "Leads classes; does not sign in here.",
    UserRole.VIEWER: "Sees everything, changes nothing.",
    UserRole.CONTENT: "Makes and reviews lessons, keeps the interests, labels passages.",
    UserRole.PRODUCT: "Makes and reviews lessons, changes flags, reads the audit log.",
    UserRole.ENGINEERING: "As product, and keeps API tokens, corpora and evaluations, and examines packages.",
    UserRole.ADMIN: "Everything, also people and places.",
}
STATUS_COLOURS: Mapping[str, Colour] = {
    "Active": "green", "Invited": "blue", "Listed": "green", "Suspended": "orange", "Archived": "gray",
}
TYPES: Mapping[OrganizationType, str] = {
    OrganizationType.K12_EDUCATION: "School education (K–12)", OrganizationType.HIGHER_EDUCATION: "Higher education",
    OrganizationType.CORPORATE_TRAINING: "Corporate training", OrganizationType.HEALTHCARE: "Healthcare",
    OrganizationType.GOVERNMENT: "Government",
    OrganizationType.PROFESSIONAL_CERTIFICATION: "Professional certification",
    OrganizationType.CUSTOMER_EDUCATION: "Customer education", OrganizationType.CUSTOM: "Other",
}
SUBJECTS: Mapping[Subject, str] = {
    Subject.PHYSICS: "Physics", Subject.CHEMISTRY: "Chemistry", Subject.BIOLOGY: "Biology",
    Subject.MATHEMATICS: "Mathematics", Subject.EARTH_SPACE: "Earth and space", Subject.COMPUTER_SCIENCE: "Computer science",
}
SCOPES: Mapping[TokenScope, str] = {TokenScope.READ: "Read", TokenScope.GENERATE: "Read and ask for lessons"}
KINDS: Mapping[type, str] = {OrganizationView: "organisation", SchoolView: "school", ClassView: "class"}
ICONS: Mapping[type, str] = {
    OrganizationView: ":material/corporate_fare:", SchoolView: ":material/school:", ClassView: ":material/groups:",
}
FIELDS: Mapping[str, str] = {
    "email": "The e-mail address", "name": "The name", "domain": "The domain", "address": "The address",
    "reason": "The reason", "rollout_percentage": "The roll-out", "starts_at": "The start", "ends_at": "The end",
    "grade_level": "The grade", "grade_levels": "The grades", "days": "The number of days", "scope": "The scope",
    "monthly_text_limit": "The limit of texts", "monthly_video_limit": "The limit of videos", "search": "The search",
    "actor_name": "Who", "entity_id": "The id", "status": "The status", "role": "The role", "position": "The position",
}
_GOES_ON = ("must ", "can be set ")
"""How a sentence begins that needs its field as the subject; the others stand for themselves."""


def status(user: UserView) -> str:
    """How the account stands: a student who never signs in here is listed, not invited for ever."""
    if user.status is UserStatus.PENDING:
        return "Invited" if PERMISSIONS[user.role] else "Listed"
    return user.status.capitalize()


def sentence(fault: PipelineError) -> str:
    """What the service refused, in one sentence for people."""
    if not isinstance(fault, BadRequest):
        return str(fault)
    said = str(fault).removeprefix(f"{fault.field}: ")
    if said.startswith(_GOES_ON):
        return f"{FIELDS.get(fault.field, fault.field)} {said}"
    return said[0].upper() + said[1:] if said.split(" ")[0].isalpha() else said


def number(count: int, one: str, many: str = "") -> str:
    """A count with its noun: "1 person", "12 people"."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
