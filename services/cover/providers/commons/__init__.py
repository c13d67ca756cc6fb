"""Which photo has Wikidata chosen for an artist, and what must be said of it? Asked by ids only, never by a name."""

import re

from kernel.evidence import Absent, Answer, Found
from kernel.guard import Guard
from kernel.http import HttpAnswer
from services.cover.domain import Grade, NoPicture, Outcome, Picture, SourceName, Subject
from services.cover.fetching import Fetched, Fetcher, Shelf
from services.cover.providers.commons.answers import parse_file_names
from services.cover.providers.commons.api import Commons
from services.cover.providers.commons.question import write_query
from upstreams.wikidata import Door

__all__ = ["HOSTS", "Commons", "CommonsPhotos", "Portraits"]

HOSTS = ("upload.wikimedia.org", "thumb.wikimedia.org", "commons.wikimedia.org")

# Of the widths that Wikimedia serves (20 to 3840, and no others) those that make a cover.
_WIDTHS = (1280, 960, 500)
# What could not be drawn is a 404 as well as what is not there: in pages, and a proxy's have other words.
_GONE = re.compile(rb"wikimedia|(?:file|resource could) not (?:be )?found|generating thumbnail", re.IGNORECASE)
_TOLD_WITHIN = 64 * 1024

_NO_ID = NoPicture(Outcome.SKIPPED, "Neither a Wikidata nor a MusicBrainz id of this artist is known to ask by.")
_NO_PHOTO = NoPicture(Outcome.MISS, "Wikidata has no picture of this artist.")
_NO_FILE = NoPicture(Outcome.MISS, "Wikidata names a picture that Wikimedia Commons does not show.")
_UNNAMED = Absent("Wikidata names no picture.")


class Portraits:
    """Wikidata, asked which file shows an artist."""

    def __init__(self, door: Door, guard: Guard) -> None:
        self._door = door
        self._guard = guard

    def find_file(self, query: str) -> str | None:
        """The name of the file. Raises ProviderFault, DeadlineSpent."""

        def ask() -> Answer[str]:
            names = parse_file_names(self._door.ask(query))
            return Found(names[0]) if names else _UNNAMED

        answer = self._guard.call("image", ask)
        return answer.value if isinstance(answer, Found) else None


class CommonsPhotos:
    """Satisfies FindsPictures, for artists."""

    name = SourceName.COMMONS

    def __init__(self, fetcher: Fetcher, shelf: Shelf, *, portraits: Portraits, commons: Commons) -> None:
        self._fetcher = fetcher
        self._shelf = shelf
        self._portraits = portraits
        self._commons = commons

    def find(self, subject: Subject) -> Picture | NoPicture:
        """Three calls, and two more for each width that is not to be had. Raises ProviderFault, DeadlineSpent."""
        query = write_query(subject)
        if not query:
            return _NO_ID
        file = self._portraits.find_file(query)
        return _NO_PHOTO if file is None else self._fetch(file)

    def _fetch(self, file: str) -> Picture | NoPicture:
        for width in _WIDTHS:
            portrait = self._commons.find(file, width)
            if portrait is None:
                break
            found = self._fetcher.fetch(portrait.url, self._shelf, knows=_says_gone)
            if isinstance(found, Fetched):
                credit = {"licence": portrait.licence, "attribution": portrait.attribution}
                return Picture.of_bytes(self.name, Grade.IDENTITY, found.content, portrait.page or found.url, **credit)
        return _NO_FILE


def _says_gone(answer: HttpAnswer) -> bool:
    return _GONE.search(answer.body, 0, _TOLD_WITHIN) is not None
