"""What a browser is shown: the manual, the web app, and nothing that was not meant to be."""

import gzip
from pathlib import Path

import httpx
import pytest

from tests.gateway.conftest import MakeGateway
from tests.gateway.running import RunningGateway


@pytest.fixture
def web(make_gateway: MakeGateway, tmp_path: Path) -> RunningGateway:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text(
        '<meta property="csp-nonce" nonce="__CSP_NONCE__"><script src="/assets/app-1a2b.js"></script>'
    )
    (dist / "assets" / "app-1a2b.js").write_text("go();" * 1000)
    (dist / "icon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return make_gateway(gateway_web_dir=dist)


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


def test_the_web_app_is_shown_at_every_address_of_its_own(web: RunningGateway) -> None:
    pages = [web.client.get(path) for path in ("/", "/artists/7", "/settings?tab=keys", "/index.html")]

    assert {page.status_code for page in pages} == {200}
    assert all("<script" in page.text for page in pages)
    assert web.client.get("/api/v1/nothing").status_code == 404
    assert web.client.get("/trial/v1/counts").json()["a"] == 1


def test_the_page_and_its_policy_share_a_nonce_used_once(web: RunningGateway) -> None:
    first, second = web.client.get("/"), web.client.get("/")

    nonce = first.text.split('nonce="')[1].split('"')[0]
    assert f"'nonce-{nonce}'" in first.headers["content-security-policy"]
    assert nonce not in second.text
    assert "script-src 'self';" in first.headers["content-security-policy"]


def test_files_are_packed_kept_and_asked_for_again(web: RunningGateway) -> None:
    script = web.client.get("/assets/app-1a2b.js")
    again = web.client.get("/assets/app-1a2b.js", headers={"if-none-match": script.headers["etag"]})
    plain = web.client.get("/assets/app-1a2b.js", headers={"accept-encoding": "identity"})

    assert script.headers["content-encoding"] == "gzip"
    assert int(script.headers["content-length"]) < 200
    assert "immutable" in script.headers["cache-control"]
    assert again.status_code == 304
    assert plain.text == script.text == "go();" * 1000
    assert "immutable" not in web.client.get("/icon.svg").headers["cache-control"]


@pytest.fixture
def paths() -> list[str]:
    tricks = ["../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "..%252fsecret.txt", "....//secret.txt", "..\\secret.txt"]
    return [*tricks, "%c0%ae%c0%ae/secret.txt", "/etc/passwd", "%2fetc%2fpasswd", "secret.txt%00.js", "~", ".", "a" * 5000]


def test_no_path_a_caller_makes_up_reaches_a_file(web: RunningGateway, paths: list[str]) -> None:
    for path in paths:
        for root in (b"/", b"/assets/", b"/docs/"):
            answer = web.client.get(httpx.URL(web.url, raw_path=root + path.encode()))

            assert "secret" not in answer.text.replace("secret.txt", "")
            assert "root:" not in answer.text


def test_figures_count_routes_not_addresses(make_gateway: MakeGateway) -> None:
    gateway = make_gateway()
    for number in range(3):
        gateway.client.get(f"/trial/v1/records/{number}")

    figures = gateway.client.get("/metrics").text

    assert 'gateway_requests_total{method="GET",route="/trial/v1/records/{id}",status="200"} 3.0' in figures
    assert "gateway_request_seconds_bucket" in figures
    assert "gateway_requests_running 1.0" in figures


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
