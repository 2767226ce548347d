"""Who is here and what they may do: people, places, interests, flags, tokens, and the log of every change.

Every method that takes an `Actor` asks the one table of permissions first, and every change is logged in its own
transaction. Needs a database at the newest migration. Knows nothing of pages or of lessons, and deletes nobody.
"""

from pipeline.organisation.access import COMMAND_LINE, PERMISSIONS, Actor, Permission, may, require
from pipeline.organisation.audit import Audit, AuditView, note
from pipeline.organisation.changes import changing, known, utc_now
from pipeline.organisation.checks import KEEP, Keep
from pipeline.organisation.flag_rules import FLAGS, KnownFlag
from pipeline.organisation.flag_views import FlagView, OverrideView
from pipeline.organisation.flags import Flags
from pipeline.organisation.interests import Interests, InterestView
from pipeline.organisation.people import People
from pipeline.organisation.person import LOCAL_EMAIL, LOCAL_ID, ProfileView, UserView
from pipeline.organisation.place_views import ClassView, OrganizationView, SchoolView
from pipeline.organisation.places import Places
from pipeline.organisation.tokens import NewToken, Tokens, TokenView

__all__ = [
    "COMMAND_LINE", "FLAGS", "KEEP", "LOCAL_EMAIL", "LOCAL_ID", "PERMISSIONS", "Actor", "Audit", "AuditView", "ClassView",
    "FlagView", "Flags", "InterestView", "Interests", "Keep", "KnownFlag", "NewToken", "OrganizationView", "OverrideView",
    "People", "Permission", "Places", "ProfileView", "SchoolView", "TokenView", "Tokens", "UserView", "changing", "known",
    "may", "note", "require", "utc_now",
]
