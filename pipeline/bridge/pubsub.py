"""A Google Pub/Sub subscription, by synchronous pull: what was pulled is known at every moment, so it can be finished.

Against the emulator, `PUBSUB_EMULATOR_HOST` says where it is.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from google.api_core import exceptions
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from google.cloud.pubsub_v1 import SubscriberClient  # type: ignore[import-untyped]

from pipeline.bridge.loop import Delivery
from pipeline.bridge.message import Message, plain
from pipeline.errors import BadRequest, OperatorError, ProviderUnavailable

PATH = re.compile(r"projects/[^/\s]+/subscriptions/[^/\s]+")
PULL_SECONDS = 4.0
"""How long a pull waits for the first message; so long, at most, a stop waits for the pull."""
TELL_SECONDS = 10.0
REFUSALS = (exceptions.NotFound, exceptions.PermissionDenied, exceptions.Unauthenticated, exceptions.InvalidArgument)
FAULTS = (exceptions.GoogleAPIError, GoogleAuthError)


class PubSub:
    """`pipeline.bridge.loop.Subscription` of one subscription: `projects/PROJECT/subscriptions/NAME`.

    Needs no more than the role Pub/Sub Subscriber: it does not look at the subscription's own settings.
    """

    def __init__(self, subscription: str) -> None:
        if not PATH.fullmatch(subscription):
            raise BadRequest("--subscription", "must read projects/PROJECT/subscriptions/NAME.")
        self._path = subscription
        try:
            self._client: Any = SubscriberClient()
        except DefaultCredentialsError as fault:
            raise OperatorError("Google credentials are missing: run `gcloud auth application-default login`, or set "
                                "GOOGLE_APPLICATION_CREDENTIALS.") from fault

    def pull(self, most: int) -> Sequence[Delivery]:
        """What is there, waiting a few seconds for the first message. Raises `OperatorError` where that is refused."""
        asked = {"subscription": self._path, "max_messages": most}
        try:
            answer = self._client.pull(request=asked, timeout=PULL_SECONDS, retry=None)
        except exceptions.DeadlineExceeded:
            return []  # no message came
        except REFUSALS as fault:
            raise OperatorError(f"Pub/Sub refuses {self._path} ({fault.message}): check its name and your rights.") from fault
        except FAULTS as fault:
            raise _silence(fault) from fault
        return [Delivery(ack_id=received.ack_id, message=self._message(received.message))
                for received in answer.received_messages]

    def acknowledge(self, ack_ids: Sequence[str]) -> None:
        """These need not come again."""
        self._tell(self._client.acknowledge, ack_ids=list(ack_ids))

    def hold(self, ack_ids: Sequence[str], seconds: int) -> None:
        """These come again in so many seconds, unless they are acknowledged before."""
        self._tell(self._client.modify_ack_deadline, ack_ids=list(ack_ids), ack_deadline_seconds=seconds)

    def probe(self) -> str:
        """Whether messages may be taken from here; takes none. Raises `OperatorError` and `ProviderUnavailable`."""
        wanted = "pubsub.subscriptions.consume"
        try:
            answer = self._client.test_iam_permissions(
                request={"resource": self._path, "permissions": [wanted]}, timeout=TELL_SECONDS, retry=None)
        except REFUSALS as fault:
            raise OperatorError(f"Pub/Sub refuses {self._path} ({fault.message}): check its name and your rights.") from fault
        except FAULTS as fault:
            raise _silence(fault) from fault
        if wanted not in answer.permissions:
            project, name = self._path.split("/")[1::2]
            raise OperatorError(f"Pub/Sub does not let you take messages from {self._path}, or there is none: run `gcloud pubsub "
                                f"subscriptions add-iam-policy-binding {name} --project {project} --member MEMBER "
                                "--role roles/pubsub.subscriber`.")
        return self._path

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def _tell(self, call: Callable[..., Any], **fields: Any) -> None:
        """One call, tried once. A refusal is no more than bad luck here: the id was from a delivery that is over."""
        try:
            call(request={"subscription": self._path, **fields}, timeout=TELL_SECONDS, retry=None)
        except FAULTS as fault:
            raise _silence(fault) from fault

    def _message(self, message: Any) -> Message:
        published = message.publish_time.isoformat() if message.publish_time else ""
        return Message(subscription=self._path, message_id=message.message_id, published=published, data=message.data,
                       attributes={plain(name): plain(value) for name, value in message.attributes.items()})


def _silence(fault: Exception) -> ProviderUnavailable:
    return ProviderUnavailable(f"Pub/Sub does not answer ({type(fault).__name__}).")
