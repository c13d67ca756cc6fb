"""What does Last.fm say of an artist? One call per API method, every field read from its answer.

pylast speaks the protocol (XML over POST, error codes), our HTTP door carries it. Its getters are not used: each sends the whole
request again (seven calls where three do), and they drop MusicBrainz ids and images. Anonymous reads, no session key.

Artists are asked for by name, never by MusicBrainz id: Last.fm answers those with other artists or with nothing. The id it
returns only tells whether its page is about the artist we mean.
"""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from xml.dom.minidom import Element
from xml.parsers.expat import ExpatError

import httpx2
import pylast
from unidecode import unidecode

from kernel.clock import Clock
from kernel.errors import (
    ProviderFault,
    ProviderMalformed,
    ProviderRejected,
    ProviderThrottled,
    ProviderUnavailable,
    SoniqueBayError,
)
from kernel.evidence import Absent, Answer, Found
from kernel.http import HttpClient, parse_retry_after
from services.artist.domain import Identity, Profile, SimilarName, Tag, heaviest_tags, is_special_name, match_key
from services.artist.providers.lastfm import answers
from services.artist.providers.lastfm.bridge import BridgeTransport

NAME = "lastfm"
LICENCE = "Last.fm terms of service"

_MOST_BYTES = 512 * 1024  # the longest answers are tens of KiB; pylast parses each twice, and prints it once more
_THROTTLE_PAUSE = timedelta(seconds=60)  # Last.fm averages over minutes and sends no Retry-After
_SUSPENDED_PAUSE = timedelta(hours=6)
_TEMPORARY = frozenset({"8", "11", "16"})
_KEY_REFUSED = frozenset({"4", "9", "10", "14", "17"})
# pylast's reader trips over HTML, empty, cut and deeply nested bodies in as many ways as there are bodies.
_UNREADABLE = (pylast.MalformedResponseError, ExpatError, IndexError, AttributeError, ValueError, RecursionError)
_NOT_FOUND_WORDS = ("not be found", "not found", "no such")


class LastfmProvider:
    """Satisfies FindsProfile, FindsTags and FindsSimilarArtists."""

    def __init__(self, http: HttpClient, *, api_key: str, url: str, timeout: timedelta, clock: Clock) -> None:
        """`url` is the API's address; `timeout` bounds one call from first byte to last."""
        transport = _Door(http, url, provider=NAME, timeout=timeout, prefix="/2.0/", clock=clock)
        self._network = pylast.LastFMNetwork(api_key=api_key)
        # pylast opens a client per call and picks its transport here; the key must be this specific or a proxy variable wins.
        self._network.proxy = {"https://": transport}  # type: ignore[dict-item]  # typed too narrowly: any transport is taken

    def find_profile(self, who: Identity, *, language: str) -> Answer[Profile]:
        """artist.getInfo. Raises ProviderFault."""
        node = self._ask("artist.getInfo", {"artist": who.name, "autocorrect": 1, "lang": language}, "artist")
        if node is None:
            return Absent("Last.fm has no artist of this name.")
        profile = answers.parse_profile(node, language)
        if not answers.is_name(profile.name):
            raise ProviderMalformed(NAME, "the answer has no artist's name")
        if is_special_name(profile.name):
            return Absent("Last.fm's page of this name is about no artist in particular.")
        confidence, matched_on = _judge(who.name, who.mbid, profile)
        return Found(profile, confidence, matched_on, profile.url, LICENCE)

    def find_tags(self, who: Identity) -> Answer[tuple[Tag, ...]]:
        """artist.getTopTags. Raises ProviderFault."""
        node = self._ask("artist.getTopTags", {"artist": who.name, "autocorrect": 1}, "toptags")
        tags = () if node is None else heaviest_tags(answers.parse_tags(node), who.name)
        return Found(tags, 0.8, ("name",), licence=LICENCE) if tags else Absent("Last.fm has no tags for this artist.")

    def find_similar_artists(self, who: Identity, *, limit: int) -> Answer[tuple[SimilarName, ...]]:
        """artist.getSimilar. Raises ProviderFault."""
        node = self._ask("artist.getSimilar", {"artist": who.name, "autocorrect": 1, "limit": limit}, "similarartists")
        similar = () if node is None else answers.parse_similar(node)[:limit]
        if not similar:
            return Absent("Last.fm knows no similar artists.")
        return Found(similar, 0.8, ("name",), licence=LICENCE)

    def _ask(self, method: str, params: Mapping[str, str | int], root: str) -> Element | None:
        """The element named `root` of the answer, or None when Last.fm says there is no such thing."""
        try:
            # The public getters repeat the request for every field; this is the call beneath them.
            document = pylast._Request(self._network, method, dict(params)).execute()  # noqa: SLF001
            nodes = document.getElementsByTagName(root)
        except pylast.WSError as error:
            if _says_not_found(error):
                return None
            raise _fault_of(error) from error
        except pylast.NetworkError as error:
            raise _cause_of(error) from error
        except _UNREADABLE as error:
            raise ProviderMalformed(NAME, "the answer is not Last.fm's XML") from error
        if not nodes:
            raise ProviderMalformed(NAME, f"the answer has no <{root}>")
        return nodes[0]


