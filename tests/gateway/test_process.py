"""The gateway as a person runs it: started, told to stop, or told what is wrong with its settings."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.gateway.trial import TrialServer

ROOT = Path(__file__).parents[2]


def start(tmp_path: Path, *program: str, **environment: str) -> subprocess.Popen[str]:
    """Runs in a folder of its own, where no config.json of a person's lies."""
    changes = {"PYTHONPATH": str(ROOT), "DATA_DIR": str(tmp_path), "GATEWAY_PORT": "0", **environment}
    command = [sys.executable, *(program or ("-m", "gateway"))]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.PIPE}
    return subprocess.Popen(command, env=os.environ | changes, cwd=tmp_path, text=True, **pipes)  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def addresses(trial: TrialServer, contract: Path) -> dict[str, str]:
    return addresses_of(trial, contract)


def addresses_of(trial: TrialServer, contract: Path) -> dict[str, str]:
    pairs = ",".join(f"{package}=127.0.0.1:{trial.port}" for package in ("trial.v1", "soniquebay.artist.v1"))
    return {"GATEWAY_CONTRACTS": str(contract), "GATEWAY_SERVICES": pairs}


def test_it_starts_says_that_the_house_is_open_serves_and_leaves_on_sigterm(tmp_path: Path, addresses: dict[str, str]) -> None:
    process = start(tmp_path, **addresses)
    assert process.stdout is not None
    lines = [json.loads(process.stdout.readline())]
    while "port" not in lines[-1]:
        lines.append(json.loads(process.stdout.readline()))

    answer = httpx.get(f"http://127.0.0.1:{lines[-1]['port']}/trial/v1/records/r", trust_env=False)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)

    assert answer.json()["id"] == "r"
    assert any("JWT_SECRET" in line["event"] for line in lines)
    assert process.returncode == 0


UNUSABLE = [
    ("GATEWAY_PORTT", "1"),
    ("GATEWAY_PORT", "many"),
    ("GATEWAY_HOST", "0.0.0.0"),  # noqa: S104 - it is refused
    ("GATEWAY_SERVICES", "trial.v1"),
    ("GATEWAY_SERVICES", "soniquebay.artist.v1=127.0.0.1:1"),
    ("GATEWAY_PASSWORD_HASH", "open sesame"),
    ("GATEWAY_CORS_ORIGINS", "*"),
    ("GATEWAY_DEADLINES", "GetRecord=soon"),
    ("GATEWAY_CONTRACTS", "/nowhere"),
    ("JWT_SECRET", "open sesame"),
]
# Tries to start with one of them after the other in one process, as loading the program takes longer than all the rest.
TRY_EACH = """
import contextlib, io, json, os, sys, traceback
from gateway.__main__ import main
usual, told = dict(os.environ), []
for name, value in json.load(sys.stdin):
    os.environ[name] = value
    with contextlib.redirect_stderr(io.StringIO()) as problems:
        try:
            status = main([])
        except BaseException:
            status = traceback.print_exc()
    told.append([status, problems.getvalue()])
    os.environ.pop(name)
    os.environ.update(usual)
json.dump(told, sys.stderr)
"""


@pytest.fixture(scope="module")
def refusals(
    trial_server: TrialServer, contract: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], tuple[int | None, str]]:
    """By setting and value, the exit status and what was said."""
    process = start(tmp_path_factory.mktemp("unusable"), "-c", TRY_EACH, **addresses_of(trial_server, contract))
    _, told = process.communicate(json.dumps(UNUSABLE), timeout=60)
    return {case: (status, problems) for case, (status, problems) in zip(UNUSABLE, json.loads(told), strict=True)}


@pytest.mark.parametrize(("name", "value"), UNUSABLE)
def test_settings_that_cannot_be_used_are_named_without_their_values(
    refusals: dict[tuple[str, str], tuple[int | None, str]], name: str, value: str
) -> None:
    status, problems = refusals[name, value]

    assert status == 2
    assert (name in problems) or ("JWT_SECRET" in problems) or ("make proto" in problems)
    assert "open sesame" not in problems
    assert "Traceback" not in problems


def test_a_taken_port_is_named(tmp_path: Path, addresses: dict[str, str], trial: TrialServer) -> None:
    process = start(tmp_path, **(addresses | {"GATEWAY_PORT": str(trial.port)}))

    _, problems = process.communicate(timeout=60)

    assert process.returncode == 2
    assert f"GATEWAY_PORT={trial.port}" in problems


def test_a_password_is_hashed_for_the_settings(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gateway", "hash-password"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}

    run = subprocess.run(
        command, input="open sesame\n", env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert run.stdout.startswith("GATEWAY_PASSWORD_HASH=$argon2id$")
