"""The architecture: who may import whom, held by reading the imports of every module."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.config import ROOT
from pipeline.domain import Stage, StageRun, StageStatus

LINES = (
    "visuals formula whole",  # leaves: they know nothing of ours
    "domain",
    "errors switches",
    "config",
    "ports plain meter deadlines logs stopping guardrails",
    "bill limits batches",
    "trace prices prompts reading speech store requests",
    "search",
    "corpus",
    "shelf writing report",
    "understanding",
    "stages scoring",
    "allowance",
    "generate",
    "providers models database workbench telemetry",
    "tables doctor",
    "tracking organisation",
    "ledger",
    "lessons checkup comparison incidents runbooks corpora registry",
    "deployments evaluation",
    "experiments",
    "work bridge",
    "families",
    "wiring",
    "api",
    "testing",
    "commands",
    "__main__",
)
"""The rooms of `pipeline`, top to bottom. A room imports only itself and rooms of the lines above its own."""
LEVEL = {room: number for number, line in enumerate(LINES) for room in line.split()}

SPEAKERS = {
    "streamlit": ("console", "streamlit_app"),
    "starlette": ("pipeline.api", "console.serving", "console.app"),
    "prometheus_client": ("pipeline.api",),
    "uvicorn": ("pipeline.commands.api",),
    "plotly": ("console",),
    "sqlalchemy": ("pipeline.database", "pipeline.tables", "pipeline.tracking", "pipeline.organisation", "pipeline.doctor",
                   "pipeline.comparison", "pipeline.ledger", "pipeline.deployments", "pipeline.runbooks", "pipeline.incidents",
                   "pipeline.corpora", "pipeline.evaluation", "pipeline.experiments", "pipeline.registry"),
    "alembic": ("pipeline.database", "pipeline.doctor"),
    "dbos": ("pipeline.work",),
    "google": ("pipeline.bridge", "pipeline.logs.cloud", "pipeline.providers.google"),
    "xllamacpp": ("pipeline.providers",),
    "onnxruntime": ("pipeline.providers",),
    "tokenizers": ("pipeline.providers",),
    "piper": ("pipeline.providers", "pipeline.models"),
    "typst": ("pipeline.providers",),
    "jinja2": ("pipeline.prompts",),
    "platformdirs": ("pipeline.config",),
    "opentelemetry": ("pipeline.telemetry", "pipeline.testing.otlp"),
}
"""Libraries, and the only places that may speak to them."""
SPOKEN_TO = {("pipeline.work.queue", "sqlalchemy.engine.make_url")}
"""Taking a database URL apart is not speaking SQL."""
SETTINGS_READERS = {"families", "models", "checkup", "prices", "runbooks", "wiring", "work", "commands", "testing", "__main__"}
"""Rooms that may know `pipeline.config`; prices and runbooks only their DATA: they are files that ship."""
INTERFACES = {"comparison", "guardrails", "telemetry", "speech", "tracking", "work", "models", "database", "tables", "doctor", "organisation", "api",
              "deployments", "runbooks", "incidents", "search", "evaluation", "scoring", "experiments", "prompts", "registry"}
"""Packages whose `__init__` is all that others import."""
CHOSEN_LATE = ("pipeline.wiring", "pipeline.families", "pipeline.commands.providers", "pipeline.logs.emit", "pipeline.providers",
               "pipeline.models.aligned", "pipeline.models.fused", "pipeline.checkup", "streamlit_app", "console.serving")
"""Where something is loaded only when it is chosen (`aligned` is the voice's patch and `fused` the embedder's, each done once
at `models pull`), or only when the doctor has found that our tables can be imported."""
LONGEST = 220
LONGER_FOR_A_REASON = {"pipeline/domain.py": 355, "pipeline/config.py": 310, "pipeline/wiring.py": 365, "pipeline/ports.py": 260}
"""The vocabulary is read as one page, and so are the ports and what every part is made of."""


class Import(NamedTuple):
    """One imported name, what it is imported from, whether the import stands inside a function, or is for types only."""

    target: str
    source: str
    deferred: bool
    typing: bool


@cache
def modules() -> dict[str, Path]:
    paths = [*ROOT.glob("pipeline/**/*.py"), *ROOT.glob("console/**/*.py"), ROOT / "streamlit_app.py"]
    return {_name(path): path for path in paths if path.is_file() and "migrations" not in path.parts}


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(module: str) -> tuple[Import, ...]:
    return tuple(_imports(ast.parse(modules()[module].read_text(encoding="utf-8")), deferred=False, typing=False))


def _imports(node: ast.AST, *, deferred: bool, typing: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, alias.name, deferred, typing) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "imports are absolute"
            source = child.module or ""
            yield from (Import(f"{source}.{alias.name}", source, deferred, typing) for alias in child.names)
        inside = deferred or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        only_types = typing or (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING")
        yield from _imports(child, deferred=inside, typing=only_types)


def own_module(target: str) -> str | None:
    """The module of ours that an imported name is or lives in."""
    return target if target in modules() else next((m for m in [target.rpartition(".")[0]] if m in modules()), None)


@cache
def exported(package: str) -> tuple[str, ...]:
    """The names in the `__all__` of a package."""
    for node in ast.parse(modules()[package].read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return tuple(ast.literal_eval(node.value))
    pytest.fail(f"{package} has no __all__")


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def in_pipeline() -> list[str]:
    return [module for module in modules() if module.startswith("pipeline.")]


def ours(module: str) -> set[str]:
    found = {own_module(entry.target) for entry in imports(module) if not entry.typing}
    return {own for own in found if own and own != module}


def test_every_room_has_its_line():
    assert {room(module) for module in in_pipeline()} == set(LEVEL)


def test_a_module_imports_only_from_its_own_room_or_a_line_above():
    wrong = [
        f"{module} imports {other}" for module in in_pipeline() for other in ours(module)
        if room(other) and room(other) != room(module) and LEVEL[room(other)] >= LEVEL[room(module)]
    ]
    assert wrong == []


def test_there_are_no_circles():
    graph = {module: ours(module) for module in modules()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" → ".join(circle.args[1]))


def test_stages_never_import_each_other():
    stages = [module for module in modules() if module.startswith("pipeline.stages.")]
    assert [(a, b) for a in stages for b in ours(a) if b.startswith("pipeline.stages")] == []


def test_the_pipeline_knows_no_page():
    outside = ("console", "streamlit", "streamlit_app", "tests")
    assert [(m, e.target) for m in in_pipeline() for e in imports(m) if e.target.split(".")[0] in outside] == []


@pytest.mark.parametrize("library", SPEAKERS)
def test_a_library_is_spoken_to_in_one_place(library: str):
    strangers = {
        (module, entry.target) for module in modules() for entry in imports(module)
        if entry.target.split(".")[0] == library and not any(_inside(module, place) for place in SPEAKERS[library])
    }
    assert strangers - SPOKEN_TO == set()


def test_imports_inside_functions_are_for_providers_that_somebody_chose():
    deferred = {module for module in modules() for entry in imports(module) if entry.deferred}
    assert {module for module in deferred if not any(_inside(module, place) for place in CHOSEN_LATE)} == set()


def test_settings_are_read_at_the_door():
    readers = {room(module) for module in in_pipeline() if "pipeline.config" in ours(module)}
    assert readers <= SETTINGS_READERS
    shipped = [module for module in in_pipeline() if room(module) in ("prices", "runbooks")]
    names = {entry.target for module in shipped for entry in imports(module) if "pipeline.config" in entry.target}
    assert names <= {"pipeline.config.DATA"}


@pytest.mark.parametrize("package", sorted(INTERFACES))
def test_outsiders_import_a_package_and_nothing_deeper(package: str):
    offered = {f"pipeline.{package}.{name}" for name in exported(f"pipeline.{package}")}
    deeper = [
        (module, entry.target) for module in modules() for entry in imports(module)
        if _inside(entry.source, f"pipeline.{package}") and room(module) != package
        and (entry.source != f"pipeline.{package}" or entry.target not in offered)
    ]
    assert deeper == []


def test_a_page_does_not_import_a_page():
    pages = [module for module in modules() if module.startswith("console.pages.")]
    assert [(a, b) for a in pages for b in ours(a) if b.startswith("console.pages.")] == []


def test_no_module_is_longer_than_can_be_read_at_once():
    for module, path in modules().items():
        limit = LONGER_FOR_A_REASON.get(str(path.relative_to(ROOT)), LONGEST)
        assert len(path.read_text(encoding="utf-8").splitlines()) <= limit, module


def test_the_seven_words_are_everywhere_the_same():
    words = ["nlu", "cache", "retrieval", "script", "tts", "images", "video"]
    assert [str(stage) for stage in Stage] == words
    files = {path.stem for path in (ROOT / "pipeline" / "stages").glob("*.py")} - {"__init__"}
    assert files == set(words) - {"cache"}  # the shelf is the cache
    assert (ROOT / "pipeline" / "shelf.py").is_file()
    assert [StageRun(stage=stage, status=StageStatus.SKIPPED).model_dump(mode="json")["stage"] for stage in Stage] == words


def test_every_module_says_what_it_is():
    empty = [m for m, path in modules().items() if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert empty == []


def _inside(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}.")
