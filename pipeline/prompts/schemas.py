"""Which JSON schemas the local engine can hold a model to. It would refuse others only when a lesson is being made.

Source: github.com/guidance-ai/llguidance, docs/json_schema.md, which the pinned xllamacpp carries; of what is named there,
the part that prompts of one answer need.
"""

from collections.abc import Iterator, Mapping, Sequence

BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
HELD: Mapping[str, frozenset[str]] = {
    "object": frozenset({"properties", "required", "additionalProperties"}),
    "array": frozenset({"items", "minItems", "maxItems"}),
    "string": frozenset({"minLength", "maxLength", "pattern"}),
    "integer": BOUNDS, "number": BOUNDS, "boolean": frozenset(), "null": frozenset(),
}
"""What the engine holds of each type."""
ALWAYS = frozenset({"type", "enum", "const", "description", "title"})
DEEPEST = 8


def schema_faults(schema: object, place: str = "schema") -> Iterator[tuple[str, str]]:
    """What the engine would not hold, each with its place."""
    yield from _faults(schema, place, 0)


def _faults(schema: object, place: str, depth: int) -> Iterator[tuple[str, str]]:
    if not isinstance(schema, Mapping):
        yield place, "must be a table"
        return
    if depth > DEEPEST:
        yield place, f"is nested deeper than {DEEPEST}"
        return
    if "enum" in schema or "const" in schema:
        yield from _fixed(schema, place)
        return
    kind = schema.get("type")
    if not isinstance(kind, str) or kind not in HELD:
        yield f"{place}.type", f"must be one of {', '.join(HELD)}"
        return
    for word in sorted(set(schema) - ALWAYS - HELD[kind]):
        yield f"{place}.{word}", f"is not held by the engine for the type {kind}"
    yield from _object(schema, place, depth) if kind == "object" else ()
    if kind == "array":
        yield from _faults(schema.get("items"), f"{place}.items", depth + 1)


def _fixed(schema: Mapping[str, object], place: str) -> Iterator[tuple[str, str]]:
    for word in sorted(set(schema) - ALWAYS):
        yield f"{place}.{word}", "is not held by the engine beside fixed values"
    values = schema.get("enum", [schema.get("const")])
    if not isinstance(values, Sequence) or isinstance(values, str) or not values:
        yield f"{place}.enum", "must be a list with a value"
    elif not all(isinstance(value, str | int | float | bool | None) for value in values):
        yield f"{place}.enum", "must hold texts, numbers, true, false or null"


def _object(schema: Mapping[str, object], place: str, depth: int) -> Iterator[tuple[str, str]]:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        yield f"{place}.properties", "must name a property"
        return
    if schema.get("additionalProperties") is not False:
        yield f"{place}.additionalProperties", "must be false: the engine would let the model invent properties"
    required = schema.get("required")
    if not isinstance(required, Sequence) or sorted(map(str, required)) != sorted(properties):
        yield f"{place}.required", "must name every property: the engine would let the model leave some out"
    for name, inner in properties.items():
        yield from _faults(inner, f"{place}.properties.{name}", depth + 1)
