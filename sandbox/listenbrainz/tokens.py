"""Whose token is this?"""

from sandbox.listenbrainz.errors import ListenBrainzError
from sandbox.listeners.accounts import LISTENER, Account, Accounts
from sandbox.wire import Answer, Request, json_answer

REFUSED = "invalid-token"
_OF_ACCOUNT = "listener-token:"


class Tokens:
    """`listener-token:<name>` is that account's token, and opens it; any other but `invalid-token` is `sandbox_listener`'s."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def validate(self, request: Request) -> Answer:
        """Answers `validate-token`: whose the token is, from the header or the query."""
        written = request.headers.get("authorization", "")
        token = _read_token(written) if written else request.query.get("token", "").strip()
        if not token:
            raise ListenBrainzError("You need to provide an Authorization token.")
        account = self._find_owner(token)
        if account is None:
            return json_answer({"code": 200, "message": "Token invalid.", "valid": False})
        return json_answer({"code": 200, "message": "Token valid.", "user_name": account.name, "valid": True})

    def need_owner(self, request: Request) -> Account:
        """Finds whose token the header holds; raises the 401 of a missing or bad one."""
        written = request.headers.get("authorization", "").strip()
        if not written:
            raise ListenBrainzError("You need to provide an Authorization header.", 401)
        token = _read_token(written)
        if not token:
            raise ListenBrainzError("Provided Authorization header is invalid.", 401)
        account = self._find_owner(token)
        if account is None:
            raise ListenBrainzError("Invalid authorization token.", 401)
        return account

    def _find_owner(self, token: str) -> Account | None:
        if not token.startswith(_OF_ACCOUNT):
            return None if token == REFUSED else self._accounts.open(LISTENER)
        name = token.removeprefix(_OF_ACCOUNT).strip()
        return self._accounts.open(name) if name else None


def is_refused(request: Request) -> bool:
    """Tells whether the header holds the token that is always refused."""
    return _read_token(request.headers.get("authorization", "")) == REFUSED


def _read_token(header: str) -> str:
    scheme, _, token = header.strip().partition(" ")
    return token.strip() if scheme.lower() == "token" else ""
