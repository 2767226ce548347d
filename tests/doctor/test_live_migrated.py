"""A database that grew by migrations is judged as one made in one go: no findings that only tell how it came about."""

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from pipeline.database import Base
from pipeline.doctor.live import compare
from tests.doctor.test_live import Fresh, fresh, where  # noqa: F401  # a fixture is found by its name

NAMES = dict(Base.metadata.naming_convention)


def models(*, states: tuple[str, ...] = ("open", "shut")) -> sa.MetaData:
    """What the migrations below should have led to."""
    metadata = sa.MetaData(naming_convention=NAMES)
    sa.Table("farms", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(80), nullable=False))
    sa.Table(
        "fields", metadata, sa.Column("id", sa.String(50), primary_key=True),
        sa.Column("farm_id", sa.ForeignKey("farms.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("state", sa.Enum(*states, name="state", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("label", sa.String(60), server_default="", nullable=False),
        sa.Column("tilled", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("size", sa.Numeric(20, 6)), sa.CheckConstraint("size > 0", name="size"), sa.UniqueConstraint("farm_id", "label"),
        sa.Index("ix_fields_tilled", "farm_id", sqlite_where=sa.text("tilled"), postgresql_where=sa.text("tilled")),
    )
    return metadata


def first(op: Operations) -> None:
    """The tables as they were once."""
    op.create_table("farms", sa.Column("id", sa.Integer(), nullable=False), sa.Column("name", sa.Text()),
                    sa.PrimaryKeyConstraint("id", name=op.f("pk_farms")))
    op.create_table("fields", sa.Column("id", sa.String(length=50), nullable=False), sa.Column("farm_id", sa.Integer()),
                    sa.Column("state", sa.Enum("open", name="state", native_enum=False, create_constraint=True, length=32)),
                    sa.Column("label", sa.String(length=60)), sa.PrimaryKeyConstraint("id", name=op.f("pk_fields")))


def second(op: Operations) -> None:
    """What was done to them since."""
    with op.batch_alter_table("farms") as farms:
        farms.alter_column("name", existing_type=sa.Text(), type_=sa.String(80), nullable=False)
    with op.batch_alter_table("fields") as fields:
        fields.drop_constraint("state", type_="check")
        fields.create_check_constraint("state", "state IN ('open', 'shut')")
        fields.alter_column("state", existing_type=sa.String(32), nullable=False)
        fields.alter_column("farm_id", existing_type=sa.Integer(), nullable=False)
        fields.alter_column("label", existing_type=sa.String(60), server_default="", nullable=False)
        fields.add_column(sa.Column("tilled", sa.Boolean(), server_default=sa.text("false"), nullable=False))
        fields.add_column(sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False))
        fields.add_column(sa.Column("size", sa.Numeric(precision=20, scale=6)))
        fields.create_check_constraint("size", "(size > 0)")
        fields.create_unique_constraint("uq_fields_farm_id_label", ["farm_id", "label"])
        fields.create_foreign_key("fk_fields_farm_id_farms", "farms", ["farm_id"], ["id"], ondelete="CASCADE")
    op.create_index(op.f("ix_fields_farm_id"), "fields", ["farm_id"])
    op.create_index("ix_fields_tilled", "fields", ["farm_id"], sqlite_where=sa.text("tilled"), postgresql_where=sa.text("(tilled)"))


def migrate(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": sa.MetaData(naming_convention=NAMES)})
        op = Operations(context)
        first(op)
        second(op)


def test_a_migrated_database_has_no_findings(fresh: Fresh):  # noqa: F811
    engine = fresh()
    migrate(engine)
    assert compare(models(), engine, where=where) == ()


def test_a_member_that_no_migration_added_is_found(fresh: Fresh):  # noqa: F811
    engine = fresh()
    migrate(engine)
    [finding] = compare(models(states=("open", "shut", "sold")), engine, where=where)
    assert "the database lacks sold" in finding.message


@pytest.mark.parametrize("fresh", ["postgresql"], indirect=True)
def test_a_member_added_to_a_native_type_is_found_and_then_gone(fresh: Fresh):  # noqa: F811
    engine, metadata = fresh(), sa.MetaData()
    with engine.begin() as connection:
        op = Operations(MigrationContext.configure(connection))
        op.create_table("farms", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("state", sa.Enum("open", name="state")))
    sa.Table("farms", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("state", sa.Enum("open", "shut", name="state")))
    assert ["lacks shut" in each.message for each in compare(metadata, engine, where=where)] == [True]
    with engine.begin() as connection:
        Operations(MigrationContext.configure(connection)).execute("ALTER TYPE state ADD VALUE 'shut'")
    assert compare(metadata, engine, where=where) == ()
