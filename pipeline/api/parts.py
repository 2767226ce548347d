"""What calls are served with: the parts of the installation, opened at the first call that needs them, one at a time."""

import threading
from functools import cached_property

from pipeline.api.estimates import Estimates
from pipeline.api.limits import Allowance
from pipeline.api.links import Links, signing_key
from pipeline.api.metrics import Meters
from pipeline.bridge.guard import Guard, Trust
from pipeline.bridge.intake import Intake
from pipeline.database import Engine, State, open_database, state
from pipeline.deployments import Deployments
from pipeline.ledger import Ledger
from pipeline.ledger.savings import Savings
from pipeline.lessons import Lessons
from pipeline.organisation import Tokens
from pipeline.ports import Store
from pipeline.tables import DeadSource
from pipeline.tracking import Record
from pipeline.wiring import Wiring

PER_MINUTE = 20


class Parts:
    """The installation as the API sees it. What cannot be opened now raises `OperatorError`, and is tried again next time."""

    per_minute = PER_MINUTE

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._opening = threading.RLock()
        settings = wiring.settings
        self.guard = Guard(Trust(
            secret=settings.push_secret, audience=settings.push_audience, account=settings.push_account))
        self.ration = Allowance(PER_MINUTE)
        self.meters = Meters()
        self.estimates = Estimates(threads=settings.threads, family=settings.family)

    @property
    def record(self) -> Record:
        """The record of requests."""
        with self._opening:
            return self._wiring.record

    @property
    def lessons(self) -> Lessons:
        """What people do with lessons."""
        with self._opening:
            return self._wiring.lessons

    @property
    def tokens(self) -> Tokens:
        """Keys for machines."""
        with self._opening:
            return self._wiring.tokens

    @property
    def intake(self) -> Intake:
        """Where pushed messages go."""
        with self._opening:
            return Intake(self._wiring.queue, self._wiring.record, DeadSource.PUSH)

    @property
    def savings(self) -> Savings:
        """What was saved by not making something."""
        with self._opening:
            return self._wiring.savings

    @property
    def ledger(self) -> Ledger:
        """What was used."""
        with self._opening:
            return self._wiring.ledger

    @property
    def deployments(self) -> Deployments:
        """What was put into service."""
        with self._opening:
            return self._wiring.deployments

    @property
    def store(self) -> Store:
        """The files of made lessons."""
        with self._opening:
            return self._wiring.store

    def standing(self) -> State:
        """Where the database stands. Raises `OperatorError` when it cannot be used."""
        if self._wiring.settings.database_is_default:
            _ = self.record  # which makes it, or brings it up to date
        return state(self._looking)

    @cached_property
    def _looking(self) -> Engine:
        return open_database(self._wiring.settings.database_url)

    @cached_property
    def links(self) -> Links:
        """Links to those files; the key is made at the first use."""
        with self._opening:
            settings = self._wiring.settings
            return Links(signing_key(settings.signing_key, settings.home))
