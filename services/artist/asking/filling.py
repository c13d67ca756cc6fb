"""Which fields did an answer fill? One that was always filled and now is not is the first sign that a provider changed."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from services.artist.domain import Audience, IdentityMatch, Kind, ListenCounts, Management, Profile, Release

EXPECTED: Final[Mapping[str, frozenset[str]]] = {
    "lastfm": frozenset({"url", "listeners", "playcount", "bio", "images", "mbid"}),
    "spotify": frozenset({"url", "images"}),
    "apify": frozenset({"monthly_listeners"}),
    "musicbrainz": frozenset({"spotify_id", "wikidata_id", "genres", "labels", "released"}),
    "listenbrainz": frozenset({"listenbrainz_listeners", "listenbrainz_listens"}),
    "wikidata": frozenset({"managers", "names"}),
}
"""What a provider is known to fill for some artists. Other fields are watched from the first time it fills them."""


def filled_fields(kind: Kind, value: Any) -> Mapping[str, float]:
    """What share of an answer of this kind has each field: 0 or 1, or of a list the share of its rows that have it."""
    return _READERS[kind](value)


def _of_match(match: IdentityMatch) -> Mapping[str, float]:
    return {
        "spotify_id": match.spotify_id is not None,
        "wikidata_id": match.wikidata_id is not None,
        "genres": bool(match.genres),
    }


def _of_profile(profile: Profile) -> Mapping[str, float]:
    return {
        "url": bool(profile.url),
        "listeners": profile.listeners is not None,
        "playcount": profile.playcount is not None,
        "bio": profile.biography is not None,
        "images": bool(profile.images),
        "mbid": profile.mbid is not None,
        "genres": bool(profile.genres),
        "followers": profile.followers is not None,
        "popularity": profile.popularity is not None,
    }


def _of_tags(tags: tuple[Any, ...]) -> Mapping[str, float]:
    return {"tags": bool(tags)}


def _of_similar(similar: tuple[Any, ...]) -> Mapping[str, float]:
    return {"similar": bool(similar)}


def _of_audience(audience: Audience) -> Mapping[str, float]:
    return {"monthly_listeners": audience.monthly_listeners is not None, "followers": audience.followers is not None}


def _of_listens(counts: ListenCounts) -> Mapping[str, float]:
    return {"listenbrainz_listeners": counts.listeners is not None, "listenbrainz_listens": counts.listens is not None}


def _of_releases(releases: tuple[Release, ...]) -> Mapping[str, float]:
    return {
        "labels": _share(bool(release.labels) for release in releases),
        "released": _share(release.released is not None for release in releases),
    }


def _of_management(management: Management) -> Mapping[str, float]:
    return {"managers": bool(management.managers), "names": _share(bool(manager.names) for manager in management.managers)}


def _share(rows: Iterable[bool]) -> float:
    marks = tuple(rows)
    return sum(marks) / len(marks) if marks else 0.0


_READERS: Final[Mapping[Kind, Callable[[Any], Mapping[str, float]]]] = {
    Kind.IDENTITY: _of_match,
    Kind.LINKS: _of_match,
    Kind.PROFILE: _of_profile,
    Kind.TAGS: _of_tags,
    Kind.SIMILAR: _of_similar,
    Kind.MONTHLY_LISTENERS: _of_audience,
    Kind.LISTENS: _of_listens,
    Kind.LABELS: _of_releases,
    Kind.MANAGEMENT: _of_management,
}
