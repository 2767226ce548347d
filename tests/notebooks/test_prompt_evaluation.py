"""The notebook makes, scores and judges a slice of two questions with the real model, and leaves its run behind."""

import ast
import os
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

from pipeline.config import ROOT, read_settings
from pipeline.experiments import State
from pipeline.wiring import Wiring

NOTEBOOK = ROOT / "notebooks" / "prompt_evaluation.ipynb"
CELL_SECONDS = 900


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


@pytest.mark.real
def test_it_measures_two_variants_end_to_end_and_leaves_the_run_with_its_verdict(
    notebook: nbformat.NotebookNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    models = read_settings().models
    environment = {"VIVIDLY_HOME": str(tmp_path), "VIVIDLY_MODELS": str(models), "VIVIDLY_NOTEBOOK_QUESTIONS": "2"}
    client = NotebookClient(notebook, timeout=CELL_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}})
    client.execute(env={**os.environ, **environment})
    (line,) = Wiring(read_settings(environment)).experiments.newest()
    assert (line.state, line.variants, line.decided) == (State.DONE, ("production", "plain"), 4) and line.verdict
    said = "".join(str(output.get("text", "")) for cell in notebook.cells for output in cell.get("outputs", ()))
    assert line.verdict.said in said and line.run_id in said and "at least" in said  # two questions decide nothing
