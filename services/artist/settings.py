"""What can a person configure about the artist service?"""

from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field, SecretStr, field_validator

from kernel.settings import AppSettings, Names, Port, Span
from services.artist.domain import ArtistField

PROVIDERS = ("musicbrainz", "spotify", "lastfm", "apify", "listenbrainz", "wikidata")


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

    spotify_client_id: str = Field("", description="Client id of your Spotify app; without it and its secret Spotify is off.")
    spotify_client_secret: SecretStr = Field(SecretStr(""), description="Secret of your Spotify app.")
    spotify_api_url: str = Field("https://api.spotify.com/v1", description="Where Spotify's Web API is.")
    spotify_accounts_url: str = Field("https://accounts.spotify.com", description="Where Spotify gives out tokens.")
    spotify_rate_per_second: float = Field(4.0, gt=0, description="Calls to Spotify per second, all processes together.")

    enrichment_apify_api_token: SecretStr = Field(
        SecretStr(""), description="Token of Apify; without it monthly listeners are off."
    )
    apify_url: str = Field("https://api.apify.com/v2", description="Where Apify's API is.")
    apify_rate_per_second: float = Field(5.0, gt=0, description="Runs started at Apify per second, all processes together.")
    enrichment_apify_artists_per_day: int = Field(500, ge=0, description="Artists asked of Apify a day at most; 0: none.")
    enrichment_apify_artists_per_month: int = Field(5000, ge=0, description="Artists asked of Apify a month at most; 0: none.")

    musicbrainz_url: str = Field("https://musicbrainz.org/ws/2", description="Where MusicBrainz, or your mirror of it, is.")
    musicbrainz_rate_per_second: float = Field(
        0.8, gt=0, description="Calls to MusicBrainz per second, all processes together; 1 or more only on your own mirror."
    )
    listenbrainz_url: str = Field("https://api.listenbrainz.org", description="Where ListenBrainz is.")
    listenbrainz_token: SecretStr = Field(SecretStr(""), description="Your ListenBrainz token; reading needs none.")
    listenbrainz_rate_per_second: float = Field(
        2.0, gt=0, description="Calls to ListenBrainz per second, all processes together."
    )
    wikidata_sparql_url: str = Field("https://query.wikidata.org/sparql", description="Where Wikidata answers SPARQL.")
    wikidata_rate_per_second: float = Field(1.0, gt=0, description="Queries to Wikidata per second, all processes together.")

    enrichment_providers: Names = Field(
        PROVIDERS,
        description="Who is asked, and whom to believe first of two that are equally sure; leave one out to switch it off.",
    )
    enrichment_believe_first: Names = Field(
        (), description="Exceptions by field: `genres=musicbrainz,followers=apify` believes these first there."
    )
    enrichment_label_method: Literal["latest_release", "most_frequent"] = Field(
        "latest_release", description="How an artist's principal label is chosen among those of its releases."
    )
    enrichment_circuit_breaker_threshold: int = Field(
        5, ge=1, description="Faults in a row that open the breaker of any provider but Last.fm."
    )
    enrichment_circuit_breaker_timeout: Span = Field(
        timedelta(seconds=60), description="How long the breaker of any provider but Last.fm stays open."
    )

    enrichment_language: str = Field(
        "en", pattern="^[a-z]{2}$", description="Language of biographies when the caller names none."
    )
    enrichment_max_retries: int = Field(3, ge=1, le=5, description="Attempts per provider call, the first included.")
    enrichment_retry_backoff_factor: float = Field(
        2.0, ge=1, description="Seconds before the second attempt; each later one waits so many times longer."
    )
    enrichment_timeout_lastfm: Span = Field(timedelta(seconds=5), description="Longest wait for one answer of Last.fm.")
    enrichment_timeout_spotify: Span = Field(timedelta(seconds=5), description="Longest wait for one answer of Spotify.")
    enrichment_timeout_apify: Span = Field(timedelta(seconds=20), description="Longest wait for a run of Apify for one artist.")
    enrichment_timeout_apify_batch: Span = Field(
        timedelta(minutes=5), description="Longest wait for a run of Apify for many artists."
    )
    enrichment_timeout_musicbrainz: Span = Field(timedelta(seconds=5), description="Longest wait for one answer of MusicBrainz.")
    enrichment_timeout_listenbrainz: Span = Field(
        timedelta(seconds=5), description="Longest wait for one answer of ListenBrainz."
    )
    enrichment_timeout_wikidata: Span = Field(timedelta(seconds=8), description="Longest wait for one answer of Wikidata.")
    enrichment_timeout_total: Span = Field(
        timedelta(seconds=8), description="Longest wait of a caller for all providers of one read together."
    )
    enrichment_timeout_leisure: Span = Field(timedelta(minutes=5), description="The same for a job, for which nobody waits.")
    enrichment_cache_ttl_memory: Span = Field(timedelta(minutes=5), description="How long an answer stays in a process's memory.")
    enrichment_cache_ttl_redis: Span = Field(timedelta(hours=1), description="How long an answer stays in Redis; 24 h at most.")
    enrichment_cache_ttl_counts: Span = Field(timedelta(days=1), description="How long listeners and playcount count as fresh.")
    enrichment_cache_ttl_tags: Span = Field(timedelta(days=14), description="How long tags count as fresh.")
    enrichment_cache_ttl_similar: Span = Field(timedelta(days=14), description="How long similar artists count as fresh.")
    enrichment_cache_ttl_identity: Span = Field(
        timedelta(days=90), description="How long it counts as known who an artist is elsewhere."
    )
    enrichment_cache_ttl_monthly_listeners: Span = Field(
        timedelta(days=1), description="How long monthly listeners count as fresh."
    )
    enrichment_cache_ttl_labels: Span = Field(timedelta(days=1), description="How long releases and their labels count as fresh.")
    enrichment_cache_ttl_management: Span = Field(timedelta(days=7), description="How long management counts as fresh.")
    enrichment_refresh_ahead: Span = Field(
        timedelta(hours=2), description="How long before it is due what the library holds is asked for anew; 0: only when asked."
    )
    enrichment_cache_ttl_absent: Span = Field(timedelta(days=7), description='How long "no such artist" is believed.')
    enrichment_cache_memory_bytes: int = Field(32 * 2**20, ge=2**20, description="Bytes of answers a process keeps in memory.")

    @field_validator("enrichment_providers")
    @classmethod
    def _check_providers(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(names) - set(PROVIDERS))
        if unknown:
            raise ValueError(f"{unknown[0]!r} is not one of {', '.join(PROVIDERS)}")
        return names

    @field_validator("enrichment_believe_first")
    @classmethod
    def _check_exceptions(cls, rows: tuple[str, ...]) -> tuple[str, ...]:
        for row in rows:
            field, _, provider = row.partition("=")
            if field not in set(ArtistField) or provider not in PROVIDERS:
                raise ValueError(f"{row!r} is not field=provider, such as genres=musicbrainz")
        return rows
