"""How does a browser keep the token of who signed in, out of the reach of every script?"""

from datetime import timedelta

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

NAME = "soniquebay_session"
_SECURE_NAME = f"__Host-{NAME}"
"""With this prefix a browser takes it from no page that came without TLS, nor from a neighbour under the same domain."""

_RULES = "Path=/; HttpOnly; SameSite=Strict"


def token_in(headers: Headers) -> str | None:
    """The token a browser sent by itself; None without any. Whether the cookie counts is for `Origins` to say."""
    cookies = cookie_parser("; ".join(headers.getlist("cookie")))
    return cookies.get(_SECURE_NAME) or cookies.get(NAME) or None


def kept(token: str, life: timedelta, *, by_tls: bool) -> list[str]:
    """The `Set-Cookie`s that have a browser keep a token for so long, and none under the other name, which may be an old one."""
    return [_line(token, int(life.total_seconds()), by_tls=by_tls), _line("", 0, by_tls=not by_tls)]


def dropped() -> list[str]:
    """The `Set-Cookie`s that have a browser forget both: who once came without TLS may come with it now."""
    return [_line("", 0, by_tls=by_tls) for by_tls in (True, False)]


def came_by_tls(scheme: str, headers: Headers) -> bool:
    """Whether the browser's side of the connection is encrypted, be it by a proxy before us.

    The browser says so in the Origin; where a proxy drops that, it says so in X-Forwarded-Proto. Both are believed from anybody:
    a claim that is not true makes a cookie that the claimant's own browser refuses, and nothing else.
    """
    forwarded = headers.get("x-forwarded-proto", "").split(",")[0].strip().lower()
    return scheme == "https" or forwarded == "https" or headers.get("origin", "").startswith("https://")


def _line(token: str, seconds: int, *, by_tls: bool) -> str:
    name, tail = (_SECURE_NAME, f"{_RULES}; Secure") if by_tls else (NAME, _RULES)
    return f"{name}={token}; Max-Age={seconds}; {tail}"
