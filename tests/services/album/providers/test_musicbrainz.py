"""services/album/providers/musicbrainz: what it finds in the sandbox, how it asks, and what it makes of faults."""

from datetime import timedelta
from typing import Any

import pytest

from kernel.errors import ProviderRejected, ProviderUnavailable
from kernel.evidence import Absent, Ambiguous
from kernel.http import HttpClient
from services.album.domain import AlbumIdentity
from services.album.providers.musicbrainz import NAME, MusicbrainzReleases
from tests.fakes.canned import USER_AGENT
from tests.sandbox.running import RunningSandbox
from tests.services.album.providers.asking import calls, door_to, musicbrainz_over, script
from tests.services.providers.contract import TIMEOUT, ProviderContract, Subject, fault_of

OK_COMPUTER, GROUP = "0b6b4ba0-d36f-47bd-b4ea-6a5b91842d29", "ec18a37d-66f3-54ac-8eb4-e0bffb8b3c1f"
NOBODY = "00000000-0000-4000-8000-00000000dead"
MERGED = "00000000-0000-4000-8000-0000000000c2"
BY_NAME = AlbumIdentity("OK Computer", "Radiohead")
BY_ID = AlbumIdentity("OK Computer", "Radiohead", mbid=OK_COMPUTER)
BY_GROUP = AlbumIdentity("OK Computer", "Radiohead", release_group_mbid=GROUP)
ASKS = {
    "by id": (BY_ID, AlbumIdentity("OK Computer", "Radiohead", mbid=NOBODY)),
    "by group": (BY_GROUP, AlbumIdentity("OK Computer", "Radiohead", release_group_mbid=NOBODY)),
    "by name": (BY_NAME, AlbumIdentity("No Such Record", "Radiohead")),
}


@pytest.fixture
def paced() -> list[str]:
    """One entry for each time the provider waited for its turn."""
    return []


@pytest.fixture
def provider(sandbox: RunningSandbox, door: HttpClient, paced: list[str], patience: timedelta) -> MusicbrainzReleases:
    return musicbrainz_over(door, f"{sandbox.url}/musicbrainz/ws/2", timeout=patience, pace=lambda: paced.append("paced"))


class TestMusicbrainzKeepsTheContract(ProviderContract):
    @pytest.fixture(params=ASKS)
    def subject(self, sandbox: RunningSandbox, provider: MusicbrainzReleases, request: pytest.FixtureRequest) -> Subject:
        known, unknown = ASKS[request.param]

        def ask_at(url: str) -> Any:
            with door_to(url) as http:
                return musicbrainz_over(http, url, timeout=TIMEOUT).find_release(known)

        return Subject(
            NAME,
            lambda: provider.find_release(known),
            lambda: provider.find_release(unknown),
            fail=lambda fault: script(sandbox, NAME, dict(fault)),
            ask_at=ask_at,
        )


@pytest.mark.parametrize(
    ("what", "confidence", "matched_on", "asked"),
    [
        (BY_ID, 1.0, ("MusicBrainz id",), {"release.lookup": 1, "release-group.lookup": 1}),
        (BY_GROUP, 1.0, ("MusicBrainz id of the release group",), {"release.lookup": 1, "release-group.lookup": 1}),
        (BY_NAME, 0.8, ("title", "artist"), {"release.search": 1, "release-group.lookup": 1}),
    ],
)
def test_a_release_is_two_calls_however_it_is_named(sandbox, provider, paced, what, confidence, matched_on, asked):
    found = provider.find_release(what)

    release = found.value
    assert (release.mbid, release.group_mbid) == (OK_COMPUTER, GROUP)
    assert (release.title, release.artist, release.kind) == ("OK Computer", "Radiohead", "album")
    assert (release.released, release.track_count, release.labels) == ("1997-05-21", 12, ("Parlophone",))
    assert release.genres[:2] == ("alternative", "alternative rock")
    assert release.barcode.isdigit()
    assert (found.confidence, found.matched_on) == (confidence, matched_on)
    assert found.source_url == f"https://musicbrainz.org/release/{OK_COMPUTER}"
    assert "CC0" in found.licence
    assert calls(sandbox, NAME) == asked
    assert paced == ["paced"]


@pytest.mark.parametrize(
    ("what", "mbid", "confidence"),
    [
        (AlbumIdentity("ok computer", "RADIOHEAD", track_count=12), OK_COMPUTER, 0.9),
        (AlbumIdentity("Homogenic", "Bjork"), "1c2ef03d-18f5-5b58-9f5f-eb3c1950f900", 0.75),
        (AlbumIdentity("Signal Gardens", "Paper Quarry"), "d41efb9c-5e75-5588-b5b8-d4abcc24478a", 0.8),
        (AlbumIdentity("Signal Gardens", "Halcyon Relay"), "91f214df-fcab-592d-8736-979e6fe68280", 0.8),
    ],
)
def test_title_and_artist_decide_and_the_number_of_tracks_confirms(provider, what, mbid, confidence):
    found = provider.find_release(what)

    assert (found.value.mbid, found.confidence) == (mbid, confidence)


