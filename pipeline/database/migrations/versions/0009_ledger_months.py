"""The ledger by month: kinds of usage under numbers, cells of months beside those of days, what each request used"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MILLION = 1_000_000
AT_ONCE = 500
BANDS = (1_000_000, 256_000, 200_000, 128_000, 32_000)
KIND = {"modality": 32, "stage": 32, "family": 32, "provider": 64, "model": 200, "unit": 32, "tier": 32}
KINDS = sa.table("usage_kinds", sa.column("kind_id"), *(sa.column(name) for name in (*KIND, "band")))
PLACE = ("cube", "day", "member")
QUANTITY = ("first", "whole", "millionths")
REQUESTS = ("modality", "status", "origin", "skipped")
COUNTS = ("requests", "worded", "words", "squares")
COUNTED = sa.table("counted_requests", sa.column("request_id", sa.String), sa.column("modality"), sa.column("used", sa.JSON))
RUNS = sa.table("stage_runs", *(sa.column(name) for name in ("id", "request_id", "stage", "family")))
USAGE = sa.table("usage", sa.column("quantity", sa.Numeric), sa.column("folded", sa.Boolean), *(
    sa.column(name) for name in ("stage_run_id", "provider", "model", "unit", "tier", "size", "recorded_at")))
UNCOUNTED = "ix_content_requests_uncounted"
INDEX = "ix_counted_requests_organization_id_day"


def upgrade() -> None:
    """Number the kinds, and add up what the cells of days hold; what each request used is read from the record."""
    usage = _put_aside("usage_cells", (*PLACE, *KIND, "band", "millionths"))
    requests = _put_aside("request_cells", (*PLACE, *REQUESTS, *COUNTS))
    op.create_table(
        "usage_kinds", sa.Column("kind_id", sa.Integer(), primary_key=True),
        *(sa.Column(name, sa.String(size), nullable=False) for name, size in KIND.items()),
        sa.Column("band", sa.BigInteger(), nullable=False), sa.UniqueConstraint(*KIND, "band", name="uq_usage_kinds"))
    for kind in (_kind(usage), _lean_kind(usage)):
        op.execute(sa.insert(KINDS).from_select([*KIND, "band"], sa.select(*kind).distinct()))
    _usage_cells(usage)
    _request_cells(requests)
    for before in (usage, requests):
        op.drop_table(before.name)
    with op.batch_alter_table("counted_requests") as table:
        table.add_column(sa.Column("used", sa.JSON(), nullable=False, server_default="{}"))
        table.create_index(INDEX, ["organization_id", "day"])
    _index_uncounted("CASE WHEN counted_lease <> lease THEN 1 ELSE 0 END = 1")
    _fill()


def _usage_cells(before: sa.TableClause) -> None:
    op.create_table(
        "usage_cells", _word("span"), *_keys(),
        sa.Column("kind_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("first", sa.Date(), nullable=False), *_numbers("whole", "millionths"), *_words(now=True),
        sqlite_with_rowid=False)
    names = ("span", *PLACE, "kind_id", *QUANTITY)
    after = sa.table("usage_cells", *(sa.column(name) for name in names))
    b = before.c
    for cube, kind in ((b.cube, _kind(before)), (sa.literal("lean_").concat(b.cube), _lean_kind(before))):
        alike = sa.and_(*(KINDS.c[name] == part for name, part in zip((*KIND, "band"), kind, strict=True)))
        millionths = sa.type_coerce(b.millionths, sa.BigInteger)
        sums = sa.func.sum(millionths // MILLION), sa.func.sum(millionths % MILLION)
        keys = [cube, b.day, b.member, KINDS.c.kind_id]
        days = sa.select(sa.literal("day"), *keys, b.day, *sums).join_from(before, KINDS, alike).group_by(*keys)
        op.execute(sa.insert(after).from_select(names, days))
    c = after.c
    keys = [c.cube, _month(c.day), c.member, c.kind_id]
    months = sa.select(sa.literal("month"), *keys, sa.func.min(c.day), sa.func.sum(c.whole), sa.func.sum(c.millionths))
    op.execute(sa.insert(after).from_select(names, months.group_by(*keys)))


def _kind(before: sa.TableClause) -> "list[sa.ColumnElement[Any]]":
    return [before.c[name] for name in (*KIND, "band")]


def _lean_kind(before: sa.TableClause) -> "list[sa.ColumnElement[Any]]":
    return [sa.literal("") if name in ("modality", "stage") else before.c[name] for name in (*KIND, "band")]


def _request_cells(before: sa.TableClause) -> None:
    op.create_table(
        "request_cells", _word("span"), *_keys(), *map(_word, REQUESTS), *_numbers(*COUNTS), *_words(now=True),
        sqlite_with_rowid=False)
    names = ("span", *PLACE, *REQUESTS, *COUNTS)
    after = sa.table("request_cells", *(sa.column(name) for name in names))
    b = before.c
    op.execute(sa.insert(after).from_select(names, sa.select(sa.literal("day"), *b)))
    keys = [b.cube, _month(b.day), b.member, *(b[name] for name in REQUESTS)]
    months = sa.select(sa.literal("month"), *keys, *(sa.func.sum(b[name]) for name in COUNTS)).group_by(*keys)
    op.execute(sa.insert(after).from_select(names, months))


def _fill() -> None:
    """What the roll-ups hold of each request, from the record: all of that was counted under the request's form."""
    connection, last = op.get_bind(), ""
    page, keep = sa.select(COUNTED.c.request_id).order_by(COUNTED.c.request_id).limit(AT_ONCE), sa.update(COUNTED)
    while ids := connection.scalars(page.where(COUNTED.c.request_id > last)).all():
        used: dict[str, dict[str, dict[str, int]]] = {}
        for of, day, kind, millionths in connection.execute(_used(last, ids[-1])):
            used.setdefault(of, {}).setdefault(str(day), {})[str(kind)] = int(millionths)
        if used:
            connection.execute(keep.where(COUNTED.c.request_id == sa.bindparam("of")).values(used=sa.bindparam("told")),
                               [{"of": of, "told": told} for of, told in used.items()])
        last = ids[-1]


