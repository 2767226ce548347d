"""An account in one region: Vertex AI keeps experiments there, judges there, and answers at an address of that region."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipeline.errors import OperatorError
from pipeline.providers.google.account import Account

NOT_A_REGION = ("global", "us", "eu")


def regional(account: Account, region: str) -> Account:
    """The account in this region. Raises `OperatorError` where it is none."""
    if not region or region in NOT_A_REGION:
        said = f"{region!r} is none" if region else "none is set"
        raise OperatorError(f"Experiments and judging of Vertex AI are of one region, and {said}: "
                            "set VIVIDLY_VERTEX_REGION, for example us-central1.")
    return replace(account, location=region)


def parent(account: Account) -> str:
    """The name under which everything of the region stands."""
    return f"projects/{account.project}/locations/{account.location}"


def reached(account: Account) -> Mapping[str, Any]:
    """How clients of google-cloud-aiplatform reach the region: over REST, at its own address or at the stand-in's."""
    address = account.endpoint or f"{account.location}-aiplatform.googleapis.com"
    return {"transport": "rest", "credentials": account.credentials(), "client_options": {"api_endpoint": address}}
