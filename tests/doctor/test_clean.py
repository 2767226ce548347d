"""Healthy models of every shape have no findings, read or run; and reading agrees with SQLAlchemy that they configure."""

from pathlib import Path
from textwrap import dedent

import pytest

from pipeline.doctor import examine_models

NEW = """
from __future__ import annotations
import enum
from typing import Annotated, List, Optional
from sqlalchemy import CheckConstraint, Column, Enum, ForeignKey, ForeignKeyConstraint, Integer, MetaData, String, Table, UniqueConstraint
from sqlalchemy import orm
import sqlalchemy as sa
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (DeclarativeBase, DynamicMapped, Mapped, MappedAsDataclass, WriteOnlyMapped, backref, column_property,
    declarative_base, declared_attr, deferred, foreign, mapped_column, registry, relationship, remote, synonym)

class Base(DeclarativeBase):
    pass
"""
OLD = """
import enum
import sqlalchemy as sa
from sqlalchemy import Column, Enum, ForeignKey, ForeignKeyConstraint, Integer, MetaData, String, Table, and_
from sqlalchemy import orm
from sqlalchemy.ext.declarative import declared_attr
from sqlalchemy.orm import backref, declarative_base, deferred, foreign, relationship, remote

Base = declarative_base()
"""

TREES = {
    "a tree of its own": (NEW, """
        class Node(Base):
            __tablename__ = "nodes"
            id: Mapped[int] = mapped_column(primary_key=True)
            parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey("nodes.id"))
            parent: Mapped[Optional[Node]] = relationship(back_populates="children", remote_side=[id])
            children: Mapped[List[Node]] = relationship(back_populates="parent")
    """),
    "a tree by backref": (OLD, """
        class Node(Base):
            __tablename__ = "nodes"
            id = Column(Integer, primary_key=True)
            parent_id = Column(Integer, ForeignKey("nodes.id"))
            children = relationship("Node", backref=backref("parent", remote_side=[id]))
            again = relationship("Node", remote_side="Node.id", viewonly=True)
    """),
    "many to many": (OLD, """
        links = Table("links", Base.metadata, Column("a", ForeignKey("lefts.id")), Column("b", ForeignKey("rights.id")))
        class Left(Base):
            __tablename__ = "lefts"
            id = Column(Integer, primary_key=True)
            rights = relationship("Right", secondary=links, back_populates="lefts")
            named = relationship("Right", secondary="links", viewonly=True)
            late = relationship("Right", secondary=lambda: links, viewonly=True)
        class Right(Base):
            __tablename__ = "rights"
            id = Column(Integer, primary_key=True)
            lefts = relationship("Left", secondary=links, back_populates="rights")
    """),
    "friends of friends": (OLD, """
        friends = Table("friends", Base.metadata, Column("a", ForeignKey("people.id")), Column("b", ForeignKey("people.id")))
        class Person(Base):
            __tablename__ = "people"
            id = Column(Integer, primary_key=True)
            friends = relationship("Person", secondary=friends, primaryjoin=id == friends.c.a, secondaryjoin=id == friends.c.b)
    """),
    "two keys to one table": (NEW, """
        class Customer(Base):
            __tablename__ = "customers"
            id: Mapped[int] = mapped_column(primary_key=True)
            billing_id = mapped_column(ForeignKey("addresses.id"))
            shipping_id = mapped_column(ForeignKey("addresses.id"))
            billing: Mapped["Address"] = relationship(foreign_keys=[billing_id], back_populates="billed")
            shipping: Mapped["Address"] = relationship(foreign_keys="[Customer.shipping_id]")
            lazily: Mapped["Address"] = relationship(foreign_keys=lambda: Customer.shipping_id, viewonly=True)
            table_wise: Mapped["Address"] = relationship(foreign_keys="customers.c.shipping_id", viewonly=True)
            joined: Mapped["Address"] = relationship(primaryjoin="Customer.billing_id == Address.id", viewonly=True)
        class Address(Base):
            __tablename__ = "addresses"
            id: Mapped[int] = mapped_column(primary_key=True)
            billed: Mapped[list["Customer"]] = relationship(foreign_keys="Customer.billing_id", back_populates="billing")
    """),
    "joined inheritance": (NEW, """
        class Company(Base):
            __tablename__ = "companies"
            id: Mapped[int] = mapped_column(primary_key=True)
            staff: Mapped[list["Employee"]] = relationship(back_populates="company")
            managers: Mapped[list["Manager"]] = relationship(viewonly=True)
        class Employee(Base):
            __tablename__ = "employees"
            id: Mapped[int] = mapped_column(primary_key=True)
            kind: Mapped[str]
            company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
            company: Mapped["Company"] = relationship(back_populates="staff")
            __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "employee"}
        class Manager(Employee):
            __tablename__ = "managers"
            id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)
            car_id: Mapped[int] = mapped_column(ForeignKey("cars.id"))
            car: Mapped["Car"] = relationship(back_populates="driver")
            __mapper_args__ = {"polymorphic_identity": "manager"}
        class Clerk(Employee):
            desk: Mapped[Optional[str]]
            boss_id: Mapped[Optional[int]] = mapped_column(ForeignKey("bosses.id"))
            boss: Mapped["Boss"] = relationship(back_populates="clerks")
            __mapper_args__ = {"polymorphic_identity": "clerk"}
        class Boss(Base):
            __tablename__ = "bosses"
            id: Mapped[int] = mapped_column(primary_key=True)
            clerks: Mapped[list["Clerk"]] = relationship(back_populates="boss")
        class Car(Base):
            __tablename__ = "cars"
            id: Mapped[int] = mapped_column(primary_key=True)
            driver: Mapped["Manager"] = relationship(back_populates="car")
    """),
    "mixins and declared_attr": (NEW, """
        class Named:
            @declared_attr.directive
            def __tablename__(cls) -> str:
                return cls.__name__.lower() + "s"
            id: Mapped[int] = mapped_column(primary_key=True)
        class Owned:
            owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
            @declared_attr
            def owner(cls) -> Mapped["User"]:
                return relationship("User", foreign_keys=[cls.owner_id])
        class Edited:
            @declared_attr
            def editor_id(cls):
                return mapped_column("editor", ForeignKey("users.id"))
            @declared_attr
            def editor(cls):
                return relationship("User", foreign_keys=lambda: [cls.editor_id])
        class User(Named, Base):
            notes: Mapped[list["Note"]] = relationship(foreign_keys="Note.owner_id", viewonly=True)
        class Note(Owned, Edited, Named, Base):
            pass
        class Picture(Owned, Named, Base):
            note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
            note: Mapped[Note] = relationship()
        class Stamped(Base):
            __abstract__ = True
            id: Mapped[int] = mapped_column(primary_key=True)
            user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
        class Letter(Stamped):
            __tablename__ = "letters"
            user: Mapped["User"] = relationship()
    """),
    "composite keys": (NEW, """
        class Order(Base):
            __tablename__ = "orders"
            region: Mapped[str] = mapped_column(primary_key=True)
            number: Mapped[int] = mapped_column(primary_key=True)
            lines: Mapped[list["Line"]] = relationship(back_populates="order")
        class Line(Base):
            __tablename__ = "lines"
            __table_args__ = (ForeignKeyConstraint(["region", "number"], ["orders.region", "orders.number"]),
                              CheckConstraint("id > 0"), UniqueConstraint("region", "id"), {"comment": "lines"})
            id: Mapped[int] = mapped_column(primary_key=True)
            region: Mapped[str]
            number: Mapped[int]
            order: Mapped["Order"] = relationship(back_populates="lines")
    """),
    "an association object": (NEW, """
        class Membership(Base):
            __tablename__ = "memberships"
            user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
            team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True)
            user: Mapped["User"] = relationship(back_populates="memberships")
            team: Mapped["Team"] = relationship(back_populates="memberships")
        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
            memberships: Mapped[list["Membership"]] = relationship(back_populates="user", cascade="all, delete-orphan")
            teams = association_proxy("memberships", "team")
        class Team(Base):
            __tablename__ = "teams"
            id: Mapped[int] = mapped_column(primary_key=True)
            memberships: WriteOnlyMapped["Membership"] = relationship(back_populates="team")
            users: DynamicMapped["User"] = relationship(secondary="memberships", viewonly=True)
    """),
    "dataclasses, aliases and types": (NEW.replace("class Base(DeclarativeBase):", "class Base(MappedAsDataclass, DeclarativeBase):"), """
        key = Annotated[int, mapped_column(primary_key=True)]
        to_user = Annotated[int, mapped_column(ForeignKey("users.id"))]
        class Color(enum.Enum):
            RED = "r"
            BLUE = "b"
        class User(Base):
            __tablename__ = "users"
            id: Mapped[key] = mapped_column(init=False)
            color: Mapped[Color]
            shade: Mapped[Color] = mapped_column(Enum(Color, name="color"))
            posts: Mapped[list["Post"]] = relationship(default_factory=list, back_populates="user")
        class Post(Base):
            __tablename__ = "posts"
            id: Mapped[key] = mapped_column(init=False)
            user_id: Mapped[to_user] = mapped_column(init=False)
            user: Mapped["User"] = relationship(back_populates="posts", default=None)
    """),
    "lambdas and late additions": (OLD, """
        class User(Base):
            __tablename__ = "users"
            id = Column("user_id", Integer, primary_key=True)
            name = deferred(Column(String(50)))
            posts = relationship(lambda: Post, back_populates="user", order_by=lambda: Post.id.desc())
            last = orm.relationship("Post", primaryjoin="and_(User.id == foreign(Post.user_id), Post.id > 3)", viewonly=True)
        class Post(Base):
            __tablename__ = "posts"
            id = sa.Column(sa.Integer, primary_key=True)
            user_id = sa.Column(sa.Integer, sa.ForeignKey(User.id))
            user = sa.orm.relationship(User, back_populates="posts")
        class Reply(Base):
            __tablename__ = "replies"
            id = Column(Integer, primary_key=True)
            post_id = Column(ForeignKey(Post.__table__.c.id))
        Post.replies = relationship(Reply, backref="post")
    """),
    "registries and plain tables": (NEW, """
        mapper_registry = registry()
        OldBase = mapper_registry.generate_base()
        @mapper_registry.mapped
        class User:
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
            posts: Mapped[list["Post"]] = relationship(back_populates="user")
        posts = Table("posts", mapper_registry.metadata, Column("id", Integer, primary_key=True),
                      Column("user_id", Integer, ForeignKey("users.id")))
        class Post(OldBase):
            __table__ = posts
            user: Mapped["User"] = relationship(back_populates="posts")
        class Elsewhere(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
    """),
    "schemas": (NEW.replace("    pass\n", "    metadata = MetaData(schema='main')\n"), """
        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
        class Post(Base):
            __tablename__ = "posts"
            __table_args__ = {"schema": "other"}
            id: Mapped[int] = mapped_column(primary_key=True)
            user_id: Mapped[int] = mapped_column(ForeignKey("main.users.id"))
            user: Mapped["User"] = relationship()
        class Like(Base):
            __tablename__ = "likes"
            id: Mapped[int] = mapped_column(primary_key=True)
            post_id: Mapped[int] = mapped_column(ForeignKey("other.posts.id"))
            post: Mapped["Post"] = relationship(backref="likes")
    """),
    "columns made by functions": (OLD, """
        def to(table):
            return Column(Integer, ForeignKey(table + ".id"))
        class User(Base):
            __tablename__ = "users"
            id = Column(Integer, primary_key=True)
            posts = relationship("Post", back_populates="user")
        class Post(Base):
            __tablename__ = "posts"
            id = Column(Integer, primary_key=True)
            user_id = to("users")
            user = relationship("User", back_populates="posts")
    """),
    "attributes that are no columns": (NEW, """
        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str]
            handle = synonym("name")
            double = column_property(id * 2)
            @hybrid_property
            def loud(self):
                return self.name
            @loud.expression
            def loud(cls):
                return cls.name
            @property
            def quiet(self):
                return self.name
    """),
}


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text), "utf-8")
    return folder


