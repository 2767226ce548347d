"""The bridge: pulls messages, has each one settled, acknowledges what is settled and hands the rest back, until told to stop.

It pulls no more while the record does not answer: each delivery that comes to nothing counts against a message, and a
subscription may give up on it.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from pipeline.bridge.intake import Fate, Intake
from pipeline.bridge.message import Message
from pipeline.errors import ProviderUnavailable
from pipeline.visuals import Text, Value

logger = logging.getLogger("pipeline")
MOST_AT_ONCE = 50
LEASE_SECONDS = 60
"""For so long a pulled message is ours; renewed while its batch is worked on. Pub/Sub allows 600."""
RENEW_SECONDS = 15.0
LATER_SECONDS = 30
"""When a message that could not be taken comes again."""
IDLE_SECONDS = 0.5
LONGEST_REST_SECONDS = 30.0


class Delivery(Value):
    """One delivery of a message, and what to acknowledge it with."""

    ack_id: Text
    message: Message


class Subscription(Protocol):
    """Where messages come from. Every method raises `ProviderUnavailable` when it may work later."""

    def pull(self, most: int) -> Sequence[Delivery]:
        """What is there, waiting a few seconds for the first message."""
        ...

    def acknowledge(self, ack_ids: Sequence[str]) -> None:
        """These need not come again."""
        ...

    def hold(self, ack_ids: Sequence[str], seconds: int) -> None:
        """These come again in so many seconds, unless they are acknowledged before."""
        ...


class Bridge:
    """One process that moves messages into the queue."""

    def __init__(
        self, subscription: Subscription, intake: Intake, stopping: threading.Event, *,
        wait: Callable[[float], object] | None = None, clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._subscription, self._intake, self._stopping = subscription, intake, stopping
        self._wait = wait or stopping.wait
        self._clock = clock
        self._away = False
        self._troubles = 0

    def run(self) -> None:
        """Work until told to stop; what was pulled by then is settled first."""
        while not self._stopping.is_set():
            self.turn()

    def turn(self) -> None:
        """Pull once and settle what came."""
        if self._away and not self._intake.can_record():
            self._rest()
            return
        self._away = False
        try:
            deliveries = self._subscription.pull(MOST_AT_ONCE)
        except ProviderUnavailable as fault:
            logger.warning("messages cannot be pulled", extra={"action": "pull_failed", "error": str(fault)})
            self._rest()
            return
        if not deliveries:
            self._wait(IDLE_SECONDS)
            return
        self._settle(deliveries)
        if self._away:
            self._rest()
        else:
            self._troubles = 0

    def _settle(self, deliveries: Sequence[Delivery]) -> None:
        """Each in turn. A dead database is met once, not once for each message."""
        settled: list[str] = []
        put_off: list[str] = []
        renewed = self._renew(deliveries)
        for place, delivery in enumerate(deliveries):
            if self._clock() - renewed > RENEW_SECONDS:
                self._tell(self._subscription.acknowledge, settled)
                settled, renewed = [], self._renew(deliveries[place:])
            fate = self._intake.take(delivery.message)
            (settled if fate.settled else put_off).append(delivery.ack_id)
            if fate is Fate.AWAY:
                self._away = True
                put_off += [rest.ack_id for rest in deliveries[place + 1:]]
                break
        self._tell(self._subscription.acknowledge, settled)
        self._tell(lambda ack_ids: self._subscription.hold(ack_ids, LATER_SECONDS), put_off)
        logger.info("messages settled", extra={"action": "messages_settled", "settled": len(settled), "later": len(put_off)})

    def _renew(self, deliveries: Sequence[Delivery]) -> float:
        """Keep these for another while, from the first moment on: a subscription may allow as little as ten seconds."""
        self._tell(lambda ack_ids: self._subscription.hold(ack_ids, LEASE_SECONDS), [one.ack_id for one in deliveries])
        return self._clock()

    def _tell(self, what: Callable[[Sequence[str]], None], ack_ids: Sequence[str]) -> None:
        """Tell the subscription. Where it does not hear, the messages come again, and are known then."""
        if not ack_ids:
            return
        try:
            what(ack_ids)
        except ProviderUnavailable as fault:
            logger.warning("the subscription does not hear", extra={"action": "ack_failed", "error": str(fault)})

    def _rest(self) -> None:
        self._troubles += 1
        longest = min(LONGEST_REST_SECONDS, 2.0 ** min(self._troubles, 10) / 2)
        self._wait(random.uniform(longest / 2, longest))  # noqa: S311 - so that many bridges do not come back together
