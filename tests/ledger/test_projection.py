"""The what-if: the original's table exactly, and every field that is out of range named."""

from decimal import Decimal
from typing import Any

import pytest

from pipeline.errors import BadRequest
from pipeline.ledger.projection import Figures, planning_figures, projection


@pytest.mark.parametrize(("share", "saved", "percent"), [
    ("0", 0, "0"), ("0.3", 200_385, "0.2745"), ("0.5", 333_975, "0.4575"), ("0.8", 534_360, "0.7320"), ("1", 667_950, "0.9150"),
])
def test_the_originals_table_of_ten_thousand_a_day(share: str, saved: int, percent: str):
    year = projection(10_000, Decimal(share), figures=planning_figures())
    assert year.all_video == 730_000 and year.saved == saved and year.spent == 730_000 - saved
    assert year.saved_share == Decimal(percent)


def test_the_planning_figures_are_the_originals():
    assert planning_figures() == Figures(text=Decimal("0.017"), video=Decimal("0.200"))


def test_a_share_from_a_slider_is_the_number_it_shows():
    assert projection(10_000, 0.3, figures=planning_figures()).saved == 200_385


def test_a_lesson_from_the_shelf_is_neither_spent_nor_saved():
    year = projection(10_000, Decimal("0.5"), figures=planning_figures(), cache_hit_rate=Decimal("0.2"))
    assert (year.all_video, year.saved) == (584_000, 267_180)
    assert projection(10_000, 1, figures=planning_figures(), cache_hit_rate=1).saved_share == 0


def test_a_text_that_costs_more_than_a_film_saves_less_than_nothing():
    assert projection(1, 1, figures=Figures(text=Decimal(2), video=Decimal(1))).saved == -365


@pytest.mark.parametrize(("given", "field"), [
    ({"volume_per_day": -1}, "volume_per_day"), ({"volume_per_day": 100_000_001}, "volume_per_day"),
    ({"volume_per_day": 1.5}, "volume_per_day"), ({"volume_per_day": True}, "volume_per_day"),
    ({"share_text": 1.01}, "share_text"), ({"share_text": Decimal("-0.01")}, "share_text"),
    ({"share_text": float("nan")}, "share_text"), ({"share_text": "half"}, "share_text"),
    ({"cache_hit_rate": 2}, "cache_hit_rate"), ({"cache_hit_rate": Decimal("Infinity")}, "cache_hit_rate"),
    ({"figures": Figures(text=Decimal(-1), video=Decimal(1))}, "text"),
    ({"figures": Figures(text=Decimal(0), video=Decimal("-0.1"))}, "video"),
])
def test_what_is_out_of_range_is_named(given: dict[str, Any], field: str):
    volume, share = given.pop("volume_per_day", 10), given.pop("share_text", 0.5)
    with pytest.raises(BadRequest) as refused:
        projection(volume, share, **{"figures": planning_figures(), **given})
    assert refused.value.field == field
