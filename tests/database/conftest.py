"""Here the migrations are run as they are."""

import pytest


@pytest.fixture
def migrated_once() -> None:
    """In place of the copy that other tests take."""
