"""What can a person configure about the tracker service?"""

from datetime import timedelta
from typing import ClassVar
from zoneinfo import available_timezones

from pydantic import Field, field_validator

from kernel.settings import Port, Span
from upstreams.settings import LastfmSettings, ListenbrainzSettings


class TrackerSettings(LastfmSettings, ListenbrainzSettings):
    """Settings of the tracker service; the environment names are the field names in capitals."""

    own_prefixes: ClassVar[tuple[str, ...]] = ("TRACKER_",)

    tracker_port: Port = Field(
        50054, description="gRPC port of the tracker service; its health server is 10 above, its metrics 20 above."
    )
    album_port: Port = Field(50052, description="gRPC port of the album service on this machine.")
    tracker_album_address: str = Field(
        "", description="`host:port` where the tracker service finds the album service; empty: this machine, `ALBUM_PORT`."
    )

    lastfm_username: str = Field("", max_length=200, description="Whose plays are imported and followed at Last.fm.")

    listenbrainz_username: str = Field("", max_length=200, description="Whose listens are imported from ListenBrainz.")

    tracker_interval_seconds: int = Field(
        120, ge=15, le=86_400, description="Seconds between two looks of the live tracker, until another is set."
    )
    tracker_page_timeout: Span = Field(timedelta(seconds=20), description="Longest wait for one page of a history.")
    tracker_submit_to_listenbrainz: bool = Field(
        default=False, description="Hand what the live tracker sees at Last.fm on to ListenBrainz (needs its token)."
    )
    tracker_time_zone: str = Field("UTC", description="Your IANA zone, such as Europe/Paris: days and hours are told in it.")

    @field_validator("tracker_time_zone")
    @classmethod
    def _check_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("Input should be an IANA time zone such as Europe/Paris")
        return value

    @property
    def album_target(self) -> str:
        """`host:port` of the album service."""
        return self.tracker_album_address or f"127.0.0.1:{self.album_port}"
