"""The models against a live database: nothing found where nothing differs, and each planted difference found once."""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Engine,
    Enum,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    create_engine,
    create_mock_engine,
    event,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine import make_url

from pipeline.database import Base, Moment
from pipeline.doctor.findings import Code, Finding, Severity
from pipeline.doctor.live import Place, compare
from pipeline.errors import OperatorError

TABLE, COLUMN, INDEX, CONSTRAINT, ENUM = (
    Code.TABLE_DIFFERS, Code.COLUMN_DIFFERS, Code.INDEX_DIFFERS, Code.CONSTRAINT_DIFFERS, Code.ENUM_DIFFERS)
ERROR, WARNING = Severity.ERROR, Severity.WARNING
FRUIT = ("apple", "pear", "it's")


def models(*, native: bool = True, convention: bool = True) -> MetaData:
    """Every type and kind of constraint that a schema of ours uses."""
    metadata = MetaData(naming_convention=dict(Base.metadata.naming_convention)) if convention else MetaData()
    Table("farms", metadata, Column("farm_id", String(50), primary_key=True), Column("name", String(100), nullable=False))
    Table(
        "crops", metadata, Column("id", Integer, primary_key=True),
        Column("farm_id", ForeignKey("farms.farm_id", ondelete="CASCADE"), nullable=False, index=True),
        Column("parent_id", ForeignKey("crops.id", ondelete="SET NULL")),
        Column("fruit", Enum(*FRUIT, name="fruit", native_enum=False, create_constraint=True, length=32), nullable=False),
        Column("size", Enum("small", "large", name="crop_size", native_enum=native), nullable=False),
        Column("other_size", Enum("small", "large", name="crop_size", native_enum=native)),
        Column("price", Numeric(20, 6)), Column("weight", Float), Column("light", Float(24)), Column("count", BigInteger),
        Column("ripe", Boolean, nullable=False, server_default=false()), Column("sold_at", DateTime(timezone=True)),
        Column("picked_at", DateTime), Column("grown_on", Date), Column("made_at", Moment, server_default=func.now()),
        Column("notes", Text), Column("label", String(40), nullable=False, server_default="plain 100%"),
        Column("code", String(20), unique=True), Column("code_length", Integer, Computed("length(code)")),
        Column("data", JSON, nullable=False, server_default=text("'{}'")),
        Column("facts", JSON().with_variant(JSONB, "postgresql")), Column("seal", LargeBinary), Column("token", Uuid),
        Column("more", JSON().with_variant(JSONB, "postgresql")),
        Column("tags", JSON().with_variant(ARRAY(String(10)), "postgresql")), Column("Odd Name", String), Column("row", Integer),
        CheckConstraint("price >= 0 AND count BETWEEN 1 AND 100", name="price"), CheckConstraint("label != ''", name="label"),
        CheckConstraint("notes LIKE '%a:b%' OR weight IS NULL", name="notes"),
        UniqueConstraint("farm_id", "label"), UniqueConstraint("farm_id", "id"),
        Index("ix_crops_ripe", "farm_id", "made_at", postgresql_where=text("NOT ripe"), sqlite_where=text("NOT ripe")),
        Index("ix_crops_upper", text("lower(label)"), text("made_at DESC"), unique=True),
        Index("ix_crops_facts", "facts", postgresql_using="gin").ddl_if(dialect="postgresql"),
        Index("ix_crops_tags", "facts", postgresql_using="gin", postgresql_ops={"facts": "jsonb_path_ops"}).ddl_if(
            dialect="postgresql"),
    )
    Table(
        "harvests", metadata, Column("farm_id", String(50), primary_key=True), Column("crop_id", Integer, primary_key=True),
        Column("year", Integer, Identity(), nullable=False),
        ForeignKeyConstraint(["farm_id", "crop_id"], ["crops.farm_id", "crops.id"], deferrable=True, initially="DEFERRED"),
    )
    return metadata


def where(table: str, column: str | None) -> Place:
    return Place(model=table, attribute=column or "", file="models.py", line=1)


