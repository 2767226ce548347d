"""Feature flags: what is on for whom and why, and changing it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from pipeline.errors import BadRequest
from pipeline.organisation import checks
from pipeline.organisation.access import Actor, Permission, require
from pipeline.organisation.audit import note
from pipeline.organisation.changes import Desk, changing, known
from pipeline.organisation.checks import KEEP, Keep
from pipeline.organisation.flag_facts import facts_about, state_of
from pipeline.organisation.flag_rules import FLAGS, decide
from pipeline.organisation.flag_views import FlagView, flag_view
from pipeline.plain import one_line
from pipeline.switches import Switch, Switches
from pipeline.tables import FeatureFlag, FlagOverride, Organization, User

REASON_CHARACTERS = 300
FlagViews = list[FlagView]
Explained = list[tuple[FlagView, Switch]]
"""Named here because inside the class `list` is the method."""


class Flags(Desk):
    """The flags of one database."""

    def ensure(self) -> None:
        """Insert the flags that are missing; nothing is written when none is."""
        with Session(self._engine) as session:
            if FLAGS.keys() <= set(session.scalars(select(FeatureFlag.key))):
                return
        with changing(self._engine) as session:
            for key in FLAGS:
                _row(session, key)

    def evaluate(self, key: str, person: str, now: datetime) -> Switch:
        """The decision of one flag for a person, known by user id or address, with its reason."""
        _check_key(key)
        with Session(self._engine) as session:
            facts = facts_about(session, person)
        return decide(facts.flags[key], facts.user, now, facts.overrides.get(key))

    def switches(self, student_id: str, now: datetime) -> Switches:
        """Every decision that the flow asks for."""
        with Session(self._engine) as session:
            facts = facts_about(session, student_id)
        decided = {key: decide(facts.flags[key], facts.user, now, facts.overrides.get(key)) for key in FLAGS}
        return Switches(video=decided["video_generation"], images=decided["images"], cache=decided["cache"],
                        google=decided["google_family"])

    def explain(self, actor: Actor, student_id: str) -> Explained:
        """Each flag with what it is for this student now."""
        require(actor, Permission.VIEW)
        with Session(self._engine) as session:
            facts, now = facts_about(session, student_id), self._clock()
            return [
                (view, decide(facts.flags[view.key], facts.user, now, facts.overrides.get(view.key)))
                for view in _views(session)
            ]

    def change(
        self, actor: Actor, key: str, *, enabled: bool | Keep = KEEP, rollout_percentage: int | Keep = KEEP,
        starts_at: datetime | Keep | None = KEEP, ends_at: datetime | Keep | None = KEEP,
    ) -> FlagView:
        """Change what holds for everybody; what is not named stays, and None takes a date away."""
        require(actor, Permission.FLAGS)
        _check_key(key)
        given = _checked(enabled, rollout_percentage, starts_at, ends_at)
        with changing(self._engine) as session:
            row = _row(session, key)
            before = state_of(row).model_dump()
            after = {**before, **given}
            if after["starts_at"] and after["ends_at"] and after["starts_at"] >= after["ends_at"]:
                raise BadRequest("ends_at", "must be later than the start.")
            for name, value in given.items():
                setattr(row, name, value)
            note(session, actor, "flag.changed", "flag", key, before, after, at=self._clock())
            return flag_view(key, row)

    def override(
        self, actor: Actor, key: str, *, organization_id: str | None = None, user_id: str | None = None, enabled: bool,
        reason: str,
    ) -> FlagView:
        """Let one organisation (with all below it) or one user differ; what was said before for them is replaced."""
        require(actor, Permission.FLAGS)
        _check_key(key)
        on, why = checks.truth("enabled", enabled), one_line("reason", reason, 1, REASON_CHARACTERS)
        with changing(self._engine) as session:
            flag = _row(session, key)
            target = _target(session, organization_id, user_id)
            row = _override(flag, organization_id, user_id)
            before = _said(row)
            if row is None:
                row = FlagOverride(organization_id=organization_id, user_id=user_id)
                flag.overrides.append(row)
            row.enabled, row.reason = on, why
            note(session, actor, "flag.overridden", "flag", key, {target: before}, {target: _said(row)}, at=self._clock())
            session.flush()
            return flag_view(key, flag)

    def remove_override(
        self, actor: Actor, key: str, *, organization_id: str | None = None, user_id: str | None = None,
    ) -> FlagView:
        """Let the organisation or user be like everybody else again."""
        require(actor, Permission.FLAGS)
        _check_key(key)
        with changing(self._engine) as session:
            flag = _row(session, key)
            target = _target(session, organization_id, user_id)
            row = _override(flag, organization_id, user_id)
            if row is None:
                raise BadRequest("override", f"there is none of {key} for this {target.split()[0]}.")
            note(session, actor, "flag.override_removed", "flag", key, {target: _said(row)}, {target: None},
                 at=self._clock())
            flag.overrides.remove(row)
            return flag_view(key, flag)

    def list(self, actor: Actor) -> FlagViews:
        """Every flag with its overrides."""
        require(actor, Permission.VIEW)
        with Session(self._engine) as session:
            return _views(session)


def _views(session: Session) -> FlagViews:
    overrides = selectinload(FeatureFlag.overrides)
    query = select(FeatureFlag).options(
        overrides.options(joinedload(FlagOverride.organization), joinedload(FlagOverride.user)))
    rows = {row.key: row for row in session.scalars(query)}
    return [flag_view(key, rows.get(key)) for key in FLAGS]


def _check_key(key: str) -> None:
    if key not in FLAGS:
        raise BadRequest("flag", f"there is none called {checks.shown(key)}.")


def _row(session: Session, key: str) -> FeatureFlag:
    """The row of a known flag, made when it is missing."""
    row = session.get(FeatureFlag, key)
    if row is None:
        known_flag = FLAGS[key]
        row = FeatureFlag(key=key, name=known_flag.name, description=known_flag.description,
                          enabled=known_flag.enabled, rollout_percentage=100)
        session.add(row)
        session.flush()
    return row


def _checked(
    enabled: bool | Keep, rollout_percentage: int | Keep, starts_at: datetime | Keep | None, ends_at: datetime | Keep | None,
) -> dict[str, object]:
    given: dict[str, object] = {}
    if enabled is not KEEP:
        given["enabled"] = checks.truth("enabled", enabled)
    if rollout_percentage is not KEEP:
        given["rollout_percentage"] = checks.whole("rollout_percentage", rollout_percentage, 0, 100)
    for name, value in (("starts_at", starts_at), ("ends_at", ends_at)):
        if value is not KEEP:
            given[name] = checks.moment(name, value)
    return given


def _target(session: Session, organization_id: str | None, user_id: str | None) -> str:
    """Whom an override is for, as the log calls it."""
    if (organization_id is None) == (user_id is None):
        raise BadRequest("override", "is for one organisation or for one user.")
    if user_id is not None:
        return f"user {known(session, User, user_id, 'user').user_id}"
    return f"organization {known(session, Organization, organization_id, 'organization').organization_id}"


def _override(flag: FeatureFlag, organization_id: str | None, user_id: str | None) -> FlagOverride | None:
    rows = (row for row in flag.overrides if (row.organization_id, row.user_id) == (organization_id, user_id))
    return next(rows, None)


def _said(row: FlagOverride | None) -> str | None:
    return None if row is None else f"{'on' if row.enabled else 'off'} ({row.reason})"
