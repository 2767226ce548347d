"""The fault that kept the original's Organization switched off: three causes, of which SQLAlchemy shows one at a time."""

from pathlib import Path

import pytest

from pipeline.doctor import Code, Examination, examine_models, locate_column
from tests.doctor.test_clean import write

BASE = "from sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\n"
HEAD = "from sqlalchemy import Boolean, Column, ForeignKey, String\nfrom sqlalchemy.orm import relationship\nfrom .base import Base\n"
ORGANIZATION = HEAD + """
class Organization(Base):
    __tablename__ = "organizations"
    organization_id = Column(String(100), primary_key=True)
    name = Column(String(255), nullable=False)
    schools = relationship("School", back_populates="organization", cascade="all, delete-orphan")
    users = relationship("User", back_populates="organization")
    feature_flags = relationship("FeatureFlag", back_populates="organization")
"""
USER = HEAD + """
class User(Base):
    __tablename__ = "users"
    user_id = Column(String(100), primary_key=True)
    organization_id = Column(String(100){key})
    organization = relationship("Organization", back_populates="users", foreign_keys={foreign_keys})
"""
FLAG = HEAD + """
class FeatureFlag(Base):
    __tablename__ = "feature_flag"
    id = Column(String(36), primary_key=True)
    enabled = Column(Boolean, default=False)
    organization_id = Column(String(100), ForeignKey("organizations.organization_id"))
    organization = relationship("Organization", back_populates="feature_flags")
    created_by = Column(String(100), ForeignKey("users.user_id"))
    author = relationship("User")
"""
DOOR = "from .organization import Organization\nfrom .user import User\n"
KEY = ', ForeignKey("organizations.organization_id")'
WRONG = ['"organization_id"', '["organization_id"]', '"User.organisation_id"', '"[Organisation.organization_id]"']


def original(folder: Path, *, foreign_keys: str, key: str) -> Path:
    user = USER.format(foreign_keys=foreign_keys, key=key)
    files = {"base.py": BASE, "organization.py": ORGANIZATION, "user.py": user, "feature_flag.py": FLAG, "__init__.py": DOOR}
    return write(folder / "models", files)


def told(examination: Examination) -> set[tuple[Code, str]]:
    return {(f.code, f"{f.model}.{f.attribute}") for f in examination.findings}


@pytest.mark.parametrize("run", [False, True], ids=["read", "run"])
@pytest.mark.parametrize("key", ["", KEY], ids=["without a key", "with a key"])
@pytest.mark.parametrize("foreign_keys", WRONG)
def test_the_originals_three_faults_are_exactly_three_findings(tmp_path: Path, foreign_keys: str, key: str, run: bool):
    examination = examine_models(original(tmp_path, foreign_keys=foreign_keys, key=key), run=run)
    assert len(examination.findings) == 3
    assert told(examination) == {
        (Code.MISSING_CLASS, "Organization.schools"), (Code.BAD_FOREIGN_KEYS, "User.organization"),
        (Code.CLASS_NOT_IMPORTED, "Organization.feature_flags"),
    }
    assert all("organization_id" in f.suggestion for f in examination.findings if f.code is Code.BAD_FOREIGN_KEYS)


@pytest.mark.parametrize("run", [False, True], ids=["read", "run"])
def test_a_worker_that_never_imports_a_class_is_the_third_finding_where_no_package_imports_them_all(tmp_path: Path, run: bool):
    folder = original(tmp_path, foreign_keys=WRONG[0], key=KEY)
    (folder / "__init__.py").write_text("", "utf-8")
    worker = folder / "worker.py"
    worker.write_text("from .organization import Organization\nfrom .user import User\n", "utf-8")
    examination = examine_models(folder, run=run)
    assert told(examination) == {
        (Code.MISSING_CLASS, "Organization.schools"), (Code.BAD_FOREIGN_KEYS, "User.organization"),
        (Code.CLASS_NOT_IMPORTED, "Organization.feature_flags"),
    }
    assert len(examination.findings) == 3
    worker.write_text(worker.read_text("utf-8") + "from .feature_flag import FeatureFlag\n", "utf-8")
    assert len(examine_models(folder, run=run).findings) == 2


def test_mended_one_by_one_the_findings_grow_fewer(tmp_path: Path):
    folder = original(tmp_path, foreign_keys="[organization_id]", key=KEY)
    assert len(examine_models(folder).findings) == 2
    (folder / "__init__.py").write_text(DOOR + "from .feature_flag import FeatureFlag\n", "utf-8")
    assert told(examine_models(folder)) == {(Code.MISSING_CLASS, "Organization.schools")}
    text = "\n".join(line for line in ORGANIZATION.splitlines() if "School" not in line)
    (folder / "organization.py").write_text(text, "utf-8")
    examination = examine_models(folder)
    assert examination.findings == () and all(model.ok for model in examination.models)


def test_the_graph_shows_which_edges_are_broken(tmp_path: Path):
    examination = examine_models(original(tmp_path, foreign_keys=WRONG[0], key=KEY))
    edges = {f"{edge.model}.{edge.attribute} → {edge.target}": edge.broken for edge in examination.edges}
    assert edges["Organization.schools → School"] and edges["Organization.feature_flags → FeatureFlag"]
    assert edges["User.organization → Organization"] and not edges["FeatureFlag.organization → Organization"]


def test_columns_and_classes_can_be_located(tmp_path: Path):
    examination = examine_models(original(tmp_path, foreign_keys=WRONG[0], key=KEY), run=False)
    column, table = locate_column(examination, "users", "organization_id"), locate_column(examination, "users")
    assert column and (column.model, column.attribute, column.file, column.line) == ("User", "organization_id", "models/user.py", 8)
    assert table and (table.model, table.file, table.line) == ("User", "models/user.py", 5)
    assert locate_column(examination, "schools") is None


def test_models_of_anybody_are_compared_with_a_database(tmp_path: Path):
    from sqlalchemy import create_engine, text

    url = f"sqlite:///{tmp_path / 'other.db'}"
    with create_engine(url).begin() as connection:
        connection.execute(text("CREATE TABLE organizations (organization_id VARCHAR(100) PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
    folder = write(tmp_path / "models", {"base.py": BASE, "organization.py": "\n".join(ORGANIZATION.splitlines()[:8])})
    missing, other = examine_models(folder, database=url).findings[0], examine_models(folder, database=url).findings[1:]
    assert (missing.code, missing.model, missing.attribute) == (Code.COLUMN_DIFFERS, "Organization", "name")
    assert (missing.file, missing.line) == ("models/organization.py", 8) and not [f for f in other if f.attribute == "name"]
