"""Names that clash, bases that part, files that nobody imports: one cause is one finding, wherever it shows."""

from pathlib import Path

import pytest

from pipeline.doctor import Code, Examination, Severity, examine_models
from tests.doctor.test_clean import write
from tests.doctor.test_running import model, tree

MODES = pytest.mark.parametrize("run", [False, True], ids=["read", "run"])
FLASK = """
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
links = db.Table("links", db.Column("a_id", db.ForeignKey("user.id")), db.Column("b_id", db.ForeignKey("blog_post.id")))
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    posts = db.relationship("BlogPost", secondary=links, back_populates="users")
class BlogPost(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    author_id = db.Column(db.ForeignKey("user.id"))
    users = db.relationship("User", secondary=links, back_populates="posts")
    author = db.relationship("User", foreign_keys=[author_id])
    {more}
"""


def told(examination: Examination) -> list[tuple[Code, str, str]]:
    return [(f.code, f.model, f.attribute) for f in examination.findings]


def tagged(target: str) -> dict[str, str]:
    """Two classes called Tag, and a relationship to this target."""
    other = model("Tag").replace('"tags"', '"other_tags"')
    post = model("Post", f"""
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"))
    tag = relationship("{target}")""")
    return {"a": model("Tag"), "b": other, "post": post}


@MODES
def test_two_classes_of_one_name_clash_where_the_bare_name_is_used(tmp_path: Path, run: bool):
    assert told(examine_models(tree(tmp_path, **tagged("Tag")), run=run)) == [(Code.NAME_CLASH, "Post", "tag")]


@MODES
def test_two_classes_of_one_name_live_together_where_the_full_name_is_used(tmp_path: Path, run: bool):
    assert told(examine_models(tree(tmp_path, **tagged("app.a.Tag")), run=run)) == []


@MODES
def test_a_class_that_nobody_wrote_is_told_once_however_often_it_is_named(tmp_path: Path, run: bool):
    named = '    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))\n    school: Mapped["School"] = relationship()'
    folder = tree(tmp_path, a=model("Pupil", named), b=model("Teacher", named))
    (finding,) = examine_models(folder, run=run).findings
    assert (finding.code, finding.model) == (Code.MISSING_CLASS, "Pupil") and "app/b.py:" in finding.message


@MODES
def test_keys_across_two_bases_are_one_finding_at_the_smaller_base(tmp_path: Path, run: bool):
    lone = "from sqlalchemy.orm import declarative_base\nOther = declarative_base()\n" + model("Note", """
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user: Mapped["User"] = relationship()""").replace("(Base)", "(Other)")
    folder = tree(tmp_path, user=model("User"), third=model("Third"), note=lone)
    (finding,) = examine_models(folder, run=run).findings
    assert (finding.code, finding.model, finding.line) == (Code.TWO_BASES, "Other", 2)


@MODES
def test_two_bases_that_never_meet_are_no_fault(tmp_path: Path, run: bool):
    lone = "from sqlalchemy.orm import declarative_base\nOther = declarative_base()\n" + model("Note").replace("(Base)", "(Other)")
    assert told(examine_models(tree(tmp_path, user=model("User"), note=lone), run=run)) == []


@MODES
def test_a_model_that_nobody_imports_or_names_is_a_warning(tmp_path: Path, run: bool):
    folder = tree(tmp_path, user=model("User"), lost=model("Lost"))
    (folder / "__init__.py").write_text("from app.user import User\n", "utf-8")
    (finding,) = examine_models(folder, run=run).findings
    assert (finding.code, finding.model, finding.severity) == (Code.CLASS_NOT_IMPORTED, "Lost", Severity.WARNING)


@MODES
def test_a_key_to_the_table_of_a_model_that_nobody_imports_is_an_error_at_the_key(tmp_path: Path, run: bool):
    user = model("User", '    lost_id: Mapped[int] = mapped_column(ForeignKey("losts.id"))')
    folder = tree(tmp_path, user=user, lost=model("Lost"))
    (folder / "__init__.py").write_text("from app.user import User\n", "utf-8")
    (finding,) = examine_models(folder, run=run).findings
    assert (finding.code, finding.attribute, finding.severity) == (Code.CLASS_NOT_IMPORTED, "lost_id", Severity.ERROR)


@MODES
def test_what_a_broken_file_would_declare_is_not_called_missing(tmp_path: Path, run: bool):
    post = model("Post", """
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user: Mapped["User"] = relationship(back_populates="posts")""")
    folder = tree(tmp_path, user=model("User") + "def broken(:\n", post=post)
    (finding,) = examine_models(folder, run=run).findings
    assert (finding.code, finding.file, finding.line) == (Code.IMPORT_FAILS, "app/user.py", 9)


@MODES
def test_plain_lists_of_one_enum_name_must_agree(tmp_path: Path, run: bool):
    head = "from sqlalchemy import Enum\n"
    folder = tree(tmp_path, a=head + model("A", '    mood = mapped_column(Enum("good", "bad", name="mood"))'),
                  b=head + model("B", '    mood = mapped_column(Enum("good", "awful", name="mood"))'))
    assert told(examine_models(folder, run=run)) == [(Code.NAME_CLASH, "B", "mood")]


@pytest.mark.parametrize(("more", "codes"), [
    ("", []), ('school = db.relationship("School")', [Code.MISSING_CLASS]),
    ('editor_id = db.Column(db.ForeignKey("users.id"))', [Code.MISSING_TABLE_REFERENCE]),
])
def test_models_of_flask_sqlalchemy_can_be_read_without_it(tmp_path: Path, more: str, codes: list[Code]):
    folder = write(tmp_path / "blog", {"models.py": FLASK.replace("{more}", more)})
    assert [f.code for f in examine_models(folder, run=False).findings] == codes
