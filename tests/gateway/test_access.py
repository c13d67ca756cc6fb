"""Who may do what: tokens good and bad, the password desk, and a house without tokens that only its own machine may enter."""

import base64
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.access import hash_password
from gateway.wiring import build
from kernel.settings import SettingsError
from tests.gateway.running import SECRET, RunningGateway, settings_for
from tests.gateway.trial import TrialServer

HEADERS = {"typ": "at+jwt"}


def claims(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    usual = {
        "sub": "anna",
        "scope": "admin",
        "iat": now,
        "exp": now + timedelta(hours=1),
        "aud": "soniquebay",
        "iss": "soniquebay",
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


def token(**changes: Any) -> str:
    return jwt.encode(claims(**changes), SECRET, algorithm="HS256", headers=HEADERS)


def raw_token(header: Any, payload: Any, signature: str = "c2ln") -> str:
    def part(content: Any) -> str:
        text = content if isinstance(content, str) else json.dumps(content)
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    return f"{part(header)}.{part(payload)}.{signature}"


def signed(header: dict[str, Any], payload: str, key: str = SECRET) -> str:
    """HS256 by hand, over what no library would sign."""
    head = {"alg": "HS256"} | HEADERS | header
    unsigned = raw_token(head, payload).rsplit(".", 1)[0]
    signature = hmac.digest(key.encode(), unsigned.encode(), "sha256")
    return f"{unsigned}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def plain_claims() -> dict[str, Any]:
    return {name: int(value.timestamp()) if isinstance(value, datetime) else value for name, value in claims().items()}


def with_exp(spelt: str) -> str:
    return json.dumps(plain_claims() | {"exp": "@"}).replace('"@"', spelt)


RSA_PUBLIC = (
    rsa.generate_private_key(public_exponent=65537, key_size=2048)
    .public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
)

ATTACKS = {
    "alg none": raw_token({"alg": "none", "typ": "at+jwt"}, plain_claims(), ""),
    "alg None": raw_token({"alg": "None"}, plain_claims(), ""),
    "alg nOnE": raw_token({"alg": "nOnE"}, plain_claims()),
    "alg number": raw_token({"alg": 1}, plain_claims()),
    "alg list": raw_token({"alg": ["HS256"]}, plain_claims()),
    "alg missing": raw_token({"typ": "JWT"}, plain_claims()),
    "empty signature": token().rsplit(".", 1)[0] + ".",
    "wrong key": jwt.encode(claims(), SECRET[::-1], algorithm="HS256", headers=HEADERS),
    "other hash": jwt.encode(claims(), SECRET * 2, algorithm="HS512", headers=HEADERS),
    "right key, other hash named": signed({"alg": "HS384"}, json.dumps(plain_claims())),
    "RS256 claimed": raw_token({"alg": "RS256"}, plain_claims()),
    "key confusion": signed({}, json.dumps(plain_claims()), key=RSA_PUBLIC.decode()),
    "kid path": signed({"kid": "../../dev/null"}, json.dumps(plain_claims()), key=""),
    "kid sql": signed({"kid": "' OR 1=1"}, json.dumps(plain_claims()), key=""),
    "jku": raw_token({"alg": "RS256", "jku": "http://127.0.0.1:9/keys"}, plain_claims()),
    "jwk": raw_token({"alg": "HS256", "jwk": {"kty": "oct", "k": "AAAA"}}, plain_claims()),
    "crit": signed({"crit": ["unknown"], "unknown": 1}, json.dumps(plain_claims())),
    "no exp": token(exp=None),
    "no iat": token(iat=None),
    "no aud": token(aud=None),
    "no iss": token(iss=None),
    "no sub": token(sub=None),
    "expired": token(exp=datetime.now(UTC) - timedelta(minutes=1)),
    "exp NaN": signed({}, with_exp("NaN")),
    "exp 1e400": signed({}, with_exp("1e400")),
    "exp text": signed({}, with_exp('"9999999999"')),
    "exp true": signed({}, with_exp("true")),
    "exp list": signed({}, with_exp("[9999999999]")),
    "exp of 5000 digits": signed({}, with_exp("9" * 5000)),
    "nbf ahead": token(nbf=datetime.now(UTC) + timedelta(hours=1)),
    "iat ahead": token(iat=datetime.now(UTC) + timedelta(hours=1)),
    "wrong aud": token(aud="elsewhere"),
    "wrong iss": token(iss="elsewhere"),
    "iss list": signed({}, json.dumps(plain_claims() | {"iss": ["soniquebay"]})),
    "refresh token": jwt.encode(claims(), SECRET, algorithm="HS256", headers={"typ": "refresh+jwt"}),
    "sub number": signed({}, json.dumps(plain_claims() | {"sub": 5})),
    "sub empty": token(sub=""),
    "payload list": signed({}, "[]"),
    "payload text": signed({}, "nothing"),
    "deep header": raw_token('{"alg":' + "[" * 2000, plain_claims()),
    "two dots only": "..",
    "one part": "abc",
    "spaces inside": "a b c",
    "long": "x" * 7000,
}


@pytest.fixture(scope="module")
def locked(trial_server: TrialServer, contract: Path, tmp_path_factory: pytest.TempPathFactory):
    settings = settings_for(trial_server, contract, tmp_path_factory.mktemp("locked"), jwt_secret=SECRET)
    gateway = RunningGateway(settings)
    yield gateway
    gateway.stop()


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_bad_token_is_401_at_once_and_reaches_no_service(locked: RunningGateway, trial: TrialServer, attack: str) -> None:
    answer = locked.client.get("/trial/v1/records/r", headers={"authorization": f"Bearer {ATTACKS[attack]}"})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert trial.seen == []


def test_the_whole_list_of_attacks_is_refused_in_50_ms_each_and_costs_no_more_than_as_many_good_requests(
    locked: RunningGateway, trial: TrialServer
) -> None:
    """In the processor's time, of which nobody else takes any, and in time that passes, which a busy machine stretches alike."""
    good, seconds, worked = token(), {"good": 0.0, "bad": 0.0}, 0.0
    for attack in ATTACKS.values():
        for kind, bearer in (("good", good), ("bad", attack)):
            began, worked_before = time.monotonic(), time.process_time()
            answer = locked.client.get("/trial/v1/records/r", headers={"authorization": f"Bearer {bearer}"})
            seconds[kind] += time.monotonic() - began
            worked += time.process_time() - worked_before if kind == "bad" else 0.0
            assert answer.is_success == (kind == "good")

    assert worked < 0.05 * len(ATTACKS)
    assert seconds["bad"] < 5 * seconds["good"]


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"authorization", b"")],
        [(b"authorization", b"Bearer")],
        [(b"authorization", b"Basic b3duZXI6cHc=")],
        [(b"authorization", b"Token " + token().encode())],
        [(b"authorization", b"Bearer \xfc")],
        [(b"authorization", f"Bearer {token()}".encode()), (b"authorization", f"Bearer {token()}".encode())],
        [(b"cookie", f"token={token()}".encode())],
    ],
)
def test_a_token_comes_in_one_bearer_header_only(
    locked: RunningGateway, trial: TrialServer, headers: list[tuple[bytes, bytes]]
) -> None:
    assert locked.client.get("/trial/v1/records/r", headers=headers).status_code == 401
    assert trial.seen == []


