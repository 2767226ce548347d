"""The way into production: by an evaluation that passed, or by somebody's name and reason; where it is set so, by two."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.database import told_plainly
from pipeline.errors import BadRequest
from pipeline.organisation import Actor, Permission, changing, note, require
from pipeline.plain import one_line
from pipeline.registry.labels import WHY_CHARACTERS
from pipeline.registry.shipping import Shipping
from pipeline.registry.values import PRODUCTION, Evidences, Promotion
from pipeline.registry.versions import found, standing
from pipeline.tables import MoveKind, PromotionRow, PromotionState

RUN_CHARACTERS = 64


class Promotions(Shipping):
    """The promotions of one database."""

    _evidences: Evidences
    _second_person: bool

    def promote(self, actor: Actor, prompts: Mapping[str, str], *, run_id: str = "", override: str = "") -> Promotion:
        """Put these versions (prompt -> ref) into production together, or have them wait for a second person.

        Needs a run that passed, or a reason to do without. Raises `BadRequest`.
        """
        require(actor, Permission.PROMOTION)
        run, why = one_line("run", run_id, 0, RUN_CHARACTERS), one_line("override", override, 0, WHY_CHARACTERS)
        if bool(run) == bool(why):
            raise BadRequest("promotion", "needs either an evaluation that passed or a reason to do without one.")
        wanted = self._wanted(prompts)
        said = self._said(run, wanted) if run else ""
        with told_plainly(), changing(self._engine) as session:
            row = PromotionRow(
                prompts=dict(wanted), run_id=run, said=said, override=why, asked_by=actor.name[:254], asked_by_id=actor.user_id,
                asked_at=self._clock(), state=PromotionState.WAITING, decided_by="", why="")
            session.add(row)
            session.flush()
            note(session, actor, "prompt.promotion_asked", "prompt_promotion", str(row.promotion_id), None,
                 {"prompts": dict(wanted), "run_id": run, "override": why}, at=row.asked_at)
            if not self._second_person:
                self._done(session, actor, row)
            return _view(row)

    def approve(self, actor: Actor, promotion_id: int) -> Promotion:
        """A second person agrees: the versions are put into production. Raises `BadRequest` for the one who asked."""
        require(actor, Permission.PROMOTION)
        with told_plainly(), changing(self._engine) as session:
            row = _waiting(session, promotion_id)
            if row.asked_by_id == actor.user_id:
                raise BadRequest("promotion", "needs a second person: somebody else than the one who asked.")
            self._done(session, actor, row)
            return _view(row)

    def withdraw(self, actor: Actor, promotion_id: int, *, why: str) -> Promotion:
        """It is not gone on with."""
        require(actor, Permission.PROMOTION)
        said = one_line("why", why, 1, WHY_CHARACTERS)
        with told_plainly(), changing(self._engine) as session:
            row = _waiting(session, promotion_id)
            row.state, row.decided_by, row.decided_at, row.why = PromotionState.WITHDRAWN, actor.name[:254], self._clock(), said
            note(session, actor, "prompt.promotion_withdrawn", "prompt_promotion", str(promotion_id), None, {"why": said},
                 at=row.decided_at)
            return _view(row)

    def promotions(self, *, waiting: bool = False, limit: int = 100) -> Sequence[Promotion]:
        """The promotions, the newest first; only those that wait for a second person."""
        wanted = select(PromotionRow).order_by(PromotionRow.promotion_id.desc()).limit(limit)
        if waiting:
            wanted = wanted.where(PromotionRow.state == PromotionState.WAITING)
        with told_plainly(), Session(self._engine) as session:
            return [_view(row) for row in session.scalars(wanted)]

    def _wanted(self, prompts: Mapping[str, str]) -> Mapping[str, str]:
        """The versions that are not in production yet."""
        if not prompts:
            raise BadRequest("promotion", "must name a prompt and its version.")
        with told_plainly(), Session(self._engine) as session:
            labels = standing(session)
            versions = {name: found(self._versions(session, name), name, ref).version for name, ref in prompts.items()}
        if all(labels.get(name, {}).get(PRODUCTION) == version for name, version in versions.items()):
            raise BadRequest("promotion", "would change nothing: these versions are in production.")
        return versions

    def _said(self, run_id: str, prompts: Mapping[str, str]) -> str:
        """What the run says. Raises `BadRequest` when it did not pass, or is of other versions."""
        evidence = self._evidences.evidence(run_id, prompts)
        if not evidence.passed:
            raise BadRequest("run", f"{run_id} did not pass: {evidence.said} To promote all the same, give a reason.")
        return evidence.said

    def _done(self, session: Session, actor: Actor, row: PromotionRow) -> None:
        """Every label at once, or none."""
        row.state, row.decided_by, row.decided_at = PromotionState.DONE, actor.name[:254], self._clock()
        asked = actor.model_copy(update={"user_id": row.asked_by_id, "name": row.asked_by})
        kind = MoveKind.PROMOTED if row.run_id else MoveKind.OVERRIDDEN
        labels = standing(session)
        for name, version in row.prompts.items():
            if labels.get(name, {}).get(PRODUCTION) != version:
                self._move(session, asked, name, PRODUCTION, version, kind=kind, why=row.override or row.said[:WHY_CHARACTERS],
                           run_id=row.run_id, second=row.decided_by if self._second_person else "")


def _waiting(session: Session, promotion_id: int) -> PromotionRow:
    row = session.get(PromotionRow, promotion_id)
    if row is None:
        raise BadRequest("promotion", f"there is none with the number {promotion_id}.")
    if row.state is not PromotionState.WAITING:
        raise BadRequest("promotion", f"{promotion_id} is {row.state}: it waits for nobody.")
    return row


def _view(row: PromotionRow) -> Promotion:
    return Promotion(
        promotion_id=row.promotion_id, prompts=row.prompts, run_id=row.run_id, said=row.said, override=row.override,
        asked_by=row.asked_by, asked_at=row.asked_at, state=PromotionState(row.state), decided_by=row.decided_by,
        decided_at=row.decided_at, why=row.why)
