"""services/cover/providers/lastfm.py: which of the pictures that are known it takes."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.cover.domain import Grade, NoPicture, Outcome, PictureLink, SourceName, Subject
from services.cover.providers import FindsPictures
from services.cover.providers.lastfm import largest_first
from tests.sandbox.running import RunningSandbox
from tests.services.cover.providers.asking import ALBUM, ask, calls, door_to, script, settings_at, source_of, sources
from tests.services.cover.providers.known import lastfm_link
from tests.services.providers.contract import TIMEOUT, ProviderContract
from tests.services.providers.contract import Subject as Asked

HOST = "lastfm-images"
STAR = "2a96cbd8b46e442fc41c2b86b821562f"


def album(*links: PictureLink) -> Subject:
    return Subject(ALBUM, "Album", artist_name="Artist", lastfm_images=links)


@pytest.fixture(scope="module")
def name() -> SourceName:
    return SourceName.LASTFM


@pytest.fixture
def host(sandbox: RunningSandbox) -> str:
    return f"{sandbox.url}/{HOST}"


class TestLastfmImagesKeepTheContract(ProviderContract):
    @pytest.fixture
    def subject(self, sandbox: RunningSandbox, source: FindsPictures, host: str, tmp_path_factory: Any) -> Asked:
        def ask_at(url: str) -> Any:
            settings = settings_at(url, tmp_path_factory.mktemp("elsewhere"), patience=TIMEOUT, cover_artist_sources=())
            with door_to(url) as http, sources(http, settings) as elsewhere:
                return ask(source_of(elsewhere, SourceName.LASTFM), album(lastfm_link(url.rstrip("/"))))

        def fail(fault: Mapping[str, Any]) -> None:
            script(sandbox, fault, HOST)

        known, unknown = album(lastfm_link(host)), album(lastfm_link(host, name=STAR))
        return Asked(HOST, lambda: ask(source, known), lambda: ask(source, unknown), fail=fail, ask_at=ask_at)


def test_the_largest_is_taken_and_graded_as_found_by_name(sandbox, source, host):
    picture = source.find(
        album(lastfm_link(host, "64s", edge=64), lastfm_link(host, edge=300), lastfm_link(host, "174s", edge=174))
    )

    assert (picture.grade, picture.origin) == (Grade.NAME, lastfm_link(host).url)
    assert calls(sandbox, HOST) == {"picture": 1}
    picture.close()


def test_sizes_count_where_they_are_told_and_else_the_last_is_the_largest():
    told = [PictureLink("mega", 300, 300), PictureLink("small", 34, 34)]
    untold = [PictureLink("small"), PictureLink("large"), PictureLink("mega"), PictureLink("mega"), PictureLink("")]

    assert largest_first(told) == ["mega", "small"]
    assert largest_first(untold) == ["mega", "large", "small"]


@pytest.mark.parametrize("size", ["34s", "300x300", "770x0"])
def test_the_star_is_refused_at_every_size_without_asking_for_it(sandbox, source, host, size):
    answer = source.find(album(lastfm_link(host, size, STAR)))

    assert answer == NoPicture(Outcome.REJECTED, "Last.fm has only the star that stands for no picture.")
    assert calls(sandbox, HOST) == {}


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/i/u/300x300/a.jpg",
        "https://lastfm.freetls.fastly.net.evil.example/a",
        "x",
        "https://[x",
        "https://a]b/i/u/x",
        "https://\u2100.example/",
    ],
)
def test_pictures_elsewhere_are_not_last_fms(source, url):
    assert source.find(album(PictureLink(url))).outcome is Outcome.REJECTED


def test_without_a_picture_known_nobody_is_asked(source):
    assert source.find(album()).outcome is Outcome.SKIPPED


def test_one_that_is_gone_leads_to_the_next_and_all_gone_is_a_miss(sandbox, source, host):
    gone = PictureLink(f"{host}/i/u/gone", 900, 900)

    picture = source.find(album(lastfm_link(host), gone))
    answer = source.find(album(gone, PictureLink(f"{host}/i/u/gone-as-well")))

    assert picture.origin == lastfm_link(host).url
    assert answer == NoPicture(Outcome.MISS, "The pictures that Last.fm named are gone.")
    picture.close()


def test_of_many_that_are_gone_three_are_tried(sandbox, source, host):
    source.find(album(*(PictureLink(f"{host}/i/u/gone-{number}") for number in range(9))))

    assert sandbox.control("counters")[HOST]["total"] == 3
