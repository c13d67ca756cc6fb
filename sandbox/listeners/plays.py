"""Which plays does a tester name in a body of the control API?"""

from collections.abc import Mapping
from dataclasses import dataclass

_YEAR_10000 = 253_402_300_800


class BadPlayError(ValueError):
    """Plays that cannot be added, removed or edited; the text says what to correct."""


@dataclass(frozen=True, slots=True)
class Play:
    """One play by its names; `album` is None where the tester did not say."""

    second: int
    artist: str
    track: str
    album: str | None

    def __str__(self) -> str:
        """Writes it as messages name it."""
        return f"{self.second} {self.artist} - {self.track}" + (f" ({self.album})" if self.album else "")


def parse_plays(body: Mapping[str, object]) -> list[Play]:
    """Reads `plays`; raises BadPlayError."""
    plays = body.get("plays")
    if not isinstance(plays, list):
        raise BadPlayError("plays: a list of {uts, artist, track, album?}")
    return [parse_play("plays", play) for play in plays]


def parse_play(field: str, written: object) -> Play:
    """Reads one play that stood in `field`; raises BadPlayError."""
    if not isinstance(written, dict):
        raise BadPlayError(f"{field}: {{uts, artist, track, album?}}")
    second = written.get("uts")
    if not isinstance(second, int) or isinstance(second, bool) or not 0 <= second < _YEAR_10000:
        raise BadPlayError("uts: whole seconds since 1970")
    artist, track = parse_names(written)
    album = written.get("album")
    return Play(second, artist, track, None if album is None else str(album))


def parse_names(written: Mapping[str, object]) -> tuple[str, str]:
    """Reads artist and track; raises BadPlayError when one is missing."""
    artist, track = (str(written.get(name) or "") for name in ("artist", "track"))
    if not artist or not track:
        raise BadPlayError("artist, track: needed for every play")
    return artist, track
