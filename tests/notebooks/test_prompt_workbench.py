"""The workbench notebook runs from top to bottom, with models that are fakes, and leaves a version and a run behind."""

import ast
import os
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

from pipeline.config import ROOT, read_settings
from pipeline.wiring import Wiring

NOTEBOOK = ROOT / "notebooks" / "prompt_workbench.ipynb"
CELL_SECONDS = 300
FAKES = """
import pipeline.wiring
from pipeline.testing import ANSWERS, FakeTextModel, FakeWiring
def faked(settings):
    return FakeWiring(settings, text=FakeTextModel({**ANSWERS, "hook": lambda asked: f"Why is that so in {len(asked.user)} ways?"}))
pipeline.wiring.Wiring = faked
"""


@pytest.fixture
def notebook() -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


def test_the_notebook_and_its_text_are_the_same(notebook: nbformat.NotebookNode) -> None:
    text = jupytext.read(NOTEBOOK.with_suffix(".py"))
    assert [(cell.cell_type, cell.source) for cell in text.cells] == [(cell.cell_type, cell.source) for cell in notebook.cells]


def test_no_output_is_kept_and_nothing_is_defined(notebook: nbformat.NotebookNode) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    assert not [node for cell in code for node in ast.walk(ast.parse(cell.source)) if isinstance(node, defined)]


def test_a_change_is_tried_saved_and_put_to_the_test(
    notebook: nbformat.NotebookNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    environment = {"VIVIDLY_HOME": str(tmp_path), "VIVIDLY_NOTEBOOK_QUESTIONS": "1"}
    notebook.cells.insert(0, nbformat.v4.new_code_cell(FAKES))
    client = NotebookClient(notebook, timeout=CELL_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}})
    client.execute(env={**os.environ, **environment})
    wiring = Wiring(read_settings(environment))
    version = wiring.registry.version("hook", "candidate")
    assert "at most fourteen words" in version.text.user and version.parent == wiring.registry.version("hook", "production").version
    (run,) = wiring.experiments.newest()
    assert (run.variants, run.questions, run.decided) == (("production", "draft"), 4, 0)
    assert {wiring.record.view(request).request.prompts["hook"] for request in wiring.record.undecided()} == {
        version.version, version.parent}
    said = "".join(str(output.get("text", "")) for cell in notebook.cells for output in cell.get("outputs", ()))
    assert "tokens to read" in said and run.run_id in said
