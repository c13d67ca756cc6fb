"""Which providers are on, and who guards each of them? Part of the composition root: nothing else constructs them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from kernel.clock import Clock
from kernel.guard import Guard
from kernel.http import HttpClient
from kernel.retry import RetryPolicy
from services.artist.asking import sources
from services.artist.asking.questions import Question
from services.artist.metrics import ArtistMeter
from services.artist.providers import apify, lastfm, listenbrainz, musicbrainz, spotify, wikidata
from services.artist.settings import PROVIDERS, ArtistSettings
from upstreams.providing import CALLS_A_QUESTION, GuardRoom, Memory, left_out, off_without_keys


@dataclass(frozen=True, slots=True)
class Switchboard:
    """The questions that can be asked, in the order of trust, and for each provider that is off what would switch it on."""

    questions: tuple[Question, ...]
    off: dict[str, str]


@dataclass(slots=True)
class Providing:
    """Builds what stands between the pipeline and the providers."""

    settings: ArtistSettings
    clock: Clock
    http: HttpClient
    meter: ArtistMeter
    memory: Memory
    spending: apify.SpendsCarefully
    _guards: dict[str, Guard] = field(default_factory=dict, init=False)
    _room: GuardRoom = field(init=False)

    def __post_init__(self) -> None:
        self._room = GuardRoom(self.settings, self.clock, self.meter)

    @property
    def closers(self) -> list[Callable[[], None]]:
        """To be called at the end."""
        return self._room.closers

    def build(self) -> Switchboard:
        """Everything that is on."""
        off = self._off()
        builders: dict[str, Callable[[], list[Question]]] = {
            lastfm.NAME: self._lastfm,
            spotify.NAME: self._spotify,
            apify.NAME: self._apify,
            musicbrainz.NAME: self._musicbrainz,
            listenbrainz.NAME: self._listenbrainz,
            wikidata.NAME: self._wikidata,
        }
        questions: list[Question] = []
        wanted = self.settings.enrichment_providers
        for name in (*wanted, *(name for name in PROVIDERS if name not in wanted)):
            own = builders[name]() if name in wanted and name not in off else []
            questions += own
            why = off.get(name, "") if name in wanted else left_out(name, "ENRICHMENT_PROVIDERS")
            self.meter.watch(name, kinds=len({question.kind for question in own}), off=why)
        return Switchboard(tuple(questions), {name: why for name, why in off.items() if name in wanted})

    def _off(self) -> dict[str, str]:
        settings = self.settings
        off = off_without_keys(settings)
        if not settings.enrichment_apify_api_token.get_secret_value():
            off[apify.NAME] = "Monthly listeners are off: set ENRICHMENT_APIFY_API_TOKEN."
        return off

    def _lastfm(self) -> list[Question]:
        settings, timeout = self.settings, self.settings.enrichment_timeout_lastfm
        self._guard(lastfm.NAME, settings.lastfm_rate_per_second, timeout)
        key = settings.lastfm_api_key.get_secret_value()
        provider = lastfm.LastfmProvider(self.http, api_key=key, url=settings.lastfm_url, timeout=timeout, clock=self.clock)
        return sources.lastfm_questions(lastfm.NAME, provider, self._askers(lastfm.NAME), settings.enrichment_language)

    def _spotify(self) -> list[Question]:
        settings, timeout = self.settings, self.settings.enrichment_timeout_spotify
        guard = self._guard(spotify.NAME, settings.spotify_rate_per_second, timeout * CALLS_A_QUESTION)
        provider = spotify.SpotifyProvider(
            self.http,
            client_id=settings.spotify_client_id,
            client_secret=settings.spotify_client_secret.get_secret_value(),
            url=settings.spotify_api_url,
            accounts_url=settings.spotify_accounts_url,
            timeout=timeout,
            clock=self.clock,
            pace=guard.pace,
        )
        return sources.spotify_questions(spotify.NAME, provider, self._askers(spotify.NAME))

    def _apify(self) -> list[Question]:
        settings = self.settings
        # Asked once: a repeated call would be another run to pay for.
        guard = self._guard(apify.NAME, settings.apify_rate_per_second, settings.enrichment_timeout_apify_batch, attempts=1)
        provider = apify.ApifyProvider(
            self.http,
            token=settings.enrichment_apify_api_token.get_secret_value(),
            url=settings.apify_url,
            timeout=settings.enrichment_timeout_apify,
            batch_timeout=settings.enrichment_timeout_apify_batch,
            clock=self.clock,
            spending=self.spending,
            pace=guard.pace,
        )
        return sources.apify_questions(apify.NAME, provider, self._askers(apify.NAME))

    def _musicbrainz(self) -> list[Question]:
        settings, timeout = self.settings, self.settings.enrichment_timeout_musicbrainz
        guard = self._guard(musicbrainz.NAME, settings.musicbrainz_rate_per_second, timeout * CALLS_A_QUESTION)
        provider = musicbrainz.MusicbrainzProvider(
            self.http, url=settings.musicbrainz_url, timeout=timeout, clock=self.clock, pace=guard.pace
        )
        return sources.musicbrainz_questions(musicbrainz.NAME, provider, self._askers(musicbrainz.NAME))

    def _listenbrainz(self) -> list[Question]:
        settings, timeout = self.settings, self.settings.enrichment_timeout_listenbrainz
        self._guard(listenbrainz.NAME, settings.listenbrainz_rate_per_second, timeout)
        token = settings.listenbrainz_token.get_secret_value()
        provider = listenbrainz.ListenbrainzProvider(
            self.http, url=settings.listenbrainz_url, timeout=timeout, clock=self.clock, token=token
        )
        return sources.listenbrainz_questions(listenbrainz.NAME, provider, self._askers(listenbrainz.NAME))

    def _wikidata(self) -> list[Question]:
        settings, timeout = self.settings, self.settings.enrichment_timeout_wikidata
        self._guard(wikidata.NAME, settings.wikidata_rate_per_second, timeout)
        provider = wikidata.WikidataProvider(self.http, url=settings.wikidata_sparql_url, timeout=timeout, clock=self.clock)
        return sources.wikidata_questions(wikidata.NAME, provider, self._askers(wikidata.NAME))

    def _askers(self, name: str) -> sources.Askers:
        return lambda operation, shape: self.memory.asker(self._guards[name], operation, shape, self.meter)

    def _guard(self, name: str, rate: float, timeout: timedelta, *, attempts: int | None = None) -> Guard:
        settings = self.settings
        retry = RetryPolicy(attempts or settings.enrichment_max_retries, settings.enrichment_retry_backoff_factor)
        self._guards[name] = self._room.build(name, rate=rate, timeout=timeout, retry=retry)
        return self._guards[name]
