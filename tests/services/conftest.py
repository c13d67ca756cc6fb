"""What every service's tests share: one sandbox process, wiped clean before each test, and logs that cost nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog

from tests.fakes import certificates
from tests.sandbox.running import RunningSandbox
from tests.services.providers.contract import TIMEOUT


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """The library's own default draws tracebacks with all local variables, which now and then takes longer than a call may."""
    before = structlog.get_config()
    plain: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ]
    structlog.configure(processors=plain)
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session", autouse=True)
def certificates_read_once() -> Iterator[None]:
    with certificates.read_once():
        yield


@pytest.fixture
def patience() -> timedelta:
    """How long a provider under test waits for an answer. A busy machine makes any of them late."""
    return TIMEOUT


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[RunningSandbox]:
    with RunningSandbox() as running:
        yield running


@pytest.fixture
def sandbox(sandbox_process: RunningSandbox) -> RunningSandbox:
    """Without faults, limits or memory of earlier tests."""
    sandbox_process.reset()
    return sandbox_process
