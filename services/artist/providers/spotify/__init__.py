"""What does Spotify know of an artist? Who bears a name, what they look like, what they released, and more when the app may ask.

Apps in development mode have been given reduced answers, pages of ten and no batches since 2026; apps with extended quota get
all of it. Both are read, and the calls are those that both may make.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from kernel.clock import Clock
from kernel.errors import ProviderMalformed
from kernel.evidence import Absent, Answer, Found
from kernel.http import HttpClient
from services.artist.domain import Identity, IdentityMatch, Profile, Release, clean_name, is_special_name
from services.artist.ids import is_spotify_id
from services.artist.providers.spotify import answers, namesakes
from services.artist.providers.spotify.answers import Entry
from upstreams.spotify import faults
from upstreams.spotify.reading import LICENCE, label_of
from upstreams.spotify.tokens import Tokens
from upstreams.spotify.web_api import WebApi
from upstreams.titles import telling_keys

T = TypeVar("T")

NAME = faults.NAME

_OWN_RECORDS: Mapping[str, str | int] = {"include_groups": "album,single", "limit": 10}
_MOST_COMPARED = 3
_MOST_LABELS = 5
_LONGEST_QUERY = 200  # characters of a name; Spotify refuses queries above 250
_ID_CONFIDENCE = 0.95
_OTHER_ID_CONFIDENCE = 0.5
_NO_ID = Absent("The artist's Spotify id is not known.")
_UNKNOWN_ID = Absent("Spotify has no artist with this id.")
_UNKNOWN_NAME = Absent("Spotify has no artist of this name.")


class SpotifyProvider:
    """Satisfies FindsIdentity, FindsProfile and FindsReleases."""

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

    def find_profile(self, who: Identity, *, language: str) -> Answer[Profile]:  # noqa: ARG002  # there are no biographies
        """By `spotify_id`; one call. Raises ProviderFault."""
        entry = self._find_entry(who.spotify_id)
        return entry if isinstance(entry, Absent) else _found(entry.profile, entry, asked_for=who.spotify_id)

    def find_identity(self, who: Identity) -> Answer[IdentityMatch]:
        """By `spotify_id`, one call; else by name, one call and one more for each of the three likeliest where `titles` are
        known to compare. Never Found by the name alone. Raises ProviderFault.
        """
        if who.spotify_id is not None:
            entry = self._find_entry(who.spotify_id)
            return entry if isinstance(entry, Absent) else _found(entry.to_match(), entry, asked_for=who.spotify_id)
        name = clean_name(who.name)
        bearers = namesakes.of_that_name(name, self._search(name))
        if not bearers:
            return _UNKNOWN_NAME
        known = telling_keys(who.titles, name)
        compared = _MOST_COMPARED if known else 0
        matches = [entry.to_match(self._find_titles(entry)) for entry in bearers[:compared]]
        return namesakes.choose(name, known, [*matches, *(entry.to_match() for entry in bearers[compared:])])

    def find_releases(self, who: Identity) -> Answer[tuple[Release, ...]]:
        """By `spotify_id`: the ten newest of what Spotify lists first, albums before singles. The newest five with their labels
        where the app is told labels: two calls where it is not, six where it is. Raises ProviderFault.
        """
        if who.spotify_id is None or not is_spotify_id(who.spotify_id):
            return _NO_ID
        page = self._api.get(f"artists/{who.spotify_id}/albums", _OWN_RECORDS)
        if page is None:
            return _UNKNOWN_ID
        releases = answers.parse_releases(page)
        if not releases:
            return Absent("Spotify has no releases of this artist.")
        address = f"https://open.spotify.com/artist/{who.spotify_id}"
        return Found(self._with_labels(releases), _ID_CONFIDENCE, ("Spotify id",), address, LICENCE)

    def _find_entry(self, spotify_id: str | None) -> Entry | Absent:
        if spotify_id is None or not is_spotify_id(spotify_id):
            return _NO_ID
        node = self._api.get(f"artists/{spotify_id}")
        return _UNKNOWN_ID if node is None else answers.parse_artist(node)

    def _search(self, name: str) -> tuple[Entry, ...]:
        words = clean_name(name.replace('"', " "))[:_LONGEST_QUERY]  # there is no way to escape a quotation mark
        if not words or is_special_name(name):
            return ()
        content = self._api.get("search", {"q": f'artist:"{words}"', "type": "artist", "limit": 10})
        if content is None:
            raise ProviderMalformed(NAME, "says that there is no search")
        return answers.parse_search(content)

    def _find_titles(self, entry: Entry) -> tuple[str, ...]:
        page = self._api.get_more(f"artists/{entry.spotify_id}/albums", _OWN_RECORDS)
        return () if page is None else tuple(release.title for release in answers.parse_releases(page))

    def _with_labels(self, releases: tuple[Release, ...]) -> tuple[Release, ...]:
        labelled: list[Release] = []
        for release in releases[:_MOST_LABELS]:
            label = label_of(self._api.get_more(f"albums/{release.id}") or {})
            if not label and not labelled:
                return releases  # an app in development mode is told none: further calls would be for nothing
            labelled.append(replace(release, labels=(label,) if label else ()))
        return (*labelled, *releases[len(labelled) :])


def _found(value: T, entry: Entry, *, asked_for: str | None) -> Found[T]:
    if entry.spotify_id == asked_for:
        return Found(value, _ID_CONFIDENCE, ("Spotify id",), entry.profile.url, LICENCE)
    matched_on = ("Spotify id", "but the answer names another")
    return Found(value, _OTHER_ID_CONFIDENCE, matched_on, entry.profile.url, LICENCE)
