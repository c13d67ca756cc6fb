"""What can a person configure about upstreams, and about asking them? Services take in those classes that they need."""

from datetime import timedelta

from pydantic import Field, SecretStr

from kernel.settings import AppSettings, Span


class BreakerSettings(AppSettings):
    """When a provider is left alone that gives no answer."""

    enrichment_circuit_breaker_threshold: int = Field(
        5, ge=1, description="Faults in a row that open the breaker of any provider but Last.fm."
    )
    enrichment_circuit_breaker_timeout: Span = Field(
        timedelta(seconds=60), description="How long the breaker of any provider but Last.fm stays open."
    )

    def breaker_of(self, provider: str) -> tuple[int, timedelta]:  # noqa: ARG002 - some have settings of their own
        """After how many faults in a row the provider is left alone, and for how long."""
        return self.enrichment_circuit_breaker_threshold, self.enrichment_circuit_breaker_timeout


class AskingSettings(BreakerSettings):
    """How often one is asked that gives no answer, and how long one is believed that has none."""

    enrichment_max_retries: int = Field(3, ge=1, le=5, description="Attempts per provider call, the first included.")
    enrichment_retry_backoff_factor: float = Field(
        2.0, ge=1, description="Seconds before the second attempt; each later one waits so many times longer."
    )
    enrichment_cache_ttl_absent: Span = Field(timedelta(days=7), description='How long "there is none" is believed.')


class LastfmSettings(BreakerSettings):
    """Last.fm."""

    lastfm_api_key: SecretStr = Field(SecretStr(""), description="Key of the Last.fm API; without it Last.fm is off.")
    lastfm_url: str = Field("https://ws.audioscrobbler.com/2.0/", description="Where Last.fm's API is.")
    lastfm_rate_per_second: float = Field(
        4.0, gt=0, description="Calls to Last.fm per second, all processes of this machine together."
    )
    lastfm_circuit_breaker_threshold: int = Field(3, ge=1, description="Faults in a row that open Last.fm's breaker.")
    lastfm_circuit_breaker_timeout: Span = Field(timedelta(seconds=300), description="How long Last.fm's breaker stays open.")

    def breaker_of(self, provider: str) -> tuple[int, timedelta]:
        if provider == "lastfm":
            return self.lastfm_circuit_breaker_threshold, self.lastfm_circuit_breaker_timeout
        return super().breaker_of(provider)


class SpotifySettings(BreakerSettings):
    """Spotify."""

    spotify_client_id: str = Field("", description="Client id of your Spotify app; without it and its secret Spotify is off.")
    spotify_client_secret: SecretStr = Field(SecretStr(""), description="Secret of your Spotify app.")
    spotify_api_url: str = Field("https://api.spotify.com/v1", description="Where Spotify's Web API is.")
    spotify_accounts_url: str = Field("https://accounts.spotify.com", description="Where Spotify gives out tokens.")
    spotify_rate_per_second: float = Field(4.0, gt=0, description="Calls to Spotify per second, all processes together.")


class MusicbrainzSettings(BreakerSettings):
    """MusicBrainz."""

    musicbrainz_url: str = Field("https://musicbrainz.org/ws/2", description="Where MusicBrainz, or your mirror of it, is.")
    musicbrainz_rate_per_second: float = Field(
        0.8, gt=0, description="Calls to MusicBrainz per second, all processes together; 1 or more only on your own mirror."
    )
    enrichment_timeout_musicbrainz: Span = Field(timedelta(seconds=5), description="Longest wait for one answer of MusicBrainz.")


class WikidataSettings(BreakerSettings):
    """Wikidata."""

    wikidata_sparql_url: str = Field("https://query.wikidata.org/sparql", description="Where Wikidata answers SPARQL.")
    wikidata_rate_per_second: float = Field(1.0, gt=0, description="Queries to Wikidata per second, all processes together.")
    enrichment_timeout_wikidata: Span = Field(timedelta(seconds=8), description="Longest wait for one answer of Wikidata.")


class ListenbrainzSettings(BreakerSettings):
    """ListenBrainz."""

    listenbrainz_url: str = Field("https://api.listenbrainz.org", description="Where ListenBrainz is.")
    listenbrainz_token: SecretStr = Field(SecretStr(""), description="Your ListenBrainz token; reading needs none.")
    listenbrainz_rate_per_second: float = Field(
        2.0, gt=0, description="Calls to ListenBrainz per second, all processes together."
    )


class EnrichmentSettings(AskingSettings, LastfmSettings, SpotifySettings, MusicbrainzSettings):
    """What all services need that ask several providers about one thing, and remember what they said."""

    enrichment_language: str = Field("en", pattern="^[a-z]{2}$", description="Language of texts when the caller names none.")
    enrichment_timeout_lastfm: Span = Field(timedelta(seconds=5), description="Longest wait for one answer of Last.fm.")
    enrichment_timeout_spotify: Span = Field(timedelta(seconds=5), description="Longest wait for one answer of Spotify.")
    enrichment_timeout_total: Span = Field(
        timedelta(seconds=8), description="Longest wait of a caller for all providers of one read together."
    )
    enrichment_timeout_leisure: Span = Field(timedelta(minutes=5), description="The same for a job, for which nobody waits.")
    enrichment_cache_ttl_memory: Span = Field(timedelta(minutes=5), description="How long an answer stays in a process's memory.")
    enrichment_cache_ttl_redis: Span = Field(timedelta(hours=1), description="How long an answer stays in Redis; 24 h at most.")
    enrichment_cache_ttl_counts: Span = Field(timedelta(days=1), description="How long listeners and playcount count as fresh.")
    enrichment_cache_ttl_tags: Span = Field(timedelta(days=14), description="How long tags count as fresh.")
    enrichment_cache_ttl_identity: Span = Field(
        timedelta(days=90), description="How long it counts as known who an artist or what an album is elsewhere."
    )
    enrichment_refresh_ahead: Span = Field(
        timedelta(hours=2), description="How long before it is due what the library holds is asked for anew; 0: only when asked."
    )
    enrichment_cache_memory_bytes: int = Field(32 * 2**20, ge=2**20, description="Bytes of answers a process keeps in memory.")
