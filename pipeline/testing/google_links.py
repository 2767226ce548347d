"""Links of the stand-in for Google: signed with a key that nobody else has, and checked as Cloud Storage checks them."""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from pipeline.testing.cloud_faults import Refused
from pipeline.testing.google_calls import Answer, Asked, told_as_json

SIGNER = "links@vividly-test.iam.gserviceaccount.com"


@dataclass
class Links:
    """Signs for service accounts, and knows its own signatures."""

    allowed: bool = True
    """Whether anybody may have something signed."""

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        """What links are signed with; made at the first."""
        return rsa.generate_private_key(65537, 2048)

    def sign(self, email: str, asked: Asked) -> Answer:
        """The signature of what the call holds. Raises `Refused`."""
        if not self.allowed:
            raise Refused(403, f"Permission 'iam.serviceAccounts.signBlob' denied on resource {email}.")
        message = base64.b64decode(json.loads(asked.body)["payload"])
        signature = self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return told_as_json({"keyId": "stand-in", "signedBlob": base64.b64encode(signature).decode()})

    def check(self, asked: Asked) -> None:
        """Raises `Refused` for a link that is not ours, was changed, or is too old."""
        said, (bare, _, signature) = asked.said, asked.query.rpartition("&X-Goog-Signature=")
        at = datetime.strptime(said["X-Goog-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if datetime.now(UTC) > at + timedelta(seconds=int(said["X-Goog-Expires"])):
            raise Refused(400, "Invalid argument: the link has expired.")
        canonical = "\n".join([asked.method, asked.path, bare, f"host:{asked.headers['Host']}", "", "host", "UNSIGNED-PAYLOAD"])
        scope = said["X-Goog-Credential"].partition("/")[2]
        message = "\n".join(["GOOG4-RSA-SHA256", said["X-Goog-Date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
        try:
            self.key.public_key().verify(bytes.fromhex(signature), message.encode(), padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError) as fault:
            raise Refused(403, "The request signature we calculated does not match the signature you provided.") from fault
