"""What do the services that keep order among artists know of one: identifiers, editions, managers, audience?"""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.catalogue.model import Artist, Track

_MOST_ON_A_DISC = 18


@dataclass(frozen=True, slots=True)
class Manager:
    """Who looks after an artist, always invented.

    `role` is P1037 (manager) or P1875 (represented by); dates are YYYY-MM-DD or empty.
    """

    wikidata_id: str
    labels: Mapping[str, str]
    role: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One release of an album or single; editions of the same record share `group_mbid`.

    `label_info` is how MusicBrainz has the label: "full", "null" (a row without label) or "absent" (no row). `tags` are those of
    the record, by weight.
    """

    title: str
    mbid: str
    group_mbid: str
    group_title: str
    group_released: str
    primary_type: str
    disambiguation: str
    released: str
    label: str
    label_info: str
    barcode: str
    country: str
    medium: str
    spotify_id: str
    tracks: tuple[Track, ...]
    tags: Mapping[str, int]

    @property
    def discs(self) -> tuple[tuple[Track, ...], ...]:
        """Spreads the tracks over as many discs as it takes, about as many on each; where the cut falls is made up."""
        discs = -(-len(self.tracks) // _MOST_ON_A_DISC) or 1
        most = -(-len(self.tracks) // discs)
        return tuple(self.tracks[disc * most : (disc + 1) * most] for disc in range(discs))


@dataclass(frozen=True, slots=True)
class Identity:
    """One artist outside Last.fm. Identifiers made up for the sandbox say so; `wikidata_id` is empty when there is no entry.

    `is_linked` tells whether MusicBrainz links to Spotify and Wikidata, `merged_mbids` are older identifiers that lead here, and
    `merged_releases` those of releases, with the title of the album each has become.
    """

    artist: Artist
    disambiguation: str
    kind: str
    spotify_id: str
    is_spotify_id_real: bool
    wikidata_id: str
    is_wikidata_id_real: bool
    is_linked: bool
    merged_mbids: tuple[str, ...]
    merged_releases: Mapping[str, str]
    followers: int
    popularity: int
    monthly_listeners: int
    genres: tuple[str, ...]
    managers: tuple[Manager, ...]
    editions: tuple[Edition, ...]

    @property
    def sort_name(self) -> str:
        """Writes the name as it is shelved: "Bowie, David", "Smiths, The"."""
        first, _, last = self.artist.name.rpartition(" ")
        if self.kind == "Person" and first and "," not in first:
            return f"{last}, {first}"
        name = self.artist.name
        return f"{name[4:]}, The" if name.startswith("The ") else name
