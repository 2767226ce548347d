"""`python -m pipeline providers check | rehearse`: what of the google family works here, and a lesson over a stand-in for it."""

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import families
from pipeline.config import Settings, read_settings
from pipeline.domain import GenerationRequest, Lesson, Modality, StageRun, Unit
from pipeline.errors import PipelineError
from pipeline.generate import generate
from pipeline.logs import Wanted
from pipeline.prices import cost, today
from pipeline.trace import Trace
from pipeline.wiring import Wiring, new_request_id

if TYPE_CHECKING:
    from pipeline.providers.google.storage import BucketStore
    from pipeline.testing.google import Google

QUESTION = "Explain Newton's third law using basketball"
REHEARSED = (Modality.TEXT, Modality.VIDEO)
OWN = (Unit.VCPU_SECOND, Unit.GIB_SECOND)
"""What this machine uses while it asks: no service bills it."""


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What became of asking one service."""

    part: str
    works: bool
    said: str


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `providers`."""
    parser = verbs.add_parser("providers", help="ask each service of Google once, or rehearse a lesson without any")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="what works with this project, what is missing, and what mends it")
    check.add_argument("--json", action="store_true", help="print one object")
    check.set_defaults(run=run_check)
    rehearse = actions.add_parser("rehearse", help="a text and a film by the real clients, over a stand-in on this machine")
    rehearse.add_argument("--question", default=QUESTION)
    rehearse.add_argument("--json", action="store_true", help="print one object")
    rehearse.set_defaults(run=run_rehearse)


def run_check(args: argparse.Namespace) -> int:
    """0 when every service works that the settings name, else 1."""
    found = [_looked(part, ask) for part, ask in _services(read_settings())]
    if args.json:
        print(json.dumps({"services": [vars(one) for one in found], "ok": all(one.works for one in found)}))
    else:
        print("\n".join(f"{'works' if one.works else 'FAILS':6} {one.part:11} {one.said}" for one in found))
    return 0 if all(one.works for one in found) else 1


def run_rehearse(args: argparse.Namespace) -> int:
    """0 when both lessons were made, their bill is what the stand-in counted and their files are in its bucket, else 1."""
    from pipeline.commands.rehearsed_files import compare
    from pipeline.testing import QuietJournal
    from pipeline.testing.google import Google
    from pipeline.testing.google_server import served

    google = Google()
    told: list[Mapping[str, Any]] = []
    lessons: list[Lesson] = []
    with served(google) as address, _own_home(read_settings()) as settings:
        over = _over(settings, google, address)
        house = Wiring(over).open_house()
        for modality in REHEARSED:
            journal = QuietJournal()
            request = GenerationRequest(
                request_id=new_request_id(), student_query=args.question, student_id="rehearsal", grade_level=10,
                requested_modalities=(modality,), preferred_modality=modality, fresh=True)
            lessons.append(generate(house.allow(request), house, Trace(journal)))
            told.append(_told(modality, lessons[-1], journal.runs))
        found = compare(lessons, house.store, google.bucket, over)
    counted = {f"{model} {unit}": quantity for (model, unit), quantity in google.billed.items()}
    billed = _sum([one["google"] for one in told])
    agree = billed == counted
    if args.json:
        print(json.dumps({"lessons": told, "billed": billed, "counted": counted, "agree": agree, "files": vars(found)},
                         default=str))
    else:
        print("\n".join([*map(_line, told), *(f"  {name}: {quantity:,}" for name, quantity in sorted(counted.items())),
                         "The bill is what the stand-in counted." if agree else f"The bill says otherwise: {billed}",
                         found.sentence]))
    return 0 if agree and not found.wrong and all(one["status"] == "completed" for one in told) else 1


