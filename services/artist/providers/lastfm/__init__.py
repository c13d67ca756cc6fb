"""What does Last.fm say of an artist? One call per API method.

Artists are asked for by name, never by MusicBrainz id: Last.fm answers those with other artists or with nothing. The id it
returns only tells whether its page is about the artist we mean.
"""

from datetime import timedelta

from unidecode import unidecode

from facts.values import Tag, heaviest_tags
from kernel.clock import Clock
from kernel.errors import ProviderMalformed
from kernel.evidence import Absent, Answer, Found
from kernel.http import HttpClient
from services.artist.domain import Identity, Profile, SimilarName, is_special_name, match_key
from services.artist.providers.lastfm import answers
from upstreams.lastfm import LICENCE, NAME, LastfmApi
from upstreams.lastfm.reading import parse_tags

__all__ = ["NAME", "LastfmProvider"]


class LastfmProvider:
    """Satisfies FindsProfile, FindsTags and FindsSimilarArtists."""

    def __init__(self, http: HttpClient, *, api_key: str, url: str, timeout: timedelta, clock: Clock) -> None:
        """`url` is the API's address; `timeout` bounds one call from first byte to last."""
        self._api = LastfmApi(http, api_key=api_key, url=url, timeout=timeout, clock=clock)

    def find_profile(self, who: Identity, *, language: str) -> Answer[Profile]:
        """artist.getInfo. Raises ProviderFault."""
        node = self._api.ask("artist.getInfo", {"artist": who.name, "autocorrect": 1, "lang": language}, "artist")
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
        node = self._api.ask("artist.getTopTags", {"artist": who.name, "autocorrect": 1}, "toptags")
        tags = () if node is None else heaviest_tags(parse_tags(node), who.name)
        return Found(tags, 0.8, ("name",), licence=LICENCE) if tags else Absent("Last.fm has no tags for this artist.")

    def find_similar_artists(self, who: Identity, *, limit: int) -> Answer[tuple[SimilarName, ...]]:
        """artist.getSimilar. Raises ProviderFault."""
        node = self._api.ask("artist.getSimilar", {"artist": who.name, "autocorrect": 1, "limit": limit}, "similarartists")
        similar = () if node is None else answers.parse_similar(node)[:limit]
        if not similar:
            return Absent("Last.fm knows no similar artists.")
        return Found(similar, 0.8, ("name",), licence=LICENCE)


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
