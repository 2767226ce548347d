"""Weeks of spending, put into a record the way workers do: organisations, forms, topics, films of all lengths, the shelf."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select, update

from pipeline.domain import Lesson, Modality, Stage, StageRun, StageStatus, Status, Unit, Usage
from pipeline.organisation import COMMAND_LINE
from pipeline.tables import RequestRow, StageRunRow, UsageRow, UserRole
from pipeline.tracking import Record
from pipeline.wiring import Wiring
from tests.console import lessons

TOPICS = ("topic_phys_mech_newton_3", "topic_bio_cells_photosynthesis", "topic_math_algebra_linear", "topic_chem_bonds",
          "topic_earth_seasons", "topic_cs_search", "topic_phys_energy", "topic_bio_genetics", "topic_math_geometry")
FORMS = (Modality.TEXT, Modality.TEXT, Modality.VIDEO, Modality.TEXT, Modality.AUDIO, Modality.VIDEO, Modality.TEXT, Modality.IMAGES)
MAKES = {Modality.TEXT: (), Modality.AUDIO: (Stage.TTS,), Modality.IMAGES: (Stage.IMAGES,),
         Modality.VIDEO: (Stage.TTS, Stage.IMAGES, Stage.VIDEO)}
SKIPPABLE = (Stage.TTS, Stage.IMAGES, Stage.VIDEO)
SCHOOLS = ("North River <b>Schools</b>", "Lakeside Academy")
UNKNOWN = "gemini-9.9-<i>future</i>"


def fill(wiring: Wiring, count: int = 60, *, days: int = 60, unpriced: bool = False, seed: int = 7) -> None:
    """So many requests over the days until now."""
    chance, record = random.Random(seed), wiring.record
    places = [wiring.places.create_organization(COMMAND_LINE, name).organization_id for name in SCHOOLS]
    for number, place in enumerate(places):
        wiring.people.invite(COMMAND_LINE, f"student{number}@vividly.test", UserRole.STUDENT, organization_id=place)
    for number in range(count):
        at = datetime.now(UTC) - timedelta(days=days * (count - 1 - number) / count)
        _request(record, f"spent-{number}", FORMS[number % len(FORMS)], at, chance, number)
    if unpriced:
        _request(record, "unpriced", Modality.TEXT, datetime.now(UTC) - timedelta(minutes=5), chance, count, model=UNKNOWN)


def _request(record: Record, name: str, form: Modality, at: datetime, chance: random.Random, number: int,
             model: str = "qwen2.5-1.5b") -> None:
    record.accept(lessons.request(name, form, student_id=f"student{number % 3}@vividly.test"))
    taken = record.begin(name)
    cached, failed, words = number % 9 == 8, number % 23 == 22, 300 + chance.randrange(500)
    for run in _runs(form, words, chance, cached=cached, model=model):
        record.stage_finished(name, run, 0.5, lease=taken.lease)
    intent = lessons.INTENT.model_copy(update={"topic_id": TOPICS[number * number % len(TOPICS)]})
    fault = "The provider did not answer."
    lesson = Lesson(request_id=name, status=Status.FAILED, reason=fault) if failed else Lesson(
        request_id=name, status=Status.COMPLETED, intent=intent, script=lessons.script("word " * words), cache_hit=cached)
    record.finish(lesson, {}, fault if failed else "", lease=taken.lease)
    _at(record, name, at)


def _runs(form: Modality, words: int, chance: random.Random, *, cached: bool, model: str) -> list[StageRun]:
    seconds = {Stage.NLU: 4.0, Stage.SCRIPT: 15 + words / 40}
    if cached:
        seconds = {Stage.NLU: 4.0}
    elif MAKES[form]:
        seconds |= {stage: {Stage.TTS: words / 50, Stage.IMAGES: 4.0, Stage.VIDEO: 10 + words / 7}[stage] for stage in MAKES[form]}
    made = [_run(stage, mean * chance.uniform(0.9, 1.1), model) for stage, mean in seconds.items()]
    return made + [StageRun(stage=stage, status=StageStatus.SKIPPED) for stage in SKIPPABLE if stage not in MAKES[form]]


def _run(stage: Stage, seconds: float, model: str) -> StageRun:
    name = lessons.MODELS[stage] if model != UNKNOWN else model
    provider = "google" if model == UNKNOWN else "embedded"
    used = {Unit.VCPU_SECOND: seconds * 2, Unit.GIB_SECOND: seconds * 1.5, Unit.OUTPUT_TOKEN: 300.0}
    return StageRun(
        stage=stage, status=StageStatus.COMPLETED, family=provider, model=name, started_at=datetime.now(UTC), seconds=seconds,
        usage=tuple(Usage(provider=provider, model=name, unit=unit, quantity=Decimal(f"{quantity:.3f}"))
                    for unit, quantity in used.items()))


def _at(record: Record, name: str, at: datetime) -> None:
    """As if it had happened then."""
    runs = select(StageRunRow.id).where(StageRunRow.request_id == name)
    with record._engine.begin() as connection:
        connection.execute(update(RequestRow).where(RequestRow.id == name).values(
            created_at=at, started_at=at, finished_at=at + timedelta(seconds=40)))
        connection.execute(update(UsageRow).where(UsageRow.stage_run_id.in_(runs)).values(recorded_at=at))
