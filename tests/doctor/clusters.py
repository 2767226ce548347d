"""Small groups of models, each in a healthy form and with one fault planted; groups know nothing of each other.

They are written in the 2.x style; `old_style` retells them with `Column`.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.doctor import Code

BASES = {
    "base.py": """
        from sqlalchemy.orm import DeclarativeBase

        class Base(DeclarativeBase):
            pass
    """,
    "old": """
        from sqlalchemy.orm import declarative_base

        Base = declarative_base()
    """,
}
HEAD = """\
import enum
import sys
from sqlalchemy import Column, Enum, ForeignKey, ForeignKeyConstraint, Integer, String, Table
from sqlalchemy.orm import Mapped, declarative_base, mapped_column, relationship
from {package}.base import Base

"""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A healthy group, what to write instead of what, and what the doctor should say about it and where."""

    code: Code
    healthy: str
    wrong: tuple[tuple[str, str], ...]
    at: str
    """Class and attribute, or the line itself after `@`."""
    drop_import: str = ""
    runs: bool = False
    """Only running the code can tell."""


PAIR = """
class {P}Parent(Base):
    __tablename__ = "{p}_parents"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    children: Mapped[list["{P}Child"]] = relationship(back_populates="parent", foreign_keys="{P}Child.parent_id")

class {P}Child(Base):
    __tablename__ = "{p}_children"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    parent_id: Mapped[int] = mapped_column(Integer, ForeignKey("{p}_parents.id"))
    parent: Mapped["{P}Parent"] = relationship(back_populates="children", foreign_keys="{P}Child.parent_id")
"""
OPEN_PAIR = PAIR.replace(', foreign_keys="{P}Child.parent_id"', "")
TWO_KEYS = PAIR.replace("    parent: Mapped", """    guardian_id: Mapped[int] = mapped_column(Integer, ForeignKey("{p}_parents.id"))
    parent: Mapped""")
TREE = """
class {P}Node(Base):
    __tablename__ = "{p}_nodes"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("{p}_nodes.id"))
    parent: Mapped["{P}Node"] = relationship(back_populates="children", remote_side="{P}Node.id")
    children: Mapped[list["{P}Node"]] = relationship(back_populates="parent")
"""
MANY = """
{p}_links = Table("{p}_links", Base.metadata,
    Column("left_id", ForeignKey("{p}_lefts.id"), primary_key=True),
    Column("right_id", ForeignKey("{p}_rights.id"), primary_key=True))

class {P}Left(Base):
    __tablename__ = "{p}_lefts"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    rights: Mapped[list["{P}Right"]] = relationship(secondary="{p}_links", back_populates="lefts")

class {P}Right(Base):
    __tablename__ = "{p}_rights"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    lefts: Mapped[list["{P}Left"]] = relationship(secondary="{p}_links", back_populates="rights")
"""
ENUMS = """
class {P}Mood(enum.Enum):
    good = 1
    bad = 2

class {P}Feeling(enum.Enum):
    good = 1
    bad = 3

class {P}Day(Base):
    __tablename__ = "{p}_days"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    mood: Mapped[{P}Mood] = mapped_column(Enum({P}Mood, name="{p}_mood"))

class {P}Night(Base):
    __tablename__ = "{p}_nights"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    mood: Mapped[{P}Feeling] = mapped_column(Enum({P}Feeling, name="{p}_mood"))
"""
BACKREF = OPEN_PAIR.replace('relationship(back_populates="parent")', 'relationship(backref="parent")').replace(
    '    parent: Mapped["{P}Parent"] = relationship(back_populates="children")\n', "")

