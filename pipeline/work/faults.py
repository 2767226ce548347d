"""Which faults may pass by themselves, how often they are waited out, and for how long."""

import random

from pipeline.errors import ProviderError
from pipeline.tracking import database_is_away

TRIES = 3
FIRST_SECONDS = 2.0
LONGEST_SECONDS = 60.0


def may_pass(fault: Exception) -> bool:
    """Whether the same may succeed later: a provider, a time limit, a connection, a database that restarts."""
    return isinstance(fault, ProviderError | TimeoutError | ConnectionError) or database_is_away(fault)


def pause(tries: int, chance: random.Random) -> float:
    """Seconds before the next try: somewhere below twice the last limit, so that many do not come back together."""
    return chance.uniform(0, min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (tries - 1)))
