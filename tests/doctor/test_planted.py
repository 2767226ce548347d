"""k faults planted into a healthy tree are k findings, each of the right kind and at the right place."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.doctor import Examination, examine_models
from tests.doctor.clusters import CLUSTERS, place, write_tree

READ = sorted(name for name, cluster in CLUSTERS.items() if not cluster.runs)
STYLES = pytest.mark.parametrize("old", [False, True], ids=["2.x", "Column"])
MOST = 10


def expected(planted: set[str]) -> list[tuple[str, str]]:
    return sorted((str(CLUSTERS[name].code), name) for name in planted)


def found(examination: Examination) -> list[tuple[str, str]]:
    """Kind and cluster of each finding; the cluster is in the file's name."""
    return sorted((str(f.code), Path(f.file).stem.split("_")[0]) for f in examination.findings)


@STYLES
@pytest.mark.parametrize("run", [False, True], ids=["read", "run"])
def test_a_healthy_tree_has_no_findings(tmp_path: Path, old: bool, run: bool):
    examination = examine_models(write_tree(tmp_path, planted=set(), old=old), run=run)
    assert examination.findings == ()
    assert all(model.ok for model in examination.models) and len(examination.models) > 50
    assert not any(edge.broken for edge in examination.edges)


@STYLES
@pytest.mark.parametrize("name", CLUSTERS)
def test_one_fault_is_one_finding_at_its_place(tmp_path: Path, name: str, old: bool):
    cluster = CLUSTERS[name]
    folder = write_tree(tmp_path, planted={name}, old=old)
    for run in {cluster.runs, cluster.runs or not old}:
        (finding,) = examine_models(folder, run=run).findings
        where, _, line = place(cluster, name).partition("@")
        model, _, attribute = where.partition(".")
        assert (finding.code, finding.model, finding.attribute) == (cluster.code, model, attribute)
        text = (folder.parent / finding.file).read_text("utf-8").splitlines()[finding.line - 1]
        assert text.lstrip().startswith((attribute or line or where).strip())
        assert finding.message.strip() and finding.suggestion.strip()


@settings(max_examples=30, deadline=None)
@given(planted=st.sets(st.sampled_from(READ), max_size=MOST), old=st.booleans())
def test_k_faults_that_can_be_read_are_k_findings(planted: set[str], old: bool):
    with tempfile.TemporaryDirectory() as folder:
        examination = examine_models(write_tree(Path(folder), planted=planted, old=old), run=False)
    assert found(examination) == expected(planted)


@settings(max_examples=6, deadline=None)
@given(planted=st.sets(st.sampled_from(sorted(CLUSTERS)), min_size=3, max_size=MOST), old=st.booleans())
def test_k_faults_are_k_findings_when_the_code_is_run(planted: set[str], old: bool):
    with tempfile.TemporaryDirectory() as folder:
        examination = examine_models(write_tree(Path(folder), planted=planted, old=old))
    assert found(examination) == expected(planted)


@STYLES
def test_every_fault_at_once_hides_no_other(tmp_path: Path, old: bool):
    examination = examine_models(write_tree(tmp_path, planted=set(CLUSTERS), old=old))
    assert found(examination) == expected(set(CLUSTERS))
