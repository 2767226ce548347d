"""Reading the books: files of `data/prices`, read again when they change. A file that is not clear is refused whole."""

import os
import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from pipeline.config import DATA
from pipeline.domain import Unit
from pipeline.prices.book import USD, Book, Priced
from pipeline.prices.contracts import Contracted
from pipeline.prices.faults import BadPrices, UnknownBook
from pipeline.prices.files import File
from pipeline.prices.rows import Contract, Planned, Price, Rate, Tier

PRICES = DATA / "prices"
CURRENCIES, CONTRACTS = "currencies", "contracts"
REST = "rest"
"""Of a book: the name of another, whose rows for providers by name price what this one has no row for."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
Stamp = tuple[int, int]
NOTHING: Stamp = (0, 0)


def book_names(folder: Path = PRICES) -> tuple[str, ...]:
    """The books that there are."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml") if path.stem not in (CURRENCIES, CONTRACTS)))


def read_book(name: str, folder: Path = PRICES) -> Book:
    """The book of this name. Raises `UnknownBook`, and `BadPrices` naming file, line and field of what cannot be read."""
    path = os.path.join(folder, f"{name}.toml")
    stamp = _stamp(path) if NAME.fullmatch(name) and name not in (CURRENCIES, CONTRACTS) else NOTHING
    if stamp == NOTHING:
        raise UnknownBook(f"There is no price book {name!r}; there are: {', '.join(book_names(folder)) or 'none'}.")
    return _book(path, stamp, _stamp(os.path.join(folder, f"{CURRENCIES}.toml")))


def contracted(book: Priced, organisation_id: str, folder: Path = PRICES) -> Priced:
    """The book as the organisation pays it; the book itself where there is no contract. Raises `BadPrices`."""
    path = os.path.join(folder, f"{CONTRACTS}.toml")
    stamp = _stamp(path)
    rows = () if stamp == NOTHING else _contracts(path, stamp)
    own = [row for row in rows if row.organisation_id == organisation_id]
    return Contracted(book, organisation_id, own) if own else book


class _Elsewhere:
    """Another book's rows for providers by name, read when it is asked for: each is read again when its own file changes."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self._folder = name, folder

    def unit_price(
        self, provider: str, model: str, unit: Unit, on: date, *, tier: str = Tier.STANDARD, size: int = 0,
    ) -> Decimal:
        return read_book(self.name, self._folder).of_named.unit_price(provider, model, unit, on, tier=tier, size=size)


def open_book(path: Path) -> File:
    """The file of a book with all its faults, its currency's too."""
    file = File(path, {"price": Price, "plan": Planned}, plain=("currency", REST))
    currency = file.values.get("currency", USD)
    if currency != USD and str(currency) not in _known(path.with_name(f"{CURRENCIES}.toml")):
        file.add("currency", f"{currency!r} has no rate in {CURRENCIES}.toml, and is not {USD}")
    rest = file.values.get(REST)
    if rest is not None and (rest == path.stem or rest not in book_names(path.parent)):
        file.add(REST, f"{rest!r} is not another book of this folder")
    if not file.rows and not file.faults:
        file.add("price", "the book has no rows")
    return file


def open_currencies(path: Path) -> File:
    """The file of rates with its faults."""
    return File(path, {"rate": Rate})


def open_contracts(path: Path) -> File:
    """The file of contracts with its faults."""
    return File(path, {"contract": Contract})


@lru_cache(maxsize=32)
def _book(name: str, _: Stamp, __: Stamp) -> Book:
    path = Path(name)
    file = _sound(open_book(path))
    rest = file.values.get(REST)
    rates = path.with_name(f"{CURRENCIES}.toml")
    currency = str(file.values.get("currency", USD))
    return Book(
        path.stem, prices=[p.row for p in file.of(Price)], planned=[p.row for p in file.of(Planned)], currency=currency,
        rates=[p.row for p in _sound(open_currencies(rates)).of(Rate)] if currency != USD else (),
        rest=_Elsewhere(str(rest), path.parent) if rest else None,
    )


@lru_cache(maxsize=8)
def _contracts(path: str, _: Stamp) -> tuple[Contract, ...]:
    return tuple(placed.row for placed in _sound(open_contracts(Path(path))).of(Contract))


def _sound(file: File) -> File:
    if file.faults:
        raise BadPrices(file.faults)
    return file


def _stamp(path: str) -> Stamp:
    """When the file was written and how long it is; nothing where there is none."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return NOTHING
    return found.st_mtime_ns, found.st_size


def _known(path: Path) -> set[str]:
    return {placed.row.currency for placed in open_currencies(path).of(Rate)} if path.is_file() else set()

