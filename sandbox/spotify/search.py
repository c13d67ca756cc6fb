"""What does Spotify's search find? Texts that match, and rarely in the order of fame."""

import re

from sandbox.catalogue.directory import Directory
from sandbox.catalogue.matching import fold, loosen
from sandbox.spotify.asking import Ask, SpotifyError
from sandbox.spotify.objects import build_artist, build_listed_album, build_page

_KINDS = ("artist", "album", "track")
_FIELD = re.compile(
    r'(?P<field>artist|album|upc|track|year):\s*(?:"(?P<phrase>[^"]*)"|(?P<word>[^:]+?(?=\s+\w+:|$)))', re.IGNORECASE
)
_USUAL, _DEVMODE_USUAL = 20, 5


class Search:
    """The search for artists and albums; of tracks it finds none."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def search(self, ask: Ask) -> dict[str, object]:
        """Answers a page for every kind asked; raises 400 without words or kind."""
        words, kinds = ask.params.get("q", "").strip(), ask.params.get("type", "")
        if not words:
            raise SpotifyError(400, "No search query")
        if not kinds or not set(kinds.split(",")) <= set(_KINDS):
            raise SpotifyError(400, "Missing parameter type" if not kinds else f"Bad search type field {kinds}")
        return {f"{kind}s": self._page(kind, words, ask) for kind in kinds.split(",")}

    def _page(self, kind: str, words: str, ask: Ask) -> dict[str, object]:
        fields = {found["field"].lower(): (found["phrase"] or found["word"] or "").strip() for found in _FIELD.finditer(words)}
        free = _FIELD.sub(" ", words).strip().strip('"')
        found: list[dict[str, object]] = []
        if kind == "artist":
            found = [build_artist(one, ask) for _, one in self._directory.search(fields.get("artist", free))]
        elif kind == "album":
            found = self._find_albums(fields, free, ask)
        usual = _USUAL if ask.is_extended else _DEVMODE_USUAL
        return build_page(found, ask=ask, path="search", asked={"query": words, "type": kind}, usual=usual)

    def _find_albums(self, fields: dict[str, str], free: str, ask: Ask) -> list[dict[str, object]]:
        title, upc = fields.get("album", free), fields.get("upc", "")
        if "artist" in fields:
            owners = [one for _, one in self._directory.search(fields["artist"])]
        else:
            owners = list(self._directory.identities)
        return [
            build_listed_album(identity, edition, ask)
            for identity in owners
            for edition in identity.editions
            if (edition.barcode == upc if upc else _is_titled(edition.title, title))
        ]


def _is_titled(title: str, wanted: str) -> bool:
    return fold(wanted) in fold(title) or bool(loosen(wanted) and loosen(wanted) in loosen(title))