def test_an_album_and_a_single_of_one_title_are_a_question(sandbox, provider):
    answer = provider.find_release(AlbumIdentity("POP/STARS", "K/DA"))

    assert isinstance(answer, Ambiguous)
    assert [(each.title, each.artist, each.kind) for each in answer.candidates] == [
        ("POP/STARS", "K/DA", "album"),
        ("POP/STARS", "K/DA", "single"),
    ]
    assert all(each.mbid and each.group_mbid for each in answer.candidates)
    assert calls(sandbox, NAME) == {"release.search": 1}


@pytest.mark.parametrize(("merged", "asked"), [("answer", 1), ("redirect", 2)])
def test_a_merged_id_leads_to_the_release_it_became(sandbox, provider, paced, merged, asked):
    sandbox.client.put("/_sandbox/musicbrainz", json={"merged": merged})

    found = provider.find_release(AlbumIdentity("OK Computer", "Radiohead", mbid=MERGED))

    assert (found.value.mbid, found.confidence) == (OK_COMPUTER, 1.0)
    assert calls(sandbox, NAME) == {"release.lookup": asked, "release-group.lookup": 1}
    assert len(paced) == asked


@pytest.mark.parametrize("ids", [{"mbid": OK_COMPUTER}, {"release_group_mbid": GROUP}])
def test_an_id_of_quite_another_record_is_not_believed(provider, ids):
    answer = provider.find_release(AlbumIdentity("Homogenic", "Björk", **ids))

    assert isinstance(answer, Absent)
    assert "another album by another artist" in answer.reason


@pytest.mark.parametrize("what", [("Homogenic", "Radiohead"), ("OK Computer", "Björk"), ("OK Computer (Deluxe)", "On a Friday")])
@pytest.mark.parametrize("ids", [{"mbid": OK_COMPUTER}, {"release_group_mbid": GROUP}])
def test_an_id_is_believed_when_title_or_artist_agrees(provider, what, ids):
    assert provider.find_release(AlbumIdentity(*what, **ids)).confidence == 1.0


@pytest.mark.parametrize("mbid", ["", "x", "../artist", OK_COMPUTER[:-1]])
def test_what_is_no_id_is_searched_for_by_name(sandbox, provider, mbid):
    found = provider.find_release(AlbumIdentity("OK Computer", "Radiohead", mbid=mbid, release_group_mbid=mbid))

    assert found.value.mbid == OK_COMPUTER
    assert calls(sandbox, NAME) == {"release.search": 1, "release-group.lookup": 1}


@pytest.mark.parametrize("what", [AlbumIdentity("[unknown]", "X"), AlbumIdentity("X", ""), AlbumIdentity("", "X")])
def test_what_cannot_be_searched_for_is_never_asked(sandbox, provider, what):
    assert isinstance(provider.find_release(what), Absent)
    assert calls(sandbox, NAME) == {}


def test_a_search_asks_for_json_every_operator_escaped_and_names_us(sandbox, provider):
    provider.find_release(AlbumIdentity('Thr!!!er "X" AND (Y)', "!!!"))

    (row,) = sandbox.control("journal")["rows"]
    assert row["params"]["query"] == r'release:"Thr\!\!\!er \"X\" AND \(Y\)" AND artist:"\!\!\!"'
    assert (row["params"]["limit"], row["params"]["fmt"], row["user_agent"]) == ("25", "json", USER_AGENT)


def test_a_name_of_signs_only_is_found(provider):
    assert provider.find_release(AlbumIdentity("Thr!!!er", "!!!")).value.artist == "!!!"


@pytest.mark.parametrize("what", [BY_ID, BY_GROUP, BY_NAME])
@pytest.mark.parametrize(("code", "fault"), [("busy", ProviderUnavailable), ("not_identified", ProviderRejected)])
def test_its_own_errors_are_their_faults(sandbox, provider, what, code, fault):
    script(sandbox, NAME, {"kind": "musicbrainz_error", "code": code})

    raised = fault_of(lambda: provider.find_release(what))

    assert type(raised) is fault
    assert fault is ProviderRejected or raised.retry_after == timedelta(seconds=1.1)


def test_a_busy_moment_on_the_second_call_is_a_fault_and_no_half_answer(sandbox, provider):
    busy = {"kind": "musicbrainz_error", "code": "busy"}
    sandbox.script({"provider": NAME, "api_method": "release-group.lookup", "fault": busy})

    assert type(fault_of(lambda: provider.find_release(BY_NAME))) is ProviderUnavailable


def test_a_group_that_is_gone_leaves_what_the_release_says(sandbox, provider):
    unknown = {"kind": "musicbrainz_error", "code": "unknown"}
    sandbox.script({"provider": NAME, "api_method": "release-group.lookup", "fault": unknown})

    release = provider.find_release(BY_ID).value

    assert (release.group_mbid, release.kind, release.released) == (GROUP, "album", "1997-05-21")
    assert release.genres == ()