@pytest.mark.parametrize("run", [False, True], ids=["read", "run"])
@pytest.mark.parametrize("name", TREES)
def test_a_healthy_tree_has_no_findings(tmp_path: Path, name: str, run: bool):
    head, body = TREES[name]
    folder = write(tmp_path / "models", {"models.py": head + dedent(body)})
    examination = examine_models(folder / "models.py", run=run)
    assert [(f.code, f.model, f.attribute, f.message) for f in examination.findings] == []
    assert examination.models and all(model.ok for model in examination.models)
    assert not any(edge.broken for edge in examination.edges)


@pytest.mark.parametrize("run", [False, True], ids=["read", "run"])
def test_our_own_models_have_no_findings(run: bool):
    examination = examine_models("pipeline", run=run)
    assert [f.message for f in examination.findings] == []
    assert {"content_requests", "stage_runs", "usage"} <= {model.table for model in examination.models}


FILES = {
    "base.py": """
        from sqlalchemy.orm import DeclarativeBase
        class Base(DeclarativeBase): pass
    """,
    "user.py": """
        from typing import TYPE_CHECKING
        from sqlalchemy import ForeignKey
        from sqlalchemy.orm import Mapped, mapped_column, relationship
        from {base} import Base
        if TYPE_CHECKING:
            from {post} import Post
        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
            posts: Mapped[list["Post"]] = relationship(back_populates="user")
    """,
    "post.py": """
        from sqlalchemy import ForeignKey
        from sqlalchemy.orm import Mapped, mapped_column, relationship
        from {base} import Base
        from {user} import User
        class Post(Base):
            __tablename__ = "posts"
            id: Mapped[int] = mapped_column(primary_key=True)
            user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
            user: Mapped["User"] = relationship(back_populates="posts")
    """,
}
LAYOUTS = {
    "a folder of modules": ("{}", {}, ""),
    "a package without a door": ("app.{}", {"__init__.py": ""}, "app"),
    "a package whose files import relatively": (".{}", {"__init__.py": "from .post import Post"}, "app"),
    "a package that imports everything": ("app.{}", {"__init__.py": "from app.post import *\nfrom app import user"}, "app"),
    "a folder that is a namespace": ("app.{}", {}, "app"),
    "a package that looks its modules up": ("app.{}", {"__init__.py": """
        import importlib, pkgutil
        from app import user
        for each in pkgutil.iter_modules(__path__):
            importlib.import_module(f"app.{each.name}")
    """}, "app"),
}


@pytest.mark.parametrize("run", [False, True], ids=["read", "run"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_files_find_each_other_in_every_layout(tmp_path: Path, name: str, run: bool):
    pattern, extra, inner = LAYOUTS[name]
    named = {part: pattern.format(part) for part in ("base", "user", "post")}
    files = {file: dedent(text).format(**named) for file, text in FILES.items()} | extra
    folder = write(tmp_path / (inner or "loose"), files)
    examination = examine_models(folder, run=run)
    assert [f.message for f in examination.findings] == []
    assert {model.name: model.ok for model in examination.models} == {"User": True, "Post": True}


def test_a_dotted_name_is_found_without_importing_its_parents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write(tmp_path, {"loud/__init__.py": "raise SystemExit('imported')", "loud/inner/__init__.py": ""})
    write(tmp_path / "loud" / "inner", {n: dedent(t).format(base=".base", user=".user", post=".post") for n, t in FILES.items()})
    monkeypatch.syspath_prepend(str(tmp_path))
    examination = examine_models("loud.inner", run=False)
    assert [model.name for model in examination.models] == ["Post", "User"]
