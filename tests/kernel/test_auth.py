"""kernel/auth.py"""

import base64
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import OKPAlgorithm, RSAAlgorithm
from pydantic import SecretStr

from kernel.auth import OWNER, Caller, Scope, TokenVerifier, bearer_token, is_loopback, required_scope
from kernel.errors import FailedPrecondition, OwnFault, PermissionDenied, Unauthenticated
from kernel.settings import AppSettings, SettingsError
from soniquebay.artist.v1 import artist_pb2

SECRET = "correct horse battery staple, thrice over"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED = ed25519.Ed25519PrivateKey.generate()
NOW = int(datetime.now(UTC).timestamp())
LATER = 86_400  # seconds: far more than a run of the suite takes
GOOD = {"sub": "ann", "scope": "read write", "aud": "soniquebay", "iss": "soniquebay", "iat": NOW, "exp": NOW + LATER}
HEADER = {"alg": "HS256", "typ": "JWT"}


def verifier_of(**settings) -> TokenVerifier:
    return TokenVerifier.from_settings(AppSettings(**settings))


VERIFIER = verifier_of(jwt_secret=SecretStr(SECRET))


def encode(part) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def forge(header=HEADER, claims=GOOD, *, key: bytes = SECRET.encode()) -> str:
    """A token put together by hand: header and claims may be anything. Signed as HS256 unless the key is empty."""
    signed = f"{encode(header)}.{encode(claims)}"
    signature = jwt.get_algorithm_by_name("HS256").sign(signed.encode(), key) if key else b""
    return f"{signed}.{encode(signature)}"


def public_pem() -> bytes:
    return RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def without(name: str) -> dict[str, object]:
    return {key: value for key, value in GOOD.items() if key != name}


EXPIRIES: list[object] = [NOW - 60, -1, "soon", str(NOW + LATER), True, [NOW + LATER], None, {}, float("nan"), "9" * 5000]
ATTACKS = {
    **{
        f"alg {alg!r}": forge({"alg": alg, "typ": "JWT"})
        for alg in ["none", "None", "nOnE", "", 1, ["HS256"], None, "HS512", "ES256"]
    },
    "unsigned": forge({"alg": "none"}, key=b""),
    "no alg": forge({"typ": "JWT"}),
    "empty signature": forge(key=b""),
    "wrong key": forge(key=b"another key of thirty-two bytes!!"),
    "public key as HMAC key": forge(key=public_pem()),
    "RS256 without published keys": jwt.encode(GOOD, RSA, "RS256"),
    "kid is a path": forge(HEADER | {"kid": "../../dev/null"}, key=b""),
    "kid is a number": forge(HEADER | {"kid": 7}),
    "embedded key": forge(HEADER | {"jwk": {"kty": "oct", "k": encode(b"k" * 32)}}, key=b"k" * 32),
    "unknown crit": forge(HEADER | {"crit": ["x"], "x": 1}),
    "crit is text": forge(HEADER | {"crit": "x"}),
    "header is a list": forge([HEADER]),
    "header is text": forge("HS256"),
    "typ is a number": forge(HEADER | {"typ": 7}),
    "refresh token": forge(HEADER | {"typ": "refresh+jwt"}),
    **{f"no {name}": forge(claims=without(name)) for name in ("exp", "iat", "aud", "iss", "sub")},
    **{f"exp {n}": forge(claims=GOOD | {"exp": exp}) for n, exp in enumerate(EXPIRIES)},
    "exp 1e400": forge(claims=json.dumps(GOOD | {"exp": 0}).replace('"exp": 0', '"exp": 1e400').encode()),
    "exp of 5000 digits": forge(claims=json.dumps(GOOD | {"exp": 0}).replace('"exp": 0', '"exp": ' + "9" * 5000).encode()),
    "nbf in the future": forge(claims=GOOD | {"nbf": NOW + LATER}),
    "nbf is text": forge(claims=GOOD | {"nbf": "0"}),
    "iat in the future": forge(claims=GOOD | {"iat": NOW + LATER}),
    "iat is text": forge(claims=GOOD | {"iat": "0"}),
    "wrong aud": forge(claims=GOOD | {"aud": "other"}),
    "aud is a number": forge(claims=GOOD | {"aud": 7}),
    "wrong iss": forge(claims=GOOD | {"iss": "other"}),
    "iss is a list": forge(claims=GOOD | {"iss": ["soniquebay"]}),
    "sub is a number": forge(claims=GOOD | {"sub": 7}),
    "sub is empty": forge(claims=GOOD | {"sub": ""}),
    "scope is a number": forge(claims=GOOD | {"scope": 7}),
    "claims are a list": forge(claims=[GOOD]),
    "claims are null": forge(claims=None),
    "deep header": forge(b"[" * 5000 + b"]" * 5000),
    "deep claims": forge(claims=b'{"a":' * 1000 + b"1" + b"}" * 1000),
    "bad UTF-8": forge(claims=b"\xff\xfe"),
    "2 MB": forge(claims=GOOD | {"pad": "x" * 2_000_000}),
    "non-ASCII": "é.é.é",
    "surrogate": "\ud800",
    "NUL": "\0",
    "one part": "abc",
    "two parts": "abc.def",
    "four parts": forge() + ".x",
    "blank": " ",
    "empty": "",
    "none": None,
}