Fresh = Callable[[], Engine]


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path) -> Iterator[Fresh]:
    """Makes empty databases of one kind."""
    made: list[Engine] = []

    def make() -> Engine:
        if request.param == "sqlite":
            engine = create_engine(f"sqlite:///{tmp_path / uuid.uuid4().hex}.db")
        else:
            url = make_url(request.getfixturevalue("postgresql"))
            name = f"doctor_{uuid.uuid4().hex}"
            with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            engine = create_engine(url.set(database=name))
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.dispose()


def run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


@pytest.mark.parametrize("convention", [True, False])
@pytest.mark.parametrize("native", [True, False])
def test_a_database_made_from_the_models_has_no_findings(fresh: Fresh, native: bool, convention: bool):
    engine, metadata = fresh(), models(native=native, convention=convention)
    metadata.create_all(engine)
    assert compare(metadata, engine, where=where) == ()


class Plant(NamedTuple):
    """A difference: what is replaced in the statements that make the database, and the one finding that it gives."""

    old: str
    new: str
    code: Code
    severity: Severity
    at: str
    words: str
    kinds: str = "sqlite postgresql"


PLANTS = {
    "a table is missing": Plant(r"^CREATE TABLE harvests.*", "", TABLE, ERROR, "harvests", "harvests does not exist"),
    "a table is extra": Plant(r"^CREATE TABLE harvests", "CREATE TABLE barns (id INTEGER);CREATE TABLE harvests", TABLE, WARNING,
                              "barns", "a table barns that no model declares"),
    "a column is missing": Plant(r" *seal (BLOB|BYTEA),", "", COLUMN, ERROR, "crops.seal", "lacks the column seal"),
    "a column is missing, and with it its key and index": Plant(
        r"parent_id INTEGER,|CONSTRAINT fk_crops_parent[^,]*,", "", COLUMN, ERROR, "crops.parent_id", "lacks the column parent_id"),
    "a column is extra": Plant(r"name VARCHAR", "town TEXT, name VARCHAR", COLUMN, WARNING, "farms", "a column town"),
    "an extra column must be filled": Plant(r"name VARCHAR", "town TEXT NOT NULL, name VARCHAR", COLUMN, ERROR, "farms",
                                            "every insert of this model fails"),
    "an extra column fills itself": Plant(r"name VARCHAR", "town TEXT DEFAULT 'x' NOT NULL, name VARCHAR", COLUMN, WARNING,
                                          "farms", "neither reads nor fills"),
    "a column must be filled": Plant(r"notes TEXT", "notes TEXT NOT NULL", COLUMN, ERROR, "crops.notes", "writing a row without"),
    "a column may be empty": Plant(r"(name VARCHAR\(100\)) NOT NULL", r"\1", COLUMN, WARNING, "farms.name", "can read a None"),
    "a text is shorter": Plant(r"name VARCHAR\(100\)", "name VARCHAR(10)", COLUMN, ERROR, "farms.name",
                               "is VARCHAR(10) in the database and VARCHAR(100) in the model", "postgresql"),
    "a text is shorter where nothing holds it": Plant(r"name VARCHAR\(100\)", "name VARCHAR(10)", COLUMN, WARNING, "farms.name",
                                                      "SQLite does not mind", "sqlite"),
    "a text has no limit": Plant(r"name VARCHAR\(100\)", "name TEXT", COLUMN, WARNING, "farms.name", "is TEXT in the database"),
    "a text is limited": Plant(r"notes TEXT", "notes VARCHAR(500)", COLUMN, ERROR, "crops.notes", "VARCHAR(500)"),
    "a number has fewer places": Plant(r"NUMERIC\(20, 6\)", "NUMERIC(20, 2)", COLUMN, ERROR, "crops.price", "NUMERIC(20, 2)",
                                       "postgresql"),
    "a number has more places": Plant(r"NUMERIC\(20, 6\)", "NUMERIC(24, 8)", COLUMN, WARNING, "crops.price", "NUMERIC(24, 8)"),
    "a number is short": Plant(r"count BIGINT", "count INTEGER", COLUMN, ERROR, "crops.count", "is INTEGER"),
    "a number is a text": Plant(r"(row\"?) INTEGER", r"\1 TEXT", COLUMN, ERROR, "crops.row", "is TEXT"),
    "a truth is a number": Plant(r"ripe BOOLEAN DEFAULT (0|false)", "ripe INTEGER DEFAULT 0", COLUMN, ERROR, "crops.ripe",
                                 "is INTEGER", "sqlite"),
    "a moment has no zone": Plant(r"sold_at TIMESTAMP WITH TIME ZONE", "sold_at TIMESTAMP", COLUMN, ERROR, "crops.sold_at",
                                  "TIMESTAMP WITHOUT TIME ZONE", "postgresql"),
    "a moment has a zone": Plant(r"picked_at TIMESTAMP WITHOUT", "picked_at TIMESTAMP WITH", COLUMN, ERROR, "crops.picked_at",
                                 "TIMESTAMP WITH TIME ZONE", "postgresql"),
    "JSON is not binary": Plant(r"more JSONB", "more JSON", COLUMN, ERROR, "crops.more", "is JSON in the database and JSONB", "postgresql"),
    "many are one": Plant(r"VARCHAR\(10\)\[\]", "VARCHAR(10)", COLUMN, ERROR, "crops.tags", "VARCHAR(10)[] in the model",
                          "postgresql"),
    "a default is missing": Plant(r" DEFAULT 'plain 100%'", "", COLUMN, ERROR, "crops.label", "an insert that leaves it out"),
    "a default is another": Plant(r"DEFAULT 'plain 100%'", "DEFAULT 'fancy'", COLUMN, WARNING, "crops.label", "'fancy'"),
    "a truth starts otherwise": Plant(r"ripe BOOLEAN DEFAULT (0|false)", "ripe BOOLEAN DEFAULT true", COLUMN, WARNING,
                                      "crops.ripe", "rows start with other values"),
    "nothing counts the rows": Plant(r"id SERIAL", "id INTEGER", COLUMN, ERROR, "crops.id", "is not filled", "postgresql"),
    "a computed column is plain": Plant(r" GENERATED ALWAYS AS \(length\(code\)\)( STORED)?", "", COLUMN, WARNING,
                                        "crops.code_length", "is not filled"),
    "a plain column is computed": Plant(r"(row\"?) INTEGER", r"\1 INTEGER GENERATED ALWAYS AS (length(code)) STORED", COLUMN, ERROR,
                                        "crops.row", "every write to it fails"),
    "an index is missing": Plant(r"CREATE INDEX ix_crops_farm_id.*", "", INDEX, WARNING, "crops.farm_id", "lacks the index"),
    "an index is extra": Plant(r"^CREATE TABLE harvests", "CREATE INDEX ix_more ON crops (weight);CREATE TABLE harvests", INDEX,
                               WARNING, "crops", "has the index ix_more"),
    "an index has other columns": Plant(r"crops \(farm_id, made_at\)", "crops (made_at, farm_id)", INDEX, WARNING, "crops",
                                        "columns is made_at, farm_id in the database"),
    "an index runs the other way": Plant(r"made_at DESC", "made_at", INDEX, WARNING, "crops", "made_at desc in the model"),
    "an index holds another expression": Plant(r"lower\(label\)", "upper(label)", INDEX, WARNING, "crops", "lower"),
    "an index is not unique": Plant(r"UNIQUE INDEX", "INDEX", INDEX, WARNING, "crops", "unique is no in the database"),
    "an index is unique": Plant(r"INDEX ix_crops_farm_id", "UNIQUE INDEX ix_crops_farm_id", INDEX, WARNING, "crops.farm_id",
                                "unique is yes in the database"),
    "an index is not partial": Plant(r" WHERE NOT ripe", "", INDEX, WARNING, "crops", "where is nothing in the database"),
    "an index leaves other rows out": Plant(r" WHERE NOT ripe", " WHERE ripe", INDEX, WARNING, "crops", "where is"),
    "an index has another method": Plant(r"gin \(facts\)", "gin (facts jsonb_path_ops)", INDEX, WARNING, "crops.facts",
                                         "jsonb_path_ops in the database", "postgresql"),
    "an index is not of the kind": Plant(r"USING gin \(facts\)", "(facts)", INDEX, WARNING, "crops.facts",
                                         "method is nothing in the database and gin", "postgresql"),
    "an index has another name": Plant(r"ix_crops_ripe", "ix_ripe", INDEX, WARNING, "crops", "calls it ix_ripe"),
    "a uniqueness is missing": Plant(r",\s*CONSTRAINT uq_crops_code[^,]*\)\n", "\n", CONSTRAINT, WARNING, "crops.code",
                                     "lacks the unique constraint uq_crops_code"),
    "a uniqueness is extra": Plant(r"CONSTRAINT pk_farms", "CONSTRAINT uq_name UNIQUE (name), CONSTRAINT pk_farms", CONSTRAINT,
                                   WARNING, "farms", "has the unique constraint uq_name"),
    "a uniqueness has other columns": Plant(r"UNIQUE \(farm_id, label\)", "UNIQUE (farm_id, notes)", CONSTRAINT, WARNING, "crops",
                                            "farm_id, notes in the database"),
    "a uniqueness is held by an index": Plant(
        r",\s*CONSTRAINT uq_crops_code[^,]*\)\n\)", ");CREATE UNIQUE INDEX ix_code ON crops (code)", CONSTRAINT, WARNING, "crops.code",
        "holds it as index ix_code"),
    "a foreign key is missing": Plant(r"CONSTRAINT fk_crops_parent[^,]*,", "", CONSTRAINT, WARNING, "crops.parent_id",
                                      "lacks the foreign key (parent_id)"),
    "a foreign key is extra": Plant(r"(row\"?) INTEGER", r"\1 INTEGER REFERENCES crops (id)", CONSTRAINT, WARNING, "crops",
                                    "has the foreign key (row)"),
    "a foreign key has another target": Plant(
        r"REFERENCES crops \(id\)", "REFERENCES fields (id)", CONSTRAINT, WARNING, "crops.parent_id", "target is fields(id)"),
    "a foreign key deletes nothing": Plant(r" ON DELETE CASCADE", "", CONSTRAINT, WARNING, "crops.farm_id",
                                           "on delete is nothing in the database and CASCADE"),
    "a foreign key deletes more": Plant(r"SET NULL", "CASCADE", CONSTRAINT, WARNING, "crops.parent_id", "on delete is CASCADE"),
    "a foreign key is checked at once": Plant(r" DEFERRABLE INITIALLY DEFERRED", "", CONSTRAINT, WARNING, "harvests", "checked"),
    "a primary key is another": Plant(r"PRIMARY KEY \(farm_id, crop_id\)", "PRIMARY KEY (crop_id)", CONSTRAINT, ERROR, "harvests",
                                      "columns is crop_id in the database"),
    "a primary key is missing": Plant(r",\s*CONSTRAINT pk_harvests PRIMARY KEY \(farm_id, crop_id\)", "", CONSTRAINT, ERROR,
                                      "harvests", "lacks the primary key"),
    "a condition is missing": Plant(r"CONSTRAINT ck_crops_label[^,]*,", "", CONSTRAINT, WARNING, "crops.label", "lacks the CHECK"),
    "a condition is extra": Plant(r"CONSTRAINT pk_farms", "CONSTRAINT ck_more CHECK (name <> 'x'), CONSTRAINT pk_farms",
                                  CONSTRAINT, WARNING, "farms", "has the CHECK constraint ck_more"),
    "a condition is another": Plant(r"BETWEEN 1 AND 100", "BETWEEN 1 AND 10", CONSTRAINT, WARNING, "crops", "condition is"),
    "a condition has another name": Plant(r"ck_crops_label", "ck_label", CONSTRAINT, WARNING, "crops.label", "calls it ck_label"),
    "an enum lacks a member": Plant(r"'apple', 'pear', ", "'apple', ", ENUM, ERROR, "crops.fruit", "the database lacks pear"),
    "an enum has more members": Plant(r"'apple', 'pear', ", "'apple', 'pear', 'plum', ", ENUM, WARNING, "crops.fruit",
                                      "the code lacks plum"),
    "an enum is spelled otherwise": Plant(r"'apple', 'pear', ", "'APPLE', 'pear', ", ENUM, ERROR, "crops.fruit",
                                          "lacks apple, so that writing it fails; the code lacks APPLE"),
    "an enum is not held": Plant(r"CONSTRAINT ck_crops_fruit[^,]*,[^,]*,[^,]*,", "", CONSTRAINT, WARNING, "crops.fruit",
                                 "lacks the CHECK constraint ck_crops_fruit"),
    "a native enum lacks a member": Plant(r"ENUM \('small', 'large'\)", "ENUM ('small')", ENUM, ERROR, "crops.size",
                                          "the database lacks large", "postgresql"),
    "a native enum has more members": Plant(r"ENUM \('small', 'large'\)", "ENUM ('small', 'large', 'huge')", ENUM, WARNING,
                                            "crops.size", "the code lacks huge", "postgresql"),
    "a native enum has another name": Plant(r"other_size crop_size", "other_size size_of", COLUMN, ERROR, "crops.other_size",
                                            "is SIZE_OF in the database", "postgresql"),
    "a native enum is a text": Plant(r"other_size crop_size", "other_size TEXT", COLUMN, ERROR, "crops.other_size", "is TEXT",
                                     "postgresql"),
}
"""Why it matters is the finding's own message."""
AROUND = {
    "a foreign key has another target": "CREATE TABLE fields (id INTEGER PRIMARY KEY)",
    "a native enum has another name": "CREATE TYPE size_of AS ENUM ('small', 'large')",
}
"""What a difference needs to stand on."""


