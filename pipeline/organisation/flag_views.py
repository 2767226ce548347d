"""Flags as pages see them."""

from datetime import datetime

from pipeline.organisation.flag_rules import FLAGS
from pipeline.tables import FeatureFlag, FlagOverride
from pipeline.visuals import Value


class OverrideView(Value):
    """Where one organisation, or one user, differs; the other's id is None."""

    organization_id: str | None
    organization_name: str
    user_id: str | None
    user_name: str
    enabled: bool
    reason: str


class FlagView(Value):
    """A flag: what it is, what holds for everybody, and who differs."""

    key: str
    name: str
    description: str
    enabled: bool
    rollout_percentage: int
    starts_at: datetime | None
    ends_at: datetime | None
    overrides: tuple[OverrideView, ...]


def flag_view(key: str, row: FeatureFlag | None) -> FlagView:
    """The flag; without a row it is as it ships. What it is called comes from the table of known flags."""
    known = FLAGS[key]
    return FlagView(
        key=key, name=known.name, description=known.description, enabled=row.enabled if row else known.enabled,
        rollout_percentage=row.rollout_percentage if row else 100, starts_at=row.starts_at if row else None,
        ends_at=row.ends_at if row else None,
        overrides=tuple(_override_view(override) for override in row.overrides) if row else (),
    )


def _override_view(row: FlagOverride) -> OverrideView:
    return OverrideView(
        organization_id=row.organization_id, organization_name=row.organization.name if row.organization else "",
        user_id=row.user_id, user_name=(row.user.name or row.user.email) if row.user else "",
        enabled=row.enabled, reason=row.reason,
    )
