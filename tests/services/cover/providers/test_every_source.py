"""Every outside source: what its image server may show in place of a picture, and what is off says why."""

from dataclasses import replace

import pytest

from kernel.errors import ProviderMalformed
from services.cover.domain import Kind, NoPicture, Picture, SourceName, Subject
from tests.sandbox.running import RunningSandbox
from tests.services.cover.providers import known
from tests.services.cover.providers.asking import calls, settings_at, source_of, sources
from tests.services.providers.contract import fault_of

HOSTS = {
    SourceName.COVERARTARCHIVE: "archive",
    SourceName.LASTFM: "lastfm-images",
    SourceName.COMMONS: "commons-images",
    SourceName.DEEZER: "deezer-images",
}
DECEITS = ("svg", "html", "oversized", "metadata_address", "private_address", "strange_host", "redirect_loop")


def subject_for(name: SourceName, url: str) -> Subject:
    """Somebody of whom the source has a picture."""
    album = known.album(known.has_large_front)
    return {
        SourceName.COVERARTARCHIVE: album,
        SourceName.LASTFM: replace(album, lastfm_images=(known.lastfm_link(f"{url}/lastfm-images"),)),
        SourceName.COMMONS: known.artist(known.is_pictured_as("jpg")),
        SourceName.DEEZER: known.artist(known.is_linked),
    }[name]


@pytest.fixture(scope="module", params=HOSTS)
def name(request: pytest.FixtureRequest) -> SourceName:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def subject(sandbox: RunningSandbox, name: SourceName) -> Subject:
    return subject_for(name, sandbox.url)


@pytest.mark.parametrize("deceit", DECEITS)
def test_what_lies_in_place_of_a_picture_is_a_fault_of_the_server_that_has_it(sandbox, name, source, subject, deceit):
    assert sandbox.client.put(f"/_sandbox/{HOSTS[name]}", json={"pictures": deceit}).is_success

    fault = fault_of(lambda: source.find(subject))

    assert (type(fault), fault.provider) == (ProviderMalformed, HOSTS[name])


def test_a_picture_is_an_open_file_with_the_bytes_that_were_fetched(name, source, subject):
    picture = source.find(subject)

    assert isinstance(picture, Picture)
    assert picture.source == source.name == name
    with open(picture.descriptor, "rb", closefd=False) as file:
        file.seek(0)
        assert file.read(3) == b"\xff\xd8\xff"
    picture.close()


def test_sources_stand_in_the_order_of_the_settings_and_those_that_are_off_say_what_switches_them_on(sandbox, door, tmp_path):
    settings = settings_at(sandbox.url, tmp_path, cover_artist_sources=("deezer", "local", "commons"), cover_album_sources=())

    with sources(door, settings) as built:
        assert list(built.on[Kind.ARTIST]) == [SourceName.DEEZER, SourceName.COMMONS]
        assert built.off[Kind.ARTIST] == {}
        assert built.on[Kind.ALBUM] == {}
        assert set(built.off[Kind.ALBUM]) == {SourceName.COVERARTARCHIVE, SourceName.LASTFM}
        assert all("COVER_ALBUM_SOURCES" in why for why in built.off[Kind.ALBUM].values())


def test_the_address_of_another_upstream_is_no_place_for_pictures(sandbox, door, tmp_path):
    """Only what the sandbox trusts in so many words: here, nobody."""
    settings = settings_at(sandbox.url, tmp_path, upstream_trusted_hosts=(), deezer_url="https://api.deezer.com")

    with sources(door, settings) as built:
        answer = source_of(built, SourceName.LASTFM).find(subject_for(SourceName.LASTFM, sandbox.url))

    assert isinstance(answer, NoPicture)
    assert "do not lie on its own servers" in answer.reason
    assert calls(sandbox, "lastfm-images") == {}
