"""How does ListenBrainz tell what somebody listened to, and how are plays handed to it?"""

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote, urlencode

import orjson

from kernel.clock import Clock
from kernel.errors import FailedPrecondition, NotFound, ProviderMalformed, ProviderThrottled, ProviderUnavailable
from kernel.evidence import Answer, Found
from kernel.http import HttpAnswer, HttpClient, parse_retry_after
from services.tracker.domain import Mbids, Page, Play, Reject, Title
from services.tracker.providers.reading import Json, child, mbid, parse_object, raw, text, whole
from services.tracker.walking import Ask

NAME = "listenbrainz"
MOST_AT_ONCE = 1000
"""Plays it takes, and gives, in one request."""

_THROTTLE_PAUSE = timedelta(seconds=10)
_NO_SUCH_USER = "Cannot find user"


class ListenbrainzHistory:
    """Satisfies ReadsHistory and, with a token, TakesPlays."""

    def __init__(self, http: HttpClient, *, token: str, url: str, timeout: timedelta, clock: Clock) -> None:
        """`url` is the server's address; `timeout` bounds one call from first byte to last. Reading needs no token."""
        self._http = http
        self._token = token
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._clock = clock

    def find_page(self, account: str, ask: Ask) -> Answer[Page]:
        """GET /1/user/{name}/listens. It takes one bound only, so what lies below the window is left out here."""
        if ask.page > 1:
            raise ProviderMalformed(NAME, "cannot show more than one page of a second")
        count = _count(ask)
        asked = {"count": str(count)} | ({} if ask.until is None else {"max_ts": str(ask.until)})
        page = parse_page(self._read(account, f"listens?{urlencode(asked)}"))
        plays = tuple(play for play in page.plays if ask.since is None or play.uts >= ask.since)
        # It never says how many there are: once we are below the window, or the page is not full, that was all.
        is_all = len(plays) < len(page.plays) or page.row_count < count
        return Found(Page(plays, page.rejects, len(plays) + len(page.rejects) if is_all else None))

    def find_total(self, account: str) -> Answer[int]:
        """GET /1/user/{name}/listen-count."""
        total = whole(child(self._read(account, "listen-count"), "payload").get("count"))
        if total is None:
            raise ProviderMalformed(NAME, "the answer does not say how much was listened to")
        return Found(total)

    def submit(self, plays: Sequence[Play]) -> None:
        """POST /1/submit-listens, at most MOST_AT_ONCE plays. Raises FailedPrecondition without a token, or for a refused one."""
        if not self._token:
            raise FailedPrecondition("Nothing can be handed to ListenBrainz: set LISTENBRAINZ_TOKEN.")
        body = {"listen_type": "import", "payload": [_listen(play) for play in plays]}
        self._content(self._ask("POST", "/1/submit-listens", orjson.dumps(body)))

    def _read(self, account: str, what: str) -> Json:
        """Something of an account. Raises what `find_page` does."""
        answer = self._ask("GET", f"/1/user/{quote(account, safe='')}/{what}")
        if answer.status == HTTPStatus.NOT_FOUND and _words(answer).startswith(_NO_SUCH_USER):
            raise NotFound(f"ListenBrainz has no user {account}: check LISTENBRAINZ_USERNAME.")
        return self._content(answer)

    def _ask(self, verb: str, path: str, content: bytes | None = None) -> HttpAnswer:
        headers = {"Content-Type": "application/json"} if content is not None else {}
        if self._token:
            headers["Authorization"] = f"Token {self._token}"
        return self._http.request(verb, self._url + path, provider=NAME, headers=headers, content=content, timeout=self._timeout)

    def _content(self, answer: HttpAnswer) -> Json:
        """The answer's object. Raises what its status says."""
        status = answer.status
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) and _words(answer):
            raise FailedPrecondition("ListenBrainz refuses the token: check LISTENBRAINZ_TOKEN.")
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise ProviderThrottled(NAME, "too many requests", retry_after=self._pause_of(answer))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ProviderUnavailable(NAME, f"temporarily unavailable (HTTP {status})")
        if status != HTTPStatus.OK:
            raise ProviderMalformed(NAME, f"an answer we do not understand (HTTP {status})")
        return parse_object(answer, NAME)

    def _pause_of(self, answer: HttpAnswer) -> timedelta:
        named = (answer.headers.get(header) for header in ("retry-after", "x-ratelimit-reset-in"))
        pauses = (parse_retry_after(header, self._clock.now()) for header in named)
        return next(filter(None, pauses), _THROTTLE_PAUSE)


def parse_page(content: Json) -> Page:
    """Raises ProviderMalformed when there is no list of listens."""
    rows = child(content, "payload").get("listens")
    if not isinstance(rows, list):
        raise ProviderMalformed(NAME, "the answer has no list of listens")
    plays: list[Play] = []
    rejects: list[Reject] = []
    for row in rows:
        uts = whole(row.get("listened_at")) if isinstance(row, dict) else None
        if uts is None:
            rejects.append(Reject("has no date", raw(row)))
        else:
            plays.append(parse_row(row, uts))
    plays.sort(key=lambda play: play.uts, reverse=True)
    return Page(tuple(plays), tuple(rejects))


def parse_row(row: Json, uts: int) -> Play:
    """One listen; ids that MusicBrainz was matched to count where the player sent none."""
    about = child(row, "track_metadata")
    told, matched = child(about, "additional_info"), child(about, "mbid_mapping")
    return Play(
        uts,
        Title(text(about, "artist_name"), text(about, "track_name"), text(about, "release_name")),
        Mbids(
            _only_mbid(told, "artist_mbids") or _only_mbid(matched, "artist_mbids"),
            mbid(told, "recording_mbid") or mbid(matched, "recording_mbid"),
            mbid(told, "release_mbid") or mbid(matched, "release_mbid"),
        ),
    )


def _only_mbid(node: Json, key: str) -> str:
    """The id of a list that holds one. Several name the members of a credit, and none of them is who the credit names."""
    values = node.get(key)
    return mbid({"": values[0]}, "") if isinstance(values, list) and len(values) == 1 else ""


def _count(ask: Ask) -> int:
    """A second is asked for as a whole: there is no second page of it."""
    is_second = ask.since is not None and ask.until == ask.since + 1
    return MOST_AT_ONCE if is_second else min(ask.size, MOST_AT_ONCE)


def _words(answer: HttpAnswer) -> str:
    """Their own words for a refusal; empty where it is somebody else's on the way."""
    try:
        return text(parse_object(answer, NAME), "error")
    except ProviderMalformed:
        return ""


def _listen(play: Play) -> dict[str, object]:
    told = {"submission_client": "SoniqueBay", "recording_mbid": play.mbids.track, "release_mbid": play.mbids.album}
    info: dict[str, object] = {name: value for name, value in told.items() if value}
    if play.mbids.artist:
        info["artist_mbids"] = [play.mbids.artist]
    about: dict[str, object] = {"artist_name": play.title.artist, "track_name": play.title.track, "additional_info": info}
    if play.title.album:
        about["release_name"] = play.title.album
    return {"listened_at": play.uts, "track_metadata": about}