CLUSTERS = {
    "ghost": Cluster(code=Code.MISSING_CLASS, healthy=PAIR, at="{P}Parent.ghosts", wrong=(
        ("\nclass {P}Child", '    ghosts: Mapped[list["{P}Ghost"]] = relationship(back_populates="parent")\n\nclass {P}Child'),)),
    "typo": Cluster(code=Code.MISSING_CLASS, healthy=OPEN_PAIR, at="{P}Child.parent", wrong=(
        ('Mapped["{P}Parent"]', 'Mapped["{P}Parnet"]'),)),
    "unseen": Cluster(code=Code.CLASS_NOT_IMPORTED, healthy=OPEN_PAIR, at="{P}Parent.children", wrong=(), drop_import="yes"),
    "unjoined": Cluster(code=Code.MISSING_FOREIGN_KEY, healthy=OPEN_PAIR, at="{P}Parent.children", wrong=(
        (', ForeignKey("{p}_parents.id")', ""),)),
    "torn": Cluster(code=Code.AMBIGUOUS_FOREIGN_KEYS, healthy=TWO_KEYS, at="{P}Child.parent", wrong=(
        ('back_populates="children", foreign_keys="{P}Child.parent_id"', 'back_populates="children"'),)),
    "bare": Cluster(code=Code.BAD_FOREIGN_KEYS, healthy=PAIR, at="{P}Child.parent", wrong=(
        ('children", foreign_keys="{P}Child.parent_id"', 'children", foreign_keys="parent_id"'),)),
    "strings": Cluster(code=Code.BAD_FOREIGN_KEYS, healthy=PAIR, at="{P}Parent.children", wrong=(
        ('parent", foreign_keys="{P}Child.parent_id"', 'parent", foreign_keys=["parent_id"]'),)),
    "misspelt": Cluster(code=Code.BAD_FOREIGN_KEYS, healthy=PAIR, at="{P}Parent.children", wrong=(
        ('parent", foreign_keys="{P}Child.parent_id"', 'parent", foreign_keys="{P}Child.parnt_id"'),)),
    "noclass": Cluster(code=Code.BAD_FOREIGN_KEYS, healthy=PAIR, at="{P}Parent.children", wrong=(
        ('parent", foreign_keys="{P}Child.parent_id"', 'parent", foreign_keys="[{P}Chidl.parent_id]"'),)),
    "keyless": Cluster(code=Code.BAD_FOREIGN_KEYS, healthy=PAIR, at="{P}Child.parent", wrong=(
        ('children", foreign_keys="{P}Child.parent_id"', 'children", foreign_keys="{P}Child.name"'),)),
    "notable": Cluster(code=Code.MISSING_TABLE_REFERENCE, healthy=OPEN_PAIR, at="{P}Child.parent_id", wrong=(
        ('ForeignKey("{p}_parents.id")', 'ForeignKey("{p}_parent.id")'),)),
    "nocolumn": Cluster(code=Code.MISSING_TABLE_REFERENCE, healthy=OPEN_PAIR, at="{P}Child.parent_id", wrong=(
        ('ForeignKey("{p}_parents.id")', 'ForeignKey("{p}_parents.parent_id")'),)),
    "absent": Cluster(code=Code.BACK_POPULATES, healthy=OPEN_PAIR, at="{P}Child.parent", wrong=(
        ('back_populates="children"', 'back_populates="kids"'), ('relationship(back_populates="parent")', "relationship()"))),
    "onesided": Cluster(code=Code.BACK_POPULATES, healthy=OPEN_PAIR, at="{P}Child.parent", wrong=(
        ('relationship(back_populates="children")', "relationship()"),)),
    "column": Cluster(code=Code.BACK_POPULATES, healthy=OPEN_PAIR, at="{P}Parent.children", wrong=(
        ('back_populates="parent"', 'back_populates="name"'), ('relationship(back_populates="children")', "relationship()"))),
    "stranger": Cluster(code=Code.BACK_POPULATES, healthy=PAIR + """
class {P}Aunt(Base):
    __tablename__ = "{p}_aunts"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    child_id: Mapped[int] = mapped_column(Integer, ForeignKey("{p}_children.id"))
    child: Mapped["{P}Child"] = relationship()
""", at="{P}Aunt.child", wrong=(('"{P}Child"] = relationship()', '"{P}Child"] = relationship(back_populates="parent")'),)),
    "sameway": Cluster(code=Code.BACK_POPULATES, healthy=TREE, at="{P}Node.parent", wrong=(
        (', remote_side="{P}Node.id"', ""),)),
    "secondbase": Cluster(code=Code.TWO_BASES, healthy=OPEN_PAIR, at="{P}Base@", wrong=(
        ("\nclass {P}Child(Base)", "\n{P}Base = declarative_base()\n\nclass {P}Child({P}Base)"),)),
    "doubled": Cluster(code=Code.TWO_CLASSES_ONE_TABLE, healthy=PAIR, at="{P}Child@class", wrong=(
        ('"{p}_children"', '"{p}_parents"'), ('ForeignKey("{p}_parents.id")', "ForeignKey({P}Parent.id)"))),
    "reserved": Cluster(code=Code.NAME_CLASH, healthy=PAIR, at="{P}Child.metadata", wrong=(
        ("    name: Mapped", "    metadata: Mapped"),)),
    "twice": Cluster(code=Code.NAME_CLASH, healthy=PAIR, at="{P}Child.name", wrong=(
        ("    parent_id: Mapped", "    name: Mapped[str] = mapped_column(String(60))\n    parent_id: Mapped"),)),
    "backref": Cluster(code=Code.NAME_CLASH, healthy=BACKREF, at="{P}Parent.children", wrong=(
        ('backref="parent"', 'backref="name"'),)),
    "moods": Cluster(code=Code.ENUM_DIFFERS, healthy=ENUMS, at="{P}Night.mood", wrong=(
        ("    bad = 3", "    awful = 3"),)),
    "between": Cluster(code=Code.MISSING_TABLE_REFERENCE, healthy=MANY, at="{P}Right.lefts", wrong=(
        ('"{P}Left"]] = relationship(secondary="{p}_links"', '"{P}Left"]] = relationship(secondary="{p}_lnks"'),)),
    "halfway": Cluster(code=Code.MISSING_FOREIGN_KEY, healthy=MANY, at="{P}Left.rights", wrong=(
        ('Column("right_id", ForeignKey("{p}_rights.id")', 'Column("right_id", Integer'),)),
    "syntax": Cluster(code=Code.IMPORT_FAILS, healthy=PAIR, at="@class {P}Child", wrong=(
        ("class {P}Child(Base):", "class {P}Child(Base:"),)),
    "nameless": Cluster(code=Code.IMPORT_FAILS, healthy=PAIR, at="@    name", runs=True, wrong=(
        ("String(50)", "Strnig(50)"),)),
    "exits": Cluster(code=Code.IMPORT_FAILS, healthy=PAIR, at="@sys.exit", runs=True, wrong=(
        ("\nclass {P}Child", "\nsys.exit(3)\n\nclass {P}Child"),)),
    "ordered": Cluster(code=Code.MAPPER_FAILS, healthy=PAIR, at="{P}Parent.children", runs=True, wrong=(
        ('back_populates="parent"', 'back_populates="parent", order_by="{P}Child.nmae"'),)),
}


