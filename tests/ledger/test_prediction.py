"""Words -> dollars with an interval: exact where the costs are, honest where they are not."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pytest

from pipeline.domain import Stage
from pipeline.ledger.backtest import FEWEST_TESTED, back_test
from pipeline.ledger.prediction import Model, Observation, Skipped
from pipeline.report import SKIPPABLE, Basis

SPEAK, DRAW, FILM = SKIPPABLE
LINES = np.array([[5.0, 0.02], [7.0, 0.03], [10.0, 0.1]])
"""Fixed part and price of a word, by stage."""
ERRORS = np.array([[1.0, 0.5, 0.3], [0.5, 1.0, 0.6], [0.3, 0.6, 2.0]])
"""The stages of one request go wrong together."""


def observed(words: Sequence[int], *costs: Sequence[str]) -> list[Observation]:
    """Observations with these costs of the three stages each."""
    return [Observation(words=w, usd=tuple(Decimal(c) for c in usd)) for w, usd in zip(words, costs, strict=True)]


def on_lines(words: Sequence[int]) -> list[Observation]:
    return observed(words, *(("1", str(Decimal("0.01") * w), str(2 + Decimal("0.5") * w)) for w in words))


def test_a_line_without_noise_is_found_exactly_and_has_no_interval():
    model = Model.of(on_lines(range(400, 440)))
    alone = model.one([FILM], 1000)
    assert (alone.usd, alone.low, alone.high) == (502, 502, 502)
    assert model.one(SKIPPABLE, 1000).usd == 1 + 10 + 502
    assert (alone.basis, alone.observations) == (Basis.FITTED, 40)


def test_a_sum_is_the_sum_of_its_requests_and_stages():
    model = Model.of(on_lines(range(400, 440)))
    groups = [Skipped(stages=SKIPPABLE, requests=3, words=1500), Skipped(stages=(DRAW, FILM), requests=2, words=700)]
    assert model.many(groups).usd == 3 * 1 + 15 + (6 + 750) + 7 + (4 + 350)
    assert model.many([]).usd == model.many([]).high == 0


def test_scripts_of_one_length_have_a_mean_and_no_slope():
    costs = [("1", "2", str(3 + way)) for way in (-1, 0, 1) * 10]
    model = Model.of(observed([500] * 30, *costs))
    near, far = model.one(SKIPPABLE, 500), model.one(SKIPPABLE, 5000)
    assert near.usd == far.usd == 6
    assert near.high == pytest.approx(Decimal("6") + Decimal(str(2.04523 * (20 / 29 * (1 + 1 / 30)) ** 0.5)), abs=Decimal("1e-4"))


def test_more_words_never_cost_less():
    model = Model.of(observed(range(400, 430), *(("1", "1", str(100 - n)) for n in range(30))))
    assert model.one([FILM], 10_000).usd == model.one([FILM], 10).usd == Decimal("85.5")


def test_a_line_that_would_start_below_zero_goes_through_zero():
    words = [*range(400, 430)]
    model = Model.of(observed(words, *(("0", "0", str(w * w)) for w in words)))
    assert model.one([FILM], 0).usd == 0
    slope = sum(w**3 for w in words) / sum(w * w for w in words)
    assert float(model.one([FILM], 100).usd) == pytest.approx(100 * slope)


def test_no_interval_reaches_below_zero():
    chance = np.random.default_rng(3)
    costs = [("0", "0", f"{cost:.6f}") for cost in chance.exponential(1, 40)]
    assert Model.of(observed(chance.integers(10, 900, 40).tolist(), *costs)).one([FILM], 1).low == 0


def test_one_request_agrees_with_the_textbook():
    """ŷ ± t·s·√(1 + 1/n + (w - w̄)²/Sxx), computed on its own."""
    chance = np.random.default_rng(4)
    words, noise = chance.integers(300, 900, 25), chance.normal(0, 3, 25)
    costs = 20 + 0.1 * words + noise
    told = Model.of(observed(words.tolist(), *(("0", "0", repr(float(c))) for c in costs))).one([FILM], 1000)
    slope, fixed = np.polyfit(words, costs, 1)
    error = np.sqrt(np.sum((costs - fixed - slope * words) ** 2) / 23)
    half = 2.068658 * error * np.sqrt(1 + 1 / 25 + (1000 - words.mean()) ** 2 / np.sum((words - words.mean()) ** 2))
    assert float(told.usd) == pytest.approx(fixed + 1000 * slope, abs=1e-5)
    assert (float(told.low or 0), float(told.high or 0)) == pytest.approx((fixed + 1000 * slope - half, fixed + 1000 * slope + half), abs=1e-4)


def test_the_interval_of_a_sum_covers_what_it_promises():
    """2,000 made-up years: a fit on 40 films, then the true sum of 65 requests of three kinds, longer scripts than learned."""
    chance = np.random.default_rng(20)
    assert 0.93 <= np.mean([_covered(chance) for _ in range(2000)]) <= 0.97


def _covered(chance: np.random.Generator) -> bool:
    words = chance.integers(300, 900, 40)
    model = Model(words.astype(float), _costs(chance, words))
    groups, truth = [], 0.0
    for stages, requests in ((SKIPPABLE, 30), ((DRAW, FILM), 25), ((FILM,), 10)):
        words = chance.integers(200, 1200, requests)
        truth += _costs(chance, words)[:, [SKIPPABLE.index(stage) for stage in stages]].sum()
        groups.append(Skipped(stages=stages, requests=requests, words=int(words.sum())))
    told = model.many(groups)
    assert told.low is not None and told.high is not None
    return bool(float(told.low) <= truth <= float(told.high))


def _costs(chance: np.random.Generator, words: np.ndarray) -> np.ndarray:
    lines: np.ndarray = LINES[:, 0] + np.outer(words, LINES[:, 1])
    return lines + chance.multivariate_normal([0, 0, 0], ERRORS, len(words))


def test_two_observations_are_no_line():
    with pytest.raises(ValueError, match="three"):
        Model.of(on_lines([1, 2]))


# the back-test


def test_films_that_follow_the_line_are_predicted_exactly():
    test = back_test(on_lines(range(400, 440)))
    assert test is not None and (test.tested, test.coverage, test.mean_error, test.mean_absolute_share) == (40, 1.0, 0, 0.0)
    assert test.later.usd == test.later_usd == sum(1 + Decimal("0.51") * w + 2 for w in range(420, 440))


def test_a_film_is_predicted_without_looking_at_it():
    films = on_lines(range(400, 430))
    films[7] = Observation(words=films[7].words, usd=(Decimal(1), Decimal(1), Decimal(100_000)))
    test = back_test(films)
    assert test is not None and not test.cases[7].covered
    assert test.cases[7].predicted.usd == pytest.approx(1 + Decimal("0.51") * 407 + 2, abs=Decimal("1e-5"))


def test_the_back_test_of_honest_noise_covers_what_is_promised():
    chance = np.random.default_rng(8)
    words = chance.integers(300, 900, 400)
    costs = [[f"{abs(part):.9f}" for part in usd] for usd in _costs(chance, words)]
    test = back_test(observed(words.tolist(), *costs))
    assert test is not None and test.tested == 200 and 0.9 <= test.coverage <= 0.99
    assert test.mean_absolute_share is not None and 0 < test.mean_absolute_share < 0.1


def test_a_handful_of_films_tests_nothing():
    assert back_test(on_lines(range(FEWEST_TESTED - 1))) is None


def test_films_that_cost_nothing_have_no_share_of_error():
    test = back_test(observed(range(30), *[("0", "0", "0")] * 30))
    assert test is not None and test.mean_absolute_share is None and test.coverage == 1


def test_the_stages_are_those_of_the_river():
    assert SKIPPABLE == (Stage.TTS, Stage.IMAGES, Stage.VIDEO)
