"""Bars as SVG, for pages that are sent on: no script, no font, nothing from a network. Every text is escaped."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from markupsafe import Markup

from console.costs.wording import usd

WIDTH, HEIGHT, LEFT, FOOT = 720, 220, 64, 22
_RECT = Markup(
    '<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"><title>{title}</title></rect>')
_TEXT = Markup('<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{said}</text>')
_LINE = Markup('<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{look}"/>')
_SVG = Markup('<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}">{content}</svg>')
_NAMES = 10
"""How many bars are named at most."""


class Piece(NamedTuple):
    """A part of a bar."""

    name: str
    usd: Decimal
    fill: str


class Bar(NamedTuple):
    """A bar of pieces, and between what its sum lies."""

    name: str
    pieces: Sequence[Piece]
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def total(self) -> Decimal:
        """How long it is."""
        return sum((piece.usd for piece in self.pieces), Decimal(0))


def bars(columns: Sequence[Bar], label: str) -> Markup:
    """Upright bars, from left to right."""
    most = max([*(column.total for column in columns), *(column.high or Decimal(0) for column in columns), Decimal(0)])
    scale = (HEIGHT - FOOT - 10) / float(most) if most else 0.0
    step = (WIDTH - LEFT) / max(1, len(columns))
    drawn = [_axis(most, scale)]
    every = -(-len(columns) // _NAMES)
    for number, column in enumerate(columns):
        left = LEFT + number * step
        drawn.append(_column(column, left + step * 0.15, step * 0.7, scale))
        if number % every == 0:
            drawn.append(_TEXT.format(x=left + step / 2, y=HEIGHT - 6, anchor="middle", said=column.name))
    return _SVG.format(width=WIDTH, height=HEIGHT, label=label, content=Markup("").join(drawn))


def _axis(most: Decimal, scale: float) -> Markup:
    marks = [Decimal(0), most / 2, most] if most else [Decimal(0)]
    return Markup("").join(
        _LINE.format(x1=LEFT, y1=_height(mark, scale), x2=WIDTH, y2=_height(mark, scale), look="grid")
        + _TEXT.format(x=LEFT - 6, y=_height(mark, scale) + 4, anchor="end", said=usd(_rounded(mark))) for mark in marks)


def _column(column: Bar, left: float, width: float, scale: float) -> Markup:
    drawn, below = [], Decimal(0)
    for piece in column.pieces:
        top, bottom = _height(below + piece.usd, scale), _height(below, scale)
        title = ": ".join(filter(None, (column.name, piece.name, usd(piece.usd))))
        drawn.append(_RECT.format(x=left, y=top, width=width, height=max(0.0, bottom - top), fill=piece.fill, title=title))
        below += piece.usd
    if column.low is not None and column.high is not None:
        middle, top, bottom = left + width / 2, _height(column.high, scale), _height(column.low, scale)
        drawn.append(_LINE.format(x1=middle, y1=top, x2=middle, y2=bottom, look="whisker"))
    return Markup("").join(drawn)


def _height(amount: Decimal, scale: float) -> float:
    return HEIGHT - FOOT - float(amount) * scale


def _rounded(amount: Decimal) -> Decimal:
    """Three digits of it: an axis needs no more."""
    return amount if amount == 0 else amount.quantize(Decimal(1).scaleb(amount.adjusted() - 2))
