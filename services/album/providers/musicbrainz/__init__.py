"""Which release of which record is meant, and what does MusicBrainz say of it: first day, kind, genres, labels, barcode?"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from facts.naming import is_uuid
from kernel.clock import Clock
from kernel.evidence import Absent, Ambiguous, Answer, Found
from kernel.http import HttpClient
from services.album.domain import AlbumIdentity, AlbumRelease
from services.album.providers.musicbrainz import answers, choosing
from services.album.providers.musicbrainz.answers import Credit, Group, Release
from services.album.providers.naming import Likeness, is_special
from upstreams.musicbrainz import NAME, Door, quote
from upstreams.musicbrainz.reading import GENRE_LICENCE, MAX_LABELS, SITE, once
from upstreams.reading import Json

__all__ = ["NAME", "MusicbrainzReleases"]

_OF_RELEASE = "artist-credits labels media release-groups"
_OF_GROUP = "genres releases"
_OF_GROUP_ALONE = "artist-credits genres media releases"
_HITS = 25
_MOST_SHOWN = 10
_CONFIDENCE = {Likeness.SAME: 0.8, Likeness.ACCENTS: 0.75, Likeness.PART: 0.7}
_SAME_COUNT_CONFIDENCE = {Likeness.SAME: 0.9, Likeness.ACCENTS: 0.85, Likeness.PART: 0.8}
_UNKNOWN_ID = Absent("MusicBrainz has no release with this id.")
_UNKNOWN_GROUP = Absent("MusicBrainz has no release group with this id.")
_NO_EDITION = Absent("MusicBrainz has no release in this release group.")
_ANOTHER = Absent("MusicBrainz has another album by another artist under this id.")
_NOTHING = Absent("There is no title and artist to search MusicBrainz for.")
_UNKNOWN_TITLE = Absent("MusicBrainz has no release of this title by this artist.")


class MusicbrainzReleases:
    """Satisfies FindsRelease."""

    def __init__(self, http: HttpClient, *, url: str, timeout: timedelta, clock: Clock, pace: Callable[[], None]) -> None:
        """`url` is the web service's address; `timeout` bounds one call; `pace` waits until one more call is allowed."""
        self._door = Door(http, url=url, timeout=timeout, clock=clock)
        self._pace = pace

    def find_release(self, what: AlbumIdentity) -> Answer[AlbumRelease]:
        """By `mbid`, else by `release_group_mbid`, else by title and artist: two calls, one where there is nothing to look
        further into, and one more for each id that was merged and is answered with a redirect. Raises ProviderFault.
        """
        mbid, group_mbid = (what.mbid or "").lower(), (what.release_group_mbid or "").lower()
        if is_uuid(mbid):
            return self._by_release(what, mbid)
        if is_uuid(group_mbid):
            return self._by_group(what, group_mbid)
        return self._by_name(what)

    def _by_release(self, what: AlbumIdentity, mbid: str) -> Answer[AlbumRelease]:
        node = self._look_up("release", mbid, _OF_RELEASE)
        if node is None:
            return _UNKNOWN_ID
        release = answers.parse_release(node)
        if not what.is_settled and choosing.is_another(what, (release.title, release.group.title), release.credit):
            return _ANOTHER
        return self._found(release, [], 1.0, ("MusicBrainz id",))

    def _by_group(self, what: AlbumIdentity, mbid: str) -> Answer[AlbumRelease]:
        node = self._look_up("release-group", mbid, _OF_GROUP_ALONE)
        if node is None:
            return _UNKNOWN_GROUP
        group, credit = answers.parse_group(node), answers.parse_credit(node)
        editions = answers.parse_editions(node)
        if not what.is_settled and choosing.is_another(what, (group.title, *(edition.title for edition in editions)), credit):
            return _ANOTHER
        edition = choosing.choose_edition(what, editions)
        if edition is None:
            return _NO_EDITION
        self._pace()
        whole = self._look_up("release", edition.mbid, _OF_RELEASE)
        release = answers.parse_release(whole) if whole is not None else edition
        value = _to_release(release, group, _labels([release, *editions]), credit)
        return Found(value, 1.0, ("MusicBrainz id of the release group",), _address(value), GENRE_LICENCE)

    def _by_name(self, what: AlbumIdentity) -> Answer[AlbumRelease]:
        if is_special(what.title, what.artist):
            return _NOTHING
        query = f"release:{quote(what.title)} AND artist:{quote(what.artist)}"
        node = self._door.ask("release", query=query, limit=_HITS)
        likest = choosing.likest(what, answers.parse_hits(node)) if node is not None else None
        if likest is None:
            return _UNKNOWN_TITLE
        match, hits = likest
        groups = choosing.group_up(hits)
        editions = choosing.choose_group(what, groups)
        if editions is None:
            shown = [choosing.choose_edition(what, each) for each in list(groups.values())[:_MOST_SHOWN]]
            return Ambiguous(tuple(_to_release(each, each.group, each.labels) for each in shown if each))
        release = choosing.choose_edition(what, editions) or editions[0]
        if not choosing.has_as_many(what, release):
            return self._found(release, editions, _CONFIDENCE[match.weaker], match.in_words())
        return self._found(release, editions, _SAME_COUNT_CONFIDENCE[match.weaker], (*match.in_words(), "number of tracks"))

    def _found(
        self, release: Release, others: Sequence[Release], confidence: float, matched_on: tuple[str, ...]
    ) -> Found[AlbumRelease]:
        """With what the group says, which is one call more."""
        group, editions = release.group, tuple(others)
        if group.mbid:
            self._pace()
            node = self._look_up("release-group", group.mbid, _OF_GROUP)
            if node is not None:
                group, editions = answers.parse_group(node), (*editions, *answers.parse_editions(node))
        value = _to_release(release, group, _labels([release, *editions]))
        return Found(value, confidence, matched_on, _address(value), GENRE_LICENCE)

    def _look_up(self, entity: str, mbid: str, inc: str) -> Json | None:
        return self._door.look_up(entity, mbid, inc=inc, pace=self._pace)


def _to_release(release: Release, group: Group, labels: tuple[str, ...], credit: Credit | None = None) -> AlbumRelease:
    """`group` is what was said of the release's group last; of what it leaves open, the release may know."""
    return AlbumRelease(
        mbid=release.mbid,
        group_mbid=group.mbid,
        title=release.title,
        artist=release.credit.whole or (credit.whole if credit else ""),
        released=group.released or release.group.released,
        kind=group.kind or release.group.kind,
        labels=labels,
        genres=group.genres,
        barcode=release.barcode,
        track_count=release.track_count,
    )


def _labels(releases: Iterable[Release]) -> tuple[str, ...]:
    """Of all of these, those of the first in front."""
    return once((label for release in releases for label in release.labels), MAX_LABELS)


def _address(release: AlbumRelease) -> str:
    return f"{SITE}/release/{release.mbid}"
