"""A volume, a share of text-only lessons and two prices -> what a year costs and saves: the arithmetic of the what-if."""

from decimal import Decimal, InvalidOperation

from pipeline.domain import Stage
from pipeline.errors import BadRequest
from pipeline.prices import skipped_value
from pipeline.visuals import Value

DAYS = 365
MOST_A_DAY = 100_000_000
CENT = Decimal("0.01")


class Figures(Value):
    """What a lesson costs when it is made, in USD: as text only, and with its film."""

    text: Decimal
    video: Decimal


class Projection(Value):
    """A year, in USD. `saved` is what the share of text-only lessons spares; what the shelf spares is in none of them."""

    all_video: Decimal
    spent: Decimal
    saved: Decimal
    saved_share: Decimal
    """Of `all_video`; 0 where that is 0."""


def planning_figures() -> Figures:
    """The planning book's: 0.017 and 0.200."""
    return Figures(text=skipped_value([Stage.SCRIPT]), video=skipped_value([Stage.SCRIPT, Stage.VIDEO]))


def projection(
    volume_per_day: int, share_text: Decimal | float, *, figures: Figures, cache_hit_rate: Decimal | float = 0,
) -> Projection:
    """The year at this many requests a day, of which a share (0 to 1) is text only.

    A lesson from the shelf costs nothing in either form, so the hit rate (0 to 1) thins out both sides alike. Raises
    `BadRequest` naming the field that is out of range.
    """
    share, hits = _share("share_text", share_text), _share("cache_hit_rate", cache_hit_rate)
    made = _volume(volume_per_day) * DAYS * (1 - hits)
    text, video = _price("text", figures.text), _price("video", figures.video)
    all_video, saved = made * video, made * share * (video - text)
    return Projection(
        all_video=all_video.quantize(CENT), spent=(all_video - saved).quantize(CENT), saved=saved.quantize(CENT),
        saved_share=(saved / all_video).quantize(Decimal("0.0001")) if all_video else Decimal(0),
    )


def _volume(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_A_DAY:
        raise BadRequest("volume_per_day", f"must be a whole number from 0 to {MOST_A_DAY}.")
    return value


def _share(field: str, value: object) -> Decimal:
    share = _decimal(value)
    if share is None or not 0 <= share <= 1:
        raise BadRequest(field, "must be a number from 0 to 1.")
    return share


def _price(field: str, value: object) -> Decimal:
    price = _decimal(value)
    if price is None or price < 0:
        raise BadRequest(field, "must be an amount in USD, 0 or more.")
    return price


def _decimal(value: object) -> Decimal | None:
    """The number as it is written; None for what is none, or not finite."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
