"""Which providers are on, and who guards each of them? Part of the composition root: nothing else constructs them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from facts.asking import Asker
from kernel.clock import Clock
from kernel.guard import Guard
from kernel.http import HttpClient
from kernel.retry import RetryPolicy
from services.album import asking
from services.album.asking import Question
from services.album.descriptions import digest
from services.album.domain import AlbumIdentity, Brief, Description, Kind, TrackIdentity, TrackKind
from services.album.providers import euria, lastfm, musicbrainz, spotify
from services.album.settings import PROVIDERS, AlbumSettings
from upstreams.metrics import UpstreamMeter
from upstreams.providing import CALLS_A_QUESTION, GuardRoom, Memory, left_out, off_without_keys

AlbumQuestions = list[Question[AlbumIdentity, Kind]]
TrackQuestions = list[Question[TrackIdentity, TrackKind]]


@dataclass(frozen=True, slots=True)
class Switchboard:
    """The questions that can be asked, in the order of trust; `description` is None where nobody writes. `off`: for each provider
    that has no key, what would switch it on.
    """

    albums: AlbumQuestions
    tracks: TrackQuestions
    description: Question[Brief, Kind] | None
    off: dict[str, str]


@dataclass(slots=True)
class Providing:
    """Builds what stands between the pipelines and the providers."""

    settings: AlbumSettings
    clock: Clock
    http: HttpClient
    meter: UpstreamMeter
    memory: Memory
    spending: euria.SpendsCarefully
    _room: GuardRoom = field(init=False)

    def __post_init__(self) -> None:
        self._room = GuardRoom(self.settings, self.clock, self.meter)

    @property
    def closers(self) -> list[Callable[[], None]]:
        """To be called at the end."""
        return self._room.closers

    def build(self) -> Switchboard:
        """Everything that is on."""
        wanted = self.settings.album_providers
        off = {name: why for name, why in off_without_keys(self.settings).items() if name in wanted}
        albums: AlbumQuestions = []
        tracks: TrackQuestions = []
        if lastfm.NAME in wanted and lastfm.NAME not in off:
            pages, askers = self._lastfm()
            albums += asking.lastfm_questions(pages, askers, self.settings.enrichment_language)
            tracks += asking.track_questions(pages, askers)
        if spotify.NAME in wanted and spotify.NAME not in off:
            albums += self._spotify()
        if musicbrainz.NAME in wanted:
            albums += self._musicbrainz()
        for name in PROVIDERS:
            why = off.get(name, "") if name in wanted else left_out(name, "ALBUM_PROVIDERS")
            self.meter.watch(name, kinds=len([each for each in albums if each.provider == name]), off=why)
        return Switchboard(albums, tracks, self._description(off), off)

    def _lastfm(self) -> tuple[lastfm.LastfmAlbums, asking.Askers]:
        settings, timeout = self.settings, self.settings.enrichment_timeout_lastfm
        guard = self._guard(lastfm.NAME, settings.lastfm_rate_per_second, timeout)
        key = settings.lastfm_api_key.get_secret_value()
        pages = lastfm.LastfmAlbums(self.http, api_key=key, url=settings.lastfm_url, timeout=timeout, clock=self.clock)
        return pages, self._askers(guard)

    def _spotify(self) -> AlbumQuestions:
        settings, timeout = self.settings, self.settings.enrichment_timeout_spotify
        guard = self._guard(spotify.NAME, settings.spotify_rate_per_second, timeout * CALLS_A_QUESTION)
        shop = spotify.SpotifyAlbums(
            self.http,
            client_id=settings.spotify_client_id,
            client_secret=settings.spotify_client_secret.get_secret_value(),
            url=settings.spotify_api_url,
            accounts_url=settings.spotify_accounts_url,
            timeout=timeout,
            clock=self.clock,
            pace=guard.pace,
        )
        return asking.spotify_questions(shop, self._askers(guard))

    def _musicbrainz(self) -> AlbumQuestions:
        settings, timeout = self.settings, self.settings.enrichment_timeout_musicbrainz
        guard = self._guard(musicbrainz.NAME, settings.musicbrainz_rate_per_second, timeout * CALLS_A_QUESTION)
        directory = musicbrainz.MusicbrainzReleases(
            self.http, url=settings.musicbrainz_url, timeout=timeout, clock=self.clock, pace=guard.pace
        )
        return asking.musicbrainz_questions(directory, self._askers(guard))

    def _description(self, off: dict[str, str]) -> Question[Brief, Kind] | None:
        settings = self.settings
        token = settings.euria_token.get_secret_value()
        if not token or not settings.euria_url:
            off[euria.NAME] = "Descriptions are off: set EURIA_TOKEN and EURIA_URL."
            self.meter.watch(euria.NAME, off=off[euria.NAME])
            return None
        self.meter.watch(euria.NAME)
        # Asked once: a repeated call would be another text to pay for.
        guard = self._guard(euria.NAME, settings.euria_rate_per_second, settings.euria_timeout, attempts=1)
        writer = euria.EuriaDescriptions(
            self.http,
            token=token,
            url=settings.euria_url,
            model=settings.euria_model,
            timeout=settings.euria_timeout,
            clock=self.clock,
            spending=self.spending,
        )
        return Question(
            Kind.DESCRIPTION,
            lambda brief, _: writer.write(brief),
            lambda brief, _: f"euria:album:{settings.euria_model}:{euria.PROMPT_VERSION}:{digest(brief)}",
            self._askers(guard)("description", Description),
            has_text=True,
        )

    def _askers(self, guard: Guard) -> asking.Askers:
        def asker(operation: str, shape: Any) -> Asker[Any]:
            return self.memory.asker(guard, operation, shape, self.meter)

        return asker

    def _guard(self, name: str, rate: float, timeout: timedelta, *, attempts: int | None = None) -> Guard:
        settings = self.settings
        retry = RetryPolicy(attempts or settings.enrichment_max_retries, settings.enrichment_retry_backoff_factor)
        return self._room.build(name, rate=rate, timeout=timeout, retry=retry)