def test_a_token_in_the_address_is_no_token(locked: RunningGateway) -> None:
    assert locked.client.get(f"/trial/v1/records/r?access_token={token()}").status_code == 401


def test_a_token_beyond_the_header_limit_is_431(locked: RunningGateway) -> None:
    assert locked.client.get("/trial/v1/records/r", headers={"authorization": "Bearer " + "x" * 20_000}).status_code == 431


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_good_token_opens_and_goes_on_to_the_service(locked: RunningGateway, trial: TrialServer, scheme: str) -> None:
    good = token()

    answer = locked.client.get("/trial/v1/records/r", headers={"authorization": f"{scheme} {good}"})

    assert answer.status_code == 200
    assert trial.metadata["authorization"] == f"Bearer {good}"


@pytest.mark.parametrize(
    ("scope", "read", "write"),
    [("read", 200, 403), ("write", 200, 200), ("admin", 200, 200), ("", 403, 403), ("other", 403, 403)],
)
def test_scopes_reach_as_far_as_they_say(locked: RunningGateway, trial: TrialServer, scope: str, read: int, write: int) -> None:
    headers = {"authorization": f"Bearer {token(scope=scope)}"}

    assert locked.client.get("/trial/v1/records/r", headers=headers).status_code == read
    assert locked.client.delete("/trial/v1/records/r", headers=headers).status_code == write


def test_every_derived_route_is_closed_without_a_token(locked: RunningGateway, trial: TrialServer) -> None:
    document = locked.client.get("/openapi.json").json()
    free = {"/healthz", "/readyz", "/api/v1/auth/token", "/api/v1/auth/session"}
    routes = [(verb, path) for path, verbs in document["paths"].items() for verb in verbs if path not in free]

    answers = {route: locked.client.request(*route).status_code for route in routes}

    assert len(routes) > 15
    assert set(answers.values()) == {401}
    assert trial.seen == []


