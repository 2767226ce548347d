"""Importing in a child: what fails, exits, hangs or shouts is one finding, and the other files are examined all the same."""

from pathlib import Path

import pytest

from pipeline.doctor import CannotLook, Code, Examination, examine_models
from tests.doctor.test_clean import write

BASE = "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass\n"
HEAD = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship
from app.base import Base
"""


def model(name: str, body: str = "") -> str:
    return f"""{HEAD}
class {name}(Base):
    __tablename__ = "{name.lower()}s"
    id: Mapped[int] = mapped_column(primary_key=True)
{body}
"""


def tree(folder: Path, **files: str) -> Path:
    return write(folder / "app", {"base.py": BASE, "__init__.py": ""} | {f"{name}.py": text for name, text in files.items()})


def told(examination: Examination) -> list[tuple[Code, str, int]]:
    return [(f.code, f.file, f.line) for f in examination.findings]


GHOST = model("Last", '    ghost: Mapped["Ghost"] = relationship()')
BREAKS = {
    "raises": "raise RuntimeError('no')",
    "exits": "import sys; sys.exit(0)",
    "ends the process": "import os; os._exit(7)",
    "crashes": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    "is interrupted": "raise KeyboardInterrupt",
    "lacks a package": "import there_is_no_such_package",
    "asks a question": "input('Name? ')",
    "hangs": "while True: pass",
    "sleeps": "import time; time.sleep(600)",
}


@pytest.mark.parametrize("way", BREAKS)
def test_a_file_that_cannot_be_imported_is_one_finding_and_the_others_are_examined(tmp_path: Path, way: str):
    folder = tree(tmp_path, first=model("First"), middle=model("Middle") + BREAKS[way] + "\n", last=GHOST)
    examination = examine_models(folder, seconds=2.5)
    line = 1 if way in ("ends the process", "crashes", "hangs", "sleeps") else 9
    assert told(examination) == [(Code.MISSING_CLASS, "app/last.py", 8), (Code.IMPORT_FAILS, "app/middle.py", line)]
    assert {seen.name: seen.ok for seen in examination.models}["First"]


def test_several_files_that_end_the_process_are_each_named(tmp_path: Path):
    folder = tree(tmp_path, a=model("A") + BREAKS["ends the process"], b=model("B"), c=model("C") + BREAKS["crashes"])
    examination = examine_models(folder)
    assert [f.file for f in examination.findings] == ["app/a.py", "app/c.py"]
    assert {seen.name: seen.ok for seen in examination.models}["B"]


def test_what_a_module_prints_or_leaves_running_disturbs_nothing(tmp_path: Path):
    noise = """
import atexit, os, sys, threading, time
print("{'step': 'done'}" * 20000); sys.stderr.write("x" * 200000); os.write(1, bytes(range(256)))
threading.Thread(target=time.sleep, args=(600,)).start()
atexit.register(time.sleep, 600)
"""
    examination = examine_models(tree(tmp_path, loud=model("Loud") + noise, last=GHOST))
    assert told(examination) == [(Code.MISSING_CLASS, "app/last.py", 8)]


def test_files_that_fail_only_because_another_does_are_not_told_again(tmp_path: Path):
    user = model("User", '    posts: Mapped[list["Post"]] = relationship(back_populates="user")')
    post = "from app.user import User\n" + model("Post", """
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user: Mapped["User"] = relationship(back_populates="posts")""")
    door = "from app.a_user import *\nfrom app.user import User\nfrom app.post import Post\n"
    folder = tree(tmp_path, user="import nowhere_at_all\n" + user, post=post, a_user="from app.user import User\n" + model("Other"))
    (folder / "__init__.py").write_text(door, "utf-8")
    assert told(examine_models(folder)) == [(Code.IMPORT_FAILS, "app/user.py", 1)]


def test_a_package_that_is_not_installed_is_told_once(tmp_path: Path):
    missing = "import there_is_no_such_package\n"
    folder = tree(tmp_path, a=missing + model("A"), b=missing + model("B"), c=model("C"))
    (finding,) = examine_models(folder).findings
    assert finding.code is Code.IMPORT_FAILS and "app/b.py" in finding.message and "Install" in finding.suggestion


def test_an_optional_import_that_is_caught_is_no_finding(tmp_path: Path):
    guarded = "try:\n    from app import extra\nexcept ImportError:\n    extra = None\n"
    folder = tree(tmp_path, user=guarded + model("User"), extra="import there_is_no_such_package\n")
    assert told(examine_models(folder)) == []


def test_a_relationship_that_hangs_is_one_finding(tmp_path: Path):
    spin = "def spin():\n    while True: pass\n"
    folder = tree(tmp_path, user=spin + model("User", "    other = relationship(lambda: spin())"), last=GHOST)
    examination = examine_models(folder, seconds=2.0)
    assert told(examination) == [(Code.MISSING_CLASS, "app/last.py", 8), (Code.MAPPER_FAILS, "app/user.py", 10)]


def test_an_import_that_configures_the_mappers_hides_no_offender(tmp_path: Path):
    folder = tree(tmp_path, a=GHOST, b=model("B", '    c: Mapped["C"] = relationship()'), c=model("C"),
                  d="from sqlalchemy.orm import configure_mappers\nfrom app import a, b, c\n" + model("D") + "configure_mappers()\n")
    assert told(examine_models(folder)) == [(Code.MISSING_CLASS, "app/a.py", 8), (Code.MISSING_FOREIGN_KEY, "app/b.py", 8)]


def test_faults_that_only_running_shows_are_told_apart(tmp_path: Path):
    body = """
    other_id: Mapped[int] = mapped_column(ForeignKey("others.id"))
    a: Mapped["Other"] = relationship(order_by="Other.nmae")
    b: Mapped["Other"] = relationship(cascade="all, delete-orphan")
    c: Mapped["Other"] = relationship(primaryjoin="User.other_id > Other.id")
    d: Mapped["Other"] = relationship(viewonly=True)
"""
    examination = examine_models(tree(tmp_path, user=model("User", body), other=model("Other")))
    assert [(f.attribute, f.line) for f in examination.findings] == [("a", 10), ("b", 11), ("c", 12)]


def test_examining_leaves_no_files_behind(tmp_path: Path):
    folder = tree(tmp_path, user=model("User"))
    before = sorted(tmp_path.rglob("*"))
    examine_models(folder)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("target", ["there.is.no.such.package", "no/such/folder", "sys", "two words", ""])
def test_what_does_not_exist_is_said_in_one_sentence(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CannotLook, match=r"^[^\n]+$"):
        examine_models(target)


@pytest.mark.parametrize("files", [{}, {"a.py": "x = 1\n"}, {"notes.txt": "hello"}], ids=["empty", "no models", "no Python"])
def test_a_folder_without_models_cannot_be_examined(tmp_path: Path, files: dict[str, str]):
    with pytest.raises(CannotLook):
        examine_models(write(tmp_path / "things", files), run=False)
