"""Does pylast itself read artist, tags and similar artists from the sandbox?"""

import pylast
import pytest


@pytest.fixture
def network(sandbox, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    opened = pylast.LastFMNetwork(api_key="test-key")
    opened.ws_server = ("ws.audioscrobbler.com", f"{sandbox.url}/lastfm/2.0/")
    return opened


def test_pylast_reads_an_artist_its_tags_and_its_neighbours(network, sandbox):
    artist = network.get_artist("Radiohead")

    name, mbid, listeners = artist.get_name(properly_capitalized=True), artist.get_mbid(), artist.get_listener_count()
    summary = artist.get_bio_summary()
    tags = [(tag.item.get_name(), int(tag.weight)) for tag in artist.get_top_tags(limit=3)]
    similar = [(near.item.get_name(), near.match) for near in artist.get_similar(limit=2)]

    assert (name, mbid, listeners) == ("Radiohead", "a74b1b7f-71a5-4011-9441-d0b5e4122711", 7965123)
    assert summary.startswith("Radiohead are an English rock band")
    assert tags == [("alternative", 100), ("alternative rock", 79), ("rock", 66)]
    assert similar[0] == ("Thom Yorke", 1.0)
    assert sandbox.control("counters")["lastfm"]["artist.getsimilar"] == 1


def test_pylast_reads_an_album_and_a_history(network):
    tracks = network.get_album("Radiohead", "OK Computer").get_tracks()
    plays = network.get_user("sandbox_listener").get_recent_tracks(limit=3)

    assert [track.get_name() for track in tracks][:2] == ["Airbag", "Paranoid Android"]
    assert len(plays) == 3


def test_pylast_raises_its_own_error_for_an_unknown_artist(network):
    with pytest.raises(pylast.WSError, match="could not be found") as raised:
        network.get_artist("No Such Artist At All").get_listener_count()

    assert raised.value.status == "6"


def test_pylast_raises_its_own_error_over_the_limit(network, sandbox):
    sandbox.client.put("/_sandbox/limits", json={"lastfm": {"per_second": 0.01, "window_seconds": 100}})
    sandbox.ask("artist.getInfo", artist="Cher")

    with pytest.raises(pylast.WSError) as raised:
        network.get_artist("Cher").get_top_tags()

    assert raised.value.status == "29"