def write_tree(folder: Path, *, planted: set[str], old: bool) -> Path:
    """A package of all clusters with these faults planted; its `__init__` imports every file."""
    package = folder / "garden"
    package.mkdir(parents=True)
    base = BASES["old" if old else "base.py"]
    (package / "base.py").write_text("\n".join(line[8:] for line in base.splitlines()), "utf-8")
    door = []
    for name, cluster in CLUSTERS.items():
        text = told(cluster, name, faulty=name in planted)
        parts = _split(text) if cluster.drop_import else {name: text}
        for file, body in parts.items():
            body = HEAD.format(package="garden") + (old_style(body) if old else body)
            (package / f"{file}.py").write_text(body, "utf-8")
            if not (name in planted and cluster.drop_import and file != name):
                door.append(f"from garden import {file}")
    (package / "__init__.py").write_text("\n".join(door) + "\n", "utf-8")
    return package


def told(cluster: Cluster, name: str, *, faulty: bool) -> str:
    text = cluster.healthy
    for old, new in cluster.wrong if faulty else ():
        text = text.replace(old, new)
    return text.replace("{P}", name.capitalize()).replace("{p}", name)


def _split(text: str) -> dict[str, str]:
    """The two classes of a pair, in a file each."""
    first, second = text.split("\nclass UnseenChild")
    return {"unseen": first, "unseen_child": "\nclass UnseenChild" + second}


def old_style(text: str) -> str:
    """The same models with `Column` and without annotations."""
    text = re.sub(r': Mapped\[list\["(\w+)"\]\] = relationship\(', r' = relationship("\1", ', text)
    text = re.sub(r': Mapped\["(\w+)"\] = relationship\(', r' = relationship("\1", ', text)
    text = re.sub(r": Mapped\[[^\n=]*\] = mapped_column\(", " = Column(", text)
    return text.replace(", )", ")")


def place(cluster: Cluster, name: str) -> str:
    return cluster.at.replace("{P}", name.capitalize())
