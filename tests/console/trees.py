"""Small trees of models as text, and zips of them: one with the fault that once took the whole service down."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

BASE = """from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass
"""
ORGANIZATION = """from sqlalchemy import Column, String
from sqlalchemy.orm import relationship

from school.base import Base


class Organization(Base):
    __tablename__ = "organizations"

    organization_id = Column(String(100), primary_key=True)
    schools = relationship("School", back_populates="organization")
    users = relationship("User", back_populates="organization")
    feature_flags = relationship("FeatureFlag", back_populates="organization")
"""
USER = """from sqlalchemy import Column, ForeignKey, String
from sqlalchemy.orm import relationship

from school.base import Base


class User(Base):
    __tablename__ = "users"

    user_id = Column(String(100), primary_key=True)
    organization_id = Column(String(100), ForeignKey("organizations.organization_id"))
    organization = relationship("Organization", back_populates="users", foreign_keys="organisation_id")
"""
FLAG = """from sqlalchemy import Column, ForeignKey, String
from sqlalchemy.orm import relationship

from school.base import Base


class FeatureFlag(Base):
    __tablename__ = "feature_flags"

    flag_id = Column(String(100), primary_key=True)
    organization_id = Column(String(100), ForeignKey("organizations.organization_id"))
    organization = relationship("Organization", back_populates="feature_flags")
"""
DOOR = "from school.organization import Organization\nfrom school.user import User\n"
BROKEN = {"school/__init__.py": DOOR, "school/base.py": BASE, "school/organization.py": ORGANIZATION,
          "school/user.py": USER, "school/feature_flag.py": FLAG}
"""A relationship to a class that does not exist, one whose `foreign_keys` names nothing, one to a class never imported."""
ONE_MODEL = BASE + """

from sqlalchemy.orm import Mapped, mapped_column


class Note(Base):
    __tablename__ = "notes"

    note_id: Mapped[int] = mapped_column(primary_key=True)
"""


def plant(folder: Path, tree: Mapping[str, str] = BROKEN) -> Path:
    """Write the tree into the folder; the folder of its package."""
    for name, text in tree.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / next(iter(tree)).split("/")[0]


def zipped(tree: Mapping[str, str] = BROKEN, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The tree as a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, text in tree.items():
            archive.writestr(name, text)
    return buffer.getvalue()