def statements(metadata: MetaData, engine: Engine) -> list[str]:
    made: list[str] = []
    mock = create_mock_engine(engine.url, lambda each, *_, **__: made.append(str(each.compile(dialect=engine.dialect)).strip()))
    metadata.create_all(mock, checkfirst=False)
    return [each.replace("%%", "%") for each in made]


def plant(engine: Engine, *names: str) -> None:
    """Makes a database of the models with these differences."""
    made = [AROUND[name] for name in names if name in AROUND] + statements(models(), engine)
    for name in names:
        changed = [re.sub(PLANTS[name].old, PLANTS[name].new, each, flags=re.DOTALL) for each in made]
        assert changed != made, "the difference was not planted"
        made = [part for each in changed for part in each.split(";") if part.strip()]
    run(engine, *made)


def place(finding: Finding) -> str:
    return f"{finding.model}.{finding.attribute}".rstrip(".")


@pytest.mark.parametrize(
    ("fresh", "name"), [(kind, name) for name, each in PLANTS.items() for kind in each.kinds.split()], indirect=["fresh"])
def test_a_planted_difference_gives_exactly_its_finding(fresh: Fresh, name: str):
    engine, planted = fresh(), PLANTS[name]
    plant(engine, name)
    findings = compare(models(), engine, where=where, ignore=["fields"])
    assert [(each.code, each.severity, place(each)) for each in findings] == [(planted.code, planted.severity, planted.at)]
    assert planted.words in findings[0].message
    assert findings[0].suggestion.startswith("Write a migration that ")


