"""What a request will take and cost here, by the last lessons; not known before there were any."""

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from pipeline.allowance import plan
from pipeline.domain import GenerationRequest, Stage, Unit, Usage
from pipeline.prices import cost
from pipeline.tracking import Record

FRESH_SECONDS = 30.0
UNNOTICED = (Stage.CACHE, Stage.RETRIEVAL)
"""Stages of milliseconds, without which a lesson is expected to take the same."""


class Estimate(NamedTuple):
    """What is expected; None where a stage was never measured."""

    seconds: int | None
    usd: Decimal | None


class Estimates:
    """Medians of the record, read twice a minute at most."""

    def __init__(self, *, threads: int, family: str) -> None:
        self._threads, self._family = threads, family
        self._usual: Mapping[Stage, float] = {}
        self._read_at: float | None = None
        self._lock = threading.Lock()

    def of(self, request: GenerationRequest, record: Record) -> Estimate:
        """What this request is expected to take."""
        usual = self._medians(record)
        stages = [stage for stage in plan(request) if stage not in UNNOTICED]
        if any(stage not in usual for stage in stages):
            return Estimate(None, None)
        seconds = sum(usual[stage] for stage in stages)
        return Estimate(max(1, round(seconds)), self._usd(seconds))

    def _usd(self, seconds: float) -> Decimal | None:
        """On this machine time is what costs: all its vCPUs, busy. What another family will bill is not known before."""
        if self._family != "embedded":
            return None
        busy = Decimal(str(round(seconds * self._threads, 3)))
        usage = Usage(provider="embedded", model="expected", unit=Unit.VCPU_SECOND, quantity=busy)
        return cost([usage], on=datetime.now(UTC).date())

    def _medians(self, record: Record) -> Mapping[Stage, float]:
        with self._lock:
            if self._read_at is None or time.monotonic() - self._read_at > FRESH_SECONDS:
                self._usual = record.stage_seconds()
                self._read_at = time.monotonic()
            return self._usual
