"""services/cover/providers/commons: whom it asks for, which file and width it takes, and what it says of it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from services.cover.domain import Grade, NoPicture, Outcome, SourceName, Subject
from services.cover.providers import FindsPictures
from tests.sandbox.running import RunningSandbox
from tests.services.cover.providers import known
from tests.services.cover.providers.asking import ARTIST, ask, calls, door_to, script, settings_at, source_of, sources
from tests.services.providers.contract import TIMEOUT, ProviderContract, fault_of
from tests.services.providers.contract import Subject as Asked

NAME, HOST, WIKIDATA = SourceName.COMMONS.value, "commons-images", "wikidata"
PHOTO = known.artist(known.is_pictured_as("jpg"))
NOBODY = replace(PHOTO, artist_mbid=known.NOBODY)


@pytest.fixture(scope="module")
def name() -> SourceName:
    return SourceName.COMMONS


class TestCommonsKeepsTheContract(ProviderContract):
    @pytest.fixture(params=[("commons_url", NAME), ("wikidata_sparql_url", WIKIDATA)], ids=["commons", "wikidata"])
    def subject(self, request: pytest.FixtureRequest, sandbox: RunningSandbox, source: FindsPictures, tmp_path: Path) -> Asked:
        setting, upstream = request.param

        def ask_at(url: str) -> Any:
            settings = settings_at(
                sandbox.url, tmp_path / "elsewhere", patience=TIMEOUT, cover_album_sources=(), **{setting: url}
            )
            with door_to(sandbox.url, url) as http, sources(http, settings) as elsewhere:
                return ask(source_of(elsewhere, SourceName.COMMONS), PHOTO)

        def fail(fault: Mapping[str, Any]) -> None:
            script(sandbox, fault, upstream)

        return Asked(upstream, lambda: ask(source, PHOTO), lambda: ask(source, NOBODY), fail=fail, ask_at=ask_at)


def test_a_photo_is_of_this_very_artist_with_its_licence_and_who_took_it(sandbox, source):
    picture = source.find(PHOTO)

    photo = known.photos_of(PHOTO)[0]
    assert (picture.grade, picture.licence) == (Grade.IDENTITY, photo.licence)
    assert picture.origin.startswith("https://commons.wikimedia.org/wiki/File:")
    assert "<" not in picture.attribution
    assert calls(sandbox, WIKIDATA) == {"sparql": 1}
    assert calls(sandbox, NAME) == {"imageinfo": 1}
    picture.close()


def test_wikidatas_own_id_is_enough(source):
    picture = source.find(Subject(ARTIST, "Whoever", wikidata_id=known.identity_of(PHOTO).wikidata_id))

    assert picture.grade is Grade.IDENTITY
    picture.close()


@pytest.mark.parametrize("suffix", ["png", "tif", "svg"])
def test_what_a_browser_cannot_show_comes_as_commons_draws_it(source, suffix):
    picture = source.find(known.artist(known.is_drawn_as(suffix)))

    assert picture.grade is Grade.IDENTITY
    picture.close()


def test_a_drawing_that_commons_cannot_render_is_tried_at_every_width_and_is_a_miss(sandbox, source):
    answer = source.find(known.artist(known.is_drawn_as("svg", works=False)))

    assert answer == NoPicture(Outcome.MISS, "Wikidata names a picture that Wikimedia Commons does not show.")
    assert calls(sandbox, HOST) == {"thumb": 3}


def test_an_item_without_a_picture_and_an_unknown_one_are_misses(source):
    for subject in (known.artist(known.is_faceless), NOBODY):
        assert source.find(subject) == NoPicture(Outcome.MISS, "Wikidata has no picture of this artist.")


@pytest.mark.parametrize("written", ["", "Q0", 'Q1" } ?s ?p ?o . { "', "q42", f"{known.NOBODY}\n"])
def test_what_is_no_id_is_never_sent(sandbox, source, written):
    answer = source.find(Subject(ARTIST, "Whoever", artist_mbid=written, wikidata_id=written))

    assert answer.outcome is Outcome.SKIPPED
    assert calls(sandbox, WIKIDATA) == {}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("maxlag", ProviderUnavailable),
        ("ratelimited", ProviderThrottled),
        ("over_rate", ProviderThrottled),
        ("unavailable", ProviderUnavailable),
        ("not_identified", ProviderRejected),
        ("unknown", ProviderMalformed),
    ],
)
def test_each_of_commons_own_errors_is_its_declared_fault(sandbox, source, code, kind):
    script(sandbox, {"kind": "commons_error", "code": code}, NAME)

    assert type(fault_of(lambda: source.find(PHOTO))) is kind
