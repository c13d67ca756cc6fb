"""What does MusicBrainz tell of a release's discs and of what is recorded on them?"""

from collections.abc import Mapping
from types import MappingProxyType

from sandbox.catalogue.identity import Edition
from sandbox.catalogue.model import Track
from sandbox.catalogue.reading import make_up_mbid, make_up_number

VINYL = '12" Vinyl'
_FORMAT_IDS: Mapping[str, str] = MappingProxyType(
    {"CD": "9712d52a-4509-3d4b-a1a2-67c88c643e31", VINYL: "3e9080b0-5e6c-34ab-bd15-f526b6306a64"}
)
_SIDES = "ABCDEFGHIJ"
_LESS_THAN_HALF_A_SECOND = 499


def build_media(edition: Edition, *, with_tracks: bool) -> list[dict[str, object]]:
    """Writes every disc, with its tracks when recordings are to be included."""
    media: list[dict[str, object]] = []
    for position, tracks in enumerate(edition.discs, 1):
        medium: dict[str, object] = {
            "position": position,
            "title": "",
            "format": edition.medium,
            "format-id": _FORMAT_IDS[edition.medium],
            "track-count": len(tracks),
        }
        if with_tracks:
            numbers = _list_numbers(edition.medium, position, len(tracks))
            medium["track-offset"] = 0
            medium["tracks"] = [
                _build_track(edition, track, f"{position}/{place}", place, number)
                for place, (track, number) in enumerate(zip(tracks, numbers, strict=True), 1)
            ]
        media.append(medium)
    return media


def build_hit_media(edition: Edition) -> list[dict[str, object]]:
    """Writes the discs as search has them."""
    return [
        {
            "id": make_up_mbid(edition.mbid, "medium", str(position)),
            "format": edition.medium,
            "disc-count": 0 if edition.medium == VINYL else 1,
            "track-count": len(tracks),
        }
        for position, tracks in enumerate(edition.discs, 1)
    ]


def _list_numbers(medium: str, disc: int, tracks: int) -> list[str]:
    """Numbers the tracks of a disc as its sleeve does: on vinyl by side."""
    if medium != VINYL:
        return [str(place) for place in range(1, tracks + 1)]
    first = (tracks + 1) // 2
    sides = _SIDES[(disc * 2 - 2) % len(_SIDES) :][:2]
    return [f"{sides[0]}{place}" for place in range(1, first + 1)] + [
        f"{sides[1]}{place}" for place in range(1, tracks - first + 1)
    ]


def _build_track(edition: Edition, track: Track, place_on_all: str, place: int, number: str) -> dict[str, object]:
    length = _measure(track)
    return {
        "id": make_up_mbid(edition.mbid, "track", place_on_all),
        "position": place,
        "number": number,
        "title": track.title,
        "length": length,
        "recording": {
            "id": track.mbid,
            "title": track.title,
            "length": length,
            "video": False,
            "disambiguation": "",
            "first-release-date": edition.group_released,
        },
    }


def _measure(track: Track) -> int | None:
    """Measures in milliseconds that round to the catalogue's seconds."""
    if track.seconds is None:
        return None
    return track.seconds * 1000 + make_up_number(-_LESS_THAN_HALF_A_SECOND, _LESS_THAN_HALF_A_SECOND, track.mbid, "length")
