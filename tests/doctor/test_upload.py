"""An upload is read and never run; whatever it holds, reading it ends in findings or in one sentence."""

import sys
from pathlib import Path

import pytest

from pipeline.doctor import CannotLook, Code, examine_models
from tests.doctor.test_clean import write
from tests.doctor.test_running import GHOST, model, tree


def test_reading_never_runs_anything(tmp_path: Path):
    trace = tmp_path / "it-ran"
    effect = f"open({str(trace)!r}, 'w').close()\n"
    folder = tree(tmp_path, user=effect + model("User"), last=GHOST + effect)
    (folder / "__init__.py").write_text(effect, "utf-8")
    modules = set(sys.modules)
    (finding,) = examine_models(folder, run=False).findings
    assert finding.code is Code.MISSING_CLASS
    assert not trace.exists() and set(sys.modules) == modules
    examine_models(folder)
    assert trace.exists()  # the same files do run where running is allowed


def test_files_uploaded_without_their_folders_still_find_each_other(tmp_path: Path):
    uploaded = {"base.py": (tree(tmp_path / "x") / "base.py").read_text("utf-8")}
    uploaded["user.py"] = model("User", '    posts: Mapped[list["Post"]] = relationship(back_populates="user")')
    uploaded["post.py"] = model("Post", """
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user: Mapped["User"] = relationship(back_populates="post")""")
    (finding,) = examine_models(write(tmp_path / "uploaded", uploaded), run=False).findings
    assert (finding.code, finding.attribute, finding.line) == (Code.BACK_POPULATES, "user", 10)


def test_a_class_that_the_file_imports_from_elsewhere_is_not_called_missing(tmp_path: Path):
    file = tmp_path / "user.py"
    file.write_text("from company.models import School\n" + model("User", '    school: Mapped["School"] = relationship()'), "utf-8")
    assert examine_models(file, run=False).findings == ()


@pytest.mark.parametrize("text", [
    b"\x00\x01\x02", b"\xff\xfe broken", b"class A(", b"(" * 5000, b"x = " + b"-" * 100_000 + b"1",
    b"a" + b".b" * 5000, b"class A(A): pass\nclass B(C): pass\nclass C(B): pass\n", b"from . import *\nfrom .... import x\n",
    b"# coding: no-such-encoding\n",
], ids=range(9))
def test_hostile_files_are_read_without_harm(tmp_path: Path, text: bytes):
    folder = tree(tmp_path, last=GHOST)
    (folder / "hostile.py").write_bytes(text)
    findings = examine_models(folder, run=False).findings
    assert {f.code for f in findings} <= {Code.MISSING_CLASS, Code.IMPORT_FAILS}
    assert sum(f.file == "app/last.py" for f in findings) == 1
    assert sum(f.file == "app/hostile.py" for f in findings) <= 1


def test_a_file_that_is_not_python_is_refused(tmp_path: Path):
    (tmp_path / "models.zip").write_bytes(b"PK")
    with pytest.raises(CannotLook):
        examine_models(tmp_path / "models.zip", run=False)
