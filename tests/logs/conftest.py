"""Cloud Logging's stand-in, and readings of it through Google's own client."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from pipeline.logs.cloud import Cloud
from pipeline.logs.cloud_service import Patience
from pipeline.logs.cloud_source import CloudSource
from pipeline.testing.cloud_logging import CloudLogging, served
from tests.logs.cloud import Clock, Sky

QUICK = Patience(answer_seconds=20.0, first_seconds=0.001, longest_seconds=0.004, total_seconds=0.5)


@contextmanager
def sky_of(**fields: Any) -> Iterator[Sky]:
    """An empty project whose time stands still."""
    clock = Clock()
    standin = CloudLogging(clock=clock, **fields)
    with served(standin) as address, closing(Cloud(standin.project, address)) as cloud:
        yield Sky(standin, address, clock, lambda **wishes: CloudSource(
            **{"service": cloud, "patience": QUICK, "clock": clock, **wishes}))


@pytest.fixture
def sky() -> Iterator[Sky]:
    with sky_of() as one:
        yield one
