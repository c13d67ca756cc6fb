"""What can a person configure about the cover service?"""

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from pydantic import Field, field_validator

from kernel.settings import Names, Port, Span
from services.cover.domain import Kind, SourceName
from upstreams.settings import AskingSettings, MusicbrainzSettings, WikidataSettings

ALBUM_SOURCES = (SourceName.EMBEDDED, SourceName.LOCAL, SourceName.COVERARTARCHIVE, SourceName.LASTFM)
ARTIST_SOURCES = (SourceName.LOCAL, SourceName.COMMONS, SourceName.DEEZER)


class CoverSettings(AskingSettings, MusicbrainzSettings, WikidataSettings):
    """Settings of the cover service; the environment names are the field names in capitals."""

    own_prefixes: ClassVar[tuple[str, ...]] = ("COVER_",)

    cover_port: Port = Field(
        50053, description="gRPC port of the cover service; its health server is 10 above, its metrics 20 above."
    )
    artist_port: Port = Field(50051, description="gRPC port of the artist service on this machine.")
    album_port: Port = Field(50052, description="gRPC port of the album service on this machine.")
    cover_artist_address: str = Field(
        "", description="`host:port` where the cover service finds the artist service; empty: this machine, `ARTIST_PORT`."
    )
    cover_album_address: str = Field(
        "", description="`host:port` where the cover service finds the album service; empty: this machine, `ALBUM_PORT`."
    )
    music_dir: Path | None = Field(None, description="The music folder, for its pictures; it is only read. Empty: there is none.")

    cover_album_sources: Names = Field(
        ALBUM_SOURCES, description="Where covers of albums are looked for, in this order; leave one out to switch it off."
    )
    cover_artist_sources: Names = Field(
        ARTIST_SOURCES, description="Where pictures of artists are looked for, in this order; leave one out to switch it off."
    )
    coverartarchive_url: str = Field("https://coverartarchive.org", description="Where the Cover Art Archive is.")
    coverartarchive_rate_per_second: float = Field(
        4.0, gt=0, description="Covers asked of the Cover Art Archive per second, all processes together."
    )
    lastfm_images_url: str = Field("https://lastfm.freetls.fastly.net/i/u", description="Where Last.fm's pictures are.")
    commons_url: str = Field("https://commons.wikimedia.org/w/api.php", description="Where the API of Wikimedia Commons is.")
    commons_rate_per_second: float = Field(
        4.0, gt=0, description="Calls to Wikimedia Commons per second, all processes together."
    )
    deezer_url: str = Field("https://api.deezer.com", description="Where Deezer's API is.")
    deezer_rate_per_second: float = Field(
        8.0, gt=0, description="Calls to Deezer per second, all processes together; it takes 50 in 5 seconds."
    )
    cover_images_rate_per_second: float = Field(
        4.0, gt=0, description="Pictures fetched per second from the image servers of one source, all processes together."
    )
    cover_timeout_api: Span = Field(
        timedelta(seconds=5), description="Longest wait for one answer of Wikimedia Commons or Deezer."
    )
    cover_timeout_image: Span = Field(
        timedelta(seconds=15), description="Longest wait for one server's answer when a picture is fetched."
    )

    cover_store_max_bytes: int = Field(2 * 2**30, ge=2**20, description="Bytes of images kept on disk at most.")
    cover_recheck: Span = Field(
        timedelta(days=30), description="How long until a cover is looked for again, since a better one may be had by then."
    )
    cover_backfill_interval: Span = Field(
        timedelta(minutes=15), description="Time between two looks for albums and artists without a cover; 0: only when asked."
    )
    cover_poison_threshold: int = Field(
        5,
        ge=2,
        description="How many unrelated albums or artists may share a fetched image before it is taken for a placeholder.",
    )

    @field_validator("cover_album_sources")
    @classmethod
    def _check_album_sources(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return _check(names, ALBUM_SOURCES)

    @field_validator("cover_artist_sources")
    @classmethod
    def _check_artist_sources(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return _check(names, ARTIST_SOURCES)

    def sources_of(self, kind: Kind) -> tuple[SourceName, ...]:
        """Those that are on, each once, first asked first."""
        names = self.cover_album_sources if kind is Kind.ALBUM else self.cover_artist_sources
        return tuple(SourceName(name) for name in dict.fromkeys(names))

    @property
    def artist_target(self) -> str:
        """`host:port` of the artist service."""
        return self.cover_artist_address or f"127.0.0.1:{self.artist_port}"

    @property
    def album_target(self) -> str:
        """`host:port` of the album service."""
        return self.cover_album_address or f"127.0.0.1:{self.album_port}"


def _check(names: tuple[str, ...], known: Collection[str]) -> tuple[str, ...]:
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not one of {', '.join(known)}")
    return names
