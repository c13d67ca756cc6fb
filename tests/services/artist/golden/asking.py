"""What is asked about the golden set, what is the truth about it, and how good are the answers?

`golden.json` is written by hand from the sandbox's own directory, never from an answer of ours.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soniquebay.artist.v1 import artist_pb2 as pb

SCHEMES = ("mbid", "spotify_id", "wikidata_id")

Ids = Mapping[str, str]
"""Of one artist, by scheme; what it has not is left out."""


@dataclass(frozen=True, slots=True)
class GoldenArtist:
    """One bearer of a name."""

    who: str
    name: str
    ids: Ids
    merged_mbids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """One way to ask for an artist. `right` is empty where no rule could know who is meant; it is one of `among` then."""

    way: str
    fields: Mapping[str, str]
    right: Ids
    among: tuple[str, ...] = ()
    """MusicBrainz ids that must be offered."""

    def __str__(self) -> str:
        return f"{self.way} {dict(self.fields)}"


@dataclass(frozen=True, slots=True)
class Given:
    """The answer to one asking: the ids that were linked, and the MusicBrainz ids that were offered."""

    asking: Asking
    ids: Ids
    offered: tuple[str, ...] = ()

    @property
    def wrong(self) -> list[str]:
        """A sentence for every id that is not the artist's."""
        right = self.asking.right
        return [
            f"{self.asking}: {scheme} {value}, which is not {right.get(scheme, 'to be known')}"
            for scheme, value in self.ids.items()
            if right.get(scheme) != value
        ]

    @property
    def missing(self) -> list[str]:
        """A sentence for every id that could be known and was not given."""
        return [f"{self.asking}: no {scheme}" for scheme in self.asking.right if scheme not in self.ids]


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision counts a wrong id of any scheme; recall only what could be known."""

    precision: float
    recall: float


def read_golden() -> tuple[list[GoldenArtist], list[Asking]]:
    """Everybody in the set, and all that is asked by name alone."""
    written = json.loads(Path(__file__).with_name("golden.json").read_text(encoding="utf-8"))
    artists = [_artist(each) for each in written["artists"]]
    by_who = {artist.who: artist for artist in artists}
    askings = [
        Asking(
            "name",
            {"name": each["name"]},
            by_who[each["is"]].ids if each["is"] else {},
            tuple(by_who[who].ids["mbid"] for who in each.get("among", ())),
        )
        for each in written["by_name"]
    ]
    return artists, askings


def by_mbid(artists: Iterable[GoldenArtist]) -> list[Asking]:
    return [Asking("name and mbid", {"name": each.name, "mbid": each.ids["mbid"]}, each.ids) for each in artists]


def by_mbid_in_other_forms(artists: Iterable[GoldenArtist]) -> list[Asking]:
    """The name in capitals and decomposed, the id in capitals."""
    return [
        Asking(
            "other forms of name and mbid",
            {"name": unicodedata.normalize("NFD", each.name.upper()), "mbid": each.ids["mbid"].upper()},
            each.ids,
        )
        for each in artists
    ]


def by_merged_mbid(artists: Iterable[GoldenArtist]) -> list[Asking]:
    return [Asking("merged mbid", {"name": each.name, "mbid": old}, each.ids) for each in artists for old in each.merged_mbids]


def by_spotify_id(artists: Iterable[GoldenArtist]) -> list[Asking]:
    return [Asking("Spotify id", {"spotify_artist_id": each.ids["spotify_id"]}, each.ids) for each in artists]


def by_spotify_url(artists: Iterable[GoldenArtist]) -> list[Asking]:
    url = "https://open.spotify.com/artist/{}?si=0123456789abcdef"
    return [Asking("Spotify link", {"spotify_url": url.format(each.ids["spotify_id"])}, each.ids) for each in artists]


def given(asking: Asking, answer: pb.EnrichedArtist | None) -> Given:
    """What the answer gives; None stands for "not found"."""
    if answer is None:
        return Given(asking, {})
    ids = {scheme: getattr(answer.artist, scheme) for scheme in SCHEMES if getattr(answer.artist, scheme)}
    offered = [candidate.value for each in answer.identity.ids if each.scheme == "mbid" for candidate in each.candidates]
    return Given(asking, ids, tuple(offered))


def quality(answers: Iterable[Given]) -> Quality:
    """Of no ids given the precision is 1."""
    answers = list(answers)
    count = sum(len(each.ids) for each in answers)
    wrong = sum(len(each.wrong) for each in answers)
    knowable = sum(len(each.asking.right) for each in answers)
    missing = sum(len(each.missing) for each in answers)
    right = sum(each.asking.right.get(scheme) == value for each in answers for scheme, value in each.ids.items())
    assert right + missing <= knowable
    return Quality(1 - wrong / count if count else 1.0, right / knowable if knowable else 1.0)


def _artist(written: Mapping[str, Any]) -> GoldenArtist:
    ids = {scheme: written[scheme] for scheme in SCHEMES if written[scheme]}
    return GoldenArtist(written["who"], written["name"], ids, tuple(written.get("merged_mbids", ())))
