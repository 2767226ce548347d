"""The google family against its stand-in, through Google's own clients."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pipeline.providers.google.account import Account
from pipeline.testing.google import Google
from pipeline.testing.google_server import served


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """The stand-in, and an account that is sent to it."""

    google: Google
    account: Account


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    google = Google(word_seconds=0.05)
    with served(google) as address:
        yield Cloud(google=google, account=Account(project=google.project, endpoint=address))


@pytest.fixture(scope="module")
def stand_in() -> Iterator[tuple[Google, str]]:
    """One for all tests of a module, and its address."""
    google = Google()
    with served(google) as address:
        yield google, address
