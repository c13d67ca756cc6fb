"""Covers that come from outside: in which order it is asked, and what is done when it is not there."""

from datetime import timedelta

import grpc
import pytest

from soniquebay.album.v1 import album_pb2
from soniquebay.cover.v1 import cover_pb2 as pb
from tests.fakes.painting import painted
from tests.services.cover.library import AIRBAG, RED
from tests.services.cover.running import ALBUM, ARTIST

UPSTREAMS = ("coverartarchive", "archive", "lastfm-images", "commons", "commons-images", "deezer", "deezer-images", "wikidata")
NOBODY = "00000000-0000-4000-8000-00000000dead"


def fail(sandbox, *providers, times=None, **fault):
    for provider in providers:
        rule = {"provider": provider, "fault": fault or {"kind": "status", "code": 503}}
        answer = sandbox.client.post("/_sandbox/faults", json=rule | ({"times": times} if times else {}))
        assert answer.status_code == 201, answer.text


def album_of(library, name):
    return library.played(name)[0].album_id


def test_an_album_that_was_only_played_gets_the_picture_of_its_edition(service, library):
    album = album_of(library, AIRBAG)

    found = service.find(ALBUM, album)

    assert service.attempts(ALBUM, album) == {
        "embedded": "skipped",
        "local": "skipped",
        "coverartarchive": "hit",
        "lastfm": "unspecified",
    }
    assert (found.image.source, found.state, found.stale) == ("coverartarchive", pb.Cover.STATE_FOUND, False)
    assert found.image.match in (pb.Cover.MATCH_RELEASE, pb.Cover.MATCH_RELEASE_GROUP)
    assert service.image(ALBUM, album).source == "coverartarchive"


def test_an_artists_photo_comes_with_its_licence_and_who_took_it(service, world):
    artist = world.artists.enrich("Radiohead").artist.id

    found = service.find(ARTIST, artist)

    assert (found.image.source, found.image.match) == ("commons", pb.Cover.MATCH_IDENTITY)
    assert found.image.license
    assert found.image.attribution
    assert "<" not in found.image.attribution


def test_what_nobody_has_settles_as_absent_and_is_asked_again_after_days(service, library, world):
    album = album_of(library, album_pb2.TrackName(artist="Nobody At All", title="Nothing", album="Never Made"))

    found = service.find(ALBUM, album)

    assert (found.state, found.is_placeholder) == (pb.Cover.STATE_ABSENT, True)
    wait = found.next_check_time.ToDatetime() - found.check_time.ToDatetime()
    assert wait == timedelta(days=7)
    assert service.image(ALBUM, album).source == "placeholder"
    assert service.work() == []


def test_a_fault_settles_nothing_and_the_picture_comes_when_the_source_is_back(service, library, sandbox, world):
    album = album_of(library, album_pb2.TrackName(artist="AC/DC", title="Thunderstruck", album="The Razors Edge"))
    fail(sandbox, *UPSTREAMS)

    during = service.find(ALBUM, album)
    assert (during.state, during.is_placeholder) == (pb.Cover.STATE_PENDING, True)
    assert service.attempts(ALBUM, album)["coverartarchive"] == "fault"

    sandbox.reset()
    world.clock.advance(3600)
    service.work()

    assert service.cover(ALBUM, album).state == pb.Cover.STATE_FOUND


def test_an_hour_without_any_upstream_leaves_every_known_image_in_its_place(service, library, sandbox, world):
    album = album_of(library, album_pb2.TrackName(artist="Air", title="La Femme d'Argent", album="Moon Safari"))
    before = service.find(ALBUM, album)
    assert before.state == pb.Cover.STATE_FOUND
    bytes_before = service.image(ALBUM, album).content
    fail(sandbox, *UPSTREAMS, "musicbrainz", "lastfm", "spotify")

    for _ in range(6):
        service.call("RefreshCover", pb.RefreshCoverRequest(kind=ALBUM, id=album))
        service.work()
        world.clock.advance(600)

    after = service.cover(ALBUM, album)
    assert (after.image.id, after.state, after.stale) == (before.image.id, pb.Cover.STATE_FOUND, True)
    assert service.image(ALBUM, album).content == bytes_before
    samples = service.samples()
    assert samples["cover_attempts_total"] >= 7


def test_a_worse_source_stands_in_for_a_better_one_that_is_down_until_that_is_back(service, library, sandbox, world):
    album = album_of(library, album_pb2.TrackName(artist="Arcade Fire", title="Wake Up", album="Funeral"))
    fail(sandbox, "coverartarchive", "archive")

    meanwhile = service.find(ALBUM, album)
    assert (meanwhile.image.source, meanwhile.stale) == ("lastfm", True)

    sandbox.reset()
    world.clock.advance(13 * 3600)
    service.work()

    found = service.cover(ALBUM, album)
    assert (found.image.source, found.stale) == ("coverartarchive", False)
    assert [each.source for each in found.versions] == ["lastfm"]