def test_a_password_buys_a_token_and_few_guesses_are_free(make_gateway, trial: TrialServer) -> None:
    gateway: RunningGateway = make_gateway(jwt_secret=SECRET, gateway_password_hash=hash_password("open sesame"))

    bought = gateway.client.post("/api/v1/auth/token", json={"password": "open sesame"})
    guesses = [gateway.client.post("/api/v1/auth/token", json={"password": f"guess {n}"}) for n in range(5)]

    headers = {"authorization": f"Bearer {bought.json()['access_token']}"}
    assert bought.json()["token_type"] == "Bearer"
    assert bought.json()["expires_in"] == 43200
    assert gateway.client.delete("/trial/v1/records/r", headers=headers).status_code == 200
    assert [answer.status_code for answer in guesses] == [401] * 4 + [429]
    assert int(guesses[-1].headers["retry-after"]) > 1


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"password":5}', b'{"password":""}', b'{"password":"a","x":1}', b"{"])
def test_the_password_desk_refuses_what_it_does_not_know(make_gateway, body: bytes) -> None:
    gateway = make_gateway(jwt_secret=SECRET, gateway_password_hash=hash_password("x"), gateway_rate_token_per_minute=0)

    answer = gateway.client.post("/api/v1/auth/token", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400


def test_without_a_hash_or_a_secret_there_is_no_desk(client: httpx.Client, locked: RunningGateway) -> None:
    assert client.post("/api/v1/auth/token", json={"password": "x"}).status_code == 404
    assert locked.client.post("/api/v1/auth/token", json={"password": "x"}).status_code == 404


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])  # noqa: S104 - it is refused
def test_a_gateway_without_a_secret_refuses_to_listen_beyond_loopback(
    trial: TrialServer, contract: Path, tmp_path: Path, host: str
) -> None:
    with pytest.raises(SettingsError, match="JWT_SECRET"):
        build(settings_for(trial, contract, tmp_path, gateway_host=host))


@pytest.mark.parametrize("secret", ["short", "a" * 40, "a-string-secret-at-least-256-bits-long"])
def test_a_weak_secret_is_refused_without_being_shown(trial: TrialServer, contract: Path, tmp_path: Path, secret: str) -> None:
    with pytest.raises(SettingsError, match="JWT_SECRET") as refusal:
        build(settings_for(trial, contract, tmp_path, jwt_secret=secret))

    assert secret not in str(refusal.value)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "evil.example:8000"},
        {"host": "localhost.evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "10.0.0.1"},
        {"host": ""},
        {"host": "["},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "http://localhost.evil.example"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
    ],
)
def test_a_foreign_page_cannot_drive_a_house_without_tokens(
    client: httpx.Client, trial: TrialServer, headers: dict[str, str]
) -> None:
    answer = client.delete("/trial/v1/records/r", headers=headers)

    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/foreign-origin"
    assert trial.seen == []


def test_the_own_page_and_tools_on_this_machine_are_answered(client: httpx.Client) -> None:
    port = client.base_url.port
    own = [
        {},
        {"origin": f"http://127.0.0.1:{port}", "sec-fetch-site": "same-origin"},
        {"host": f"localhost:{port}", "origin": f"http://localhost:{port}"},
        {"host": f"[::1]:{port}"},
        {"host": "127.8.8.8"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
    ]

    assert [client.get("/trial/v1/records/r", headers=headers).status_code for headers in own] == [200] * 6


def test_a_probe_asks_by_address_where_others_need_the_name(make_gateway) -> None:
    gateway = make_gateway(jwt_secret=SECRET, gateway_allowed_hosts=("music.lan",))
    pod = {"host": "10.42.0.7:8000"}

    assert gateway.client.get("/healthz", headers=pod).status_code == 200
    assert gateway.client.get("/trial/v1/counts", headers=pod).status_code == 403
    assert gateway.client.get("/trial/v1/counts", headers={"host": "music.lan"}).status_code == 401


def test_a_listed_page_gets_the_permission_browsers_ask_for(make_gateway) -> None:
    page = "https://music.example.org"
    gateway = make_gateway(gateway_cors_origins=(page,), gateway_allowed_hosts=("music.lan",))
    asking = {"origin": page, "access-control-request-method": "DELETE"}

    before = gateway.client.request("OPTIONS", "/trial/v1/records/r", headers=asking)
    answer = gateway.client.get("/trial/v1/records/r", headers={"origin": page, "host": "music.lan"})
    other = gateway.client.request("OPTIONS", "/trial/v1/records/r", headers=asking | {"origin": "https://other.example"})

    assert before.status_code == 204
    assert "DELETE" in before.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-origin"] == page
    assert other.status_code == 403
    assert "access-control-allow-origin" not in other.headers


def test_every_answer_carries_the_security_headers(client: httpx.Client) -> None:
    for path in ("/trial/v1/records/r", "/nowhere", "/healthz", "/docs", "/openapi.json"):
        headers = client.get(path).headers

        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "server" not in headers
