"""What does Spotify mean by an answer that is not what was asked for? Its words decide as much as its status."""

from datetime import datetime, timedelta
from http import HTTPStatus

from kernel.errors import ProviderFault, ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.http import HttpAnswer, parse_retry_after
from upstreams.reading import child, is_server_error, parse_object, text

NAME = "spotify"
CREDENTIALS_REFUSED = "the app is refused; check SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET"

_THROTTLE_PAUSE = timedelta(seconds=30)  # the window over which Spotify counts


def check_served(answer: HttpAnswer, now: datetime) -> None:
    """Raises ProviderThrottled for a 429, whatever its body (there are three), and ProviderUnavailable for a 5xx."""
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        asked = parse_retry_after(answer.headers.get("retry-after"), now)
        raise ProviderThrottled(NAME, "too many requests", retry_after=asked or _THROTTLE_PAUSE)
    if is_server_error(answer):
        raise ProviderUnavailable(NAME, f"temporarily unavailable (HTTP {answer.status})")


def is_unknown_id(answer: HttpAnswer) -> bool:
    """Whether Spotify says that no such thing exists. Raises ProviderMalformed for a page that only looks like it."""
    if answer.status not in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST):
        return False
    words = _message(answer).lower()
    if answer.status == HTTPStatus.BAD_REQUEST:
        return "base62" in words
    return bool(words) and "service" not in words  # "Service not found": the address is wrong, and says nothing of the artist


def fault_of(answer: HttpAnswer) -> ProviderFault:
    """The fault behind an answer that is neither what was asked for nor an unknown id. Raises ProviderMalformed."""
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return ProviderRejected(NAME, CREDENTIALS_REFUSED)
    if answer.status == HTTPStatus.FORBIDDEN:
        return _fault_of_forbidden(answer)
    return ProviderMalformed(NAME, f"an answer we do not understand (HTTP {answer.status})")


def _fault_of_forbidden(answer: HttpAnswer) -> ProviderFault:
    if not answer.body.strip():
        return ProviderRejected(NAME, "refuses the app without a word; check the app of SPOTIFY_CLIENT_ID in Spotify's dashboard")
    if b"premium" in answer.body.lower() and b"<" not in answer.body:
        return ProviderRejected(NAME, "the app's owner needs Spotify Premium; it may take hours until Spotify notices it")
    if _message(answer):
        return ProviderRejected(NAME, "the app of SPOTIFY_CLIENT_ID may not ask this; it may lack the quota")
    return ProviderMalformed(NAME, "an answer we do not understand (HTTP 403)")


def _message(answer: HttpAnswer) -> str:
    return text(child(parse_object(answer, NAME), "error"), "message")
