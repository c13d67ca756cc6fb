"""What can a person configure about the album service?"""

from typing import ClassVar

from pydantic import Field

from kernel.settings import AppSettings, Port


class AlbumSettings(AppSettings):
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

    @property
    def artist_target(self) -> str:
        """`host:port` of the artist service."""
        return self.album_artist_address or f"127.0.0.1:{self.artist_port}"
