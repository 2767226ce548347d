"""An in-process stand-in for Pub/Sub: the unary calls over real gRPC, on a clock that tests move, and unkind on demand."""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.pubsub_v1 import types

ACK_SECONDS = 10.0
"""The shortest that Pub/Sub allows."""


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class Letter:
    """A published message in one subscription."""

    message_id: str
    data: bytes
    attributes: dict[str, str]
    published: float
    due: float = 0.0
    deliveries: int = 0
    acknowledged: bool = False


@dataclass
class Subscribed:
    """One subscription; `lose_acks` makes it forget the next acknowledgements that it answers."""

    letters: list[Letter] = field(default_factory=list)
    lose_acks: int = 0

    @property
    def open(self) -> list[Letter]:
        return [letter for letter in self.letters if not letter.acknowledged]


class PostOffice:
    """Topics and subscriptions. Order is a matter of chance; an ack id is worth nothing after its deadline."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.chance = random.Random(4)
        self.subscriptions: dict[str, Subscribed] = {}
        self.on_pull: Callable[[], object] = lambda: None
        """Called when messages were found, before the answer leaves."""
        self._topics: dict[str, list[str]] = {}
        self._leases: dict[str, tuple[Subscribed, Letter, int]] = {}
        self._lock = threading.Lock()
        self._ids = 0

    def create_topic(self, request: types.Topic) -> types.Topic:
        self._topics.setdefault(request.name, [])
        return request

    def create_subscription(self, request: types.Subscription) -> types.Subscription:
        self._topics[request.topic].append(request.name)
        self.subscriptions[request.name] = Subscribed()
        return request

    def publish(self, request: types.PublishRequest) -> types.PublishResponse:
        with self._lock:
            ids = [self._post(request.topic, message) for message in request.messages]
        return types.PublishResponse(message_ids=ids)

    def _post(self, topic: str, message: types.PubsubMessage) -> str:
        self._ids += 1
        for name in self._topics[topic]:
            self.subscriptions[name].letters.append(
                Letter(str(self._ids), message.data, dict(message.attributes), self.clock()))
        return str(self._ids)

    def pull(self, request: types.PullRequest) -> types.PullResponse:
        with self._lock:
            there = self.subscriptions.get(request.subscription)
            if there is None:
                raise LookupError(f"Subscription does not exist (resource={request.subscription})")
            ready = [letter for letter in there.open if letter.due <= self.clock()]
            self.chance.shuffle(ready)
            given = [self._deliver(there, letter) for letter in ready[:request.max_messages]]
        if given:
            self.on_pull()
        return types.PullResponse(received_messages=given)

    def _deliver(self, there: Subscribed, letter: Letter) -> types.ReceivedMessage:
        letter.deliveries += 1
        letter.due = self.clock() + ACK_SECONDS
        ack_id = f"{id(there)}-{letter.message_id}-{letter.deliveries}"
        self._leases[ack_id] = (there, letter, letter.deliveries)
        message = types.PubsubMessage(
            data=letter.data, attributes=letter.attributes, message_id=letter.message_id,
            publish_time=datetime.fromtimestamp(letter.published, UTC))
        return types.ReceivedMessage(ack_id=ack_id, message=message)

    def acknowledge(self, request: types.AcknowledgeRequest) -> Empty:
        with self._lock:
            for there, letter in self._valid(request.ack_ids):
                if there.lose_acks:
                    there.lose_acks -= 1
                else:
                    letter.acknowledged = True
        return Empty()

    def modify_ack_deadline(self, request: types.ModifyAckDeadlineRequest) -> Empty:
        with self._lock:
            for _, letter in self._valid(request.ack_ids):
                letter.due = self.clock() + request.ack_deadline_seconds
        return Empty()

    def _valid(self, ack_ids: Sequence[str]) -> Iterator[tuple[Subscribed, Letter]]:
        for ack_id in ack_ids:
            there, letter, delivery = self._leases[ack_id]
            if letter.deliveries == delivery and letter.due > self.clock() and not letter.acknowledged:
                yield there, letter


@contextmanager
def served(office: PostOffice) -> Iterator[str]:
    """The address at which the office answers."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    publisher = {"CreateTopic": (office.create_topic, types.Topic), "Publish": (office.publish, types.PublishRequest)}
    subscriber = {
        "CreateSubscription": (office.create_subscription, types.Subscription), "Pull": (office.pull, types.PullRequest),
        "Acknowledge": (office.acknowledge, types.AcknowledgeRequest),
        "ModifyAckDeadline": (office.modify_ack_deadline, types.ModifyAckDeadlineRequest),
    }
    for name, calls in (("Publisher", publisher), ("Subscriber", subscriber)):
        handlers = {call: _handler(answer, kind) for call, (answer, kind) in calls.items()}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(f"google.pubsub.v1.{name}", handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


def _handler(answer: Callable[[Any], Any], kind: Any) -> grpc.RpcMethodHandler:
    def told(request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return answer(request)
        except LookupError as fault:
            context.abort(grpc.StatusCode.NOT_FOUND, str(fault))

    return grpc.unary_unary_rpc_method_handler(
        told, request_deserializer=kind.deserialize,
        response_serializer=lambda said: said.SerializeToString() if isinstance(said, Empty) else type(said).serialize(said))
