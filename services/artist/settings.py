"""What can a person configure about the artist service?"""

from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field, SecretStr, field_validator

from kernel.settings import Names, Port, Span
from services.artist.domain import ArtistField
from upstreams.settings import EnrichmentSettings, ListenbrainzSettings, WikidataSettings

PROVIDERS = ("musicbrainz", "spotify", "lastfm", "apify", "listenbrainz", "wikidata")


class ArtistSettings(EnrichmentSettings, ListenbrainzSettings, WikidataSettings):
    """Settings of the artist service; the environment names are the field names in capitals."""

    own_prefixes: ClassVar[tuple[str, ...]] = ("ARTIST_",)

    artist_port: Port = Field(
        50051, description="gRPC port of the artist service; its health server is 10 above, its metrics 20 above."
    )

    enrichment_apify_api_token: SecretStr = Field(
        SecretStr(""), description="Token of Apify; without it monthly listeners are off."
    )
    apify_url: str = Field("https://api.apify.com/v2", description="Where Apify's API is.")
    apify_rate_per_second: float = Field(5.0, gt=0, description="Runs started at Apify per second, all processes together.")
    enrichment_apify_artists_per_day: int = Field(500, ge=0, description="Artists asked of Apify a day at most; 0: none.")
    enrichment_apify_artists_per_month: int = Field(5000, ge=0, description="Artists asked of Apify a month at most; 0: none.")

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

    enrichment_timeout_apify: Span = Field(timedelta(seconds=20), description="Longest wait for a run of Apify for one artist.")
    enrichment_timeout_apify_batch: Span = Field(
        timedelta(minutes=5), description="Longest wait for a run of Apify for many artists."
    )
    enrichment_timeout_listenbrainz: Span = Field(
        timedelta(seconds=5), description="Longest wait for one answer of ListenBrainz."
    )
    enrichment_cache_ttl_similar: Span = Field(timedelta(days=14), description="How long similar artists count as fresh.")
    enrichment_cache_ttl_monthly_listeners: Span = Field(
        timedelta(days=1), description="How long monthly listeners count as fresh."
    )
    enrichment_cache_ttl_labels: Span = Field(timedelta(days=1), description="How long releases and their labels count as fresh.")
    enrichment_cache_ttl_management: Span = Field(timedelta(days=7), description="How long management counts as fresh.")

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
