"""What the album service does when nobody waits: descriptions, batches of tracks, what an import brought in."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest

from kernel.job_worker import JobWorker
from sandbox.catalogue.library import load_library
from services.album.batches import ENRICH_TRACKS
from services.album.storing.dossiers import ENRICH_ALBUM
from soniquebay.album.v1 import album_pb2 as pb
from soniquebay.facts.v1 import facts_pb2
from tests.fakes.clock import FakeClock
from tests.sandbox.running import RunningSandbox
from tests.services.album.running import RunningAlbum, refusal
from tests.services.artist.running import RunningArtist

DAY = 86_400.0
AIRBAG = pb.TrackName(artist="Radiohead", title="Airbag", album="OK Computer")
JOGA = pb.TrackName(artist="Björk", title="Jóga", album="Homogenic")
LUCKY = pb.TrackName(artist="Radiohead", title="Lucky", album="OK Computer")


def album(service: RunningAlbum, album_id: str) -> pb.EnrichedAlbum:
    answer: pb.GetEnrichedAlbumResponse = service.call("GetEnrichedAlbum", pb.GetEnrichedAlbumRequest(album=album_id))
    return answer.enriched_album


def enrich(service: RunningAlbum, album_id: str) -> pb.EnrichedAlbum:
    answer: pb.EnrichAlbumResponse = service.call("EnrichAlbum", pb.EnrichAlbumRequest(album=album_id))
    return answer.enriched_album


def asked(sandbox: RunningSandbox, provider: str) -> int:
    return int(sandbox.control("counters").get(provider, {}).get("total", 0))


def test_an_album_that_somebody_looked_at_is_described_afterwards_from_what_is_known(asking, sandbox, clock: FakeClock):
    album_id = asking.ensure(AIRBAG).tracks[0].album_id
    assert not enrich(asking, album_id).HasField("description")

    asking.work()
    description = album(asking, album_id).description

    assert description.content
    assert (description.language, description.model) == ("en", "mistral3")
    assert description.prompt_version
    assert {"title: OK Computer", "artist: Radiohead", "released: 1997-05-21"} <= set(description.facts)
    assert description.evidence.provider == "euria"
    assert asked(sandbox, "euria") == 1

    clock.advance(DAY)
    enrich(asking, album_id)
    asking.work()
    assert asked(sandbox, "euria") == 1, "a text stands for months"
    asking.call("RefreshAlbum", pb.RefreshAlbumRequest(album=album_id, kinds=["description"]))
    asking.work()
    assert asked(sandbox, "euria") == 2


@pytest.mark.parametrize("content", ["null", "thinking", "empty", "html", "invented"])
def test_an_album_is_whole_without_a_text_that_cannot_be_used(asking, sandbox, content):
    sandbox.client.put("/_sandbox/euria", json={"content": content})
    album_id = asking.ensure(AIRBAG).tracks[0].album_id

    enrich(asking, album_id)
    asking.work()
    known = album(asking, album_id)

    assert known.HasField("lastfm")
    assert known.genres
    assert not known.HasField("description")
    (note,) = [note for note in known.notes if note.provider == "euria"]
    is_text = content in ("empty", "html", "invented")
    assert note.reason == (facts_pb2.NOTE_REASON_ABSENT if is_text else facts_pb2.NOTE_REASON_FAULT)


@pytest.mark.parametrize("error", ["bad_token", "rate_limit", "validation", "gateway_refusal"])
def test_whatever_the_writer_answers_instead_is_a_note_and_no_more(asking, sandbox, error):
    sandbox.script({"provider": "euria", "fault": {"kind": "euria_error", "code": error}})
    album_id = asking.ensure(AIRBAG).tracks[0].album_id

    enrich(asking, album_id)
    asking.work()
    known = album(asking, album_id)

    assert known.HasField("lastfm")
    assert not known.HasField("description")
    (note,) = [note for note in known.notes if note.provider == "euria"]
    assert note.retry_time.seconds > 0
    assert "sandbox-euria-token" not in note.message


def test_so_many_texts_a_day_and_no_more_over_restarts(
    artists: RunningArtist, sandbox: RunningSandbox, tmp_path: Path, clock: FakeClock
):
    titles = [("OK Computer", "Radiohead"), ("Homogenic", "Björk"), ("Kid A", "Radiohead")]
    capped: dict[str, Any] = {"upstream": sandbox.url, "euria_descriptions_per_day": 1}
    with RunningAlbum(artists.server.port, tmp_path / "album", clock, **capped) as asking:
        names = [pb.TrackName(artist=artist, title="x", album=title) for title, artist in titles]
        ids = [each.album_id for each in asking.ensure(*names).tracks]
        enrich(asking, ids[0])
        asking.work()
    with RunningAlbum(artists.server.port, tmp_path / "album", clock, **capped) as asking:
        for album_id in ids[1:]:
            enrich(asking, album_id)
        asking.work()
        assert asked(sandbox, "euria") == 1
        assert [album(asking, each).HasField("description") for each in ids] == [True, False, False]
        (note,) = [note for note in album(asking, ids[1]).notes if note.provider == "euria"]
        assert "1 texts a day" in note.message
        assert note.reason == facts_pb2.NOTE_REASON_DEFERRED

        clock.advance(DAY)
        asking.work()
        assert asked(sandbox, "euria") == 2


def batch(service: RunningAlbum, *track_ids: str, types: tuple[str, ...] = ()) -> str:
    request = pb.BatchEnrichTracksRequest(track_ids=track_ids, types=types)
    return str(service.call("BatchEnrichTracks", request).created_batch.batch_id)


def found(service: RunningAlbum, batch_id: str) -> pb.TrackBatch:
    answer: pb.GetTrackBatchResponse = service.call("GetTrackBatch", pb.GetTrackBatchRequest(batch_id=batch_id))
    return answer.found_batch


def test_a_batch_enriches_its_tracks_and_once_each_their_albums_and_artists(
    sandbox: RunningSandbox, tmp_path: Path, clock: FakeClock
):
    with (
        RunningArtist(sandbox.url, tmp_path / "artist", clock) as artists,
        RunningAlbum(artists.server.port, tmp_path / "album", clock, upstream=sandbox.url, euria_token="") as asking,
    ):
        ids = [each.track_id for each in asking.ensure(AIRBAG, LUCKY, JOGA).tracks]
        batch_id = batch(asking, *ids, ids[0], "nobody")
        assert not found(asking, batch_id).ended

        worker = JobWorker(artists.parts.jobs, name="artist", threads=2, poll=timedelta(milliseconds=50))
        worker.start()
        asking.work()
        worker.stop()

        over = found(asking, batch_id)
        watched = list(asking.stub.WatchTrackBatch(pb.WatchTrackBatchRequest(batch_id=batch_id), timeout=10))

    assert (over.total, over.done, over.failed, over.ended) == (3 + 2 + 2 + 1, 8, 1, True)
    assert [(each.kind, each.id) for each in over.failures] == [("track", "nobody")]
    assert [each.batch for each in watched] == [over]
    journal = Counter(row["api_method"].lower() for row in sandbox.control("journal?provider=lastfm")["rows"])
    assert journal == {
        "track.getinfo": 3,
        "album.getinfo": 2,
        "album.gettoptags": 2,
        "artist.getinfo": 2,
        "artist.gettoptags": 2,
        "artist.getsimilar": 2,
    }


def test_only_what_was_asked_for_is_asked(asking, sandbox):
    ids = [each.track_id for each in asking.ensure(AIRBAG, LUCKY).tracks]

    batch(asking, *ids, types=("lastfm",))
    assert asking.work()[0] == ENRICH_TRACKS
    assert asked(sandbox, "lastfm") == 2
    covers = batch(asking, *ids, types=("covers",))
    asking.work()

    assert (found(asking, covers).total, found(asking, covers).done) == (1, 1)
    assert (asked(sandbox, "lastfm"), asked(sandbox, "spotify"), asked(sandbox, "musicbrainz")) == (3, 2, 0)


def test_a_batch_that_was_never_asked_for_is_not_found(asking):
    request = pb.GetTrackBatchRequest(batch_id="nobody")

    assert refusal(asking, "GetTrackBatch", request).code is grpc.StatusCode.NOT_FOUND


def newcomers(service: RunningAlbum, limit: int = 0) -> tuple[int, int, int]:
    answer = service.call("EnrichNewAlbums", pb.EnrichNewAlbumsRequest(import_id="import-1", limit=limit))
    return answer.new_albums, answer.to_enrich, answer.enriched


def test_of_what_an_import_brought_in_fifty_albums_are_enriched_those_of_most_tracks_first(asking, sandbox):
    albums = [(artist, each) for artist in load_library().artists for each in artist.albums][:60]
    names = [
        pb.TrackName(artist=artist.name, title=f"{number}", album=each.title)
        for place, (artist, each) in enumerate(albums)
        for number in range(1 + place % 3)
    ]
    known = asking.ensure(AIRBAG).tracks[0].album_id
    asking.call("EnsureTracks", pb.EnsureTracksRequest(tracks=names, import_id="import-1"))

    new, planned, enriched = newcomers(asking)
    assert (planned, enriched) == (50, 0)
    assert new == len({(artist.name, each.title) for artist, each in albums} - {("Radiohead", "OK Computer")})
    assert newcomers(asking) == (new, 50, 0), "asked again, no more are planned"

    kinds = asking.work()

    assert Counter(kinds) == {ENRICH_ALBUM: 50}
    assert newcomers(asking) == (new, 50, 50)
    listed = [each for page in pages(asking) for each in page if each.HasField("enrich_time")]
    assert len(listed) == 50
    assert known not in {each.id for each in listed}
    assert min(each.track_count for each in listed) >= 1
    left = [each for page in pages(asking) for each in page if not each.HasField("enrich_time") and each.id != known]
    assert max(each.track_count for each in left) <= min(each.track_count for each in listed)
    assert asked(sandbox, "lastfm") == 100
    told = [album(asking, each.id) for each in listed if each.title != "Bare Sandbox Album"]
    assert [each.album.title for each in told if not (each.HasField("description") and each.lastfm.images)] == []
    assert newcomers(asking, limit=55) == (new, 55, 50), "more are, when more are asked for"


def pages(service: RunningAlbum) -> list[list[pb.Album]]:
    token, found = "", []
    while True:
        page = service.call("ListAlbums", pb.ListAlbumsRequest(page_size=40, page_token=token))
        found.append(list(page.albums))
        token = page.next_page_token
        if not token:
            return found
