"""The cover service tells whom it asks: who knows of pictures, and where they lie."""

from soniquebay.cover.v1 import cover_pb2 as pb
from tests.services.cover.library import AIRBAG
from tests.services.cover.running import ALBUM, RunningCover


def told(service):
    return {each.provider: each for each in service.call("GetProviders", pb.GetProvidersRequest()).providers}


def test_who_was_asked_for_a_cover_is_told_and_that_there_is_no_cache_before_them(service, world):
    before = told(service)
    album = world.albums.ensure(AIRBAG).tracks[0].album_id

    assert service.find(ALBUM, album).image.source == "coverartarchive"

    after = told(service)
    assert after["coverartarchive"].requests > before["coverartarchive"].requests
    assert after["archive"].requests > before["archive"].requests
    assert not any(each.HasField("cache_hit_rate") for each in after.values())


def test_a_source_that_is_left_out_is_told_with_the_setting_that_says_so(tmp_path):
    with RunningCover(9, 9, tmp_path, upstream="http://127.0.0.1:9", cover_artist_sources="commons") as service:
        providers = told(service)

    assert providers["deezer"].off_reason == "Deezer is off: add deezer to COVER_ARTIST_SOURCES."
    assert providers["deezer"].circuit_breaker_state == "off"
    assert providers["commons"].off_reason == ""
    assert "deezer-images" not in providers