TOGETHER = (
    "a table is extra", "a column is extra", "a column must be filled", "a number is short", "a default is another",
    "an index is missing", "an index is not partial", "a foreign key deletes more", "a condition is another",
    "an enum lacks a member",
)


@pytest.mark.parametrize("count", range(1, len(TOGETHER) + 1))
def test_as_many_findings_as_differences(fresh: Fresh, count: int):
    engine = fresh()
    plant(engine, *TOGETHER[:count])
    findings = compare(models(), engine, where=where)
    assert sorted((each.code, place(each)) for each in findings) == sorted((PLANTS[n].code, PLANTS[n].at) for n in TOGETHER[:count])


def test_migrations_pending_are_suggested_first(fresh: Fresh):
    engine = fresh()
    plant(engine, "a table is missing")
    [finding] = compare(models(), engine, where=where, pending=True)
    assert finding.suggestion.startswith("Run `python -m pipeline database upgrade`: migrations are pending; if this stays, write")


def test_a_finding_stands_where_the_model_is_declared(fresh: Fresh):
    engine = fresh()
    plant(engine, "an index is missing", "a table is extra")

    def declared(table: str, column: str | None) -> Place:
        return Place(model="Crop", attribute="farm", file="crops.py", line=7) if (table, column) == ("crops", "farm_id") else Place()

    extra, missing = compare(models(), engine, where=declared)
    assert (missing.model, missing.attribute, missing.file, missing.line) == ("Crop", "farm", "crops.py", 7)
    assert (extra.model, extra.attribute, extra.file, extra.line) == ("", "", "", 0)


