"""Preferences of pairs -> how strong each variant is, with intervals: the model of Bradley and Terry. Pure, and seeded."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipeline.evaluation import Floats
from pipeline.experiments.opinions import Preferences, Strength

SEED = 20_251
RESAMPLES = 1_000
ROUNDS = 500
STILL = 1e-9
PRIOR = 0.5
"""Of a win, given to both of every two variants that were compared: who always wins is strong, not infinitely strong."""


class Met(NamedTuple):
    """What was preferred of two variants of a question; `preferred` is one of them, or None for no difference."""

    question: str
    one: str
    other: str
    preferred: str | None


def strengths(met: Sequence[Met], variants: Sequence[str], *, seed: int = SEED) -> Preferences:
    """The log-odds of each variant against the mean of all, with the 95 % percentile interval over resampled questions.

    Fitted by Hunter's MM algorithm (2004, Annals of Statistics 32); no difference is half a win for each. Questions are
    resampled whole, because what is said of one question's pairs hangs together. Empty of nothing.
    """
    if not met:
        return Preferences(strengths=(), pairs=0)
    won = _won(met, variants)
    values = _fitted(won.sum(axis=0)[None])[0]
    drawn = np.random.default_rng(seed).multinomial(len(won), np.full(len(won), 1 / len(won)), size=RESAMPLES)
    low, high = np.quantile(_fitted(np.tensordot(drawn, won, axes=1)), [0.025, 0.975], axis=0)
    several = len(won) > 1
    return Preferences(pairs=len(met), strengths=tuple(
        Strength(
            variant=name, value=float(values[i]), low=float(low[i]) if several else None,
            high=float(high[i]) if several else None, wins=sum(each.preferred == name for each in met),
            losses=sum(name in each[1:3] and each.preferred not in (name, None) for each in met),
            ties=sum(name in each[1:3] and each.preferred is None for each in met))
        for i, name in enumerate(variants)))


def _won(met: Sequence[Met], variants: Sequence[str]) -> Floats:
    """By question, how often each variant (row) won against each other (column)."""
    place = {name: number for number, name in enumerate(variants)}
    questions = {name: number for number, name in enumerate(dict.fromkeys(each.question for each in met))}
    won = np.zeros((len(questions), len(variants), len(variants)))
    for each in met:
        one, other, question = place[each.one], place[each.other], questions[each.question]
        won[question, one, other] += 0.5 if each.preferred is None else float(each.preferred == each.one)
        won[question, other, one] += 0.5 if each.preferred is None else float(each.preferred == each.other)
    return won


def _fitted(won: Floats) -> Floats:
    """For each table of wins (tables × variants × variants), the log-strengths, around a mean of zero."""
    compared = (won + won.transpose(0, 2, 1)) > 0
    won = won + PRIOR * compared
    played, wins = won + won.transpose(0, 2, 1), won.sum(axis=2)
    strong = np.ones_like(wins)
    for _ in range(ROUNDS):
        shared = (played / (strong[:, :, None] + strong[:, None, :])).sum(axis=2)
        new = np.where(shared > 0, wins / np.where(shared > 0, shared, 1.0), 1.0)
        new /= np.exp(np.log(new).mean(axis=1, keepdims=True))
        done = np.abs(new - strong).max() < STILL
        strong = new
        if done:
            break
    logs: Floats = np.log(strong)
    return logs