def test_a_good_token_names_its_caller():
    assert VERIFIER.verify(forge()) == Caller("ann", frozenset({Scope.READ, Scope.WRITE}))


@pytest.mark.parametrize("token", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_is_refused_without_saying_why(token):
    with pytest.raises(Unauthenticated) as caught:
        VERIFIER.verify(token)

    assert str(caught.value) in {"The token is not valid.", "A token is needed: `Authorization: Bearer …`."}


@given(token=st.text(max_size=200) | st.lists(st.binary(max_size=40).map(encode), min_size=1, max_size=5).map(".".join))
def test_whatever_is_sent_as_a_token_is_refused(token):
    with pytest.raises(Unauthenticated):
        VERIFIER.verify(token)


@pytest.mark.parametrize("aud", ["soniquebay", ["other", "soniquebay"]])
@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "application/at+jwt"])
def test_an_access_token_of_another_issuer_of_ours_is_taken(aud, typ):
    token = forge({"alg": "HS256", "typ": typ}, GOOD | {"aud": aud})

    assert VERIFIER.verify(token).subject == "ann"


def test_a_minted_token_is_good_until_it_ends():
    good = VERIFIER.mint("tracker", [Scope.ADMIN], ttl=timedelta(minutes=1))
    ended = VERIFIER.mint("tracker", [Scope.ADMIN], ttl=timedelta(minutes=-1))

    assert VERIFIER.verify(good) == Caller("tracker", frozenset({Scope.ADMIN}))
    with pytest.raises(Unauthenticated):
        VERIFIER.verify(ended)


@pytest.mark.parametrize("token", [None, "", "nonsense", forge()])
def test_without_any_key_everybody_is_the_owner(token):
    assert verifier_of().verify(token) == OWNER


def test_without_a_secret_no_token_can_be_minted():
    with pytest.raises(FailedPrecondition, match="JWT_SECRET"):
        verifier_of().mint("ann", [Scope.READ], ttl=timedelta(minutes=1))


@pytest.mark.parametrize(
    "secret",
    ["short", "x" * 31, "x" * 64, "ab" * 20, "a-string-secret-at-least-256-bits-long", "Your-256-bit-secret-your-256-bit-secret"],
)
def test_a_weak_secret_stops_the_start_naming_the_setting_and_not_the_value(secret):
    with pytest.raises(SettingsError) as caught:
        verifier_of(jwt_secret=SecretStr(secret))

    assert "JWT_SECRET" in str(caught.value)
    assert secret not in str(caught.value)


def test_keys_are_fetched_over_tls_or_from_a_trusted_host_only():
    with pytest.raises(SettingsError, match="JWT_JWKS_URL"):
        verifier_of(jwt_jwks_url="http://issuer.test:8080/keys")

    assert not verifier_of(jwt_jwks_url="http://issuer.test:8080/keys", upstream_trusted_hosts="issuer.test:8080").is_open


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_an_open_process_may_listen_on_loopback(host):
    verifier_of().require_guarded(host, setting="SERVICE_HOST")

    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "8.8.8.8", "pi.local", "localhost.example.org", ""])  # noqa: S104
