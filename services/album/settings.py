"""What can a person configure about the album service?"""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr, field_validator

from kernel.settings import Names, Port, Span
from upstreams.settings import EnrichmentSettings

PROVIDERS = ("musicbrainz", "lastfm", "spotify")


class AlbumSettings(EnrichmentSettings):
    """Settings of the album service; the environment names are the field names in capitals."""

    own_prefixes: ClassVar[tuple[str, ...]] = ("ALBUM_",)

    album_port: Port = Field(
        50052, description="gRPC port of the album service; its health server is 10 above, its metrics 20 above."
    )
    artist_port: Port = Field(50051, description="gRPC port of the artist service on this machine.")
    # Not ARTIST_ADDRESS: the artist service reads the same environment, and refuses what it does not know under its own prefix.
    album_artist_address: str = Field(
        "", description="`host:port` where the album service finds the artist service; empty: this machine, `ARTIST_PORT`."
    )
    cover_port: Port = Field(50053, description="gRPC port of the cover service on this machine.")
    album_cover_address: str = Field(
        "", description="`host:port` where the album service finds the cover service; empty: this machine, `COVER_PORT`."
    )
    album_providers: Names = Field(
        PROVIDERS,
        description="Who is asked about albums, and whom to believe first of two equally sure; leave one out to switch it off.",
    )
    enrichment_cache_ttl_releases: Span = Field(
        timedelta(days=30), description="How long an album's release, label and shop entry count as fresh."
    )

    euria_url: str = Field(
        "", description="Where EurIA is, or any OpenAI-compatible service: the address before `/chat/completions`."
    )
    euria_token: SecretStr = Field(SecretStr(""), description="Token of EurIA; without it albums are not described.")
    euria_model: str = Field("mistral3", description="The model that describes albums.")
    euria_language: str = Field(
        "", pattern="^([a-z]{2})?$", description="Language of descriptions; empty: `ENRICHMENT_LANGUAGE`."
    )
    euria_rate_per_second: float = Field(1.0, gt=0, description="Calls to EurIA per second, all processes together.")
    euria_timeout: Span = Field(timedelta(seconds=60), description="Longest wait for one text.")
    euria_descriptions_per_day: int = Field(200, ge=0, description="Texts asked of EurIA a day at most; 0: none.")
    euria_descriptions_per_month: int = Field(3000, ge=0, description="Texts asked of EurIA a month at most; 0: none.")
    enrichment_cache_ttl_descriptions: Span = Field(
        timedelta(days=180), description="How long a description stands before it is written anew."
    )

    music_dir: Path | None = Field(None, description="The music folder, for scans; it is only read. Empty: there is none.")
    album_scan_interval: Span = Field(timedelta(0), description="Time between two scans of the music folder; 0: only when asked.")

    @field_validator("album_providers")
    @classmethod
    def _check_providers(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(names) - set(PROVIDERS))
        if unknown:
            raise ValueError(f"{unknown[0]!r} is not one of {', '.join(PROVIDERS)}")
        return names

    @property
    def artist_target(self) -> str:
        """`host:port` of the artist service."""
        return self.album_artist_address or f"127.0.0.1:{self.artist_port}"

    @property
    def cover_target(self) -> str:
        """`host:port` of the cover service."""
        return self.album_cover_address or f"127.0.0.1:{self.cover_port}"

    @property
    def description_language(self) -> str:
        return self.euria_language or self.enrichment_language
