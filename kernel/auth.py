"""Who is asking, and how far may they reach?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

import jwt
from google.api import annotations_pb2
from google.protobuf.descriptor import MethodDescriptor

from kernel.errors import FailedPrecondition, OwnFault, PermissionDenied, Unauthenticated
from kernel.settings import AppSettings, SettingsError

_TYPES = ("JWT", "AT+JWT", "APPLICATION/AT+JWT")
_LEEWAY = timedelta(seconds=5)
_LONGEST_TOKEN = 8192
_SHORTEST_SECRET = 32
_FEWEST_CHARACTERS = 6
_KNOWN_SECRETS = ("a-string-secret-at-least-256-bits-long", "your-256-bit-secret-your-256-bit-secret")
_MALFORMED = (jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError, RecursionError)


class Scope(IntEnum):
    """How far a token reaches; each includes those below it. In the claim `scope` they are lower-case words."""

    READ = 1
    WRITE = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody whose token was good."""

    subject: str
    scopes: frozenset[Scope]

    def require(self, needed: Scope) -> None:
        """Raises PermissionDenied where no scope reaches so far."""
        if max(self.scopes, default=0) < needed:
            raise PermissionDenied(f"This needs a token with the scope `{needed.name.lower()}`.")


OWNER = Caller("owner", frozenset({Scope.ADMIN}))
"""Everybody, where there is no key to judge tokens by: such a process listens on loopback only."""


class TokenVerifier:
    """Judges JSON Web Tokens by RFC 8725: one algorithm per key; exp, iat, aud, iss and sub are all required and checked.

    `secret` is for HS256; `jwks` answers the published keys for RS256 and EdDSA. Neither: every caller is the owner.
    """

    def __init__(self, *, secret: str = "", jwks: jwt.PyJWKClient | None = None, audience: str, issuer: str) -> None:
        self._secret = secret
        self._jwks = jwks
        self._audience = audience
        self._issuer = issuer

    @classmethod
    def from_settings(cls, settings: AppSettings) -> "TokenVerifier":
        """Raises SettingsError for a secret that is short, known or guessable, and for keys published without TLS."""
        secret, url = settings.jwt_secret.get_secret_value(), urlsplit(settings.jwt_jwks_url)
        if secret and len(secret.encode()) < _SHORTEST_SECRET:
            raise SettingsError([f"JWT_SECRET: must be {_SHORTEST_SECRET} bytes or more"])
        if secret and (secret.lower() in _KNOWN_SECRETS or len(set(secret)) < _FEWEST_CHARACTERS):
            raise SettingsError(["JWT_SECRET: is one that anybody would try; make one with `openssl rand -base64 48`"])
        if url.netloc and url.scheme != "https" and url.netloc not in settings.upstream_trusted_hosts:
            raise SettingsError(["JWT_JWKS_URL: must begin with https://, or its host:port be in UPSTREAM_TRUSTED_HOSTS"])
        jwks = jwt.PyJWKClient(settings.jwt_jwks_url, timeout=3) if settings.jwt_jwks_url else None
        return cls(secret=secret, jwks=jwks, audience=settings.jwt_audience, issuer=settings.jwt_issuer)

    @property
    def is_open(self) -> bool:
        """Whether no token is needed, because there is no key to judge one by."""
        return not self._secret and self._jwks is None

    def require_guarded(self, host: str, *, setting: str) -> None:
        """Raises SettingsError where a process would listen beyond this machine without being able to tell callers apart."""
        if self.is_open and not is_loopback(host):
            raise SettingsError([f"JWT_SECRET: must be set (32 bytes or more), as {setting}={host} is not a loopback address"])

    def verify(self, token: str | None) -> Caller:
        """The caller a token names. Raises Unauthenticated for none or a bad one, OwnFault when the keys cannot be fetched.

        May fetch keys over the network (3 s at most, then remembered for 5 minutes) when a JWKS address is set.
        """
        if self.is_open:
            return OWNER
        if not token:
            raise Unauthenticated("A token is needed: `Authorization: Bearer …`.")
        try:
            return self._caller(token)
        except jwt.PyJWKClientConnectionError as error:
            raise OwnFault("The keys that tokens are signed with cannot be fetched.", retry_after=_LEEWAY) from error
        except _MALFORMED as error:
            raise Unauthenticated("The token is not valid.") from error

    def mint(self, subject: str, scopes: Sequence[Scope], *, ttl: timedelta) -> str:
        """A token of our own, for calls to a neighbour. Raises FailedPrecondition without a secret to sign it with."""
        if not self._secret:
            raise FailedPrecondition("No token can be made: JWT_SECRET is not set.")
        now = datetime.now(UTC)
        claims = {"sub": subject, "scope": " ".join(scope.name.lower() for scope in scopes), "iat": now, "exp": now + ttl}
        claims |= {"aud": self._audience, "iss": self._issuer}
        return jwt.encode(claims, self._secret, algorithm="HS256", headers={"typ": "at+jwt"})

    def _caller(self, token: str) -> Caller:
        if len(token) > _LONGEST_TOKEN:
            raise ValueError("longer than any of ours")
        header = jwt.get_unverified_header(token)
        if header.get("typ", "JWT").upper() not in _TYPES:
            raise ValueError("not an access token")  # a refresh token, say, signed by the same key
        key, algorithm = self._key_for(token, header.get("alg"))
        rules = jwt.types.Options(require=["exp", "iat", "aud", "iss", "sub"], enforce_minimum_key_length=True)
        claims = jwt.decode(token, key, [algorithm], options=rules, audience=self._audience, issuer=self._issuer, leeway=_LEEWAY)
        if not claims["sub"] or any(type(claims.get(name, 0)) not in (int, float) for name in ("exp", "iat", "nbf")):
            raise ValueError("a claim of the wrong type")  # the library takes "1" and true for times
        words = claims.get("scope", "").split()
        return Caller(claims["sub"], frozenset(scope for scope in Scope if scope.name.lower() in words))

    def _key_for(self, token: str, algorithm: object) -> tuple[str | jwt.PyJWK, str]:
        """HS256 is checked with the secret only, and the others with published keys only: neither can pose as the other."""
        if algorithm == "HS256" and self._secret:
            return self._secret, "HS256"
        if algorithm in ("RS256", "EdDSA") and self._jwks is not None:
            return self._jwks.get_signing_key_from_jwt(token), str(algorithm)
        raise ValueError("an algorithm we hold no key for")


def required_scope(method: MethodDescriptor) -> Scope:
    """What calling a method needs: read for a GET rule, write for any other verb, admin for one without a rule (private)."""
    verb = method.GetOptions().Extensions[annotations_pb2.http].WhichOneof("pattern")
    return {None: Scope.ADMIN, "get": Scope.READ}.get(verb, Scope.WRITE)


def bearer_token(headers: Sequence[str]) -> str | None:
    """The token in one request's `Authorization` headers; None without any. Raises Unauthenticated for two or another scheme."""
    if not headers:
        return None
    scheme, _, token = headers[0].partition(" ")
    if len(headers) > 1 or scheme.lower() != "bearer":
        raise Unauthenticated("One header `Authorization: Bearer …` is needed.")
    return token.strip()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address; a name other than `localhost` may be anything."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