class _Door(BridgeTransport):
    """pylast never sees a 429: it reads the body for Last.fm's own code, and there is none when a proxy in front says no."""

    def __init__(self, http: HttpClient, url: str, *, provider: str, timeout: timedelta, prefix: str, clock: Clock) -> None:
        super().__init__(http, url, provider=provider, timeout=timeout, prefix=prefix, max_bytes=_MOST_BYTES)
        self._clock = clock

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        response = super().handle_request(request)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            asked = parse_retry_after(response.headers.get("retry-after"), self._clock.now())
            raise ProviderThrottled(NAME, "too many requests", retry_after=asked or _THROTTLE_PAUSE)
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:  # pylast knows four of them, and not those of proxies
            raise ProviderUnavailable(NAME, f"temporarily unavailable (HTTP {response.status_code})")
        return response


def _says_not_found(error: pylast.WSError) -> bool:
    # Code 6 also means "you forgot a parameter": only the words tell.
    return str(error.status) == "6" and any(words in str(error.details).lower() for words in _NOT_FOUND_WORDS)


def _fault_of(error: pylast.WSError) -> ProviderFault:
    code = str(error.status)
    if code in _TEMPORARY:
        return ProviderUnavailable(NAME, f"temporarily unavailable (code {code})")
    if code == "29":
        return ProviderThrottled(NAME, "too many requests (code 29)", retry_after=_THROTTLE_PAUSE)
    if code == "26":
        return ProviderRejected(NAME, "the API key is suspended (code 26)", retry_after=_SUSPENDED_PAUSE)
    if code in _KEY_REFUSED:
        return ProviderRejected(NAME, f"the API key is refused (code {code}); check LASTFM_API_KEY")
    return ProviderMalformed(NAME, f"an answer we do not understand (code {code})")


def _cause_of(error: pylast.NetworkError) -> SoniqueBayError:
    cause = error.__cause__
    return cause if isinstance(cause, SoniqueBayError) else ProviderUnavailable(NAME, "the connection failed")


def _judge(asked: str, mbid: str | None, profile: Profile) -> tuple[float, tuple[str, ...]]:
    """How sure we are that this page is about the artist meant, and what that rests on."""
    if match_key(asked) == match_key(profile.name):
        confidence, matched = 0.8, "name"
    elif unidecode(match_key(asked)) == unidecode(match_key(profile.name)):
        confidence, matched = 0.75, "name, accents aside"
    else:
        confidence, matched = 0.6, "name, corrected by Last.fm"
    if mbid is None or profile.mbid is None:
        return confidence, (matched,)
    if mbid == profile.mbid:
        return 1.0, (matched, "MusicBrainz id")
    return 0.3, (matched, "but another MusicBrainz id: artists of the same name share one page")
