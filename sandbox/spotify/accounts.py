"""Who may ask Spotify? The accounts service trades the client's pair of credentials for a token that expires."""

import base64
import binascii
import hashlib
from collections.abc import Callable

from sandbox.settings import Settings
from sandbox.spotify.errors import ACCOUNT_REFUSALS
from sandbox.upstream import Upstream, name_by_path
from sandbox.wire import Answer, Request, json_answer

ACCOUNTS = "spotify-accounts"
# The one pair the sandbox accepts.
CLIENT_ID, CLIENT_SECRET = "sandbox-client", "sandbox-secret"


class Tokens:
    """The tokens given out and when each expires; one event loop, so no lock."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._expires_at: dict[str, float] = {}

    def give_out(self) -> dict[str, object]:
        """Makes a token that lives as long as the setting `token_seconds` says."""
        seconds = self._settings.number("token_seconds")
        now = self._clock()
        self._expires_at = {token: end for token, end in self._expires_at.items() if end > now}
        token = "BQ" + hashlib.sha256(f"{now}/{len(self._expires_at)}".encode()).hexdigest()
        self._expires_at[token] = now + seconds
        return {"access_token": token, "token_type": "Bearer", "expires_in": int(seconds)}

    def is_valid(self, authorization: str) -> bool:
        """Tells whether the header carries a token that has not expired."""
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and self._expires_at.get(token.strip(), 0) > self._clock()


def build_accounts(tokens: Tokens) -> Upstream:
    """Builds the accounts service."""
    return Upstream(
        name=ACCOUNTS,
        answer=lambda request: _answer(request, tokens),
        api_method=lambda request: "token" if request.path == "/api/token" else name_by_path(request),
        refuse=ACCOUNT_REFUSALS.refuse,
    )


def _answer(request: Request, tokens: Tokens) -> Answer:
    if request.path != "/api/token" or request.http_method != "POST":
        return Answer(b"", "text/html", 404)
    pair = _read_pair(request)
    if pair == ("", ""):
        return ACCOUNT_REFUSALS.refuse(request, "no_credentials", None)
    if pair != (CLIENT_ID, CLIENT_SECRET):
        return ACCOUNT_REFUSALS.refuse(request, "invalid_client", None)
    if request.form.get("grant_type") != "client_credentials":
        return ACCOUNT_REFUSALS.refuse(request, "bad_grant", None)
    return json_answer(tokens.give_out())


def _read_pair(request: Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.form.get("client_id", ""), request.form.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "?", "?"
    return client_id, secret
