"""The images a cover had before, as bytes; and a cover locked as it is."""

import shutil

import grpc
import pytest

from services.cover.domain import CoverRef, Kind
from services.cover.store import FIND
from soniquebay.cover.v1 import cover_pb2 as pb
from tests.fakes.painting import painted
from tests.services.cover.library import BLUE, GREEN, RED
from tests.services.cover.running import ALBUM, ARTIST
from tests.services.cover.test_promises import NOBODY, upload


def asked(entity, version, *, kind=ALBUM, size=0):
    return pb.GetCoverVersionImageRequest(kind=kind, id=entity, version=version, size=size)


@pytest.fixture
def fetch(service):
    """The bytes of a version and the headers they came with."""

    def fetch(entity, version, **more):
        answer = service.stub.GetCoverVersionImage(asked(entity, version, **more), timeout=20)
        headers = dict(answer.initial_metadata())
        pieces = list(answer)
        return b"".join(piece.data for piece in pieces), pieces[0].content_type, headers

    return fetch


@pytest.fixture
def refusal(service):
    """How a version is refused."""

    def refusal(entity, version, **more):
        with pytest.raises(grpc.RpcError) as refused:
            list(service.stub.GetCoverVersionImage(asked(entity, version, **more), timeout=20))
        return refused.value.code(), refused.value.details()

    return refusal


@pytest.fixture
def album(service, library, request):
    """One that shows a picture that came with it."""
    name = request.node.originalname
    library.add(name, painted(RED))
    entity = library.scan()[name]
    service.find(ALBUM, entity)
    return entity


def lock(service, entity, kind=ALBUM):
    return service.call("LockCover", pb.LockCoverRequest(kind=kind, id=entity)).cover


def test_a_version_is_had_as_it_was_and_may_be_kept_for_ever(service, album, fetch):
    before = service.image(ALBUM, album, size=300)
    first = service.cover(ALBUM, album).image.id
    upload(service, ALBUM, album, painted(GREEN))

    content, media_type, headers = fetch(album, first, size=300)

    assert (content, media_type) == (before.content, before.media_type)
    assert headers["http-cache-control"] == "public, max-age=31536000, immutable"
    assert headers["http-etag"] == before.headers["http-etag"]
    assert headers["http-content-length"] == str(len(content))
    assert headers["http-x-cover-source"] == "embedded"


def test_what_is_shown_is_had_by_its_name_too(service, album, fetch):
    """It was a version a moment ago for who looks at a list of them."""
    shown = service.cover(ALBUM, album).image.id

    assert fetch(album, shown)[0] == service.image(ALBUM, album).content


def test_every_image_says_where_its_bytes_are(service, album):
    first = service.cover(ALBUM, album).image.id

    cover = upload(service, ALBUM, album, painted(GREEN))

    assert cover.image.url == cover.url == f"/api/v1/covers/albums/{album}/image?v={cover.image.id}"
    assert [version.url for version in cover.versions] == [f"/api/v1/covers/albums/{album}/versions/{first}/image"]


def test_no_image_of_another_cover_is_had(service, library, album, refusal):
    library.add("Neighbour", painted(BLUE))
    other = library.scan()["Neighbour"]
    theirs = service.find(ALBUM, other).image.id

    code, words = refusal(album, theirs)

    assert (code, words) == (grpc.StatusCode.NOT_FOUND, "This cover has had no such image, or it is not kept any more.")


@pytest.mark.parametrize("version", ["x", "..", "a" * 32, "A" * 64, "%2e%2e%2f", " "])
def test_what_names_no_version_is_not_found(album, refusal, version):
    assert refusal(album, version)[0] is grpc.StatusCode.NOT_FOUND


def test_part_of_a_name_is_no_name(service, album, refusal):
    name = service.cover(ALBUM, album).image.id

    assert refusal(album, name[:-1])[0] is grpc.StatusCode.NOT_FOUND


def test_what_cannot_be_meant_is_refused_as_elsewhere(album, refusal):
    assert refusal(album, "a" * 32, size=7)[0] is grpc.StatusCode.INVALID_ARGUMENT
    assert refusal(album, "a" * 32, kind="tracks")[0] is grpc.StatusCode.INVALID_ARGUMENT
    assert refusal("none", "a" * 32)[0] is grpc.StatusCode.NOT_FOUND


def test_asking_for_a_version_of_what_is_unknown_looks_for_nothing(service, refusal):
    code, _ = refusal(NOBODY, "a" * 32)

    assert code is grpc.StatusCode.NOT_FOUND
    assert FIND not in service.work()


def test_a_version_that_fell_behind_the_last_five_is_not_had(service, album, refusal, fetch, world):
    first = service.cover(ALBUM, album).image.id
    for edge in range(300, 306):
        assert fetch(album, first)[0]
        upload(service, ALBUM, album, painted(GREEN, edge))
        world.clock.advance(1)

    assert len(service.cover(ALBUM, album).versions) == 5
    assert refusal(album, first)[0] is grpc.StatusCode.NOT_FOUND


def test_a_version_whose_bytes_were_taken_away_is_a_version_no_more(service, world, album, refusal):
    upload(service, ALBUM, album, painted(BLUE, 333))
    first = service.cover(ALBUM, album).image.id
    upload(service, ALBUM, album, painted(BLUE, 334))
    (folder,) = (world.folder / "cover" / "covers").glob(f"*/*/{first}*")
    shutil.rmtree(folder)

    assert refusal(album, first)[0] is grpc.StatusCode.NOT_FOUND
    assert first not in [version.id for version in service.cover(ALBUM, album).versions]


def test_a_lock_keeps_what_is_shown_as_it_is(service, library, album):
    before = service.cover(ALBUM, album)

    locked = lock(service, album)
    library.add("test_a_lock_keeps_what_is_shown_as_it_is", painted(GREEN))
    library.scan()
    service.work()

    assert locked.is_locked
    assert (locked.image, list(locked.versions)) == (before.image, [])
    assert not locked.HasField("next_check_time")
    assert service.cover(ALBUM, album).image == before.image


def test_a_lock_can_be_deleted_and_then_a_source_counts_again(service, library, album):
    before = lock(service, album).image

    service.call("DeleteCoverLock", pb.DeleteCoverLockRequest(kind=ALBUM, id=album))
    library.add("test_a_lock_can_be_deleted_and_then_a_source_counts_again", painted(GREEN))
    library.scan()
    service.work()

    cover = service.cover(ALBUM, album)
    assert not cover.is_locked
    assert [version.id for version in cover.versions] == [before.id]


def test_locking_twice_is_locking_once_and_who_watches_is_told_once(service, album):
    first = lock(service, album)
    revision = service.parts.store.load(CoverRef(Kind.ALBUM, album)).revision

    assert lock(service, album) == first
    assert service.parts.store.load(CoverRef(Kind.ALBUM, album)).revision == revision


def test_an_upload_that_is_locked_again_stays_an_upload(service, album):
    uploaded = upload(service, ALBUM, album, painted(GREEN))

    assert lock(service, album) == uploaded


def test_a_placeholder_is_not_locked(service):
    entity = "00000000-0000-4000-8000-0000000000af"
    refused = service.refusal("LockCover", pb.LockCoverRequest(kind=ARTIST, id=entity))
    service.work()
    unknown = service.refusal("LockCover", pb.LockCoverRequest(kind=ARTIST, id=entity))

    assert (refused.code, refused.message) == (grpc.StatusCode.FAILED_PRECONDITION, "There is no image to be locked yet.")
    assert unknown.code is grpc.StatusCode.NOT_FOUND
