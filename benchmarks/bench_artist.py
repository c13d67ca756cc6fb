"""The artist service through the gateway: hot reads beside their limit, and a thousand artists in one process. `make bench`."""

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import httpx
import psutil

from benchmarks import loading
from benchmarks.bars import Bar, report
from soniquebay.artist.v1 import artist_pb2, artist_pb2_grpc
from tests.fakes.patience import eventually
from tests.fakes.servers import find_free_port
from tests.journeys.running import ENRICH, ROOT, RunningSystem

ARTISTS = 1000
READS = 3000


def main() -> int:
    """The exit status: 1 when a bar was missed, after all were measured."""
    # One provider that takes any number of calls: a thousand artists would wait for MusicBrainz' one call a second.
    unlimited = {"ENRICHMENT_PROVIDERS": "lastfm", "LASTFM_RATE_PER_SECOND": "100000", "LOG_LEVEL": "WARNING"}
    with tempfile.TemporaryDirectory() as folder, RunningSystem(Path(folder), unlimited) as system:
        system.sandbox.put("/_sandbox/limits", json={"lastfm": None})
        bars = [*hot_read(system, Path(folder)), *thousand_artists(system)]
    return report(bars)


def hot_read(system: RunningSystem, folder: Path) -> list[Bar]:
    """The same artist over and over, and the same bytes through nothing but the two frameworks, by turns."""
    body = json.dumps({"name": "Radiohead"}).encode()
    url = f"http://127.0.0.1:{system.gateway_port}{ENRICH}"
    as_json = system.client.post(ENRICH, content=body, headers={"content-type": "application/json"}).content
    with grpc.insecure_channel(f"127.0.0.1:{system.artist_port}") as channel:
        stub = artist_pb2_grpc.ArtistServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        answer = stub.EnrichArtist(artist_pb2.EnrichArtistRequest(name="Radiohead")).SerializeToString()
    with _bare(folder, answer, as_json) as bare_url:
        rounds = [(loading.post(bare_url, body), loading.post(url, body)) for _ in range(3)]
    bare, ours = max(rounds, key=lambda pair: pair[0].per_second)
    print(f"hot read, {len(as_json)} bytes: {ours.per_second:.0f}/s, p50 {ours.p50:.1f} ms, p99 {ours.p99:.1f} ms")
    print(f"  the limit (bare pass-through): {bare.per_second:.0f}/s, p50 {bare.p50:.1f} ms, p99 {bare.p99:.1f} ms")
    one = loading.post(url, body, connections=1, seconds=2)
    print(f"  one caller alone: p50 {one.p50:.1f} ms, p99 {one.p99:.1f} ms")
    return [
        Bar(name="hot reads, share of the limit", figure=ours.per_second / bare.per_second, at_least=0.6),
        Bar(name="p99 of hot reads, times the limit's", figure=ours.p99 / bare.p99, at_most=2),
        Bar(name="p99 of one caller alone, ms", figure=one.p99, at_most=10),
    ]


def thousand_artists(system: RunningSystem) -> list[Bar]:
    """Each once, then a pass in which few are asked for often and most seldom."""
    process = next(p for p in psutil.Process(system.process.pid).children() if "services.artist" in " ".join(p.cmdline()))
    before = process.memory_info().rss
    names = [f"Fictional Band {number + 1:04}" for number in range(ARTISTS)]
    for name in names:
        _expect_200(system.enrich(name=name))
    first = _figures(system)
    chooser = random.Random(1)  # noqa: S311 - a trace, not a secret
    for name in chooser.choices(names, weights=[1 / (rank + 1) for rank in range(ARTISTS)], k=READS):
        _expect_200(system.enrich(name=name))
    second = _figures(system)
    growth = (process.memory_info().rss - before) / 2**20
    calls = second["requests"] - first["requests"]
    ratio = 1 - calls / (3 * READS)
    print(f"{ARTISTS} artists, then {READS} reads: {calls} calls in the second pass, hit ratio {ratio:.3f}")
    print(f"  the service's own figure over both passes: {second['cache_hit_rate']:.3f}")
    print(f"  resident memory grew by {growth:.0f} MB")
    return [
        Bar(name="hit ratio of the second pass", figure=ratio, at_least=0.8),
        Bar(name="growth of resident memory, MB", figure=growth, at_most=100),
    ]


def _figures(system: RunningSystem) -> dict[str, float]:
    figures: dict[str, float] = system.client.get("/api/v1/enrichment/metrics").json()["lastfm"]
    return figures


def _expect_200(answer: httpx.Response) -> None:
    if answer.status_code != 200:  # noqa: PLR2004
        raise RuntimeError(answer.text)


@contextmanager
def _bare(folder: Path, answer: bytes, as_json: bytes) -> Iterator[str]:
    port, grpc_port = find_free_port(), find_free_port()
    (folder / "answer").write_bytes(answer)
    (folder / "json").write_bytes(as_json)
    commands = (["serve", str(folder / "answer"), str(grpc_port)], ["pass", str(folder / "json"), str(port), str(grpc_port)])
    running = [subprocess.Popen([sys.executable, "-m", "benchmarks.bare", *each], cwd=ROOT) for each in commands]  # noqa: S603
    url = f"http://127.0.0.1:{port}/pass"
    try:
        eventually(lambda: _is_up(url))
        yield url
    finally:
        for process in running:
            process.terminate()
            process.wait()


def _is_up(url: str) -> bool:
    try:
        return httpx.post(url, content=b"{}", trust_env=False).status_code == 200  # noqa: PLR2004
    except httpx.TransportError:
        return False


if __name__ == "__main__":
    sys.exit(main())
