"""What the gateway says of itself: the manual, figures, who is ready."""

import gzip
import socket

import httpx
import pytest

from tests.gateway.conftest import MakeGateway


def test_the_manual_runs_under_a_policy_without_inline_scripts(client: httpx.Client) -> None:
    page = client.get("/docs")

    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "<script>" not in page.text
    for line in page.text.splitlines():
        if 'src="' in line or 'href="' in line:
            address = line.split('src="')[-1].split('href="')[-1].split('"')[0]
            assert client.get(address).status_code == 200


def test_without_a_web_app_the_root_leads_to_the_manual(client: httpx.Client) -> None:
    answer = client.get("/")

    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


def test_figures_count_routes_not_addresses(make_gateway: MakeGateway) -> None:
    gateway = make_gateway()
    for number in range(3):
        gateway.client.get(f"/trial/v1/records/{number}")

    figures = gateway.client.get("/metrics").text

    assert 'gateway_requests_total{method="GET",route="/trial/v1/records/{id}",status="200"} 3.0' in figures
    assert "gateway_request_seconds_bucket" in figures
    assert "gateway_requests_running 1.0" in figures


@pytest.mark.parametrize("spelling", ["/%6detrics", "/metric%73", "/%2fmetrics", "//metrics", "/./metrics"])
def test_figures_have_one_spelling_which_a_proxy_can_keep_to_itself(make_gateway: MakeGateway, spelling: str) -> None:
    url = make_gateway().client.base_url
    with socket.create_connection((url.host, url.port), timeout=10) as connection:
        connection.sendall(f"GET {spelling} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        first = connection.makefile("rb").readline()

    assert first.split()[1] == b"404"


def test_readiness_names_every_service(client: httpx.Client) -> None:
    answer = client.get("/readyz")

    assert answer.json() == {
        "status": "ready",
        "services": {"trial.v1.TrialService": "SERVING", "soniquebay.artist.v1.ArtistService": "SERVING"},
    }
    assert client.get("/healthz").json() == {"status": "alive"}


def test_the_bundle_of_the_manual_is_packed(client: httpx.Client) -> None:
    with client.stream("GET", "/docs/swagger-ui-bundle.js") as answer:
        packed = b"".join(answer.iter_raw())

    assert answer.headers["content-encoding"] == "gzip"
    assert len(packed) < len(gzip.decompress(packed)) / 2
