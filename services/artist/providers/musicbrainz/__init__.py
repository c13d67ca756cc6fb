"""What does MusicBrainz know of an artist: who is meant, the same artist elsewhere, its releases and their labels?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from kernel.clock import Clock
from kernel.evidence import Absent, Ambiguous, Answer, Found
from kernel.http import HttpClient
from services.artist.domain import Identity, IdentityMatch, Release, clean_name, is_special_name
from services.artist.ids import is_mbid, is_spotify_id
from services.artist.providers.musicbrainz import answers, recognition
from services.artist.providers.musicbrainz.naming import build_query
from services.artist.providers.musicbrainz.recognition import Candidate
from upstreams.musicbrainz import NAME, Door
from upstreams.musicbrainz.reading import GENRE_LICENCE, LICENCE, SITE, rows
from upstreams.reading import count
from upstreams.titles import telling_keys, title_key

__all__ = ["NAME", "MusicbrainzProvider"]

_LINKS = "aliases genres release-groups url-rels"
_PAGE = 100
_HITS = 25
_COMPARED = 3


class MusicbrainzProvider:
    """Satisfies FindsIdentity, FindsLinks and FindsReleases."""

    def __init__(self, http: HttpClient, *, url: str, timeout: timedelta, clock: Clock, pace: Callable[[], None]) -> None:
        """`url` is the web service's address; `timeout` bounds one call; `pace` waits until one more call is allowed."""
        self._door = Door(http, url=url, timeout=timeout, clock=clock)
        self._pace = pace

    def find_identity(self, who: Identity) -> Answer[IdentityMatch]:
        """By `spotify_id` where MusicBrainz links it, one call; else by `name`, up to four more. Raises ProviderFault."""
        spotify_id, name = who.spotify_id or "", clean_name(who.name)
        is_linkable = is_spotify_id(spotify_id)
        if is_linkable and (linked := self._find_linked(spotify_id)):
            return linked
        if not name or is_special_name(name):
            return Absent("MusicBrainz links no artist to this Spotify id." if is_linkable else "There is no name to search for.")
        if is_linkable:
            self._pace()
        candidates = self._search(name)
        if not candidates:
            return Absent("MusicBrainz has no artist of this name.")
        known = telling_keys(who.titles, name)
        compared = [self._find_titles(candidate) for candidate in candidates[:_COMPARED]] if known else []
        return recognition.judge(candidates, known, compared)

    def find_links(self, who: Identity) -> Answer[IdentityMatch]:
        """One call, or two where a merged id is answered with a redirect. Raises ProviderFault."""
        mbid = (who.mbid or "").lower()
        node = self._door.look_up("artist", mbid, inc=_LINKS, pace=self._pace) if is_mbid(mbid) else None
        if node is None:
            return Absent("MusicBrainz has no artist with this id.")
        match = answers.parse_links(node)
        former = () if match.mbid == mbid else (mbid,)
        return Found(replace(match, former_mbids=former), 0.95, ("MusicBrainz id",), match.url, GENRE_LICENCE)

    def find_releases(self, who: Identity) -> Answer[tuple[Release, ...]]:
        """Official releases, the newest first: a hundred, and where there are more the hundred newest too.

        One call, or two: the list begins with the oldest. Raises ProviderFault.
        """
        mbid = (who.mbid or "").lower()
        releases, total = self._browse_releases(mbid, 0) if is_mbid(mbid) else ((), 0)
        if total > _PAGE:
            self._pace()
            releases += self._browse_releases(mbid, total - _PAGE)[0]
        if not releases:
            return Absent("MusicBrainz has no release of this artist.")
        url = f"{SITE}/artist/{mbid}/releases"
        return Found(answers.sort_newest_first(releases), 0.95, ("MusicBrainz id",), url, LICENCE)

    def _find_linked(self, spotify_id: str) -> Answer[IdentityMatch] | None:
        """Whom MusicBrainz links to this id; None where nobody."""
        address = f"https://open.spotify.com/artist/{spotify_id}"  # must be written as MusicBrainz has it
        node = self._door.ask("url", resource=address, inc="artist-rels")
        matches = () if node is None else answers.parse_linked_artists(node)
        linked = [replace(match, spotify_id=spotify_id) for match in matches]
        if len(linked) > 1:
            return Ambiguous(tuple(linked))
        return Found(linked[0], 0.95, ("MusicBrainz links this Spotify id",), linked[0].url, LICENCE) if linked else None

    def _search(self, name: str) -> tuple[Candidate, ...]:
        node = self._door.ask("artist", query=build_query(name), limit=_HITS)
        return () if node is None else recognition.list_candidates(name, rows(node, "artists"))

    def _find_titles(self, candidate: Candidate) -> frozenset[str]:
        self._pace()
        # Without its bootlegs: a much recorded band has hundreds, and they would fill the page.
        only = {"release-group-status": "website-default"}
        node = self._door.ask("release-group", artist=candidate.match.mbid or "", limit=_PAGE, **only)
        return frozenset() if node is None else frozenset(map(title_key, answers.parse_titles(node)))

    def _browse_releases(self, mbid: str, offset: int) -> tuple[tuple[Release, ...], int]:
        """One page, and how many releases there are in all."""
        included = "labels release-groups"
        node = self._door.ask("release", artist=mbid, status="official", inc=included, limit=_PAGE, offset=offset)
        return ((), 0) if node is None else (answers.parse_releases(node), count(node, "release-count") or 0)
