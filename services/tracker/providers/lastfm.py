"""How does Last.fm tell what an account has played? `user.getRecentTracks` as JSON, the body read before the status."""

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from kernel.clock import Clock
from kernel.errors import FailedPrecondition, NotFound, ProviderFault, ProviderMalformed, ProviderThrottled, ProviderUnavailable
from kernel.evidence import Answer, Found
from kernel.http import HttpAnswer, HttpClient, parse_retry_after
from services.tracker.domain import Mbids, Page, Play, Reject, Title
from services.tracker.providers.reading import Json, child, image_url, mbid_of, parse_object, raw, text, whole
from services.tracker.walking import Ask

NAME = "lastfm"

_THROTTLE_PAUSE = timedelta(seconds=60)  # Last.fm averages over minutes and sends no Retry-After
_TEMPORARY = frozenset({8, 11, 16})
_KEY_REFUSED = frozenset({4, 9, 10, 14})
_PRIVATE, _SUSPENDED, _TOO_MANY, _WRONG, _NOTHING_THERE = 17, 26, 29, 6, 7
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class LastfmHistory:
    """Satisfies ReadsHistory. pylast's own history call asks twice for 200 rows, and drops ids, pictures and totals."""

    def __init__(self, http: HttpClient, *, api_key: str, url: str, timeout: timedelta, clock: Clock) -> None:
        """`url` is the API's address; `timeout` bounds one call from first byte to last."""
        self._http = http
        self._api_key = api_key
        self._url = url
        self._timeout = timeout
        self._clock = clock

    def find_page(self, account: str, ask: Ask) -> Answer[Page]:
        """user.getRecentTracks. `from` is inclusive and `to` exclusive."""
        asked = {"limit": str(ask.size), "page": str(ask.page)}
        asked |= {} if ask.since is None else {"from": str(ask.since)}
        asked |= {} if ask.until is None else {"to": str(ask.until)}
        content = self._ask("user.getrecenttracks", account, asked)
        return Found(Page((), total=0) if content is None else parse_page(content))

    def find_total(self, account: str) -> Answer[int]:
        """user.getInfo. Counts what was imported into Last.fm long ago as well, which no page shows."""
        content = self._ask("user.getinfo", account, {})
        total = 0 if content is None else whole(child(content, "user").get("playcount"))
        if total is None:
            raise ProviderMalformed(NAME, "the answer does not say how much was played")
        return Found(total)

    def _ask(self, method: str, account: str, params: Mapping[str, str]) -> Json | None:
        """The key travels in the body: addresses are written into logs all along the way."""
        asked = {"method": method, "user": account, "api_key": self._api_key, "format": "json", **params}
        form = urlencode(asked).encode()
        answer = self._http.request("POST", self._url, provider=NAME, headers=_FORM, content=form, timeout=self._timeout)
        return self._content(answer, account)

    def _content(self, answer: HttpAnswer, account: str) -> Json | None:
        """The answer's object; None for an account that has never played anything. Raises what `find_page` does."""
        try:
            content = parse_object(answer, NAME)
        except ProviderMalformed as error:
            fault = self._fault_of_status(answer)
            if fault is None:
                raise
            raise fault from error
        code = whole(content.get("error"))
        if code is None:
            fault = self._fault_of_status(answer)
            if fault is not None:
                raise fault
            return content
        if code == _NOTHING_THERE:
            return None
        raise self._error_of(code, text(content, "message"), account, answer)

    def _error_of(self, code: int, message: str, account: str, answer: HttpAnswer) -> Exception:
        if code == _PRIVATE:
            advice = "switch off “Hide recent listening information” in its privacy settings."
            return FailedPrecondition(f"The Last.fm profile {account} is private: {advice}")
        if code in _KEY_REFUSED:
            return FailedPrecondition(f"Last.fm refuses the API key (code {code}): check LASTFM_API_KEY.")
        if code == _SUSPENDED:
            return FailedPrecondition("Last.fm has suspended the API key (code 26): set another LASTFM_API_KEY.")
        if code == _WRONG and "user" in message.lower():
            return NotFound(f"Last.fm has no user {account}: check LASTFM_USERNAME.")
        return self._passing(code, answer)

    def _passing(self, code: int, answer: HttpAnswer) -> ProviderFault:
        if code == _TOO_MANY:
            return self._throttled(answer)
        if code in _TEMPORARY:
            return ProviderUnavailable(NAME, f"temporarily unavailable (code {code})")
        return ProviderMalformed(NAME, f"an answer we do not understand (code {code})")

    def _fault_of_status(self, answer: HttpAnswer) -> ProviderFault | None:
        """What the status alone says, where the body says nothing."""
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            return self._throttled(answer)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return ProviderUnavailable(NAME, f"temporarily unavailable (HTTP {answer.status})")
        if answer.status != HTTPStatus.OK:
            return ProviderMalformed(NAME, f"an answer we do not understand (HTTP {answer.status})")
        return None

    def _throttled(self, answer: HttpAnswer) -> ProviderThrottled:
        asked = parse_retry_after(answer.headers.get("retry-after"), self._clock.now())
        return ProviderThrottled(NAME, "too many requests", retry_after=asked or _THROTTLE_PAUSE)


def parse_page(content: Json) -> Page:
    """Raises ProviderMalformed when there is no list of tracks."""
    recent = child(content, "recenttracks")
    rows: Any = recent.get("track", [] if recent else None)
    rows = [rows] if isinstance(rows, dict) else rows  # one row is not a list of one
    if not isinstance(rows, list):
        raise ProviderMalformed(NAME, "the answer has no list of tracks")
    plays: list[Play] = []
    rejects: list[Reject] = []
    playing: Play | None = None
    for row in rows:
        if text(child(row, "@attr"), "nowplaying") == "true":
            told = parse_row(row, 0)
            playing = told if told.title.track else None
            continue
        uts = whole(child(row, "date").get("uts"))
        play = parse_row(row, uts) if uts is not None and isinstance(row, dict) else None
        if play is not None:
            plays.append(play)
        else:
            rejects.append(Reject("has no date", raw(row)))
    plays.sort(key=_second, reverse=True)
    total = whole(child(recent, "@attr").get("total"))
    return Page(
        tuple(plays),
        tuple(rejects),
        total,
        playing.title if playing is not None else None,
        playing.image_url if playing is not None else "",
    )


def parse_row(row: Json, uts: int) -> Play:
    """One row; a name that is missing is empty."""
    artist, album, images = child(row, "artist"), child(row, "album"), row.get("image")
    largest = images[-1] if isinstance(images, list) and images else None  # sizes come smallest first
    told = (
        artist.get("#text") or artist.get("name"),
        row.get("name"),
        album.get("#text"),
        artist.get("mbid"),
        row.get("mbid"),
        album.get("mbid"),
        child({"": largest}, "").get("#text"),
    )
    return Play(uts, *_about(*(each if isinstance(each, str) else "" for each in told)))


@lru_cache(maxsize=8192)
def _about(*told: str) -> tuple[Title, Mbids, str]:
    """What rows of one title have in common: a history has the same few thousand over and over."""
    artist, track, album, *ids, picture = (each.strip() for each in told)
    return (
        Title(artist, track, album),
        Mbids(*map(mbid_of, ids)),
        image_url(picture),
    )


def _second(play: Play) -> int:
    return play.uts
