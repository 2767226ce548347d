"""Every fault of every file of prices: what keeps it from being read, and what makes it doubtful."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from pipeline.prices.faults import Fault, Severity
from pipeline.prices.files import File
from pipeline.prices.rows import Dated, Sourced
from pipeline.prices.series import by_key, gaps
from pipeline.prices.shelf import CONTRACTS, CURRENCIES, PRICES, open_book, open_contracts, open_currencies

STALE_DAYS = 180
OPENED: Mapping[str, Callable[[Path], File]] = {CURRENCIES: open_currencies, CONTRACTS: open_contracts}


def check_books(folder: Path = PRICES, *, today: date) -> Sequence[Fault]:
    """The faults of all files in the folder, by file and line."""
    files = (OPENED.get(path.stem, open_book)(path) for path in sorted(folder.glob("*.toml")))
    found = [fault for file in files for fault in (*file.faults, *_doubts(file, today))]
    return sorted(dict.fromkeys(found), key=lambda fault: (fault.file, fault.line, fault.field))


def _doubts(file: File, today: date) -> Iterator[Fault]:
    yield from _gaps(file)
    for placed in file.of(Sourced):
        checked = placed.row.checked
        if checked > today:
            yield file.fault(placed, "checked", f"{checked} is in the future", fatal=False)
        elif (age := (today - checked).days) > STALE_DAYS:
            said = f"{checked} is {age} days ago: compare it with its source again"
            yield file.fault(placed, "checked", said, severity=Severity.WARNING, fatal=False)


def _gaps(file: File) -> Iterator[Fault]:
    for rows in by_key(placed.row for placed in file.of(Dated)).values():
        for earlier, later in gaps(rows):
            said = f"no row holds from {earlier.ends} (line {file.line(earlier, 'ends')}) until {later.starts}"
            yield file.fault(file.place(later), "starts", said, fatal=False)
