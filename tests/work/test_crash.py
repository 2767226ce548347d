"""The short form of `python -m tests.bench crash`: workers are killed at random, and nothing is lost or doubled."""

import random
from dataclasses import replace

import pytest

from tests.bench.crash import crash, small_data
from tests.bench.queue import installation


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_killed_workers_lose_and_double_nothing(name: str):
    with installation(name) as settings:
        settings = replace(settings, data=small_data(settings.home / "data"))
        found = crash(settings, requests=8, kills=2, chance=random.Random(3))
    assert found["lost"] == found["doubled"] == found["billed_twice"] == found["not_completed"] == 0
