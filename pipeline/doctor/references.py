"""Foreign keys that are given as objects, such as `ForeignKey(User.id)`: which table they mean."""

from dataclasses import replace

from pipeline.doctor.schema import Foreign, Schema


def settle_references(schema: Schema) -> None:
    """`ForeignKey(User.id)` and `ForeignKey(users.c.id)` name their table through an object."""
    for table in schema.tables:
        table.foreigns = [_settled(foreign, schema) for foreign in table.foreigns]
        table.closed &= all(foreign.target is not None for foreign in table.foreigns)


def _settled(foreign: Foreign, schema: Schema) -> Foreign:
    owner, _, attribute = foreign.reference.rpartition(".")
    if foreign.target is not None or not owner:
        return foreign
    if model := schema.of_class(owner):
        found = model.column_of(attribute)
        return replace(foreign, target=found[0].key, target_columns=(found[1],)) if found else foreign
    table = next((t for t in schema.tables if t.name and t.name == owner.removesuffix(".c")), None)
    return replace(foreign, target=table.key, target_columns=(attribute,)) if table else foreign
