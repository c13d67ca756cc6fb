"""Whatever goes wrong, the caller gets a problem document of ours, and nobody else's words."""

import grpc
import httpx
import pytest

from tests.gateway.conftest import MakeGateway
from tests.gateway.trial import TrialServer

CODES = {
    "cancelled": 503,  # not by us, who would have heard nothing of it: a stopping server says so to what it had not begun
    "unknown": 500,
    "invalid_argument": 400,
    "deadline_exceeded": 504,
    "not_found": 404,
    "already_exists": 409,
    "permission_denied": 403,
    "unauthenticated": 401,
    "resource_exhausted": 429,
    "failed_precondition": 400,
    "aborted": 409,
    "out_of_range": 400,
    "unimplemented": 501,
    "internal": 500,
    "unavailable": 503,
    "data_loss": 500,
}


def test_every_code_but_ok_is_in_the_table() -> None:
    assert set(CODES) == {code.name.lower() for code in grpc.StatusCode} - {"ok"}


@pytest.mark.parametrize(("code", "status"), CODES.items())
def test_every_code_has_its_status_and_hides_foreign_words(client: httpx.Client, code: str, status: int) -> None:
    answer = client.get(f"/trial/v1/failures/raw-{code}")

    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["instance"] == f"/trial/v1/failures/raw-{code}"
    assert {"type", "title", "detail"} <= problem.keys()
    assert "10.0.0.1" not in answer.text


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("invalid", 400, "is too long"),
        ("not-found", 404, "There is no such record."),
        ("exists", 409, "It is there already."),
        ("conflict", 409, "It changed."),
        ("precondition", 400, "The tracker is off."),
        ("unauthenticated", 401, "A token is needed."),
        ("denied", 403, "Not allowed."),
        ("provider", 503, "somewhere: does not answer."),
        ("throttled", 503, "somewhere: asks us to wait."),
        ("store", 503, "The store is away."),
        ("overloaded", 429, "Too much at once."),
        ("deadline", 504, "The time is used up."),
    ],
)
def test_every_error_of_ours_is_told_in_its_own_words(client: httpx.Client, kind: str, status: int, words: str) -> None:
    answer = client.get(f"/trial/v1/failures/{kind}")

    assert answer.status_code == status
    assert words in answer.text


def test_wrong_fields_are_listed(client: httpx.Client) -> None:
    problem = client.get("/trial/v1/failures/invalid").json()

    assert problem["errors"] == [{"field": "name", "description": "is too long"}]
    assert problem["type"] == "/problems/invalid-argument"


@pytest.mark.parametrize(("kind", "seconds"), [("throttled", "8"), ("overloaded", "8"), ("provider", "5"), ("store", "5")])
def test_retry_after_says_when_to_come_back_in_whole_seconds(client: httpx.Client, kind: str, seconds: str) -> None:
    assert client.get(f"/trial/v1/failures/{kind}").headers["retry-after"] == seconds


def test_a_bug_in_a_service_stays_in_its_log(client: httpx.Client) -> None:
    answer = client.get("/trial/v1/failures/bug")

    assert answer.status_code == 500
    assert "10.0.0.1" not in answer.text
    assert "RuntimeError" not in answer.text


def test_a_problems_type_leads_to_its_description(client: httpx.Client) -> None:
    kind = client.get("/nowhere").json()["type"]

    assert client.get(kind).json()["status"] == 404


def test_a_service_that_is_down_takes_only_its_routes_along(
    make_gateway: MakeGateway, trial: TrialServer, free_port: int
) -> None:
    gateway = make_gateway(
        gateway_services={"trial.v1": f"127.0.0.1:{free_port}", "soniquebay.artist.v1": f"127.0.0.1:{trial.port}"}
    )

    answer = gateway.client.get("/trial/v1/records/r")

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert str(free_port) not in answer.text
    assert gateway.client.get("/api/v1/artists").status_code == 200
    assert gateway.client.get("/healthz").status_code == 200
    assert gateway.client.get("/docs").status_code == 200
    assert gateway.client.get("/readyz").json() == {
        "status": "degraded",
        "services": {"trial.v1.TrialService": "UNREACHABLE", "soniquebay.artist.v1.ArtistService": "SERVING"},
    }


def test_a_slow_service_is_out_of_time(make_gateway: MakeGateway, trial: TrialServer) -> None:
    gateway = make_gateway(gateway_deadlines={"GetPatience": "0.2s"})

    answer = gateway.client.get("/trial/v1/patience/x")

    assert answer.status_code == 504
    assert trial.cancelled.wait(15)