def test_an_open_process_may_not_listen_any_further(host):
    with pytest.raises(SettingsError, match="SERVICE_HOST"):
        verifier_of().require_guarded(host, setting="SERVICE_HOST")

    VERIFIER.require_guarded(host, setting="SERVICE_HOST")


@pytest.mark.parametrize(
    ("held", "needed", "enough"),
    [
        ("", Scope.READ, False),
        ("read", Scope.READ, True),
        ("read", Scope.WRITE, False),
        ("write", Scope.READ, True),
        ("write", Scope.ADMIN, False),
        ("admin", Scope.ADMIN, True),
        ("Admin superuser", Scope.READ, False),
    ],
)
def test_a_scope_reaches_as_far_as_those_below_it(held, needed, enough):
    caller = VERIFIER.verify(forge(claims=GOOD | {"scope": held}))

    if enough:
        caller.require(needed)
    else:
        with pytest.raises(PermissionDenied, match=needed.name.lower()):
            caller.require(needed)


def test_a_method_needs_read_write_or_admin_by_its_http_rule():
    methods = artist_pb2.DESCRIPTOR.services_by_name["ArtistService"].methods_by_name

    needed = {
        name: required_scope(methods[name]) for name in ("GetArtist", "EnrichArtist", "DeleteArtistOverride", "EnsureArtists")
    }

    assert needed == {
        "GetArtist": Scope.READ,
        "EnrichArtist": Scope.WRITE,
        "DeleteArtistOverride": Scope.WRITE,
        "EnsureArtists": Scope.ADMIN,
    }


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_bearer_scheme_is_read_in_any_case(scheme):
    assert bearer_token([f"{scheme} abc "]) == "abc"
    assert bearer_token([]) is None


@pytest.mark.parametrize("headers", [["Bearer a", "Bearer a"], ["Basic abc"], ["abc"], [""]])
def test_two_headers_or_another_scheme_are_refused(headers):
    with pytest.raises(Unauthenticated):
        bearer_token(headers)


@pytest.fixture
def published():
    """The address of a key set with one RSA and one Ed25519 key, and how often it was fetched."""
    keys = [
        RSAAlgorithm.to_jwk(RSA.public_key(), as_dict=True) | {"kid": "rsa", "alg": "RS256"},
        OKPAlgorithm.to_jwk(ED.public_key(), as_dict=True) | {"kid": "ed", "alg": "EdDSA"},
    ]

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"keys": keys}).encode())

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Keys)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("key", "kid", "algorithm"), [(RSA, "rsa", "RS256"), (ED, "ed", "EdDSA")])
def test_a_token_signed_by_a_published_key_is_good(published, key, kid, algorithm):
    verifier = verifier_of(jwt_jwks_url=f"http://{published}/keys", upstream_trusted_hosts=published)

    assert verifier.verify(jwt.encode(GOOD, key, algorithm, headers={"kid": kid})).subject == "ann"


def test_neither_kind_of_key_can_stand_in_for_the_other(published):
    verifier = verifier_of(
        jwt_secret=SecretStr(SECRET), jwt_jwks_url=f"http://{published}/keys", upstream_trusted_hosts=published
    )
    forged = {
        "published key as secret": forge(HEADER | {"kid": "rsa"}, key=public_pem()),
        "other published key": jwt.encode(GOOD, RSA, "RS256", headers={"kid": "ed"}),
        "stronger RSA": jwt.encode(GOOD, RSA, "RS512", headers={"kid": "rsa"}),
        "unknown kid": jwt.encode(GOOD, RSA, "RS256", headers={"kid": "../../etc/passwd"}),
        "no kid": jwt.encode(GOOD, RSA, "RS256"),
    }

    for token in forged.values():
        with pytest.raises(Unauthenticated):
            verifier.verify(token)
    assert verifier.verify(forge()).subject == "ann"


def test_keys_that_cannot_be_fetched_are_our_fault_and_not_the_callers(free_port):
    host = f"127.0.0.1:{free_port}"
    verifier = verifier_of(jwt_jwks_url=f"http://{host}/keys", upstream_trusted_hosts=host)

    with pytest.raises(OwnFault) as caught:
        verifier.verify(jwt.encode(GOOD, RSA, "RS256", headers={"kid": "rsa"}))

    assert caught.value.retry_after
    assert str(free_port) not in str(caught.value)
