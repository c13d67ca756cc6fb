"""services/cover/providers/coverartarchive.py: by which ids it asks, and what it makes of missing thumbnails and faults."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import BreakerOpen, ProviderUnavailable
from services.cover.domain import Grade, NoPicture, Outcome, Picture, SourceName, Subject
from services.cover.providers import FindsPictures
from tests.sandbox.running import RunningSandbox
from tests.services.cover.providers import known
from tests.services.cover.providers.asking import ALBUM, ask, calls, door_to, script, settings_at, source_of, sources
from tests.services.providers.contract import ProviderContract, fault_of
from tests.services.providers.contract import Subject as Asked

NAME, ARCHIVE = SourceName.COVERARTARCHIVE.value, "archive"


@pytest.fixture(scope="module")
def name() -> SourceName:
    return SourceName.COVERARTARCHIVE


class TestCoverArtArchiveKeepsTheContract(ProviderContract):
    @pytest.fixture(params=["by release", "by release group"])
    def subject(self, request: pytest.FixtureRequest, sandbox: RunningSandbox, source: FindsPictures, tmp_path: Path) -> Asked:
        left_out: dict[str, Any] = {"release_group_mbid" if request.param == "by release" else "release_mbid": ""}
        asked = known.album(known.has_large_front, **left_out)
        unknown = replace(known.album(known.is_bare), **left_out)

        def ask_at(url: str) -> Any:
            settings = settings_at(sandbox.url, tmp_path / "elsewhere", coverartarchive_url=url)
            with door_to(sandbox.url, url) as http, sources(http, settings) as elsewhere:
                return ask(source_of(elsewhere, SourceName.COVERARTARCHIVE), asked)

        def fail(fault: Mapping[str, Any]) -> None:
            # A redirect is all in its headers: what cuts bodies short is met where the picture lies.
            script(sandbox, fault, NAME, ARCHIVE)

        return Asked(NAME, lambda: ask(source, asked), lambda: ask(source, unknown), fail=fail, ask_at=ask_at)


def test_the_front_of_the_very_release_is_graded_so(sandbox, source):
    subject = known.album(known.has_large_front)

    picture = source.find(subject)

    assert isinstance(picture, Picture)
    assert (picture.source, picture.grade) == (SourceName.COVERARTARCHIVE, Grade.RELEASE)
    assert picture.origin.endswith(f"/coverartarchive/release/{subject.release_mbid}/front-1200")
    assert calls(sandbox, NAME) == {"release.front": 1}
    assert calls(sandbox, ARCHIVE) == {"download": 1, "items": 1}
    picture.close()


def test_a_thumbnail_that_was_never_made_leads_to_a_smaller_one_and_no_further(sandbox, source):
    picture = source.find(known.album(known.has_small_front_only))

    assert picture.origin.endswith("/front-500")
    assert calls(sandbox, NAME) == {"release.front": 2}
    picture.close()


def test_a_front_whose_thumbnails_are_all_missing_is_a_miss(sandbox, source):
    script(sandbox, {"kind": "status", "code": 404}, ARCHIVE)

    answer = source.find(known.album(known.has_large_front, release_group_mbid=""))

    assert answer.outcome is Outcome.MISS
    assert calls(sandbox, NAME)["release.front"] == 3


def test_a_release_of_which_musicbrainz_knows_no_front_is_not_asked_for_and_its_group_is(sandbox, source):
    subject = known.album(known.is_covered_by_another)

    picture = source.find(subject)

    assert picture.grade is Grade.RELEASE_GROUP
    assert subject.release_group_mbid in picture.origin
    assert calls(sandbox, NAME) == {"release-group.front": 1}
    picture.close()


def test_the_group_is_learnt_from_musicbrainz_where_only_the_release_is_known(source):
    picture = source.find(known.album(known.is_covered_by_another, release_group_mbid=""))

    assert picture.grade is Grade.RELEASE_GROUP
    picture.close()


def test_a_back_is_no_cover(sandbox, source):
    answer = source.find(known.album(known.has_back_only))

    assert answer == NoPicture(Outcome.MISS, "The Cover Art Archive has no front picture of this album.")
    assert calls(sandbox, NAME) == {"release-group.front": 1}
    assert calls(sandbox, ARCHIVE) == {}


def test_musicbrainz_is_asked_only_about_a_release(sandbox, source):
    ask(source, known.album(known.has_large_front, release_mbid=""))

    assert calls(sandbox, "musicbrainz") == {}


def test_a_fault_of_musicbrainz_does_not_keep_from_asking_the_archive(sandbox, source):
    script(sandbox, {"kind": "status", "code": 503}, "musicbrainz")

    picture = source.find(known.album(known.has_large_front))

    assert picture.grade is Grade.RELEASE
    picture.close()


@pytest.mark.parametrize("written", ["", "no id", f"{known.NOBODY}/../../etc", f" {known.NOBODY}"])
def test_without_an_id_nobody_is_asked(sandbox, source, written):
    answer = source.find(Subject(ALBUM, "Album", release_mbid=written, release_group_mbid=written))

    assert answer.outcome is Outcome.SKIPPED
    assert "MusicBrainz id" in answer.reason
    assert calls(sandbox, NAME) == calls(sandbox, "musicbrainz") == {}


def test_a_release_that_nobody_knows_is_a_miss(source):
    answer = source.find(Subject(ALBUM, "Album", release_mbid=known.NOBODY))

    assert answer.outcome is Outcome.MISS


def test_archive_org_fails_under_its_own_name_and_closes_its_own_door(sandbox, source):
    script(sandbox, {"kind": "status", "code": 503}, ARCHIVE)
    subject = known.album(known.has_large_front)

    faults = [fault_of(lambda: source.find(subject)) for _ in range(6)]

    assert [type(fault) for fault in faults] == [ProviderUnavailable] * 5 + [BreakerOpen]
    assert {fault.provider for fault in faults} == {ARCHIVE}
    # The archive itself still says what it has not.
    assert source.find(known.album(known.is_bare)).outcome is Outcome.MISS
