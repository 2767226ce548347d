"""The doctor on this project itself: clean on both databases, and a start that refuses with a list, never a trace."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from pipeline.checkup import check_database, check_models, check_own, refuse, told
from pipeline.config import ROOT, Settings
from pipeline.database import downgrade, open_database, upgrade
from pipeline.doctor import Code, Severity
from pipeline.errors import OperatorError
from pipeline.wiring import Wiring


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    upgrade(url)
    engine = open_database(url)
    yield engine
    engine.dispose()


def change(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_our_own_models_have_no_fault():
    found = check_models()
    assert found.findings == ()
    assert len(found.models) >= 15 and all(model.ok for model in found.models)
    assert {edge.target for edge in found.edges if edge.model == "Organization"} == {"Organization", "School", "User", "FlagOverride"}


def test_a_migrated_database_is_what_the_models_say(engine: Engine, url: str, settings: Settings):
    checkup = check_own(settings, url=url)
    assert checkup.examination.findings == ()
    assert checkup.state is not None and checkup.state.ready


def test_every_difference_is_told_at_once_at_the_line_that_declares_it(engine: Engine, url: str, settings: Settings):
    change(engine, "DROP TABLE api_tokens", "DROP INDEX ix_users_role", "ALTER TABLE topics DROP COLUMN unit")
    found = check_own(settings, url=url).examination.findings
    told_of = {(f.code, f.model, f.attribute): f for f in found}
    assert set(told_of) == {
        (Code.TABLE_DIFFERS, "ApiToken", ""), (Code.INDEX_DIFFERS, "User", "role"), (Code.COLUMN_DIFFERS, "Topic", "unit"),
    }
    for (_, model, attribute), finding in told_of.items():
        line = (ROOT / "pipeline" / finding.file.removeprefix("pipeline/")).read_text().splitlines()[finding.line - 1]
        assert (attribute or f"class {model}") in line


def test_migrations_that_wait_are_a_finding(engine: Engine, url: str, settings: Settings):
    engine.dispose()
    downgrade(url)
    found = check_own(settings, url=url).examination.findings
    assert found[0].code is Code.MIGRATIONS_PENDING and "database upgrade" in found[0].suggestion.lower()


def test_a_database_that_is_not_there_yet_is_no_fault_and_is_not_made(settings: Settings):
    checkup = check_own(settings)
    assert checkup.is_new and checkup.state is None and checkup.examination.findings == ()
    assert not settings.home.exists()


def test_a_database_that_lacks_something_is_refused_with_the_list(settings: Settings):
    engine = Wiring(settings).engine
    change(engine, "DROP TABLE feature_flag_overrides", "ALTER TABLE topics DROP COLUMN unit")
    with pytest.raises(OperatorError, match="(?s)doctor has 2 findings.*feature_flag_overrides.*unit"):
        _ = Wiring(settings).engine


def test_a_missing_index_is_told_and_stops_nobody(settings: Settings):
    engine = Wiring(settings).engine
    change(engine, "DROP INDEX ix_users_role")
    findings = check_database(Wiring(settings).engine)
    assert [finding.severity for finding in findings] == [Severity.WARNING]
    refuse(findings)


def test_a_database_of_ones_own_is_never_changed_without_being_asked(settings: Settings, tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'mine.sqlite'}"
    upgrade(url, to="0002")
    with pytest.raises(OperatorError, match=r"lacks the migrations 0003, 0004, 0005, 0006, 0007, 0008, 0009, 0010, 0011, 0012, 0013, 0014, 0015, 0016, 0017, 0018, 0019, 0020: run `python -m pipeline database upgrade`"):
        _ = Wiring(replace(settings, database_url=url, database_is_default=False)).engine
    assert Wiring(replace(settings, database_url=url)).engine  # the default one brings itself up to date


def test_a_long_list_is_cut_with_the_way_to_the_rest():
    findings = check_models().findings
    assert told(findings) == ""


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the project, in which a relationship leads to a class that is not there."""
    for name in ("pipeline", "console", "data", ".streamlit"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "streamlit_app.py", tmp_path)
    places = tmp_path / "pipeline" / "tables" / "places.py"
    source = places.read_text()
    places.write_text(source.replace('Mapped[list["School"]]', 'Mapped[list["Shool"]]'))
    return tmp_path


def test_a_worker_with_broken_models_refuses_with_the_list_and_no_trace(broken: Path):
    ended = subprocess.run([sys.executable, "-m", "pipeline", "worker"], cwd=broken, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "nothing was started" in ended.stderr and "Shool" in ended.stderr and "places.py" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_console_with_broken_models_refuses_with_the_list_and_no_trace(broken: Path):
    look = ("from streamlit.testing.v1 import AppTest\n"
            "page = AppTest.from_file('streamlit_app.py', default_timeout=60).run()\n"
            "print([e.value for e in page.exception], [e.value for e in page.error], [b.label for b in page.button])")
    ended = subprocess.run([sys.executable, "-c", look], cwd=broken, capture_output=True, text=True, check=False)
    assert ended.stdout.startswith("[] ['"), ended.stdout + ended.stderr
    told = ended.stdout.replace("\\", "")
    assert "relationship to Shool" in told and "places.py" in told and "Make the lesson" not in told


def test_models_that_cannot_even_be_imported_are_refused_the_same_way(broken: Path):
    (broken / "pipeline" / "tables" / "flags.py").write_text("from nowhere import something\n")
    ended = subprocess.run([sys.executable, "-m", "pipeline", "worker"], cwd=broken, capture_output=True, text=True, check=False)
    assert ended.returncode == 1 and "Traceback" not in ended.stderr
    assert "flags.py:1" in ended.stderr and "nowhere" in ended.stderr
