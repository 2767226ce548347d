"""Where the rows and fields of a TOML text stand; tomllib itself tells no lines.

Known are `[[table]]` blocks and arrays of one-line tables (`table = [` and then a line `{ … }` each).
"""

import re
from collections.abc import Mapping

BLOCK = re.compile(r"\s*\[\[\s*([\w-]+)\s*\]\]")
ARRAY = re.compile(r"\s*([\w-]+)\s*=\s*\[\s*(#.*)?$")
INLINE = re.compile(r"\s*\{")
FIELD = re.compile(r"\s*([\w-]+)\s*=")


class Places:
    """The line of each row's head and fields, counted from 1."""

    def __init__(self, text: str) -> None:
        self._heads: dict[str, list[int]] = {}
        self._fields: dict[tuple[str, int], dict[str, int]] = {}
        table, listed = "", False
        for number, line in enumerate(text.splitlines(), start=1):
            if found := BLOCK.match(line):
                table, listed = found[1], False
                self._heads.setdefault(table, []).append(number)
            elif found := ARRAY.match(line):
                self._note("", found[1], number)
                table, listed = found[1], True
            elif listed and INLINE.match(line):
                self._heads.setdefault(table, []).append(number)
            elif not listed and (found := FIELD.match(line)):
                self._note(table, found[1], number)

    def top(self, field: str) -> int:
        """The line of a field above all tables, or of the first row of a table of this name."""
        heads = self._heads.get(field, [1])
        return self._row("", -1).get(field, heads[0])

    def of(self, table: str, index: int, field: str) -> int:
        """The line of a row's field; of the row's head where the field has no line of its own."""
        heads = self._heads.get(table, [])
        return self._row(table, index).get(field, heads[index] if index < len(heads) else 1)

    def _note(self, table: str, field: str, line: int) -> None:
        index = len(self._heads.get(table, [])) - 1
        self._fields.setdefault((table, index), {}).setdefault(field, line)

    def _row(self, table: str, index: int) -> Mapping[str, int]:
        return self._fields.get((table, index), {})