def test_tables_of_others_and_views_are_nobody_s_fault(fresh: Fresh):
    engine, metadata = fresh(), models()
    metadata.create_all(engine)
    run(engine, "CREATE TABLE alembic_version (version_num VARCHAR(32))", "CREATE VIEW names AS SELECT name FROM farms")
    Table("names", metadata, Column("name", String(100), primary_key=True))
    assert compare(metadata, engine, where=where, ignore=["alembic_version"]) == ()
    Table("lost", metadata, Column("id", Integer, primary_key=True))
    assert compare(metadata, engine, where=where, ignore=["alembic_version", "lost"]) == ()


def test_what_a_full_text_table_keeps_for_itself_is_not_extra(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'search.db'}")
    run(engine, "CREATE VIRTUAL TABLE pages USING fts5(body)")
    assert [place(each) for each in compare(MetaData(), engine, where=where)] == ["pages"]


@pytest.mark.parametrize("fresh", ["postgresql"], indirect=True)
def test_other_schemas_are_not_looked_at(fresh: Fresh):
    engine, metadata = fresh(), models()
    metadata.create_all(engine)
    run(engine, "CREATE SCHEMA queue", "CREATE TABLE queue.jobs (id INTEGER)")
    Table("plans", metadata, Column("id", Integer, primary_key=True), schema="elsewhere")
    assert compare(metadata, engine, where=where) == ()


