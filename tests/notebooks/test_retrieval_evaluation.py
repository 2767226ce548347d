"""The notebook runs from top to bottom on a part of the shipped set, and is kept as text without outputs."""

import ast
import os
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

from pipeline.config import ROOT, read_settings
from pipeline.wiring import Wiring

NOTEBOOK = ROOT / "notebooks" / "retrieval_evaluation.ipynb"
CELL_SECONDS = 600


@pytest.fixture
def notebook() -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


def test_the_notebook_and_its_text_are_the_same(notebook: nbformat.NotebookNode) -> None:
    text = jupytext.read(NOTEBOOK.with_suffix(".py"))
    assert [(cell.cell_type, cell.source) for cell in text.cells] == [(cell.cell_type, cell.source) for cell in notebook.cells]


def test_no_output_is_kept_and_nothing_is_defined(notebook: nbformat.NotebookNode) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    assert not [node for cell in code for node in ast.walk(ast.parse(cell.source)) if isinstance(node, defined)]


@pytest.mark.real
def test_it_runs_from_top_to_bottom_and_leaves_its_verdict_in_the_database(
    notebook: nbformat.NotebookNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    models = read_settings().models
    environment = {"VIVIDLY_HOME": str(tmp_path), "VIVIDLY_MODELS": str(models), "VIVIDLY_NOTEBOOK_STEP": "16"}
    client = NotebookClient(notebook, timeout=CELL_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}})
    client.execute(env={**os.environ, **environment})
    (line,) = Wiring(read_settings(environment)).retrieval_runs.all()
    assert {system.name for system in line.systems} >= {"lexical", "dense", "default"}
    assert line.verdict.said in "".join(str(output.get("text", "")) for output in notebook.cells[-1].outputs)
