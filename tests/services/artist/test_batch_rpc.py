"""Batches over real gRPC, with the sandbox as the internet and a worker in this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest

from kernel.clock import Clock
from kernel.job_worker import JobWorker
from soniquebay.artist.v1 import artist_pb2 as pb
from tests.fakes.clock import StandingClock
from tests.fakes.patience import eventually
from tests.sandbox.running import RunningSandbox
from tests.services.artist.running import RunningArtist, refusal
from tests.services.running import Refusal

UNKNOWN = "0" * 22
RADIOHEAD = "4Z8W4fKeB5YxbusRsdQVPb"
BAD = grpc.StatusCode.INVALID_ARGUMENT
PROVIDERS = ("lastfm", "spotify", "apify", "musicbrainz", "listenbrainz", "wikidata")
FAST: dict[str, Any] = {f"{provider}_rate_per_second": 10_000.0 for provider in PROVIDERS}
MINUTES = 180
BUSY = {"spotify": (40.0, 22), "lastfm": (20.0, 11), "musicbrainz": (10.0, 6), "listenbrainz": (10.0, 6)}
"""Rates, and how many calls a batch is granted in one moment: fewer than its first eight artists want."""
ACCOUNTS = "spotify-accounts"
IN_VAIN = {pb.NOTE_REASON_FAULT, pb.NOTE_REASON_DEFERRED}


@contextmanager
def serving(
    sandbox: RunningSandbox, folder: Path, *, works: bool = True, clock: Clock | None = None, **settings: Any
) -> Iterator[RunningArtist]:
    with RunningArtist(sandbox.url, folder, clock, every_source=True, **(FAST | settings)) as service:
        worker = JobWorker(service.parts.jobs, name="artist", threads=2, poll=timedelta(milliseconds=50))
        if works:
            worker.start()
        yield service
        if works:
            worker.stop()


@pytest.fixture
def spotify_ids(sandbox: RunningSandbox) -> list[str]:
    """Of artists that every upstream knows, all different."""
    listed = sandbox.control("identities")["identities"]
    known = [each["spotify_id"] for each in listed if each["spotify_id"] and each["is_linked"] and each["wikidata_id"]]
    return list(dict.fromkeys(known))


def enrich(service: RunningArtist, ids: list[str], seconds: float = MINUTES, **rest: Any) -> list[pb.EnrichedArtist]:
    answer = service.stub.BatchEnrichArtists(pb.BatchEnrichArtistsRequest(artist_ids=ids, **rest), timeout=seconds)
    return list(answer.enriched_artists)


def watch(service: RunningArtist, batch_id: str) -> Any:
    return service.stub.WatchBatch(pb.WatchBatchRequest(batch_id=batch_id), timeout=MINUTES)


def is_begun(service: RunningArtist, batch_id: str) -> bool:
    try:
        next(watch(service, batch_id))
    except grpc.RpcError as error:
        return error.code() is not grpc.StatusCode.NOT_FOUND
    return True


@contextmanager
def waiting_for(service: RunningArtist, ids: list[str], batch_id: str) -> Iterator[None]:
    """The batch is begun, and somebody waits for it as long as the block lasts."""
    answer = service.stub.BatchEnrichArtists.future(
        pb.BatchEnrichArtistsRequest(artist_ids=ids, batch_id=batch_id), timeout=MINUTES
    )
    try:
        assert eventually(lambda: is_begun(service, batch_id))
        yield
    finally:
        answer.cancel()


def notes_of(artists: list[pb.EnrichedArtist], provider: str) -> Counter[int]:
    return Counter(note.reason for each in artists for note in each.notes if note.provider == provider)


def test_fifty_artists_cost_one_run_and_one_query_and_one_nobody_knows_fails_alone(sandbox, tmp_path, spotify_ids):
    ids = [*spotify_ids[:30], UNKNOWN, *spotify_ids[30:49]]

    with serving(sandbox, tmp_path) as service:
        artists = enrich(service, ids)

    counters = sandbox.control("counters")
    assert [each.artist_id for each in artists] == ids
    assert [at for at, each in enumerate(artists) if each.error] == [30]
    assert not artists[30].HasField("artist")
    assert (counters["apify"]["run"], counters["apify"].get("run-sync", 0)) == (1, 0)
    assert counters["wikidata"]["total"] == 1
    known = artists[:30] + artists[31:]
    assert all(each.artist.name and each.monthly_listeners.value and each.artist.spotify_id == each.artist_id for each in known)
    assert sum(bool(each.lastfm.listeners and each.artist.mbid) for each in known) >= 45


def test_beyond_the_days_allowance_the_rest_of_an_artists_facts_is_there_with_a_note(sandbox, tmp_path, spotify_ids):
    with serving(sandbox, tmp_path, enrichment_apify_artists_per_day=3) as service:
        artists = enrich(service, spotify_ids[:12])

    assert [each.error for each in artists] == [""] * 12
    assert sum(bool(each.monthly_listeners.value) for each in artists) == 3
    assert notes_of(artists, "apify") == {pb.NOTE_REASON_DEFERRED: 9}
    assert all(each.artist.name and each.spotify.url for each in artists)
    assert sandbox.control("counters")["apify"]["run"] == 1


def test_asked_again_a_batch_that_is_over_costs_no_call_and_forced_it_runs_anew(sandbox, tmp_path, spotify_ids):
    with serving(sandbox, tmp_path) as service:
        first = enrich(service, spotify_ids[:3], batch_id="mine")
        spent = sandbox.control("counters")
        again = enrich(service, spotify_ids[:3], batch_id="mine")
        other = enrich(service, spotify_ids[:3])
        spent_again = sandbox.control("counters")

        enrich(service, spotify_ids[:3], batch_id="mine", force_refresh=True)

    assert [each.artist.name for each in again] == [each.artist.name for each in first] == [each.artist.name for each in other]
    assert spent_again == spent
    assert sandbox.control("counters")["apify"]["run"] == 2


def test_who_has_no_time_left_gets_what_is_done_and_the_work_goes_on(sandbox, tmp_path, spotify_ids):
    with serving(sandbox, tmp_path, works=False) as service:
        early = enrich(service, spotify_ids[:2], seconds=3.5, batch_id="mine")
    with serving(sandbox, tmp_path) as service:
        late = enrich(service, spotify_ids[:2], batch_id="mine")

    assert [each.artist_id for each in early] == spotify_ids[:2]
    assert all("not done yet" in each.error for each in early)
    assert [each.error for each in late] == ["", ""]


def test_a_batch_is_watched_from_its_snapshot_to_its_end(sandbox, tmp_path, spotify_ids):
    ids = [*spotify_ids[:4], UNKNOWN]

    with serving(sandbox, tmp_path, works=False) as service, waiting_for(service, ids, "mine"):
        early = watch(service, "mine")
        snapshot = next(early)
        worker = JobWorker(service.parts.jobs, name="artist", threads=2, poll=timedelta(milliseconds=50))
        worker.start()
        seen, late = list(early), list(watch(service, "mine"))
        worker.stop()

    assert snapshot.progress == pb.BatchProgress(total=5)
    told = [message.artist for message in seen if message.HasField("artist")]
    assert sorted(each.position for each in told) == list(range(5))
    assert all(ids[each.position] == each.artist_id and bool(each.name) != bool(each.error) for each in told)
    assert seen[-1].progress == late[-1].progress == pb.BatchProgress(total=5, done=5, failed=1, ended=True)
    assert [message.progress.ended for message in seen].count(True) == 1
    assert late[0].progress == pb.BatchProgress(total=5, done=5, failed=1)
    assert [message.artist for message in late[1:-1]] == told


def test_nobody_can_watch_a_batch_that_was_never_asked_for(sandbox, tmp_path):
    with serving(sandbox, tmp_path, works=False) as service, pytest.raises(grpc.RpcError) as caught:
        next(watch(service, "no-such"))

    assert Refusal(caught.value).code is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize(
    ("ids", "fields"),
    [
        ([], ["artist_ids"]),
        ([f"{number:022d}" for number in range(51)], ["artist_ids"]),
        ([RADIOHEAD, "nobody", RADIOHEAD, ""], ["artist_ids[1]", "artist_ids[3]", "artist_ids[2]"]),
    ],
)
def test_a_request_that_can_never_be_right_is_refused_by_its_field(sandbox, tmp_path, ids, fields):
    with serving(sandbox, tmp_path, works=False) as service:
        refused = refusal(service, "BatchEnrichArtists", pb.BatchEnrichArtistsRequest(artist_ids=ids))

    assert (refused.code, refused.fields) == (BAD, fields)


def test_a_name_that_was_used_for_other_artists_is_refused(sandbox, tmp_path, spotify_ids):
    with serving(sandbox, tmp_path, works=False) as service, waiting_for(service, spotify_ids[:2], "mine"):
        refused = refusal(service, "BatchEnrichArtists", pb.BatchEnrichArtistsRequest(artist_ids=[RADIOHEAD], batch_id="mine"))

    assert refused.code is grpc.StatusCode.ALREADY_EXISTS


def calls(sandbox: RunningSandbox) -> Counter[str]:
    """How many calls each provider had so far."""
    return Counter({provider: counts["total"] for provider, counts in sandbox.control("counters").items()} | {ACCOUNTS: 0})


def click(service: RunningArtist, spotify_id: str) -> pb.EnrichedArtist:
    answer: pb.EnrichArtistResponse = service.call("EnrichArtist", pb.EnrichArtistRequest(spotify_artist_id=spotify_id))
    return answer.enriched_artist


def calls_of_clicks(sandbox: RunningSandbox, folder: Path, ids: list[str]) -> Counter[str]:
    """What the clicks cost where nobody does anything else."""
    before = calls(sandbox)
    with serving(sandbox, folder, works=False) as service:
        for spotify_id in ids:
            click(service, spotify_id)
    return calls(sandbox) - before


def test_a_click_meanwhile_goes_first_at_every_provider(sandbox, tmp_path, spotify_ids):
    clock, clicked = StandingClock(), spotify_ids[1:3]
    alone = calls_of_clicks(sandbox, tmp_path / "alone", clicked)
    rates: dict[str, Any] = {f"{provider}_rate_per_second": rate for provider, (rate, _) in BUSY.items()}
    used_up = {provider: share for provider, (_, share) in BUSY.items()}

    before = calls(sandbox)
    with (
        serving(sandbox, tmp_path / "busy", clock=clock, **rates) as service,
        clock.standing(),
        waiting_for(service, spotify_ids[10:40], "batch"),
    ):
        assert eventually(lambda: used_up.items() <= (calls(sandbox) - before).items())
        waiting = calls(sandbox)
        answers = [click(service, clicked[0])]
        clock.advance(1.9)  # the batch might go on by its own rate, and by no other
        answers += [click(service, clicked[1])]
        answered = calls(sandbox)
        clock.advance(2.1)
        goes_on = eventually(lambda: used_up.keys() <= (calls(sandbox) - answered).keys())

    assert alone.keys() == set(PROVIDERS)
    assert answered - waiting == alone
    assert not [note for each in answers for note in each.notes if note.reason in IN_VAIN]
    assert goes_on


def test_a_batch_that_no_database_could_hold_the_name_of_is_refused_by_its_field(service):
    with pytest.raises(grpc.RpcError) as refused:
        list(service.stub.WatchBatch(pb.WatchBatchRequest(batch_id="a\0b"), timeout=10))

    assert Refusal(refused.value).fields == ["batch_id"]
