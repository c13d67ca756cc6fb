"""Which of the pictures that Last.fm names for an album can be had? The album service knows them: its API is not asked here.

Not for artists: since 2019 Last.fm has the same white star for every one of them.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from services.cover.domain import Grade, NoPicture, Outcome, Picture, PictureLink, SourceName, Subject
from services.cover.fetching import Fetched, Fetcher, Shelf
from upstreams.lastfm.reading import is_star

HOSTS = ("lastfm.freetls.fastly.net", "lastfm-img2.akamaized.net", "userserve-ak.last.fm")

_PICTURES = "/i/u/"
_MOST_TRIED = 3

_NONE = NoPicture(Outcome.SKIPPED, "No picture of this album on Last.fm is known.")
_STAR = NoPicture(Outcome.REJECTED, "Last.fm has only the star that stands for no picture.")
_ELSEWHERE = NoPicture(Outcome.REJECTED, "Last.fm names pictures that do not lie on its own servers.")
_GONE = NoPicture(Outcome.MISS, "The pictures that Last.fm named are gone.")


class LastfmImages:
    """Satisfies FindsPictures, for albums."""

    name = SourceName.LASTFM

    def __init__(self, fetcher: Fetcher, shelf: Shelf, *, url: str) -> None:
        """`url` is where the pictures are: the addresses that Last.fm names are those of its own servers."""
        self._fetcher = fetcher
        self._shelf = shelf
        self._url = url.rstrip("/")

    def find(self, subject: Subject) -> Picture | NoPicture:
        """The largest that is still there, of three at most. Raises ProviderFault, DeadlineSpent."""
        links = largest_first(subject.lastfm_images)
        if not links:
            return _NONE
        pictures = [self._at_hand(url) for url in links if not is_star(url)]
        if not pictures:
            return _STAR
        own = [url for url in pictures if self._shelf.hosts.admit(url)]
        for url in own[:_MOST_TRIED]:
            found = self._fetcher.fetch(url, self._shelf)
            if isinstance(found, Fetched):
                return Picture.of_bytes(self.name, Grade.NAME, found.content, url)
        return _GONE if own else _ELSEWHERE

    def _at_hand(self, url: str) -> str:
        try:
            found = urlsplit(url)
        except ValueError:  # no URL, so on nobody's server
            return url
        is_theirs = found.hostname in HOSTS and found.path.startswith(_PICTURES)
        return f"{self._url}/{found.path.removeprefix(_PICTURES)}" if is_theirs else url


def largest_first(links: Iterable[PictureLink]) -> list[str]:
    """Their addresses, each once. Last.fm tells sizes by words and names the largest last: so do those of untold size."""
    ranked = sorted(enumerate(links), key=lambda pair: (pair[1].width * pair[1].height, pair[0]), reverse=True)
    return list(dict.fromkeys(link.url for _, link in ranked if link.url))
