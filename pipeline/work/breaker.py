"""When a provider is asked. Five failures in a row: not at all for a minute; then to see whether it is back.

`closed → open → half_open → closed`, or back to open. Pure functions: who keeps the state is none of their business.
"""

from datetime import datetime, timedelta

from pipeline.tables import BreakerState
from pipeline.tracking import Breaker

FAILURES = 5
REST_SECONDS = 60.0
SUCCESSES = 2


def rest(breaker: Breaker, now: datetime) -> float:
    """Seconds for which the provider is still left alone; 0 when it may be asked."""
    if breaker.state is not BreakerState.OPEN:
        return 0.0
    return max(0.0, (breaker.changed_at + timedelta(seconds=REST_SECONDS) - now).total_seconds())


def asked(breaker: Breaker, now: datetime) -> Breaker:
    """The provider is about to be asked: after its rest it is on trial."""
    if breaker.state is not BreakerState.OPEN or rest(breaker, now):
        return breaker
    return breaker.model_copy(update={"state": BreakerState.HALF_OPEN, "successes": 0, "changed_at": now})


def succeeded(breaker: Breaker, now: datetime) -> Breaker:
    """The provider answered."""
    if breaker.state is BreakerState.OPEN:
        return breaker  # an answer to what was asked before it was left alone
    if breaker.state is BreakerState.CLOSED:
        return breaker.model_copy(update={"failures": 0}) if breaker.failures else breaker
    if breaker.successes + 1 < SUCCESSES:
        return breaker.model_copy(update={"successes": breaker.successes + 1})
    return breaker.model_copy(update={"state": BreakerState.CLOSED, "failures": 0, "successes": 0, "changed_at": now})


def failed(breaker: Breaker, now: datetime, error: str) -> Breaker:
    """The provider did not answer."""
    if breaker.state is BreakerState.OPEN:
        return breaker
    counted = breaker.model_copy(update={"failures": breaker.failures + 1, "last_error": error, "successes": 0})
    if breaker.state is BreakerState.HALF_OPEN or counted.failures >= FAILURES:
        return counted.model_copy(update={"state": BreakerState.OPEN, "changed_at": now})
    return counted
