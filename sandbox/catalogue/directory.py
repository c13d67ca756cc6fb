"""Which artist is meant by an MBID, a Spotify id, a Wikidata id, or only a name that several may share?"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from sandbox.catalogue.fictional import BANDS, fictional_name
from sandbox.catalogue.identifying import parse_namesake, tell_identity
from sandbox.catalogue.identity import Edition, Identity
from sandbox.catalogue.library import Library
from sandbox.catalogue.made_up import make_up_spotify_id
from sandbox.catalogue.matching import EXACT, score_name

_HERE = Path(__file__).parent
_REMEMBERED_BANDS = 1024


class Directory:
    """All artists that have an identifier: the catalogue's, their namesakes, and the fictional bands by the thousand."""

    def __init__(self, library: Library, known: Mapping[str, Any], namesakes: Iterable[Identity]) -> None:
        listed = [artist for artist in library.artists if artist.mbid and not artist.name.startswith("[")]
        self._library = library
        self.identities = (*(tell_identity(artist, known.get(artist.name, {})) for artist in listed), *namesakes)
        self._by_spotify_id = {identity.spotify_id: identity for identity in self.identities}
        self._by_mbid = {mbid: one for one in self.identities for mbid in (one.artist.mbid, *one.merged_mbids)}
        self._band_editions: dict[str, tuple[Identity, Edition]] = {}
        self._find_band = lru_cache(maxsize=_REMEMBERED_BANDS)(self._tell_band)

    def find_by_mbid(self, mbid: str) -> Identity | None:
        """Finds an artist by identifier; a merged one leads to the artist it was merged into."""
        found = self._by_mbid.get(mbid.lower())
        if found:
            return found
        artist = self._library.find_artist_by_mbid(mbid)
        return self._find_band(artist.name) if artist and artist.is_fictional else None

    def find_by_spotify_id(self, spotify_id: str) -> Identity | None:
        """Finds an artist by Spotify id, case kept."""
        name = self._band_names.get(spotify_id)
        return self._by_spotify_id.get(spotify_id) or (self._find_band(name) if name else None)

    def find_by_name(self, name: str) -> Identity | None:
        """Finds the catalogue's own artist of that name, never a namesake."""
        artist = self._library.find_artist(name)
        return self.find_by_mbid(artist.mbid) if artist and artist.mbid else None

    def find_by_wikidata_id(self, wikidata_id: str) -> Identity | None:
        """Finds an artist by Wikidata item, among the artists that are not numbered bands."""
        return next((one for one in self.identities if one.wikidata_id == wikidata_id), None) if wikidata_id else None

    def search(self, name: str) -> list[tuple[int, Identity]]:
        """Finds artists by name with a score of 1 to 100, the best first; of equals the least heard leads.

        First hits are not to be trusted with the real services either; here the wrong namesake reliably comes first.
        """
        scored = [(score_name(name, one.artist), one) for one in self.identities]
        band = self._library.find_artist(name)
        if band and band.is_fictional and band.mbid not in self._by_mbid:
            scored.append((EXACT, self._find_band(band.name)))
        return sorted((row for row in scored if row[0]), key=lambda row: (-row[0], row[1].artist.listeners))

    def find_edition_by_spotify_id(self, spotify_id: str) -> tuple[Identity, Edition] | None:
        """Finds a release by Spotify id, among the artists that are not numbered bands or were asked for lately."""
        return self._editions_by_spotify_id.get(spotify_id) or self._band_editions.get(spotify_id)

    def find_edition_by_mbid(self, mbid: str) -> tuple[Identity, Edition] | None:
        """Finds a release by identifier, among the same; a merged one leads to the release it was merged into."""
        asked = self._merged_releases.get(mbid.lower(), mbid.lower())
        return next(((one, edition) for one, edition in self.list_editions() if edition.mbid == asked), None)

    def find_editions_of_group(self, group_mbid: str) -> list[tuple[Identity, Edition]]:
        """Lists the releases of one release group, the newest first."""
        return [(one, edition) for one, edition in self.list_editions() if edition.group_mbid == group_mbid.lower()]

    def list_editions(self) -> Iterator[tuple[Identity, Edition]]:
        """Walks all releases, but of the numbered bands only those that were asked for lately."""
        return chain(self._editions_by_spotify_id.values(), self._band_editions.values())

    @cached_property
    def _editions_by_spotify_id(self) -> dict[str, tuple[Identity, Edition]]:
        return dict(_pair_editions(self.identities))

    @cached_property
    def _merged_releases(self) -> dict[str, str]:
        albums = ((one, album) for one in self.identities for album in one.artist.albums)
        return {old: album.mbid for one, album in albums for old, title in one.merged_releases.items() if title == album.title}

    @cached_property
    def _band_names(self) -> dict[str, str]:
        names = (fictional_name(number) for number in range(1, BANDS + 1))
        return {make_up_spotify_id("artist", name): name for name in names}

    def _tell_band(self, name: str) -> Identity:
        artist = self._library.find_artist(name)
        if artist is None:
            raise ValueError(f"no band {name}")
        identity = tell_identity(artist, {"spotify_id": make_up_spotify_id("artist", name), "is_made_up": True})
        self._band_editions.update(_pair_editions([identity]))
        return identity


def load_directory(library: Library) -> Directory:
    """Reads `identities.json` and `namesakes.json`."""
    known: dict[str, Any] = json.loads((_HERE / "identities.json").read_text("utf-8"))
    namesakes: list[dict[str, Any]] = json.loads((_HERE / "namesakes.json").read_text("utf-8"))
    return Directory(library, known, [parse_namesake(written) for written in namesakes])


def _pair_editions(identities: Iterable[Identity]) -> Iterator[tuple[str, tuple[Identity, Edition]]]:
    return ((edition.spotify_id, (identity, edition)) for identity in identities for edition in identity.editions)
