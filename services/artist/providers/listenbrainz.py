"""How often was an artist listened to, and by how many, on ListenBrainz?"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus

from kernel.clock import Clock
from kernel.errors import ProviderFault, ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.evidence import Absent, Answer, Found
from kernel.http import HttpAnswer, HttpClient, parse_retry_after
from services.artist.domain import Identity, ListenCounts
from services.artist.ids import is_mbid
from upstreams.reading import Json, children, count, is_server_error, parse_json, text

NAME = "listenbrainz"
LICENCE = "CC0 1.0"
MOST_AT_ONCE = 1000

_THROTTLE_PAUSE = timedelta(seconds=10)  # the length of ListenBrainz' own window
_CONFIDENCE = 0.95  # its listens are matched to artists by machine

_NO_ID = Absent("Without a MusicBrainz id the listens cannot be asked for.")
_TOO_FEW = Absent("ListenBrainz has too few listeners to count.")


class ListenbrainzProvider:
    """Satisfies FindsListens."""

    def __init__(self, http: HttpClient, *, url: str, timeout: timedelta, clock: Clock, token: str = "") -> None:
        """`url` is the API's address; reading needs no `token`, one only raises the limits."""
        self._http = http
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._clock = clock
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Token {token}"} if token else {})

    def find_listens(self, who: Identity) -> Answer[ListenCounts]:
        """One call. Raises ProviderFault."""
        return _NO_ID if who.mbid is None else self.find_listens_of_many([who.mbid])[who.mbid]

    def find_listens_of_many(self, mbids: Sequence[str]) -> Mapping[str, Answer[ListenCounts]]:
        """One call. Raises ProviderFault; ValueError for more than a thousand artists."""
        asked = [mbid for mbid in dict.fromkeys(mbids) if is_mbid(mbid)]
        if len(asked) > MOST_AT_ONCE:
            raise ValueError(f"at most {MOST_AT_ONCE} artists at once")
        counted = self._ask(asked) if asked else {}
        return {mbid: _answer_about(mbid, counted) if is_mbid(mbid) else _NO_ID for mbid in mbids}

    def _ask(self, mbids: Sequence[str]) -> Mapping[str, ListenCounts]:
        answer = self._http.request(
            "POST",
            f"{self._url}/1/popularity/artist",
            provider=NAME,
            headers=self._headers,
            content=json.dumps({"artist_mbids": mbids}).encode(),
            timeout=self._timeout,
        )
        if answer.status != HTTPStatus.OK:
            raise self._fault_of(answer)
        return _parse_counts(answer)

    def _fault_of(self, answer: HttpAnswer) -> ProviderFault:
        if is_server_error(answer):
            return ProviderUnavailable(NAME, f"temporarily unavailable (HTTP {answer.status})")
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            return ProviderThrottled(NAME, "too many requests", retry_after=self._pause_of(answer))
        if answer.status == HTTPStatus.UNAUTHORIZED:
            return ProviderRejected(NAME, "the token is refused; check LISTENBRAINZ_TOKEN")
        return ProviderMalformed(NAME, f"an answer we do not understand (HTTP {answer.status})")

    def _pause_of(self, answer: HttpAnswer) -> timedelta:
        named = (answer.headers.get(header) for header in ("retry-after", "x-ratelimit-reset-in"))
        pauses = (parse_retry_after(header, self._clock.now()) for header in named)
        return next(filter(None, pauses), _THROTTLE_PAUSE)


def _parse_counts(answer: HttpAnswer) -> Mapping[str, ListenCounts]:
    """By MusicBrainz id: ListenBrainz promises no order."""
    rows = list(children({"": parse_json(answer, NAME)}, ""))
    if not rows:
        raise ProviderMalformed(NAME, "the answer is not a list of artists")
    return {_mbid(row): ListenCounts(count(row, "total_user_count"), count(row, "total_listen_count")) for row in rows}


def _mbid(row: Json) -> str:
    return text(row, "artist_mbid").lower()


def _answer_about(mbid: str, counted: Mapping[str, ListenCounts]) -> Answer[ListenCounts]:
    counts = counted.get(mbid)
    if counts is None or (counts.listeners is None and counts.listens is None):
        return _TOO_FEW
    return Found(counts, _CONFIDENCE, ("MusicBrainz id",), f"https://listenbrainz.org/artist/{mbid}", LICENCE)