def _used(after: str, to: str) -> "sa.Select[Any]":
    u, c = USAGE.c, COUNTED.c
    band = sa.case(*((u.size > band, band) for band in BANDS), else_=0)
    alike = {"modality": c.modality, "stage": RUNS.c.stage, "family": RUNS.c.family, "provider": u.provider, "model": u.model,
             "unit": u.unit, "tier": u.tier, "band": band}
    rows = COUNTED.join(RUNS, RUNS.c.request_id == c.request_id).join(USAGE, u.stage_run_id == RUNS.c.id)
    rows = rows.join(KINDS, sa.and_(*(KINDS.c[name] == value for name, value in alike.items())))
    day = sa.cast(sa.func.timezone("UTC", u.recorded_at), sa.Date) if _is_postgresql() else sa.func.date(u.recorded_at)
    keys = [c.request_id, day.label("day"), KINDS.c.kind_id]
    millionths = sa.func.sum(sa.cast(sa.func.round(u.quantity * MILLION), sa.BigInteger))
    found = sa.select(*keys, millionths).select_from(rows)
    return found.where(c.request_id > after, c.request_id <= to, u.folded).group_by(*keys)


def downgrade() -> None:
    """The cells of days as they were. Above nine trillion of a unit on a day one number does not hold them any more."""
    usage = _put_aside("usage_cells", ("span", *PLACE, "kind_id", *QUANTITY))
    requests = _put_aside("request_cells", ("span", *PLACE, *REQUESTS, *COUNTS))
    op.create_table(
        "usage_cells", *_keys(), *(sa.Column(name, sa.String(size), primary_key=True) for name, size in KIND.items()),
        sa.Column("band", sa.BigInteger(), primary_key=True, autoincrement=False), *_numbers("millionths"), *_words(now=False),
        sqlite_with_rowid=False)
    op.create_table(
        "request_cells", *_keys(), *map(_word, REQUESTS), *_numbers(*COUNTS), *_words(now=False), sqlite_with_rowid=False)
    b, kind = usage.c, [KINDS.c[name] for name in (*KIND, "band")]
    cells = sa.select(b.cube, b.day, b.member, *kind, b.whole * MILLION + b.millionths).join_from(
        usage, KINDS, KINDS.c.kind_id == b.kind_id).where(b.span == "day", b.cube.not_like("lean%"))
    _back("usage_cells", (*PLACE, *KIND, "band", "millionths"), cells)
    names = (*PLACE, *REQUESTS, *COUNTS)
    _back("request_cells", names, sa.select(*(requests.c[name] for name in names)).where(requests.c.span == "day"))
    for before in (usage, requests, KINDS):
        op.drop_table(before.name)
    with op.batch_alter_table("counted_requests") as table:
        table.drop_index(INDEX)
        table.drop_column("used")
    _index_uncounted("counted_lease <> lease")


def _index_uncounted(where: str) -> None:
    op.drop_index(UNCOUNTED, "content_requests")
    op.create_index(UNCOUNTED, "content_requests", ["id"], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _back(table: str, names: Iterable[str], rows: "sa.Select[Any]") -> None:
    op.execute(sa.insert(sa.table(table, *(sa.column(name) for name in names))).from_select(list(names), rows))


def _put_aside(table: str, names: Iterable[str]) -> sa.TableClause:
    """A copy of the table without its constraints, whose names the new one takes."""
    op.execute(sa.text(f"CREATE TABLE {table}_before AS SELECT * FROM {table}"))  # noqa: S608 - a name written above
    op.drop_table(table)
    return sa.table(f"{table}_before", *(sa.column(name) for name in names))


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _month(day: "sa.ColumnElement[Any]") -> "sa.ColumnElement[Any]":
    return sa.cast(sa.func.date_trunc("month", day), sa.Date) if _is_postgresql() else sa.func.strftime("%Y-%m-01", day)


def _keys() -> tuple[sa.Column[Any], ...]:
    return _word("cube"), sa.Column("day", sa.Date(), primary_key=True), sa.Column("member", sa.String(100), primary_key=True)


def _word(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(32), primary_key=True)


def _numbers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _words(*, now: bool) -> list[sa.CheckConstraint]:
    cubes = "'everything', 'organization', 'topic'" + (", 'lean_everything', 'lean_organization', 'lean_topic'" if now else "")
    spans = [sa.CheckConstraint("span IN ('day', 'month')", name="span")] if now else []
    return [*spans, sa.CheckConstraint(f"cube IN ({cubes})", name="cube")]
