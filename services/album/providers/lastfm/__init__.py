"""What does Last.fm say of an album, and of a track? One call a question.

Both are asked for by name, never by MusicBrainz id: Last.fm answers those with other records or with nothing. The id of a release
that it returns can only speak for its page: an album has many releases, and any of them may be the one it names.
"""

from datetime import timedelta

from facts.values import Tag
from kernel.clock import Clock
from kernel.evidence import Absent, Answer, Found
from kernel.http import HttpClient
from services.album.domain import AlbumIdentity, AlbumProfile, TrackIdentity, TrackProfile
from services.album.providers.lastfm import answers
from services.album.providers.naming import Likeness, Match, compare_artists, compare_titles, is_special
from upstreams.lastfm import LICENCE, NAME, LastfmApi

__all__ = ["NAME", "LastfmAlbums"]

_NOTHING = Absent("The title or the artist stands for nothing in particular.")
_NO_ALBUM = Absent("Last.fm has no album of this title by this artist.")
_NO_TAGS = Absent("Last.fm has no tags for this album.")
_NO_TRACK = Absent("Last.fm has no track of this title by this artist.")


class LastfmAlbums:
    """Satisfies FindsAlbumProfile, FindsAlbumTags and FindsTrackProfile."""

    def __init__(self, http: HttpClient, *, api_key: str, url: str, timeout: timedelta, clock: Clock) -> None:
        """`url` is the API's address; `timeout` bounds one call from first byte to last."""
        self._api = LastfmApi(http, api_key=api_key, url=url, timeout=timeout, clock=clock)

    def find_profile(self, what: AlbumIdentity, *, language: str) -> Answer[AlbumProfile]:
        """album.getInfo. Raises ProviderFault."""
        if is_special(what.title, what.artist):
            return _NOTHING
        asked: dict[str, str | int] = {"artist": what.artist, "album": what.title, "autocorrect": 1, "lang": language}
        node = self._api.ask("album.getInfo", asked, "album")
        if node is None:
            return _NO_ALBUM
        profile = answers.parse_album(node, language)
        if is_special(profile.title, profile.artist):
            return _NOTHING
        confidence, matched_on = _judge(what, profile.title, profile.artist)
        if what.mbid is not None and what.mbid.lower() == profile.mbid:
            confidence, matched_on = 1.0, (*matched_on, "MusicBrainz id")
        return Found(profile, confidence, matched_on, profile.url, LICENCE)

    def find_tags(self, what: AlbumIdentity) -> Answer[tuple[Tag, ...]]:
        """album.getTopTags. Raises ProviderFault."""
        if is_special(what.title, what.artist):
            return _NOTHING
        asked: dict[str, str | int] = {"artist": what.artist, "album": what.title, "autocorrect": 1}
        node = self._api.ask("album.getTopTags", asked, "toptags")
        tags = () if node is None else answers.parse_tags(node, what)
        if node is None or not tags:
            return _NO_TAGS
        title, artist = node.getAttribute("album"), node.getAttribute("artist")
        confidence, matched_on = _judge(what, title or what.title, artist or what.artist)
        return Found(tags, confidence, matched_on, licence=LICENCE)

    def find_track(self, what: TrackIdentity) -> Answer[TrackProfile]:
        """track.getInfo. Raises ProviderFault."""
        if is_special(what.title, what.artist):
            return _NOTHING
        asked: dict[str, str | int] = {"artist": what.artist, "track": what.title, "autocorrect": 1}
        node = self._api.ask("track.getInfo", asked, "track")
        if node is None:
            return _NO_TRACK
        profile = answers.parse_track(node, what)
        if is_special(profile.title, profile.artist):
            return _NOTHING
        confidence, matched_on = _judge(what, profile.title, profile.artist)
        return Found(profile, confidence, matched_on, profile.url, LICENCE)


def _judge(what: AlbumIdentity | TrackIdentity, title: str, artist: str) -> tuple[float, tuple[str, ...]]:
    """How sure we are that this page is about what is meant, and what that rests on."""
    match = Match(compare_titles(what.title, title), compare_artists(what.artist, [artist], []))
    if match.weaker is Likeness.SAME:
        return 0.8, match.in_words()
    if match.weaker is Likeness.ACCENTS:
        return 0.75, match.in_words()
    fits = {"title": match.title, "artist": match.artist}
    words = zip(fits.items(), match.in_words(), strict=True)
    return 0.6, tuple(said if like >= Likeness.ACCENTS else f"{name}, corrected by Last.fm" for (name, like), said in words)
