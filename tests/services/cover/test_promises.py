"""What cover.proto promises, where it is easy to break."""

import grpc
import pytest

from kernel.errors import StoreUnavailable
from services.cover.accesses import Accesses
from services.cover.domain import ImageId
from soniquebay.album.v1 import album_pb2
from soniquebay.artist.v1 import artist_pb2
from soniquebay.cover.v1 import cover_pb2 as pb
from tests.fakes.painting import painted
from tests.services.album.running import RunningAlbum
from tests.services.artist.running import RunningArtist
from tests.services.cover.library import BLUE, GREEN, RED
from tests.services.cover.running import ALBUM, ARTIST, RunningCover

NOBODY = "00000000-0000-4000-8000-0000000000ad"
UNHEARD = album_pb2.TrackName(artist="Nobody Whatsoever", title="Nothing", album="Never Made Either")


def upload(service, kind, entity, content):
    request = pb.UploadCoverImageRequest(kind=kind, id=entity)
    request.image.content_type, request.image.data = "image/jpeg", content
    return service.call("UploadCoverImage", request).cover


def explained(service, kind, entity):
    answer = service.call("ExplainCover", pb.ExplainCoverRequest(kind=kind, id=entity))
    return {each.source: each for each in answer.attempts}


def revert(kind, entity, image=""):
    return pb.RevertCoverRequest(kind=kind, id=entity, image=image)


def test_a_picture_for_what_does_not_exist_is_not_kept(service):
    upload(service, ALBUM, NOBODY, painted(RED))
    service.work()

    assert service.refusal("GetCover", pb.GetCoverRequest(kind=ALBUM, id=NOBODY)).code is grpc.StatusCode.NOT_FOUND


def test_a_version_is_named_by_its_whole_name_or_not_at_all(service, library):
    library.add("Named", painted(RED))
    album = library.scan()["Named"]
    first = service.find(ALBUM, album).image.id
    upload(service, ALBUM, album, painted(GREEN))

    refused = service.refusal("RevertCover", revert(ALBUM, album, first[:1]))

    assert refused.code is grpc.StatusCode.FAILED_PRECONDITION
    assert service.call("RevertCover", revert(ALBUM, album, first)).cover.image.id == first


def test_what_will_not_be_asked_says_no_time_when_it_is(service, library, world):
    library.add("Timeless", b"")
    (library.music / "Timeless" / "cover.jpg").write_bytes(painted(RED))
    album = library.scan()["Timeless"]
    service.find(ALBUM, album)
    assert explained(service, ALBUM, album)["local"].HasField("next_attempt_time")
    upload(service, ALBUM, album, painted(GREEN))
    locked = explained(service, ALBUM, album)
    service.call("DeleteCoverLock", pb.DeleteCoverLockRequest(kind=ALBUM, id=album))
    world.clock.advance(60)
    library.add("Timeless", painted(BLUE))
    library.scan()
    service.work()
    outdone = explained(service, ALBUM, album)

    assert not any(each.HasField("next_attempt_time") for each in locked.values())
    assert (outdone["embedded"].outcome, outdone["local"].outcome) == (pb.CoverAttempt.OUTCOME_HIT, pb.CoverAttempt.OUTCOME_HIT)
    assert outdone["embedded"].HasField("next_attempt_time")
    assert outdone["local"].HasField("attempt_time")
    assert not outdone["local"].HasField("next_attempt_time")


def test_who_watches_is_told_all_that_is_known_versions_too(service, library):
    library.add("Versioned", painted(RED))
    album = library.scan()["Versioned"]
    service.find(ALBUM, album)
    upload(service, ALBUM, album, painted(GREEN))

    watch = service.stub.WatchCovers(pb.WatchCoversRequest(covers=[f"albums/{album}"]), timeout=30)
    (first,) = next(watch).covers
    watch.cancel()

    assert first == service.cover(ALBUM, album)
    assert len(first.versions) == 1


def test_an_artist_settled_while_nobody_waited_is_looked_for_when_somebody_does(service, library, world):
    """Who it is costs a question, which is not asked for everybody."""
    ids = world.artists.call(
        "EnsureArtists", artist_pb2.EnsureArtistsRequest(artists=[artist_pb2.ArtistName(name="Portishead")])
    ).artist_ids
    service.call("RequestCovers", pb.RequestCoversRequest(covers=[f"artists/{ids[0]}"]))
    service.work()

    found = service.find(ARTIST, ids[0])

    assert found.state == pb.Cover.STATE_FOUND


@pytest.mark.parametrize("lane", ["low", "high"])
def test_an_artist_of_a_house_that_asks_nobody_settles_as_absent(lane, sandbox_process, tmp_path):
    url = sandbox_process.url
    with (
        RunningArtist(url, tmp_path / "artist", enrichment_providers="") as artists,
        RunningAlbum(artists.server.port, tmp_path / "album") as albums,
        RunningCover(artists.server.port, albums.server.port, tmp_path / "cover", upstream=url) as service,
    ):
        artist = albums.ensure(UNHEARD).tracks[0].artist_id
        if lane == "low":
            service.call("RequestCovers", pb.RequestCoversRequest(covers=[f"artists/{artist}"]))
        else:
            service.image(ARTIST, artist)
        service.work()

        assert service.cover(ARTIST, artist).state == pb.Cover.STATE_ABSENT


def test_an_album_that_nobody_knows_settles_as_absent_in_the_background_too(service, library, world):
    album = library.played(UNHEARD)[0].album_id
    service.call("RequestCovers", pb.RequestCoversRequest(covers=[f"albums/{album}"]))
    for _ in range(4):
        service.work()
        world.albums.work()
        world.clock.advance(600)

    assert service.cover(ALBUM, album).state == pb.Cover.STATE_ABSENT


def test_an_image_is_served_though_nothing_can_be_written_of_it(clock):
    refused = []

    def write(noted):
        refused.append(noted)
        raise StoreUnavailable("It is full.")

    accesses = Accesses(write, clock)
    clock.advance(61)

    accesses.note(ImageId("a" * 64))

    assert [set(each) for each in refused] == [{"a" * 64}]


def test_a_placeholder_is_served_though_nothing_can_be_written_of_it(service, library, monkeypatch):
    def fail(*_):
        raise StoreUnavailable("It is full.")

    monkeypatch.setattr(service.parts.store, "await_one", fail)

    assert service.image(ALBUM, "00000000-0000-4000-8000-0000000000ae").source == "placeholder"


def test_bytes_of_the_store_are_those_of_all_processes(service, library):
    before = int(service.stats()["store"]["bytes"])
    library.add("Weighed", painted("#123456"))
    album = library.scan()["Weighed"]
    service.find(ALBUM, album)

    assert int(service.stats()["store"]["bytes"]) > before


def test_upper_case_ids_are_the_same_cover(service, library):
    library.add("Upper", painted(RED))
    album = library.scan()["Upper"]
    service.find(ALBUM, album)

    assert service.cover(ALBUM, album.upper()).id == album
    assert service.image(ALBUM, album.upper()).source == "embedded"


def test_reading_an_image_costs_no_writing(service, library, monkeypatch):
    library.add("Read", painted(RED))
    album = library.scan()["Read"]
    service.find(ALBUM, album)
    database = service.parts.store._database
    service.image(ALBUM, album)

    def refuse():
        raise AssertionError

    with monkeypatch.context() as patched:
        patched.setattr(type(database), "write", lambda self: refuse())
        assert service.image(ALBUM, album).source == "embedded"
