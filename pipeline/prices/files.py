"""A file of prices -> its rows as values, each with its place, and every fault that keeps a row from being read."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from pipeline.prices.faults import Fault
from pipeline.prices.places import Places
from pipeline.prices.rows import Dated
from pipeline.prices.series import by_key, overlaps

SEVERAL = ("unit", "model")
"""Fields that may list several values: the row then stands for one row each."""
TOML_LINE = re.compile(r"\(at line (\d+)")
Row = TypeVar("Row", bound=Dated)


class Placed(NamedTuple, Generic[Row]):
    """A row, and where it stands."""

    row: Row
    table: str
    number: int


class File:
    """What one file says: values above the tables, rows, faults."""

    def __init__(self, path: Path, tables: Mapping[str, type[Dated]], plain: Sequence[str] = ()) -> None:
        self.name = path.name
        self.faults: list[Fault] = []
        self.rows: list[Placed[Any]] = []
        text = self._text(path)
        self.places = Places(text)
        self.values = self._parsed(text)
        for name, entries in self.values.items():
            if name in tables:
                self._read(name, entries, tables[name])
            elif name not in plain:
                self._fault(self.places.top(name), name, f"is not known here; known are {', '.join((*plain, *tables))}")
        for kind in tables.values():
            self.faults += self._overlaps(kind)
        self.faults = list(dict.fromkeys(self.faults))

    def of(self, kind: type[Row]) -> list[Placed[Row]]:
        """The rows of one kind."""
        return [placed for placed in self.rows if isinstance(placed.row, kind)]

    def fault(self, placed: Placed[Any], field: str, message: str, **more: Any) -> Fault:
        """A fault of this row, with its place."""
        line = self.places.of(placed.table, placed.number, field)
        return Fault(file=self.name, line=line, field=field, message=message, **more)

    def add(self, field: str, message: str) -> None:
        """A fault of something above the rows."""
        self._fault(self.places.top(field), field, message)

    def place(self, row: Dated) -> Placed[Any]:
        """Where this very row stands."""
        return next(placed for placed in self.rows if placed.row is row)

    def line(self, row: Dated, field: str) -> int:
        """The line of this very row's field."""
        placed = self.place(row)
        return self.places.of(placed.table, placed.number, field)

    def _overlaps(self, kind: type[Dated]) -> Iterator[Fault]:
        for rows in by_key(placed.row for placed in self.of(kind)).values():
            for earlier, later in overlaps(rows):
                until = f"until {earlier.ends}" if earlier.ends else f"from {earlier.starts} on"
                said = f"{later.starts} overlaps line {self.line(earlier, 'starts')}, which holds {until}"
                yield self.fault(self.place(later), "starts", said)

    def _text(self, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as fault:
            self._fault(1, "", f"cannot be read: {fault}")
            return ""

    def _parsed(self, text: str) -> Mapping[str, Any]:
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as fault:
            said = TOML_LINE.search(str(fault))
            line = int(said[1]) if said else max(1, len(text.splitlines()))
            self._fault(line, "", f"is not TOML: {fault}")
            return {}

    def _read(self, table: str, entries: Any, kind: type[Dated]) -> None:
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self._fault(self.places.top(table), table, f"must be rows: [[{table}]]")
            return
        for index, entry in enumerate(entries):
            for single in _singles(entry):
                try:
                    self.rows.append(Placed(kind.model_validate(single), table, index))
                except ValidationError as fault:
                    self._refuse(table, index, fault)

    def _refuse(self, table: str, index: int, fault: ValidationError) -> None:
        for error in fault.errors():
            field = str(error["loc"][0]) if error["loc"] else ""
            self._fault(self.places.of(table, index, field), field, _said(error, table))

    def _fault(self, line: int, field: str, message: str) -> None:
        self.faults.append(Fault(file=self.name, line=line, field=field, message=message))


def _singles(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    several = {name: entry[name] for name in SEVERAL if isinstance(entry.get(name), list) and entry[name]}
    for values in product(*several.values()):
        yield {**entry, **dict(zip(several, values, strict=True))}


def _said(error: Any, table: str) -> str:
    if error["type"] == "missing":
        return "is missing"
    if error["type"] == "extra_forbidden":
        return f"is not a field of a {table}"
    said = str(error["msg"]).removeprefix("Value error, ")
    return said if error["type"] == "value_error" else f"{said}, and not {error['input']!r}"
