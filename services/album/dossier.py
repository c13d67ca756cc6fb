"""What is known of one album, and of one track, from whom?"""

from dataclasses import dataclass, replace
from datetime import datetime

from facts import known
from facts.values import Image, Tag, Text
from kernel.evidence import Candidate
from services.album.domain import (
    Album,
    AlbumField,
    AlbumIdentity,
    AlbumTrack,
    Description,
    Kind,
    Track,
    TrackField,
    TrackIdentity,
    TrackKind,
)

AlbumValue = str | int | tuple[str, ...] | tuple[Tag, ...] | tuple[Image, ...] | tuple[AlbumTrack, ...] | Text | Description
TrackValue = str | int | tuple[Tag, ...]
"""Durations are milliseconds: in JSON, as caches hold it, a timedelta is a text among others."""

AlbumFact = known.Fact[AlbumField, AlbumValue]
AlbumOverride = known.Override[AlbumField, AlbumValue]
AlbumTrust = known.Trust[AlbumField]
TrackFact = known.Fact[TrackField, TrackValue]
TrackTrust = known.Trust[TrackField]

_IDS = {AlbumField.MBID: "mbid", AlbumField.RELEASE_GROUP_MBID: "release_group_mbid", AlbumField.SPOTIFY_ID: "spotify_id"}


@dataclass(frozen=True)
class AlbumDossier(known.Known[AlbumField, AlbumValue, Kind]):
    """Everything known of one album. `file_genres`: genres in the tags of its files, and of how many files."""

    album: Album
    facts: tuple[AlbumFact, ...] = ()
    overrides: tuple[AlbumOverride, ...] = ()
    checks: tuple[known.Check[Kind], ...] = ()
    file_genres: tuple[tuple[str, int], ...] = ()

    @property
    def id(self) -> str:
        return self.album.id

    def identity(self) -> AlbumIdentity:
        """What a provider is told; ids that a person settled come before those the album was named with."""
        album = self.album
        told = AlbumIdentity(album.title, album.artist_name, album.mbid, track_count=album.track_count)
        settled = {_IDS[each.field]: str(each.value) for each in self.overrides if each.field in _IDS}
        if "release_group_mbid" in settled and "mbid" not in settled:
            settled["mbid"] = ""  # the release it was named with is perhaps of another group
        given = {name: value or None for name, value in settled.items()}
        return replace(told, is_settled=bool(settled), **given)  # type: ignore[arg-type]

    def retrieved_at(self) -> datetime:
        """When a provider last answered about it; when it was first heard of, if none ever did."""
        return self.answered_at() or self.album.created_at


@dataclass(frozen=True)
class TrackDossier(known.Known[TrackField, TrackValue, TrackKind]):
    """Everything known of one track."""

    track: Track
    facts: tuple[TrackFact, ...] = ()
    overrides: tuple[known.Override[TrackField, TrackValue], ...] = ()
    checks: tuple[known.Check[TrackKind], ...] = ()

    @property
    def id(self) -> str:
        return self.track.id

    def identity(self) -> TrackIdentity:
        """What a provider is told."""
        return TrackIdentity(self.track.title, self.track.artist_name)

    def retrieved_at(self) -> datetime:
        """When a provider last answered about it; when it was first heard of, if none ever did."""
        return self.answered_at() or self.track.created_at


def with_drift(dossier: AlbumDossier, trust: AlbumTrust, now: datetime) -> list[AlbumOverride]:
    """The overrides, each with the time since when the providers' best value differs from it."""
    upstream = replace(dossier, overrides=())

    def best(override: AlbumOverride) -> Candidate[AlbumValue] | None:
        return upstream.chosen(override.field, trust=trust, languages=(override.language,) if override.language else ())

    return known.with_drift(dossier.overrides, best, now)
