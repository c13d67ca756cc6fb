"""A cold enrichment by Spotify link beside its limit, the slowest provider's own time. `make bench`."""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.bars import Bar, report
from tests.journeys.running import RunningSystem

ARTISTS = 5
WELL_KNOWN = 1_000_000  # listeners
TIMES_THE_SLOWEST = 1.15
DELAYS = {"lastfm": 0.3, "spotify": 0.4, "musicbrainz": 0.5, "wikidata": 0.5, "listenbrainz": 0.5, "apify": 2.0}
"""Seconds each upstream takes to answer; a run of Apify is the slowest by far, as it is outside."""

_ACTOR = "augeas~spotify-monthly-listeners"


def main() -> int:
    """The exit status: 1 when the bar was missed."""
    with tempfile.TemporaryDirectory() as folder, RunningSystem(Path(folder), {"LOG_LEVEL": "WARNING"}) as system:
        ids = _strangers(system)
        _expect_200(system.enrich(spotify_artist_id=ids.pop()))  # connections and tokens are there, as in a service that runs
        with _delayed(system):
            pairs = [(_ask_apify(system, spotify_id), _enrich(system, spotify_id)) for spotify_id in ids]
    slowest, ours = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"cold enrichment of {ARTISTS} artists, median: {ours * 1000:.0f} ms")
    print(f"  the slowest provider alone, median: {slowest * 1000:.0f} ms; each of ours: {_in_ms(own for _, own in pairs)}")
    return report([Bar(name="cold enrichment, times the slowest provider", figure=ours / slowest, at_most=TIMES_THE_SLOWEST)])


def _strangers(system: RunningSystem) -> list[str]:
    """Spotify ids of artists nobody asked about yet, whom every upstream knows."""
    listed = system.sandbox.get("/_sandbox/identities").json()["identities"]
    known = [one for one in listed if one["wikidata_id"] and one["is_linked"] and one["artist"]["listeners"] > WELL_KNOWN]
    return [one["spotify_id"] for one in known][: ARTISTS + 1]


@contextmanager
def _delayed(system: RunningSystem) -> Iterator[None]:
    for provider, seconds in DELAYS.items():
        system.script(provider=provider, fault={"kind": "delay", "seconds": seconds})
    yield
    system.sandbox.delete("/_sandbox/faults")


def _ask_apify(system: RunningSystem, spotify_id: str) -> float:
    """How long the slowest provider itself takes, in seconds."""
    body = {"startUrls": [{"url": f"https://open.spotify.com/artist/{spotify_id}"}]}
    url = f"/apify/v2/acts/{_ACTOR}/run-sync-get-dataset-items"
    started = time.perf_counter()
    answer = system.sandbox.post(url, json=body, headers={"authorization": "Bearer sandbox-token"})
    if answer.is_error:
        raise RuntimeError(answer.text)
    return time.perf_counter() - started


def _enrich(system: RunningSystem, spotify_id: str) -> float:
    """How long we take to tell everything, in seconds."""
    started = time.perf_counter()
    answer = system.enrich(spotify_url=f"https://open.spotify.com/artist/{spotify_id}")
    took = time.perf_counter() - started
    _expect_200(answer)
    missing = [note for note in answer.json()["notes"] if note["reason"] in {"NOTE_REASON_FAULT", "NOTE_REASON_DEFERRED"}]
    if missing:
        raise RuntimeError(f"not everything was answered: {missing}")
    return took


def _expect_200(answer: httpx.Response) -> None:
    if answer.status_code != 200:  # noqa: PLR2004
        raise RuntimeError(answer.text)


def _in_ms(times: Iterator[float]) -> str:
    return ", ".join(f"{each * 1000:.0f}" for each in times)


if __name__ == "__main__":
    sys.exit(main())
