"""Which outside sources are on, and who guards each of their upstreams? Part of the composition root."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from kernel.clock import Clock
from kernel.guard import Guard
from kernel.http import HttpClient
from kernel.retry import RetryPolicy
from services.cover.domain import Kind, SourceName
from services.cover.fetching import Fetcher, Hosts, Shelf, host_port_of
from services.cover.providers import FindsPictures, commons, coverartarchive, deezer, lastfm
from services.cover.providers.musicbrainz import Directory
from services.cover.settings import CoverSettings
from upstreams import musicbrainz, wikidata
from upstreams.metrics import UpstreamMeter
from upstreams.providing import CALLS_A_QUESTION, GuardRoom

Built = Mapping[SourceName, FindsPictures]

_OFF: Mapping[Kind, Mapping[SourceName, str]] = {
    Kind.ALBUM: {
        SourceName.COVERARTARCHIVE: "The Cover Art Archive is off: add coverartarchive to COVER_ALBUM_SOURCES.",
        SourceName.LASTFM: "Last.fm's pictures are off: add lastfm to COVER_ALBUM_SOURCES.",
    },
    Kind.ARTIST: {
        SourceName.COMMONS: "Wikimedia Commons is off: add commons to COVER_ARTIST_SOURCES.",
        SourceName.DEEZER: "Deezer is off: add deezer to COVER_ARTIST_SOURCES.",
    },
}


@dataclass(frozen=True, slots=True)
class Outside:
    """By kind: the sources that are on, in the order they are asked in, and why each of the others is off."""

    on: Mapping[Kind, Built]
    off: Mapping[Kind, Mapping[SourceName, str]]


@dataclass(slots=True)
class Providing:
    """Builds what finds pictures outside of the music folder."""

    settings: CoverSettings
    clock: Clock
    http: HttpClient
    meter: UpstreamMeter
    _room: GuardRoom = field(init=False)
    _fetcher: Fetcher = field(init=False)
    _guards: dict[str, Guard] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._room = GuardRoom(self.settings, self.clock, self.meter)
        self._fetcher = Fetcher(self.http, timeout=self.settings.cover_timeout_image, clock=self.clock)

    @property
    def closers(self) -> list[Callable[[], None]]:
        """To be called at the end."""
        return self._room.closers

    def build(self) -> Outside:
        """Everything that is on."""
        on = {kind: self._build(kind) for kind in Kind}
        off = {kind: {name: why for name, why in _OFF[kind].items() if name not in on[kind]} for kind in Kind}
        for name, why in (each for kind in Kind for each in off[kind].items()):
            self.meter.watch(name, off=why)
        return Outside(on, off)

    def _build(self, kind: Kind) -> Built:
        builders: Mapping[SourceName, Callable[[], FindsPictures]] = {
            SourceName.COVERARTARCHIVE: self._coverartarchive,
            SourceName.LASTFM: self._lastfm,
            SourceName.COMMONS: self._commons,
            SourceName.DEEZER: self._deezer,
        }
        return {name: builders[name]() for name in self.settings.sources_of(kind) if name in builders}

    def _coverartarchive(self) -> FindsPictures:
        settings = self.settings
        own = self._guard(SourceName.COVERARTARCHIVE, settings.coverartarchive_rate_per_second, settings.cover_timeout_image)
        shelf = Shelf(self._hosts(coverartarchive.HOSTS, settings.coverartarchive_url), own, self._images("archive"))
        return coverartarchive.CoverArtArchive(self._fetcher, shelf, self._directory(), url=settings.coverartarchive_url)

    def _lastfm(self) -> FindsPictures:
        url = self.settings.lastfm_images_url
        return lastfm.LastfmImages(self._fetcher, self._shelf("lastfm-images", lastfm.HOSTS, url), url=url)

    def _commons(self) -> FindsPictures:
        settings, timeout = self.settings, self.settings.enrichment_timeout_wikidata
        door = wikidata.Door(self.http, url=settings.wikidata_sparql_url, timeout=timeout, clock=self.clock)
        portraits = commons.Portraits(door, self._guard(wikidata.NAME, settings.wikidata_rate_per_second, timeout))
        timeout = settings.cover_timeout_api
        guard = self._guard(SourceName.COMMONS, settings.commons_rate_per_second, timeout)
        api = commons.Commons(self.http, url=settings.commons_url, timeout=timeout, clock=self.clock, guard=guard)
        shelf = self._shelf("commons-images", commons.HOSTS, settings.commons_url)
        return commons.CommonsPhotos(self._fetcher, shelf, portraits=portraits, commons=api)

    def _deezer(self) -> FindsPictures:
        settings, timeout = self.settings, self.settings.cover_timeout_api
        guard = self._guard(SourceName.DEEZER, settings.deezer_rate_per_second, timeout)
        api = deezer.Api(self.http, url=settings.deezer_url, timeout=timeout, clock=self.clock, guard=guard)
        shelf = self._shelf("deezer-images", deezer.HOSTS, settings.deezer_url)
        return deezer.DeezerPhotos(self._fetcher, shelf, directory=self._directory(), api=api)

    def _directory(self) -> Directory:
        settings, timeout = self.settings, self.settings.enrichment_timeout_musicbrainz
        guard = self._guard(musicbrainz.NAME, settings.musicbrainz_rate_per_second, timeout * CALLS_A_QUESTION)
        return Directory(self.http, url=settings.musicbrainz_url, timeout=timeout, clock=self.clock, guard=guard)

    def _shelf(self, name: str, names: Collection[str], url: str = "") -> Shelf:
        guard = self._images(name)
        return Shelf(self._hosts(names, url), guard, guard)

    def _images(self, name: str) -> Guard:
        return self._guard(name, self.settings.cover_images_rate_per_second, self.settings.cover_timeout_image)

    def _hosts(self, names: Collection[str], url: str) -> Hosts:
        """Not all that this person trusts: no answer of one upstream may send us to another one's address."""
        own = [host_port_of(url)] if url else []
        return Hosts(frozenset(names), frozenset([*own, *self.settings.upstream_trusted_hosts]))

    def _guard(self, name: str, rate: float, timeout: timedelta) -> Guard:
        """One for each upstream, however many sources ask it: its breaker is theirs together."""
        if name not in self._guards:
            retry = RetryPolicy(self.settings.enrichment_max_retries, self.settings.enrichment_retry_backoff_factor)
            self._guards[name] = self._room.build(name, rate=rate, timeout=timeout, retry=retry)
            self.meter.watch(name)
        return self._guards[name]
