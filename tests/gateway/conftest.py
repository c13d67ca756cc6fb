"""Fixtures of the gateway's tests: the compiled trial contract, its server, and gateways before it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gateway.running import SECRET, RunningGateway, settings_for
from tests.gateway.trial import TrialServer, compile_contract

MakeGateway = Callable[..., RunningGateway]


@pytest.fixture(scope="session")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_contract(tmp_path_factory.mktemp("contract") / "trial.binpb")


@pytest.fixture(scope="session")
def trial_server(contract: Path) -> Iterator[TrialServer]:
    server = TrialServer(contract)
    yield server
    server.stop()


@pytest.fixture
def trial(trial_server: TrialServer) -> Iterator[TrialServer]:
    """The trial server, as if new."""
    trial_server.reset()
    yield trial_server
    trial_server.may_answer.set()


@pytest.fixture(scope="session")
def open_house(trial_server: TrialServer, contract: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """One gateway without tokens for all tests that change nothing in it."""
    gateway = RunningGateway(settings_for(trial_server, contract, tmp_path_factory.mktemp("open-house")))
    yield gateway
    gateway.stop()


@pytest.fixture
def make_gateway(trial: TrialServer, contract: Path, tmp_path: Path) -> Iterator[MakeGateway]:
    """Starts a gateway with changed settings before the trial server; all are stopped at the end."""
    running: list[RunningGateway] = []

    def make(*, clock: Any = None, **changes: Any) -> RunningGateway:
        gateway = RunningGateway(settings_for(trial, contract, tmp_path, **changes), clock)
        running.append(gateway)
        return gateway

    yield make
    for gateway in running:
        gateway.stop()


@pytest.fixture
def client(open_house: RunningGateway, trial: TrialServer) -> httpx.Client:
    """Talks to a gateway without tokens, as on a person's own machine."""
    return open_house.client


@pytest.fixture
def guarded(make_gateway: MakeGateway) -> RunningGateway:
    """A gateway that wants tokens."""
    return make_gateway(jwt_secret=SECRET)
