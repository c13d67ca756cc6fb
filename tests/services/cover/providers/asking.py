"""Sources as the service builds them, wherever their upstreams are, and their answers in the words of the contract."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry

from kernel.evidence import Absent, Answer, Found
from kernel.http import HttpClient
from services.cover.domain import CoverRef, Grade, Kind, NoPicture, Picture, SourceName, Subject
from services.cover.providers import FindsPictures
from services.cover.providing import Outside, Providing
from services.cover.settings import CoverSettings
from tests.fakes.canned import USER_AGENT
from tests.fakes.clock import FakeClock
from tests.sandbox.running import RunningSandbox
from upstreams.metrics import UpstreamMeter

ALBUM, ARTIST = CoverRef(Kind.ALBUM, "album-1"), CoverRef(Kind.ARTIST, "artist-1")

_SPANS = ("cover_timeout_api", "cover_timeout_image", "enrichment_timeout_musicbrainz", "enrichment_timeout_wikidata")
_PATHS = {
    "coverartarchive_url": "/coverartarchive",
    "commons_url": "/commons/w/api.php",
    "deezer_url": "/deezer",
    "wikidata_sparql_url": "/wikidata/sparql",
    "musicbrainz_url": "/musicbrainz/ws/2",
}


@contextmanager
def door_to(*urls: str) -> Iterator[HttpClient]:
    """One for many sources: making it takes longer than most tests."""
    http = HttpClient(user_agent=USER_AGENT, trusted_hosts=[urlsplit(url).netloc for url in urls])
    try:
        yield http
    finally:
        http.close()


def settings_at(url: str, folder: Path, *, patience: timedelta = timedelta(seconds=5), **said: Any) -> CoverSettings:
    """All upstreams are at `url`, as in the sandbox, but for those named otherwise; each is asked once."""
    urls = {name: f"{url.rstrip('/')}{path}" for name, path in _PATHS.items()}
    trusted = {"upstream_trusted_hosts": (urlsplit(url).netloc,), "enrichment_max_retries": 1}
    return CoverSettings(**{"data_dir": folder, **dict.fromkeys(_SPANS, patience), **urls, **trusted, **said})


@contextmanager
def sources(http: HttpClient, settings: CoverSettings) -> Iterator[Outside]:
    """What the service would ask, its clock standing still but when somebody sleeps."""
    providing = Providing(settings, FakeClock(), http, UpstreamMeter(CollectorRegistry(), {}))
    try:
        yield providing.build()
    finally:
        for close in reversed(providing.closers):
            close()


def source_of(outside: Outside, name: SourceName) -> FindsPictures:
    return next(found for on in outside.on.values() if (found := on.get(name)))


def to_answer(found: Picture | NoPicture) -> Answer[Grade]:
    """The same in the contract's words; a picture is closed."""
    if isinstance(found, NoPicture):
        return Absent(found.reason)
    with_it = (found.grade.name.lower(),)
    found.close()
    return Found(found.grade, found.grade / Grade.OWN, with_it)


def ask(source: FindsPictures, subject: Subject) -> Answer[Grade]:
    return to_answer(source.find(subject))


def script(sandbox: RunningSandbox, fault: Mapping[str, Any], *upstreams: str) -> None:
    """The only fault from now on, of all of these; none when it is empty."""
    sandbox.client.delete("/_sandbox/faults")
    for upstream in upstreams if fault else ():
        sandbox.script({"provider": upstream, "fault": dict(fault)})


def calls(sandbox: RunningSandbox, upstream: str) -> dict[str, int]:
    """How often each method was asked."""
    counted: dict[str, int] = sandbox.control("counters").get(upstream, {})
    return {method: count for method, count in counted.items() if method != "total"}
