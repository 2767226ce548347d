"""What can be asked about experiments: runs, lists, one question in every variant, how variants stand."""

from sqlalchemy import Engine, select

from pipeline.errors import BadRequest
from pipeline.experiments import costing, rows
from pipeline.experiments.opinions import Judgement
from pipeline.experiments.rows import JUDGEMENTS
from pipeline.experiments.values import Item, RunView
from pipeline.experiments.views import Cell, QuestionView, RunLine, Standing
from pipeline.scoring import Reference, Score
from pipeline.tracking import Detail, Record

ID_CHARACTERS, LISTED, STANDINGS = 64, 50, 200


class Reading:
    """The experiments of one database, to be read."""

    def __init__(self, engine: Engine, record: Record) -> None:
        self._engine = engine
        self._record = record
        self._detail = Detail(engine)

    def find(self, run_id: str) -> RunView | None:
        """The run as it stands, or None when there is none of this id."""
        with self._engine.connect() as connection:
            return rows.view(connection, run_id, lambda ids: costing.spent(self._detail, ids))

    def view(self, run_id: str) -> RunView:
        """The run as it stands. Raises `BadRequest` when there is none of this id."""
        found = self.find(run_id)
        if found is None:
            raise BadRequest("run", f"there is no experiment {run_id[:ID_CHARACTERS]!a}.")
        return found

    def newest(self, limit: int = LISTED, *, dataset: str | None = None) -> list[RunLine]:
        """The newest runs, those with results with a line for each variant."""
        return rows.lines(self._engine, limit, dataset=dataset)

    def references(self, run_id: str) -> dict[int, Reference]:
        """The questions of a run by position."""
        with self._engine.connect() as connection:
            return rows.references(connection, run_id)

    def scores(self, run_id: str) -> dict[int, tuple[Score, ...]]:
        """What every lesson of a run was scored with, by the id of its item."""
        with self._engine.connect() as connection:
            return rows.scores(connection, run_id)

    def question(self, run_id: str, question_id: str) -> QuestionView:
        """One question with what every variant made of it. Raises `BadRequest`."""
        view = self.view(run_id)
        items = [item for item in view.items if item.question_id == question_id]
        if not items:
            raise BadRequest("question", f"{question_id[:ID_CHARACTERS]!a} is not in this experiment.")
        reference = self.references(run_id)[items[0].position]
        scores = self.scores(run_id)
        order = {variant.name: place for place, variant in enumerate(view.plan.variants)}
        cells = [self._cell(item, scores.get(item.item_id, ())) for item in sorted(items, key=lambda item: order[item.variant])]
        return QuestionView(reference=reference, cells=tuple(cells),
                            judgements=tuple(self.judgements(view, position=items[0].position)))

    def judges(self, run_id: str | None = None) -> list[str]:
        """Who judged pairs of the run, or of any run."""
        wanted = select(JUDGEMENTS.c.model).distinct().order_by(JUDGEMENTS.c.model)
        with self._engine.connect() as connection:
            return list(connection.scalars(wanted if run_id is None else wanted.where(JUDGEMENTS.c.run_id == run_id)))

    def judgements(self, view: RunView, *, position: int | None = None, judge: str | None = None) -> list[Judgement]:
        """What judges said of the run's pairs, by question; of the question at this position, or by this judge, only."""
        wanted = select(JUDGEMENTS).where(JUDGEMENTS.c.run_id == view.run_id)
        if judge is not None:
            wanted = wanted.where(JUDGEMENTS.c.model == judge)
        if position is not None:
            wanted = wanted.where(JUDGEMENTS.c.position == position)
        names = {place: variant.name for place, variant in enumerate(view.plan.variants, start=1)}
        questions = {item.position: item.question_id for item in view.items}
        with self._engine.connect() as connection:
            found = connection.execute(wanted.order_by(JUDGEMENTS.c.position, JUDGEMENTS.c.one, JUDGEMENTS.c.other,
                                                         JUDGEMENTS.c.model)).all()
        return [
            Judgement(question_id=questions[row.position], one=names[row.one], other=names[row.other], model=row.model,
                      preferred=names.get(row.preferred), one_first=row.one_first, other_first=row.other_first)
            for row in found
        ]

    def standings(self, dataset_digest: str) -> list[Standing]:
        """Every variant that was measured on the questions of this data set, once, with its newest figures."""
        found: dict[str, Standing] = {}
        for line in self.newest(STANDINGS):
            if line.dataset_digest != dataset_digest or not line.lines:
                continue
            view = self.view(line.run_id)
            for variant, figures in zip(view.plan.variants, line.lines, strict=True):
                made = variant.model_copy(update={"name": "-"}).model_dump_json()
                found.setdefault(made, Standing(run_id=line.run_id, at=line.created_at, prompts=variant.prompts,
                                                model=variant.model, line=figures))
        return list(found.values())

    def _cell(self, item: Item, scores: tuple[Score, ...]) -> Cell:
        made = self._record.view(item.request_id) if item.request_id else None
        lesson = made.lesson if made else None
        script = lesson.script if lesson else None
        asked = self._detail.prompts(item.request_id) if item.request_id else []
        return Cell(
            variant=item.variant, request_id=item.request_id, status=item.status, reused=item.reused,
            article=script.article if script else "", sentences=script.sentences if script else (),
            passages=script.passages if script else (), prompts=tuple(f"{each.name}@{each.version}" for each in asked),
            scores=scores, usd=costing.spent(self._detail, [item.request_id]) if item.request_id else None,
            seconds=round(sum(run.seconds for run in made.stages), 3) if made else 0.0,
            reason=(made.error or (lesson.reason if lesson else "")) if made else "")
