"""services/cover/providers/deezer: whose photo is taken, by which proof, and what is not proved."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import ProviderMalformed, ProviderThrottled, ProviderUnavailable
from services.cover.domain import Grade, NoPicture, Outcome, SourceName
from services.cover.providers import FindsPictures
from services.cover.providers.deezer import namesakes_of, proves
from services.cover.providers.deezer.answers import Artist
from tests.sandbox.running import RunningSandbox
from tests.services.cover.providers import known
from tests.services.cover.providers.asking import ask, calls, door_to, script, settings_at, source_of, sources
from tests.services.providers.contract import TIMEOUT, ProviderContract, fault_of
from tests.services.providers.contract import Subject as Asked

NAME, MUSICBRAINZ = SourceName.DEEZER.value, "musicbrainz"
LINKED = known.artist(known.is_linked)
DOUBLED = known.artist(known.has_unlinked_double)
STRANGER = replace(LINKED, name="Nobody Is Called So", artist_mbid="")


@pytest.fixture(scope="module")
def name() -> SourceName:
    return SourceName.DEEZER


class TestDeezerKeepsTheContract(ProviderContract):
    @pytest.fixture(params=[LINKED, replace(DOUBLED, artist_mbid="")], ids=["by link", "by name"])
    def subject(self, request: pytest.FixtureRequest, sandbox: RunningSandbox, source: FindsPictures, tmp_path: Path) -> Asked:
        who = request.param

        def ask_at(url: str) -> Any:
            settings = settings_at(sandbox.url, tmp_path / "elsewhere", patience=TIMEOUT, cover_album_sources=(), deezer_url=url)
            with door_to(sandbox.url, url) as http, sources(http, settings) as elsewhere:
                return ask(source_of(elsewhere, SourceName.DEEZER), who)

        def fail(fault: Mapping[str, Any]) -> None:
            script(sandbox, fault, NAME)

        return Asked(NAME, lambda: ask(source, who), lambda: ask(source, STRANGER), fail=fail, ask_at=ask_at)


def test_whom_musicbrainz_links_to_is_the_artist_and_nobody_is_searched_for(sandbox, source):
    picture = source.find(LINKED)

    assert (picture.grade, picture.origin) == (Grade.IDENTITY, known.page_of(LINKED))
    assert calls(sandbox, MUSICBRAINZ) == {"artist.lookup": 1}
    assert calls(sandbox, NAME) == {"artist.get": 1}
    picture.close()


def test_without_a_link_an_album_in_common_tells_the_artist_from_a_namesake_with_more_fans(sandbox, source):
    picture = source.find(DOUBLED)

    assert (picture.grade, picture.origin) == (Grade.NAME, known.page_of(DOUBLED))
    assert calls(sandbox, NAME) == {"search.artist": 1, "artist.albums": 2}
    picture.close()


def test_a_linked_artist_without_a_picture_has_none_whoever_else_is_called_so(sandbox, source):
    answer = source.find(known.artist(known.is_linked_without_picture))

    assert answer == NoPicture(Outcome.MISS, "Deezer knows the artist, and has no picture.")
    assert calls(sandbox, "deezer-images") == {}


def test_somebody_of_the_name_without_an_album_in_common_is_not_shown(source):
    answer = source.find(known.artist(known.is_only_a_namesake))

    assert answer.outcome is Outcome.MISS
    assert "none that is known for an album" in answer.reason


def test_two_of_the_name_that_have_an_album_in_common_are_none(source):
    theirs = [disc.title for page in known.pages_of(DOUBLED) for disc in page.discs]

    answer = source.find(replace(DOUBLED, artist_mbid="", titles=tuple(theirs)))

    assert answer.outcome is Outcome.MISS
    assert "several artists of this name" in answer.reason


def test_the_best_known_of_the_name_are_compared_and_who_has_no_album_is_not():
    hits = [Artist(number, "björk", "", fans=number, albums=number % 3) for number in range(30)]

    chosen = namesakes_of("Bjork", [*hits, Artist(99, "Björk Tribute", "", fans=99, albums=9)])

    assert [each.id for each in chosen] == [29, 28, 26, 25, 23, 22, 20, 19]


def test_a_name_that_nobody_has_is_a_miss(source):
    assert source.find(STRANGER) == NoPicture(Outcome.MISS, "Deezer has no artist of this name.")


@pytest.mark.parametrize("titles", [(), ("Greatest Hits", "Live"), (DOUBLED.name, "Demo")])
def test_without_a_title_that_tells_namesakes_apart_deezer_is_not_asked(sandbox, source, titles):
    answer = source.find(replace(DOUBLED, artist_mbid="", titles=titles))

    assert answer.outcome is Outcome.SKIPPED
    assert calls(sandbox, NAME) == {}


def test_a_fault_of_musicbrainz_stands_unless_the_name_is_proved(sandbox, source):
    script(sandbox, {"kind": "status", "code": 503}, MUSICBRAINZ)

    picture = source.find(DOUBLED)
    fault = fault_of(lambda: source.find(replace(DOUBLED, titles=())))

    assert picture.grade is Grade.NAME
    assert (type(fault), fault.provider) == (ProviderUnavailable, MUSICBRAINZ)
    picture.close()


@pytest.mark.parametrize(
    ("code", "kind"),
    [("4", ProviderThrottled), ("700", ProviderUnavailable), ("500", ProviderMalformed), ("501", ProviderMalformed)],
)
def test_an_error_under_status_200_is_its_declared_fault(sandbox, source, code, kind):
    script(sandbox, {"kind": "deezer_error", "code": code}, NAME)

    assert type(fault_of(lambda: source.find(LINKED))) is kind


def test_a_link_to_somebody_whom_deezer_no_longer_has_leaves_the_name(sandbox, source):
    sandbox.script({"provider": NAME, "api_method": "artist.get", "fault": {"kind": "deezer_error", "code": "800"}})

    picture = source.find(LINKED)

    assert picture.grade is Grade.NAME
    picture.close()


@pytest.mark.parametrize(
    ("known_titles", "theirs", "is_proof"),
    [
        ({"kida"}, {"kida", "amnesiac"}, True),
        ({"iv"}, {"iv"}, False),
        ({"iv", "red"}, {"iv", "red"}, True),
        ({"iv", "kida"}, {"iv"}, False),
        (set(), set(), False),
    ],
)
def test_a_short_title_alone_proves_nothing(known_titles, theirs, is_proof):
    assert proves(known_titles, theirs) is is_proof