def _services(settings: Settings) -> Iterator[tuple[str, Callable[[], str]]]:
    """Each service that this installation would use, and a way to ask it that costs nothing or next to it."""
    from pipeline.providers.google.embedder import VertexEmbedder
    from pipeline.providers.google.voice import CloudVoice

    models = {"text": settings.google_model, **{f"text {each}": model for each, model in settings.google_models.items()}}
    for part, model in models.items():
        yield part, partial(_model, settings, model)
    yield "voice", lambda: CloudVoice(families.account(settings), settings.google_voice).probe()
    yield "embedder", lambda: VertexEmbedder(families.account(settings), settings.google_embedder).for_questions().probe()
    if settings.artifacts:
        yield "files", lambda: _bucket(settings).probe()
        yield "links", lambda: _bucket(settings).probe_link()
    if settings.vertex_experiment:
        yield "experiments", lambda: families.experiments(settings).probe()
    if settings.vertex_judge:
        yield "judge", lambda: families.evaluation_service(settings).probe()
    if settings.google_batch:
        yield "batch", lambda: families.batches(replace(settings, parts={"text": families.GOOGLE})).probe()
    if settings.log_project:
        yield "logs", lambda: _logs(Wiring(settings))
    if settings.subscription:
        yield "requests", lambda: _subscription(settings.subscription)


def _bucket(settings: Settings) -> "BucketStore":
    from pipeline.providers.google.storage import BucketStore

    return BucketStore(families.account(settings), settings.artifacts, settings.home / families.WORKING)


def _model(settings: Settings, model: str) -> str:
    from pipeline.providers.google.language import GeminiModel

    return GeminiModel(families.account(settings), model).probe()


def _looked(part: str, ask: Callable[[], str]) -> Looked:
    try:
        return Looked(part=part, works=True, said=ask())
    except PipelineError as fault:
        return Looked(part=part, works=False, said=str(fault))


def _logs(wiring: Wiring) -> str:
    source = wiring.cloud_logs(Wanted())
    source.service.call("list", {"resourceNames": [f"projects/{source.service.project}"], "pageSize": 1}, seconds=20)
    return source.service.project


def _subscription(name: str) -> str:
    from pipeline.bridge.pubsub import PubSub

    return PubSub(name).probe()


@contextmanager
def _own_home(settings: Settings) -> Iterator[Settings]:
    """The settings with a home of their own for as long; the index is taken along, because making it takes a minute."""
    with tempfile.TemporaryDirectory(prefix="vividly-rehearsal-") as folder:
        index = settings.home / "index.sqlite"
        if index.is_file():
            shutil.copy(index, folder)
        home = Path(folder)
        yield replace(settings, home=home, database_url=f"sqlite:///{home / 'vividly.sqlite'}", database_is_default=True)


def _over(settings: Settings, google: "Google", address: str) -> Settings:
    return replace(settings, family="google", parts={}, google_project=google.project, google_endpoint=address,
                   google_impersonate="", artifacts=f"gs://{google.bucket.name}/lessons")


def _told(modality: Modality, lesson: Lesson, runs: list[StageRun]) -> dict[str, Any]:
    used = [row for run in runs for row in run.usage if row.provider == families.GOOGLE and row.unit not in OWN]
    return {
        "modality": modality.value, "status": lesson.status.value, "reason": lesson.reason,
        "seconds": round(sum(run.seconds for run in runs), 1),
        "made_by": {run.stage.value: f"{run.family}/{run.model}" for run in runs if run.family},
        "google": _sum([{f"{row.model} {row.unit}": int(row.quantity)} for row in used]),
        "usd": cost([row for run in runs for row in run.usage], on=today()), "usd_google": cost(used, on=today()),
    }


def _sum(parts: list[Mapping[str, int]]) -> dict[str, int]:
    whole: dict[str, int] = {}
    for name, quantity in (pair for part in parts for pair in part.items()):
        whole[name] = whole.get(name, 0) + quantity
    return whole


def _line(told: Mapping[str, Any]) -> str:
    makers = ", ".join(f"{stage} {maker}" for stage, maker in told["made_by"].items())
    dollars = Decimal(told["usd"]).quantize(Decimal("0.000001"))
    return (f"{told['modality']}: {told['status']} in {told['seconds']} s, ${dollars}, of which Google "
            f"${told['usd_google']}{' ' + told['reason'] if told['reason'] else ''}\n  made by {makers}")
