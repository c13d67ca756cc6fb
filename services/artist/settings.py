"""What can a person configure about the artist service?"""

from datetime import timedelta
from typing import ClassVar

from pydantic import Field, SecretStr

from kernel.settings import AppSettings, Port, Span


class ArtistSettings(AppSettings):
    """Settings of the artist service; the environment names are the field names in capitals."""

    own_prefixes: ClassVar[tuple[str, ...]] = ("ARTIST_",)

    artist_port: Port = Field(
        50051, description="gRPC port of the artist service; its health server is 10 above, its metrics 20 above."
    )

    lastfm_api_key: SecretStr = Field(SecretStr(""), description="Key of the Last.fm API; without it Last.fm is off.")
    lastfm_url: str = Field("https://ws.audioscrobbler.com/2.0/", description="Where Last.fm's API is.")
    lastfm_rate_per_second: float = Field(
        4.0, gt=0, description="Calls to Last.fm per second, all processes of this machine together."
    )
    lastfm_circuit_breaker_threshold: int = Field(3, ge=1, description="Faults in a row that open Last.fm's breaker.")
    lastfm_circuit_breaker_timeout: Span = Field(timedelta(seconds=300), description="How long Last.fm's breaker stays open.")

    enrichment_language: str = Field(
        "en", pattern="^[a-z]{2}$", description="Language of biographies when the caller names none."
    )
    enrichment_max_retries: int = Field(3, ge=1, le=5, description="Attempts per provider call, the first included.")
    enrichment_retry_backoff_factor: float = Field(
        2.0, ge=1, description="Seconds before the second attempt; each later one waits so many times longer."
    )
    enrichment_timeout_lastfm: Span = Field(timedelta(seconds=5), description="Longest wait for one answer of Last.fm.")
    enrichment_timeout_total: Span = Field(
        timedelta(seconds=8), description="Longest wait for all providers of one read together."
    )
    enrichment_cache_ttl_memory: Span = Field(timedelta(minutes=5), description="How long an answer stays in a process's memory.")
    enrichment_cache_ttl_redis: Span = Field(timedelta(hours=1), description="How long an answer stays in Redis; 24 h at most.")
    enrichment_cache_ttl_counts: Span = Field(timedelta(days=1), description="How long listeners and playcount count as fresh.")
    enrichment_cache_ttl_tags: Span = Field(timedelta(days=14), description="How long tags count as fresh.")
    enrichment_cache_ttl_similar: Span = Field(timedelta(days=14), description="How long similar artists count as fresh.")
    enrichment_cache_ttl_absent: Span = Field(timedelta(days=7), description='How long "no such artist" is believed.')
    enrichment_cache_memory_bytes: int = Field(32 * 2**20, ge=2**20, description="Bytes of answers a process keeps in memory.")
