"""What the reading and the writing of Cloud Logging need of a connection, without its libraries."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.errors import OperatorError, ProviderResting, ProviderUnavailable


class Service(Protocol):
    """Where entries are: `pipeline.logs.cloud.Cloud`."""

    @property
    def project(self) -> str:
        """Its id."""

    def call(self, verb: str, body: Mapping[str, Any], *, seconds: float) -> Mapping[str, Any]:
        """The answer to `entries:VERB`, tried once.

        Raises `ProviderUnavailable` (try again), `ProviderResting` (not before so many seconds), `Refused`, `OperatorError`.
        """


class Refused(OperatorError):
    """Cloud Logging does not take this."""

    def __init__(self, message: str, *, refused: int | None = None) -> None:
        super().__init__(message)
        self.refused = refused
        """How many entries of a write it did not take; None where it does not say: all."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to wait for a service that cannot answer now."""

    answer_seconds: float = 60.0
    first_seconds: float = 1.0
    """Doubled each time."""
    longest_seconds: float = 64.0
    """Quotas are counted by the minute."""
    total_seconds: float = 300.0
    """For one call, with everything that it is tried again."""

    def pause(self, tries: int, fault: ProviderUnavailable, chance: random.Random) -> float:
        """How long to wait after so many tries: what the service asks for or longer, and never all at the same moment."""
        usual = min(self.longest_seconds, self.first_seconds * 2.0 ** min(tries, 30))
        asked = fault.seconds if isinstance(fault, ProviderResting) else 0.0
        return max(asked * (1 + chance.random() / 4), usual * (1 + chance.random()) / 2)
