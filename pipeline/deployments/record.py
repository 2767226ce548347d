"""The record of deploys: added and never changed, except that what was unknown is filled in."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from pipeline.database import told_plainly
from pipeline.deployments.words import Deploy
from pipeline.errors import BadRequest
from pipeline.organisation import Actor, Permission, changing, note, require, utc_now
from pipeline.plain import one_line
from pipeline.tables import DeployOrigin, DeployRow

LENGTHS = {"build": (1, 200), "commit": (0, 64), "image": (0, 500), "service": (0, 200), "note": (0, 500)}
AHEAD = timedelta(minutes=5)
"""Clocks of two machines may differ by so much."""
FILLED = ("commit", "image", "note")
"""What a later telling may add, where it was empty."""
UNNAMED = "sha256:"
"""Where the id of a build is not known, its digest stands for it."""
ID_CHARACTERS = 100
"""Of an id in the log of changes."""
KEPT_APART = ("commit", "image")
"""What two tellings of one build must agree on."""


class Deploys:
    """The deploys of one database."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def record(self, actor: Actor, deploy: Deploy) -> bool:
        """Keep it; False when this build was there already. Raises `BadRequest` for what cannot be, and `NotAllowed`.

        The same build once more changes nothing, but may add what was not known. Another commit, another image, or a time
        more than five minutes ahead is refused.
        """
        require(actor, Permission.INCIDENTS)
        now = self._clock()
        clean = checked(deploy, now=now)
        with told_plainly(), changing(self._engine) as session:
            return _kept(session, actor, clean, now)

    def all(self, service: str | None = None) -> list[Deploy]:
        """Every deploy, the oldest first; of one service, with those that are of all."""
        wanted = select(DeployRow).order_by(DeployRow.at, DeployRow.deploy_id)
        if service:
            wanted = wanted.where(DeployRow.service.in_([service, ""]))
        with told_plainly(), Session(self._engine) as session:
            return [_view(row) for row in session.scalars(wanted)]

    def find(self, name: str) -> Deploy:
        """The newest deploy whose build or commit begins so. Raises `BadRequest` when there is none, or several builds."""
        found = [deploy for deploy in self.all() if name and (deploy.build.startswith(name) or deploy.commit.startswith(name))]
        if not found:
            raise BadRequest("deploy", f"none is known as {name[:64]!r}: see `python -m pipeline deploy list`.")
        exact = [deploy for deploy in found if deploy.build == name] or found
        if len({deploy.build for deploy in exact}) > 1:
            raise BadRequest("deploy", f"several begin with {name[:64]!r}: {', '.join(d.build for d in exact[:5])}.")
        return exact[-1]


def checked(deploy: Deploy, *, now: datetime) -> Deploy:
    """The deploy as it is kept. Raises `BadRequest`."""
    parts = {name: one_line(name, getattr(deploy, name), *lengths) for name, lengths in LENGTHS.items()}
    if deploy.at > now + AHEAD:
        raise BadRequest("at", f"{deploy.at:%Y-%m-%d %H:%M} UTC is in the future: record a deploy when it has happened.")
    return deploy.model_copy(update=parts)


def behind_log(deploy: Deploy, first: datetime | None) -> str:
    """What to say of a deploy that is older than everything in the log; empty where it is not."""
    if first is None or deploy.at >= first:
        return ""
    return f"The first line of the log is of {first:%Y-%m-%d %H:%M} UTC, after this deploy: there is nothing to compare with."


def _kept(session: Session, actor: Actor, deploy: Deploy, now: datetime) -> bool:
    there = session.scalars(
        select(DeployRow).where(DeployRow.service == deploy.service).order_by(DeployRow.at, DeployRow.deploy_id)).all()
    row = _same(there, deploy)
    if row is None:
        session.add(_row(deploy, actor.name, now))
        note(session, actor, "deploy.recorded", "deploy", deploy.build[:ID_CHARACTERS], None, _facts(deploy), at=now)
        return True
    _agree(row, deploy)
    before = _facts(_view(row))
    for name in FILLED:
        setattr(row, name, getattr(row, name) or getattr(deploy, name))
    if row.build.startswith(UNNAMED):
        row.build = deploy.build
    note(session, actor, "deploy.completed", "deploy", row.build[:ID_CHARACTERS], before, _facts(_view(row)), at=now)
    return False


def _facts(deploy: Deploy) -> dict[str, object]:
    return {"build": deploy.build, "commit": deploy.commit, "image": deploy.image, "at": deploy.at, "service": deploy.service,
            "note": deploy.note}


def _same(there: Sequence[DeployRow], deploy: Deploy) -> DeployRow | None:
    """The row of this deploy: of the same build, with no other build put there in between; a return to it is another."""
    alike = [row for row in there if _one_build(row, deploy)]
    for row in alike:
        early, late = sorted((row.at, deploy.at))
        if not any(early < other.at < late for other in there if other not in alike):
            return row
    return None


def _one_build(row: DeployRow, deploy: Deploy) -> bool:
    """Whether both are of one build: by its id, or by the digest where one of them knows no more."""
    if row.build == deploy.build:
        return True
    unnamed = row.build.startswith(UNNAMED) or deploy.build.startswith(UNNAMED)
    return unnamed and bool(deploy.digest) and row.image.endswith(deploy.digest)


def _agree(row: DeployRow, deploy: Deploy) -> None:
    for name in KEPT_APART:
        kept, said = getattr(row, name), getattr(deploy, name)
        if kept and said and not (kept.startswith(said) or said.startswith(kept)):
            raise BadRequest(name, f"build {deploy.build} is recorded with {kept[:80]!r}: a build has one {name}.")


def _row(deploy: Deploy, by: str, now: datetime) -> DeployRow:
    return DeployRow(
        build=deploy.build, commit=deploy.commit, image=deploy.image, at=deploy.at, service=deploy.service, note=deploy.note,
        origin=deploy.origin, recorded_by=by[:254], recorded_at=now)


def _view(row: DeployRow) -> Deploy:
    return Deploy(
        build=row.build, commit=row.commit, image=row.image, at=row.at, service=row.service, note=row.note,
        origin=DeployOrigin(row.origin), recorded_by=row.recorded_by, recorded_at=row.recorded_at)


def of_service(deploys: Sequence[Deploy], service: str) -> list[Deploy]:
    """Those that change what this service runs; all of them for no service."""
    return [deploy for deploy in deploys if not service or deploy.service in (service, "")]
