"""Has the Cover Art Archive the front of this very release, or else of another edition of the album?

It holds nothing itself and sends everybody on to archive.org, which is the one that is slow and fails. Thumbnails only: an
original can have 60 MB. Old ones have none of 1200 pixels, which shows only when archive.org is asked for it.
"""

import re

from facts.naming import is_uuid
from kernel.errors import ProviderFault
from kernel.http import HttpAnswer
from services.cover.domain import Grade, NoPicture, Outcome, Picture, SourceName, Subject
from services.cover.fetching import Fetched, Fetcher, Shelf
from services.cover.providers.musicbrainz import Artwork, Directory

HOSTS = ("coverartarchive.org", "archive.org", "*.archive.org")

_SIZES = (1200, 500, 250)
# A proxy's 404 has other words, and says nothing about covers.
_NONE = re.compile(rb"no (?:front )?cover (?:art|image) found", re.IGNORECASE)
_TOLD_WITHIN = 64 * 1024

_NO_ID = NoPicture(
    Outcome.SKIPPED, "No MusicBrainz id of this album is known, and the Cover Art Archive can be asked by nothing else."
)
_NO_ARTWORK = NoPicture(Outcome.SKIPPED, "MusicBrainz says that this release has no front picture, and knows no other edition.")
_MISS = NoPicture(Outcome.MISS, "The Cover Art Archive has no front picture of this album.")


class CoverArtArchive:
    """Satisfies FindsPictures, for albums."""

    name = SourceName.COVERARTARCHIVE

    def __init__(self, fetcher: Fetcher, shelf: Shelf, directory: Directory, *, url: str) -> None:
        """`url` is the archive's address."""
        self._fetcher = fetcher
        self._shelf = shelf
        self._directory = directory
        self._url = url.rstrip("/")

    def find(self, subject: Subject) -> Picture | NoPicture:
        """By release, then by release group: up to three addresses each. Raises ProviderFault, DeadlineSpent."""
        release, group = _id(subject.release_mbid), _id(subject.release_group_mbid)
        if not release and not group:
            return _NO_ID
        artwork = self._find_artwork(release) if release else None
        group = group or (artwork.group_mbid if artwork else "")
        is_bare = artwork is not None and not artwork.has_front
        picture = None
        if release and not is_bare:
            picture = self._fetch("release", release, Grade.RELEASE)
        if picture is None and group:
            picture = self._fetch("release-group", group, Grade.RELEASE_GROUP)
        return picture or (_NO_ARTWORK if is_bare and not group else _MISS)

    def _find_artwork(self, release: str) -> Artwork | None:
        """None where MusicBrainz does not say: it only spares us a question, and the archive knows better."""
        try:
            return self._directory.find_artwork(release)
        except ProviderFault:
            return None

    def _fetch(self, entity: str, mbid: str, grade: Grade) -> Picture | None:
        for size in _SIZES:
            url = f"{self._url}/{entity}/{mbid}/front-{size}"
            found = self._fetcher.fetch(url, self._shelf, knows=says_none)
            if isinstance(found, Fetched):
                return Picture.of_bytes(self.name, grade, found.content, url)
            if not found.redirects:  # the archive itself says so, and of the front, whatever its size
                break
        return None


def _id(written: str) -> str:
    small = written.lower()
    return small if is_uuid(small) else ""


def says_none(answer: HttpAnswer) -> bool:
    """Whether these are the archive's words for "no front picture"."""
    return _NONE.search(answer.body, 0, _TOLD_WITHIN) is not None