def test_what_does_not_exist_is_not_found_once_that_is_known(service):
    assert service.image(ALBUM, NOBODY).source == "placeholder"
    service.work()

    with pytest.raises(grpc.RpcError) as caught:
        service.image(ALBUM, NOBODY)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert service.refusal("GetCover", pb.GetCoverRequest(kind=ALBUM, id=NOBODY)).code is grpc.StatusCode.NOT_FOUND


def test_a_neighbour_that_is_away_settles_nothing(service, library, world, sandbox):
    album = album_of(library, album_pb2.TrackName(artist="Radiohead", title="Kid A", album="Kid A"))
    service.find(ALBUM, album)
    before = service.cover(ALBUM, album)

    fail(sandbox, "musicbrainz", "lastfm", "spotify")
    service.call("RequestCovers", pb.RequestCoversRequest(covers=[f"albums/{album}"], is_changed=True))
    service.work()

    assert service.cover(ALBUM, album).image.id == before.image.id


def test_a_persons_picture_stays_whatever_the_sources_have_until_its_lock_is_gone(service, library):
    album = album_of(library, album_pb2.TrackName(artist="Bob Dylan", title="Like a Rolling Stone", album="Highway 61 Revisited"))
    service.find(ALBUM, album)

    upload = pb.UploadCoverImageRequest(kind=ALBUM, id=album)
    upload.image.content_type, upload.image.data = "image/jpeg", painted(RED)
    uploaded = service.call("UploadCoverImage", upload).cover
    refused = service.refusal("RefreshCover", pb.RefreshCoverRequest(kind=ALBUM, id=album))
    service.call("RequestCovers", pb.RequestCoversRequest(covers=[f"albums/{album}"], is_changed=True))
    service.work()

    assert refused.code is grpc.StatusCode.FAILED_PRECONDITION
    kept = service.cover(ALBUM, album)
    assert (kept.image.id, kept.image.source, kept.is_locked) == (uploaded.image.id, "upload", True)

    service.call("DeleteCoverLock", pb.DeleteCoverLockRequest(kind=ALBUM, id=album))
    service.work()
    again = service.cover(ALBUM, album)
    assert (again.image.source, again.is_locked) == ("coverartarchive", False)

    back = service.call("RevertCover", pb.RevertCoverRequest(kind=ALBUM, id=album)).cover
    assert (back.image.id, back.is_locked) == (uploaded.image.id, True)
    assert [each.source for each in back.versions] == ["coverartarchive"]


@pytest.mark.parametrize("content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4", painted(RED)[:300], b"x"])
def test_what_is_no_picture_is_refused_with_the_reason(service, library, content):
    album = album_of(library, AIRBAG)
    service.image(ALBUM, album)
    upload = pb.UploadCoverImageRequest(kind=ALBUM, id=album)
    upload.image.content_type, upload.image.data = "image/jpeg", content

    refused = service.refusal("UploadCoverImage", upload)

    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, ["image"])


def test_an_image_with_its_content_named_may_be_kept_for_ever(service, library):
    album = album_of(library, AIRBAG)
    found = service.find(ALBUM, album)

    named = service.image(ALBUM, album, v=found.image.id)
    other = service.image(ALBUM, album, v="0" * 32)

    assert found.url == f"/api/v1/covers/albums/{album}/image?v={found.image.id}"
    assert "immutable" in named.headers["http-cache-control"]
    assert other.headers["http-cache-control"] == "no-cache"
    assert named.headers["http-etag"] == other.headers["http-etag"]
    assert int(named.headers["http-content-length"]) == len(named.content)


@pytest.mark.parametrize(
    ("kind", "entity", "size", "code"),
    [
        ("playlists", NOBODY, 0, grpc.StatusCode.INVALID_ARGUMENT),
        ("albums", "not-an-id", 0, grpc.StatusCode.NOT_FOUND),
        ("albums", NOBODY, 301, grpc.StatusCode.INVALID_ARGUMENT),
        ("albums", NOBODY, -1, grpc.StatusCode.INVALID_ARGUMENT),
    ],
)
def test_bad_requests_are_refused(service, kind, entity, size, code):
    with pytest.raises(grpc.RpcError) as caught:
        service.image(kind, entity, size=size)

    assert caught.value.code() is code


def test_who_watches_sees_all_at_first_and_then_what_changes(service, library, world):
    library.add("Watched", painted(RED))
    album = library.scan()["Watched"]

    with world.clock.standing():
        watch = service.stub.WatchCovers(pb.WatchCoversRequest(covers=[f"albums/{album}"]), timeout=30)
        first = next(watch)
        service.work()
        world.clock.advance(1)
        later = next(watch)
        watch.cancel()

    assert [(each.id, each.is_placeholder) for each in first.covers] == [(album, True)]
    assert [(each.id, each.state) for each in later.covers] == [(album, pb.Cover.STATE_FOUND)]
