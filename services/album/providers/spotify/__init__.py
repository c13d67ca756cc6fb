"""Which album is meant in Spotify's catalogue, and what does Spotify know of it: cover, day, barcode, perhaps the label?

Apps in development mode have been given reduced answers and pages of ten since 2026; apps with extended quota get all of it.
Both are read, and the calls are those that both may make.
"""

from collections.abc import Callable
from datetime import timedelta

from facts.naming import clean_name
from kernel.clock import Clock
from kernel.errors import ProviderMalformed
from kernel.evidence import Absent, Answer, Found
from kernel.http import HttpClient
from services.album.domain import AlbumIdentity, AlbumListing
from services.album.providers.naming import is_special
from services.album.providers.spotify import answers, choosing
from services.album.providers.spotify.answers import Entry
from upstreams.spotify import faults
from upstreams.spotify.reading import LICENCE
from upstreams.spotify.tokens import Tokens
from upstreams.spotify.web_api import WebApi

NAME = faults.NAME

_HITS = 10  # the most that an app in development mode may ask for
_LONGEST_ASKED = 110  # characters of a title and of an artist; Spotify refuses queries above 250
_OTHER_ID_CONFIDENCE = 0.5
_UNKNOWN_ID = Absent("Spotify has no album with this id.")
_NOTHING = Absent("There is no title and artist to search Spotify for.")
_UNKNOWN_TITLE = Absent("Spotify has no album of this title by this artist.")


class SpotifyAlbums:
    """Satisfies FindsListing."""

    def __init__(  # noqa: PLR0913  # each is a setting of its own, given by name
        self,
        http: HttpClient,
        *,
        client_id: str,
        client_secret: str,
        url: str,
        accounts_url: str,
        timeout: timedelta,
        clock: Clock,
        pace: Callable[[], None],
    ) -> None:
        """`url` and `accounts_url` are the addresses of the Web API and of the accounts service; `timeout` bounds one call
        from first byte to last; `pace` waits for this provider's limiter, before every call of a question but the first.
        """
        tokens = Tokens(http, client_id=client_id, client_secret=client_secret, url=accounts_url, timeout=timeout, clock=clock)
        self._api = WebApi(http, tokens, url=url, timeout=timeout, clock=clock, pace=pace)

    def find_listing(self, what: AlbumIdentity) -> Answer[AlbumListing]:
        """By `spotify_id`, one call; else by title and artist, two, or one when there is none. Raises ProviderFault."""
        if what.spotify_id is not None and answers.is_album_id(what.spotify_id):
            return self._look_up(what.spotify_id)
        if is_special(what.title, what.artist):
            return _NOTHING
        title, artist = _harmless(what.title), _harmless(what.artist)
        if not title or not artist:
            return _NOTHING
        choice = choosing.choose(what, self._search(title, artist))
        if choice is None:
            return _UNKNOWN_TITLE
        listing = self._complete(choice.entry).listing
        return Found(listing, choice.confidence, choice.matched_on, listing.url, LICENCE)

    def _look_up(self, spotify_id: str) -> Answer[AlbumListing]:
        node = self._api.get(f"albums/{spotify_id}")
        if node is None:
            return _UNKNOWN_ID
        listing = answers.parse_album(node).listing
        if listing.id == spotify_id:
            return Found(listing, 1.0, ("Spotify id",), listing.url, LICENCE)
        matched_on = ("Spotify id", "but the answer names another")
        return Found(listing, _OTHER_ID_CONFIDENCE, matched_on, listing.url, LICENCE)

    def _search(self, title: str, artist: str) -> tuple[Entry, ...]:
        content = self._api.get("search", {"q": f'album:"{title}" artist:"{artist}"', "type": "album", "limit": _HITS})
        if content is None:
            raise ProviderMalformed(NAME, "says that there is no search")
        return answers.parse_search(content)

    def _complete(self, hit: Entry) -> Entry:
        """The same album with what searches leave out: barcode and, where the app is told, label."""
        node = self._api.get_more(f"albums/{hit.listing.id}")
        whole = answers.parse_album(node) if node is not None else hit
        return whole if whole.listing.id == hit.listing.id else hit


def _harmless(words: str) -> str:
    """Without quotation marks, which cannot be escaped; whole words only, since half of one matches nothing."""
    written = clean_name(words.replace('"', " "))
    if len(written) <= _LONGEST_ASKED:
        return written
    cut = written[:_LONGEST_ASKED]
    return cut.rpartition(" ")[0] or cut
