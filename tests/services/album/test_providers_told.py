"""The album service tells whom it asks, the writer of descriptions among them."""

from soniquebay.album.v1 import album_pb2 as pb
from soniquebay.upstreams.v1 import upstreams_pb2
from tests.services.album.running import RunningAlbum

AIRBAG = pb.TrackName(artist="Radiohead", title="Airbag", album="OK Computer")


def told(service: RunningAlbum) -> dict[str, upstreams_pb2.Provider]:
    return {each.provider: each for each in service.call("GetProviders", pb.GetProvidersRequest()).providers}


def test_what_was_asked_of_whom_is_told_and_how_much_of_it_was_remembered(asking: RunningAlbum):
    album_id = asking.ensure(AIRBAG).tracks[0].album_id
    for _ in range(3):
        asking.call("EnrichAlbum", pb.EnrichAlbumRequest(album=album_id))

    providers = told(asking)

    assert {name: each.requests for name, each in providers.items()} == {"euria": 0, "lastfm": 2, "musicbrainz": 2, "spotify": 2}
    assert all(each.success_rate == 1 for each in providers.values() if each.requests)
    assert all(each.circuit_breaker_state == "closed" for each in providers.values())
    assert 0.5 < providers["lastfm"].cache_hit_rate < 1


def test_who_writes_descriptions_is_told_once_one_was_written(asking: RunningAlbum):
    album_id = asking.ensure(AIRBAG).tracks[0].album_id
    asking.call("EnrichAlbum", pb.EnrichAlbumRequest(album=album_id))
    asking.work()

    assert told(asking)["euria"].requests == 1


def test_who_is_left_out_is_told_with_the_setting_that_says_so(service: RunningAlbum):
    assert told(service)["musicbrainz"].off_reason == "It is off: add musicbrainz to ALBUM_PROVIDERS."