def test_looking_changes_nothing(fresh: Fresh):
    engine = fresh()
    plant(engine, "a table is missing", "an enum lacks a member")
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement.split()[0].upper()))
    compare(models(), engine, where=where)
    assert set(asked) <= {"SELECT", "EXPLAIN", "PRAGMA", "WITH", "SAVEPOINT", "RELEASE", "SHOW"}
    run(engine, "CREATE TABLE barns (id INTEGER)")  # the connection that was closed to writing is open again


def test_a_large_schema_is_read_in_a_handful_of_questions(fresh: Fresh):
    engine, metadata = fresh(), MetaData()
    for number in range(40):
        Table(f"t{number}", metadata, Column("id", Integer, primary_key=True), Column("name", String(9), index=True))
    metadata.create_all(engine)
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert compare(metadata, engine, where=where) == ()
    assert engine.dialect.name == "sqlite" or len(asked) < 40  # SQLite answers about one table at a time


def test_a_condition_that_the_database_cannot_read_is_a_difference(fresh: Fresh):
    engine, metadata = fresh(), MetaData()
    run(engine, "CREATE TABLE farms (id INTEGER NOT NULL PRIMARY KEY, CONSTRAINT size CHECK (id > 0))")
    Table("farms", metadata, Column("id", Integer, primary_key=True, autoincrement=False),
          CheckConstraint("no_such_function(id); DROP TABLE farms", name="size"))
    assert [each.code for each in compare(metadata, engine, where=where)] == [CONSTRAINT]
    assert [each.code for each in compare(metadata, engine, where=where)] == [CONSTRAINT]


def test_an_enum_without_check_is_compared_with_the_one_that_the_database_has(fresh: Fresh):
    engine, metadata = fresh(), MetaData()
    run(engine, "CREATE TABLE farms (id VARCHAR(9) PRIMARY KEY, state VARCHAR(40) CHECK (state IN ('open', 'shut')))")
    id_, open_ = Column("id", String(9), primary_key=True), ["open", "shut"]
    Table("farms", metadata, id_, Column("state", Enum(*open_, native_enum=False)))
    assert compare(metadata, engine, where=where) == ()
    metadata.clear()
    Table("farms", metadata, id_.copy(), Column("state", Enum("open", "sold", native_enum=False)))
    [finding] = compare(metadata, engine, where=where)
    assert "lacks sold, so that writing it fails; the code lacks shut" in finding.message


def test_a_database_that_cannot_be_reached_is_told_without_its_password():
    engine = create_engine("postgresql+psycopg2://me:s3cret@127.0.0.1:1/none")
    with pytest.raises(OperatorError) as told:
        compare(models(), engine, where=where)
    assert "s3cret" not in str(told.value)


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "letter.db").write_text("Dear reader, " * 100)
    with pytest.raises(OperatorError):
        compare(models(), create_engine(f"sqlite:///{tmp_path / 'letter.db'}"), where=where)
