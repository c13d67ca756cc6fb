"""Has Deezer a photo of the artist, and is it of this one? Proof first: MusicBrainz' link, or else an album title in common.

A name alone proves nothing: five artists are called Nirvana, and the one with the most fans is the answer only most of the time.
"""

from collections.abc import Collection, Iterable

from facts.naming import is_uuid, sort_key
from kernel.errors import ProviderFault
from services.cover.domain import Grade, NoPicture, Outcome, Picture, SourceName, Subject
from services.cover.fetching import Fetched, Fetcher, Shelf
from services.cover.providers.deezer.answers import Artist
from services.cover.providers.deezer.api import Api
from services.cover.providers.musicbrainz import Directory
from upstreams.titles import telling_keys

__all__ = ["HOSTS", "Api", "DeezerPhotos", "namesakes_of", "proves"]

HOSTS = ("*.dzcdn.net",)

_MOST_COMPARED = 8
# Shorter ones ("4", "IV", "Red") are titles of many artists' records: two of them, or none.
_TELLING_LETTERS = 4
_ENOUGH_SHORT = 2

_NOTHING = NoPicture(
    Outcome.SKIPPED, "MusicBrainz knows no link to Deezer, and no album is known that could tell the artist from namesakes."
)
_NOBODY = NoPicture(Outcome.MISS, "Deezer has no artist of this name.")
_UNPROVED = NoPicture(Outcome.MISS, "Deezer has artists of this name, but none that is known for an album of this one.")
_SEVERAL = NoPicture(
    Outcome.MISS, "Deezer has several artists of this name with an album of this one: which is meant is not sure."
)
_NO_PHOTO = NoPicture(Outcome.MISS, "Deezer knows the artist, and has no picture.")


class DeezerPhotos:
    """Satisfies FindsPictures, for artists."""

    name = SourceName.DEEZER

    def __init__(self, fetcher: Fetcher, shelf: Shelf, *, directory: Directory, api: Api) -> None:
        self._fetcher = fetcher
        self._shelf = shelf
        self._directory = directory
        self._api = api

    def find(self, subject: Subject) -> Picture | NoPicture:
        """By MusicBrainz' link, three calls; else by name, two and one for each namesake. Raises ProviderFault, DeadlineSpent.

        Where MusicBrainz gives no answer the name may still do; if it does not, the fault stands, for the link might have.
        """
        number, fault = self._find_link(subject.artist_mbid.lower())
        linked = self._api.find_artist(number) if number else None
        if linked is not None:
            return self._fetch(linked, Grade.IDENTITY)
        found = self._find_named(subject)
        if fault is not None and isinstance(found, NoPicture):
            raise fault
        return found

    def _find_link(self, mbid: str) -> tuple[str, ProviderFault | None]:
        try:
            return self._directory.find_deezer_id(mbid) if is_uuid(mbid) else "", None
        except ProviderFault as error:
            return "", error

    def _find_named(self, subject: Subject) -> Picture | NoPicture:
        known = telling_keys(subject.titles, subject.name)
        if not known or not sort_key(subject.name):
            return _NOTHING
        namesakes = namesakes_of(subject.name, self._api.search(subject.name))
        if not namesakes:
            return _NOBODY
        proved = [each for each in namesakes if proves(known, telling_keys(self._api.list_titles(each), subject.name))]
        if len(proved) != 1:
            return _SEVERAL if proved else _UNPROVED
        return self._fetch(proved[0], Grade.NAME)

    def _fetch(self, artist: Artist, grade: Grade) -> Picture | NoPicture:
        found = self._fetcher.fetch(artist.picture, self._shelf) if artist.picture else None
        if not isinstance(found, Fetched):
            return _NO_PHOTO
        return Picture.of_bytes(self.name, grade, found.content, artist.page)


def proves(known: Collection[str], theirs: Collection[str]) -> bool:
    """Whether the titles in common, none of which everybody uses, can hardly be chance."""
    common = set(known).intersection(theirs)
    return len(common) >= _ENOUGH_SHORT or any(len(title) >= _TELLING_LETTERS for title in common)


def namesakes_of(name: str, hits: Iterable[Artist]) -> list[Artist]:
    """Those who are called so, accents and case aside, and have albums to be known by; the best known of them."""
    key = sort_key(name)
    named = [each for each in hits if sort_key(each.name) == key and each.albums]
    return sorted(named, key=lambda each: -each.fans)[:_MOST_COMPARED]
