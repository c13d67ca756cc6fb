"""How is Apify's JSON read? What the actor found, how far a run is, and what an error means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from kernel.errors import (
    ProviderFault,
    ProviderMalformed,
    ProviderRejected,
    ProviderThrottled,
    ProviderTimeout,
    ProviderUnavailable,
)
from kernel.http import HttpAnswer, parse_retry_after
from services.artist.domain import Audience
from services.artist.ids import is_spotify_id, spotify_id_from_url
from upstreams.reading import Json, child, children, count, is_server_error, parse_object, text

NAME = "apify"

FIELDS = "artist_id,url,artist_url,uri,monthlyListeners,followers"
"""All we read of an item: a whole one holds every release and neighbour, and fifty of them more than we would take."""

_URI = "spotify:artist:"
_THROTTLE_PAUSE = timedelta(seconds=5)  # limits are per second, and no Retry-After is sent
_ID = re.compile(r"[0-9A-Za-z]{1,64}")
_UNDER_WAY = frozenset({"READY", "RUNNING", "TIMING-OUT", "ABORTING"})
_OVER = frozenset({"SUCCEEDED", "FAILED", "TIMED-OUT", "ABORTED"})
_DIGITS = re.compile(r"\d{1,18}", re.ASCII)
_REFUSALS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "the token is refused; check ENRICHMENT_APIFY_API_TOKEN",
    HTTPStatus.PAYMENT_REQUIRED: "the Apify account has no usage left",
    HTTPStatus.FORBIDDEN: "the token may not run the actor; check ENRICHMENT_APIFY_API_TOKEN",
    HTTPStatus.NOT_FOUND: "the actor is gone, or hidden from the account of ENRICHMENT_APIFY_API_TOKEN",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the actor."""

    id: str
    dataset_id: str
    status: str

    @property
    def is_over(self) -> bool:
        """Whether it has ended, well or not."""
        return self.status in _OVER

    @property
    def has_succeeded(self) -> bool:
        return self.status == "SUCCEEDED"


def page_of(spotify_id: str) -> str:
    """The artist's page on Spotify."""
    return f"https://open.spotify.com/artist/{spotify_id}"


def parse_run(content: Any) -> Run:
    """A run object. Raises ProviderMalformed, also for ids that would not be safe in a path."""
    shown = child(content, "data") if isinstance(content, dict) else {}
    run = Run(text(shown, "id"), text(shown, "defaultDatasetId"), text(shown, "status"))
    is_usable = _ID.fullmatch(run.id) and _ID.fullmatch(run.dataset_id) and run.status in _UNDER_WAY | _OVER
    if not is_usable:
        raise ProviderMalformed(NAME, "the answer is not a run")
    return run


def parse_audiences(content: Any) -> dict[str, Audience]:
    """The items of a dataset by Spotify id; those about nobody are left out. Raises ProviderMalformed."""
    rows = list(children({"": content}, ""))
    if not isinstance(content, list) or (content and not rows):
        raise ProviderMalformed(NAME, "the answer is not a list of artists")
    found: dict[str, Audience] = {}
    for row in rows:
        spotify_id = _spotify_id(row)
        if spotify_id:
            found.setdefault(spotify_id, Audience(_number(row, "monthlyListeners"), _number(row, "followers")))
    return found


def fault_of(answer: HttpAnswer, now: datetime) -> ProviderFault:
    """What an answer means that is not a success."""
    status = answer.status
    if is_server_error(answer):
        return ProviderUnavailable(NAME, f"temporarily unavailable (HTTP {status})")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        asked = parse_retry_after(answer.headers.get("retry-after"), now)
        return ProviderThrottled(NAME, "too many requests", retry_after=asked or _THROTTLE_PAUSE)
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return ProviderTimeout(NAME, "the run did not end in time")
    return _refusal(answer)


def _refusal(answer: HttpAnswer) -> ProviderFault:
    """Only Apify's own error object is believed: a page in HTML is somebody else's, a proxy's perhaps."""
    kind = text(child(parse_object(answer, NAME), "error"), "type")
    if kind == "run-failed":
        return ProviderUnavailable(NAME, "the run failed")
    if kind == "actor-is-not-rented":
        return ProviderRejected(NAME, "the actor is not rented")
    if kind and answer.status in _REFUSALS:
        return ProviderRejected(NAME, _REFUSALS[answer.status])
    return ProviderMalformed(NAME, f"an answer we do not understand (HTTP {answer.status})")


def _spotify_id(row: Json) -> str | None:
    named = text(row, "artist_id") or text(row, "uri").removeprefix(_URI)
    if is_spotify_id(named):
        return named
    return spotify_id_from_url(text(row, "url")) or spotify_id_from_url(text(row, "artist_url"))


def _number(row: Json, key: str) -> int | None:
    written = text(row, key)
    return int(written) if _DIGITS.fullmatch(written) else count(row, key)
