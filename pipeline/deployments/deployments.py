"""The deployments of one database: the record of them, and what the logs say about each."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from pipeline.database import told_plainly
from pipeline.deployments.alarms import alarms_of, silence
from pipeline.deployments.audit import Noted, deploys_of
from pipeline.deployments.checklist import checklist
from pipeline.deployments.counting import read_history
from pipeline.deployments.evidence import recorded
from pipeline.deployments.history import History
from pipeline.deployments.judging import judge
from pipeline.deployments.record import Deploys, behind_log, of_service
from pipeline.deployments.words import Alarm, Check, Deploy, Mark, Told, Verdict
from pipeline.errors import BadRequest
from pipeline.logs.notable import Notable
from pipeline.organisation import Actor
from pipeline.tables import LogActivityRow, LogNoteRow, UserRole

AUDIT_LOG = Actor(user_id="audit_log", name="audit log", role=UserRole.ADMIN)
"""In whose name deploys are recorded that were read."""


class Deployments(Deploys):
    """Deploys with their verdicts. Everything but the record itself is derived from the logs each time it is asked for."""

    def remark(self, deploy: Deploy) -> str:
        """What is to be said of it when it is recorded; mostly nothing."""
        with told_plainly(), self._engine.connect() as connection:
            first = connection.scalar(select(func.min(LogActivityRow.first_at)))
        return behind_log(deploy, None if first is None else datetime.fromtimestamp(first, UTC))

    def collect(self) -> int:
        """Record the deploys that Cloud Run's and Cloud Build's audit entries among the read lines tell of; how many were new."""
        with told_plainly(), self._engine.connect() as connection:
            rows = connection.execute(select(LogNoteRow.at, LogNoteRow.text).where(LogNoteRow.kind == Notable.DEPLOYED.value)
                                      .order_by(LogNoteRow.at)).all()
        found = deploys_of(Noted(datetime.fromtimestamp(row.at, UTC), row.text) for row in rows)
        return sum(self._collected(deploy) for deploy in found)

    def _collected(self, deploy: Deploy) -> bool:
        try:
            return self.record(AUDIT_LOG, deploy)
        except BadRequest:  # it contradicts what somebody recorded by hand, who knew better
            return False

    def told(self) -> list[Told]:
        """Every deploy with its verdict, the newest first."""
        deploys = self.all()
        with told_plainly(), self._engine.connect() as connection:
            histories = _histories(connection, deploys)
        return [Told(deploy=deploy, verdict=judge(*_place(histories, deploy))) for deploy in reversed(deploys)]

    def verdict(self, deploy: Deploy) -> Verdict:
        """What it did, as far as can be told now."""
        return judge(*self._placed(deploy))

    def checklist(self, deploy: Deploy) -> tuple[Check, ...]:
        """What is usually looked at after a deploy, looked at."""
        history, era = self._placed(deploy)
        with told_plainly(), self._engine.connect() as connection:
            return checklist(connection, history, era, recorded(self._engine, history.eras, era))

    def marks(self, told: Sequence[Told] | None = None) -> Mapping[str, Mark]:
        """By fingerprint: the deploy that a group is gone since, the one that brought it, and what had hidden it.

        `told` may be what the method of this name has just said.
        """
        marks: dict[str, Mark] = {}
        for each in reversed(self.told() if told is None else told):
            marks.update(_marked(marks, each))
        return marks

    def alarms(self, now: datetime | None = None, told: Sequence[Told] | None = None) -> list[Alarm]:
        """What somebody should look at now: new groups in the last deploy, escalations, and silence."""
        moment, told = now or self._clock(), self.told() if told is None else told
        with told_plainly(), self._engine.connect() as connection:
            return [*alarms_of(connection, told, moment), *silence(connection, moment)]

    def _placed(self, deploy: Deploy) -> tuple[History, int]:
        with told_plainly(), self._engine.connect() as connection:
            return _place(_histories(connection, self.all(), only=deploy.service), deploy)


def _histories(connection: Connection, deploys: Sequence[Deploy], only: str | None = None) -> dict[str, History]:
    services = {deploy.service for deploy in deploys} if only is None else {only}
    return {service: read_history(connection, of_service(deploys, service), service) for service in sorted(services)}


def _place(histories: Mapping[str, History], deploy: Deploy) -> tuple[History, int]:
    """The history of its service, and its era there."""
    history = histories[deploy.service]
    for number, other in enumerate(history.deploys, start=1):
        if (other.build, other.service, other.at) == (deploy.build, deploy.service, deploy.at):
            return history, number
    raise BadRequest("deploy", f"{deploy.build[:64]!r} is not recorded: see `python -m pipeline deploy list`.")


def _marked(marks: Mapping[str, Mark], told: Told) -> dict[str, Mark]:
    """The marks of the groups that this deploy touched, on top of what earlier ones did."""
    build, verdict, found = told.deploy.build, told.verdict, dict[str, Mark]()
    for fate in (*verdict.still, *verdict.broke, *verdict.unmasked, *verdict.rare):  # there again, so not fixed before
        found[fate.fingerprint] = _mark(marks, fate.fingerprint, fixed_in=None)
    for fate in verdict.broke:
        found[fate.fingerprint] = found[fate.fingerprint].model_copy(update={"broke_in": build})
    for fate in verdict.unmasked:
        found[fate.fingerprint] = found[fate.fingerprint].model_copy(
            update={"unmasked_in": build, "unmasked_by": fate.unmasked_by, "why": fate.why})
    for fate in verdict.fixed:
        found[fate.fingerprint] = _mark(marks, fate.fingerprint, fixed_in=build)
    return found


def _mark(marks: Mapping[str, Mark], fingerprint: str, *, fixed_in: str | None) -> Mark:
    return marks.get(fingerprint, Mark(fingerprint=fingerprint)).model_copy(update={"fixed_in": fixed_in})
