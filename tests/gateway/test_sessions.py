"""How a browser signs in: a cookie that holds the token, counts for pages of this gateway only, and if it is bad is like none."""

from datetime import UTC, datetime, timedelta
from http.cookies import Morsel, SimpleCookie
from typing import Any

import argon2
import httpx
import jwt
import pytest
from structlog.testing import capture_logs

from tests.gateway.running import SECRET, RunningGateway, settings_for
from tests.gateway.trial import TrialServer

SESSION = "/api/v1/auth/session"
RECORD = "/trial/v1/records/r"
PLAIN, SECURE = "soniquebay_session", "__Host-soniquebay_session"
PASSWORD = "open sesame"
SIGN_IN = {"password": PASSWORD}
HASH = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""Worth little, and quick: who signs in here does so often."""


@pytest.fixture(scope="module")
def signing(trial_server: TrialServer, contract, tmp_path_factory):
    """A guarded gateway where one may try as often as one likes."""
    changes = {"jwt_secret": SECRET, "gateway_password_hash": HASH, "gateway_rate_token_per_minute": 0}
    gateway = RunningGateway(settings_for(trial_server, contract, tmp_path_factory.mktemp("signing"), **changes))
    yield gateway
    gateway.stop()


@pytest.fixture
def visitor(signing: RunningGateway, trial: TrialServer):
    """Somebody with an empty cookie jar."""
    with httpx.Client(base_url=signing.url, trust_env=False, verify=False) as client:  # noqa: S501 - nobody speaks TLS here
        yield client


def own(client: httpx.Client) -> dict[str, str]:
    """What a browser says where a page of this gateway asks."""
    return {"origin": str(client.base_url).rstrip("/")}


def sign_in(client: httpx.Client, **headers: str) -> httpx.Response:
    return client.post(SESSION, json=SIGN_IN, headers=own(client) | headers)


def cookie_of(answer: httpx.Response) -> Morsel[str]:
    """The one that was given; another may be taken back."""
    given = (morsel for line in answer.headers.get_list("set-cookie") for morsel in SimpleCookie(line).values())
    (morsel,) = (each for each in given if each.value)
    return morsel


def token(**changes: Any) -> str:
    now = datetime.now(UTC)
    claims = {
        "sub": "owner",
        "scope": "admin",
        "iat": now,
        "exp": now + timedelta(hours=1),
        "aud": "soniquebay",
        "iss": "soniquebay",
    }
    return jwt.encode(claims | changes, SECRET, algorithm="HS256", headers={"typ": "at+jwt"})


def with_cookie(value: str, name: str = PLAIN) -> dict[str, str]:
    return {"cookie": f"theme=dark; {name}={value}"}


def test_the_password_buys_a_cookie_that_no_script_and_no_other_site_gets(visitor: httpx.Client) -> None:
    answer = sign_in(visitor)

    cookie = cookie_of(answer)
    assert answer.status_code == 200
    assert answer.json() == {"needed": True, "signed_in": True, "takes_password": True, "scopes": ["admin"]}
    assert cookie.key == PLAIN
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (True, "Strict", "/", "43200")
    assert (cookie["secure"], cookie["domain"]) == ("", "")
    assert answer.headers["cache-control"] == "no-store"
    assert cookie.value not in answer.text


def test_the_cookie_is_the_callers_token_and_goes_on_to_the_service(visitor: httpx.Client, trial: TrialServer) -> None:
    bought = cookie_of(sign_in(visitor)).value

    read = visitor.get(RECORD)
    written = visitor.delete(RECORD, headers=own(visitor))

    assert (read.status_code, written.status_code) == (200, 200)
    assert trial.metadata["authorization"] == f"Bearer {bought}"
    assert set(read.headers["vary"].split(", ")) >= {"Authorization", "Cookie"}


def test_events_and_pictures_come_by_cookie(visitor: httpx.Client) -> None:
    sign_in(visitor)

    assert "event: snapshot" in visitor.get("/trial/v1/counts:watch?most=1").text
    assert visitor.get("/trial/v1/pictures/p").headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://music.example.org", "host": "music.example.org"},
        {"origin": "https://music.example.org", "sec-fetch-site": "same-origin"},  # behind a proxy that puts its own Host there
        {"sec-fetch-site": "same-origin", "x-forwarded-proto": "https"},
        {"sec-fetch-site": "same-origin", "x-forwarded-proto": "HTTPS, http"},
    ],
)
def test_what_came_by_tls_gets_a_cookie_that_goes_no_other_way(visitor: httpx.Client, headers: dict[str, str]) -> None:
    cookie = cookie_of(visitor.post(SESSION, json=SIGN_IN, headers=headers))

    assert cookie.key == SECURE
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert visitor.get(RECORD, headers=with_cookie(cookie.value, SECURE)).status_code == 200


def test_whoever_asks_is_told_how_things_are_and_never_401(visitor: httpx.Client, client: httpx.Client) -> None:
    stranger = visitor.get(SESSION)
    bad = visitor.get(SESSION, headers=with_cookie("abc"))
    sign_in(visitor)
    known = visitor.get(SESSION)
    owner = client.get(SESSION)

    assert [answer.status_code for answer in (stranger, bad, known, owner)] == [200] * 4
    assert stranger.json() == {"needed": True, "signed_in": False, "takes_password": True, "scopes": []}
    assert bad.json() == stranger.json()
    assert known.json() == {"needed": True, "signed_in": True, "takes_password": True, "scopes": ["admin"]}
    assert owner.json() == {"needed": False, "signed_in": False, "takes_password": False, "scopes": ["admin"]}


def test_a_session_tells_how_far_its_token_reaches(visitor: httpx.Client) -> None:
    reader = with_cookie(token(scope="read"))

    assert visitor.get(SESSION, headers=reader).json()["scopes"] == ["read"]
    assert visitor.get(RECORD, headers=reader).status_code == 200
    assert visitor.delete(RECORD, headers=own(visitor) | reader).status_code == 403


def test_signing_out_makes_the_browser_forget_both_cookies(visitor: httpx.Client) -> None:
    sign_in(visitor)

    answer = visitor.delete(SESSION, headers=own(visitor))

    lines = answer.headers.get_list("set-cookie")
    assert (answer.status_code, answer.json()["signed_in"]) == (200, False)
    assert [line.split("=")[0] for line in lines] == [SECURE, PLAIN]
    assert all("=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict" in line for line in lines)
    assert visitor.get(RECORD).status_code == 401
    assert visitor.get(SESSION).json()["signed_in"] is False


@pytest.mark.parametrize(
    "cookie",
    [
        {"cookie": ""},
        {"cookie": f"{PLAIN}="},
        with_cookie("abc"),
        with_cookie(token(exp=datetime.now(UTC) - timedelta(minutes=1))),
        with_cookie(token(aud="elsewhere")),
        with_cookie(token(scope="admin")[:-2]),
        with_cookie(jwt.encode({"sub": "owner", "scope": "admin"}, SECRET[::-1], algorithm="HS256")),
        with_cookie(token(), "token"),
    ],
    ids=["none", "empty", "junk", "expired", "elsewhere", "torn", "forged", "another name"],
)
def test_a_bad_cookie_is_like_none(visitor: httpx.Client, trial: TrialServer, cookie: dict[str, str]) -> None:
    answer = visitor.get(RECORD, headers=cookie)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert trial.seen == []


FOREIGN = [
    {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site", "origin": "http://localhost:3000"},  # another port of this machine is another origin
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": "http://127.0.0.1:1"},
    {"origin": "null"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_cookie_does_not_count_for_a_page_of_another_origin(
    visitor: httpx.Client, trial: TrialServer, headers: dict[str, str]
) -> None:
    sign_in(visitor)

    read, written = visitor.get(RECORD, headers=headers), visitor.delete(RECORD, headers=headers)
    told = visitor.get(SESSION, headers=headers)

    assert (read.status_code, written.status_code) == (401, 401)
    assert told.json()["signed_in"] is False
    assert trial.seen == []


@pytest.mark.parametrize("headers", [*FOREIGN, {}, {"sec-fetch-site": "none"}])
def test_only_a_page_of_ours_signs_in_or_out_or_changes_anything(
    visitor: httpx.Client, trial: TrialServer, headers: dict[str, str]
) -> None:
    sign_in(visitor)

    began, ended = visitor.post(SESSION, json=SIGN_IN, headers=headers), visitor.delete(SESSION, headers=headers)

    assert (began.status_code, ended.status_code) == (403, 403)
    assert began.json()["type"] == "/problems/foreign-origin"
    assert "set-cookie" not in {**began.headers, **ended.headers}
    assert visitor.delete(RECORD, headers=headers).status_code == 401


def test_an_address_that_a_person_typed_is_read_and_no_more(visitor: httpx.Client) -> None:
    sign_in(visitor)
    typed = {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}

    assert visitor.get(RECORD, headers=typed).status_code == 200
    assert visitor.delete(RECORD, headers=typed).status_code == 401


def test_a_listed_page_brings_a_token_and_its_browsers_cookie_does_not_count(make_gateway, trial: TrialServer) -> None:
    page = "https://music.example.org"
    gateway: RunningGateway = make_gateway(jwt_secret=SECRET, gateway_cors_origins=(page,))

    by_cookie = gateway.client.get(RECORD, headers={"origin": page} | with_cookie(token()))
    by_token = gateway.client.get(RECORD, headers={"origin": page, "authorization": f"Bearer {token()}"})

    assert (by_cookie.status_code, by_token.status_code) == (401, 200)
    assert "access-control-allow-credentials" not in by_token.headers
    assert by_token.headers["vary"] == "Origin, Authorization, Cookie"


def test_a_header_goes_before_the_cookie_however_bad_it_is(visitor: httpx.Client, trial: TrialServer) -> None:
    sign_in(visitor)
    other = token(sub="anna")

    bad = visitor.get(RECORD, headers={"authorization": "Bearer abc"})
    good = visitor.get(RECORD, headers={"authorization": f"Bearer {other}"})

    assert (bad.status_code, good.status_code) == (401, 200)
    assert trial.metadata["authorization"] == f"Bearer {other}"


def test_what_a_proxy_before_us_asked_the_browser_for_is_no_token(visitor: httpx.Client, trial: TrialServer) -> None:
    visitor.auth = httpx.BasicAuth("proxy", "its password")

    answer = sign_in(visitor)

    assert answer.json()["signed_in"]
    assert visitor.get(SESSION, headers=own(visitor)).json()["signed_in"]
    assert visitor.get(RECORD).status_code == 200
    assert trial.metadata["authorization"].startswith("Bearer ")


def test_signing_in_takes_back_an_older_cookie_of_the_other_name(visitor: httpx.Client) -> None:
    visitor.cookies.set(SECURE, "of an older secret", domain=visitor.base_url.host)

    sign_in(visitor)

    assert visitor.get(SESSION).json()["signed_in"]


def test_what_everybody_might_keep_is_for_nobody_else_where_the_house_is_guarded(
    visitor: httpx.Client, client: httpx.Client
) -> None:
    sign_in(visitor)

    guarded, open_ = (each.get("/trial/v1/pictures/kept") for each in (visitor, client))

    assert (guarded.headers["cache-control"], open_.headers["cache-control"]) == ("private, max-age=60", "public, max-age=60")
    assert {"accept", "authorization", "cookie"} <= {each.strip().lower() for each in guarded.headers["vary"].split(",")}


def test_guesses_at_either_desk_are_counted_together(make_gateway) -> None:
    gateway: RunningGateway = make_gateway(jwt_secret=SECRET, gateway_password_hash=HASH)
    wrong = {"password": "guess"}

    at_sessions = [gateway.client.post(SESSION, json=wrong, headers=own(gateway.client)) for _ in range(3)]
    at_tokens = [gateway.client.post("/api/v1/auth/token", json=wrong) for _ in range(2)]
    last = sign_in(gateway.client)

    assert [answer.status_code for answer in (*at_sessions, *at_tokens)] == [401] * 5
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) > 1
    assert "set-cookie" not in last.headers


def test_the_token_is_in_no_log_line_and_no_answer(visitor: httpx.Client) -> None:
    with capture_logs() as lines:
        bought = cookie_of(sign_in(visitor)).value
        answers = [
            visitor.get(SESSION),
            visitor.get(RECORD),
            visitor.get("/trial/v1/failures/bug"),
            visitor.get("/trial/v1/records/r", headers={"sec-fetch-site": "cross-site"}),
            visitor.post(SESSION, json={"password": "wrong"}, headers=own(visitor)),
            visitor.delete(SESSION, headers=own(visitor)),
        ]

    assert any(line["event"] == "request" for line in lines)
    assert bought not in str(lines)
    assert PASSWORD not in str(lines)
    assert all(bought not in answer.text + str(answer.headers) for answer in answers)


def test_without_a_hash_or_a_secret_nobody_signs_in_and_the_page_is_told(guarded: RunningGateway, client: httpx.Client) -> None:
    assert [sign_in(each).status_code for each in (guarded.client, client)] == [404, 404]
    assert guarded.client.get(SESSION).json() == {"needed": True, "signed_in": False, "takes_password": False, "scopes": []}


def test_the_apps_pages_and_files_come_to_strangers_so_that_they_can_sign_in(make_gateway, tmp_path) -> None:
    (tmp_path / "web" / "assets").mkdir(parents=True)
    (tmp_path / "web" / "index.html").write_text("<!doctype html>", "utf-8")
    (tmp_path / "web" / "assets" / "a.js").write_text("1", "utf-8")
    gateway: RunningGateway = make_gateway(jwt_secret=SECRET, gateway_web_dir=tmp_path / "web")

    for path in ("/", "/journal", "/assets/a.js"):
        assert gateway.client.get(path).status_code == 200
    assert gateway.client.get(RECORD).status_code == 401
