"""services/artist/providers/musicbrainz: whom it finds in the sandbox, how it asks, and what it makes of faults."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from kernel.errors import ProviderMalformed, ProviderRejected, ProviderUnavailable
from kernel.evidence import Absent, Ambiguous, Found
from services.artist.domain import Identity
from services.artist.providers.musicbrainz import NAME, MusicbrainzProvider
from tests.fakes.canned import USER_AGENT
from tests.sandbox.running import RunningSandbox
from tests.services.artist.providers.asked_musicbrainz import musicbrainz_at
from tests.services.providers.contract import TIMEOUT, ProviderContract, Subject, fault_of

Ask = Callable[[MusicbrainzProvider, Identity], Any]
RADIOHEAD = Identity("Radiohead", mbid="a74b1b7f-71a5-4011-9441-d0b5e4122711", spotify_id="4Z8W4fKeB5YxbusRsdQVPb")
NOBODY = Identity("No Such Artist At All", mbid="00000000-0000-4000-8000-00000000dead", spotify_id="0" * 22)
MERGED = "00000000-0000-4000-8000-0000000000a7"
HARD_NAMES = "Queen|AC/DC|!!!|K/DA|諏訪内晶子|Sigur Rós|The The|Tyler, The Creator|Los Pericos|Foxing|Génesis".split("|")

ASKS: Mapping[str, Ask] = {
    "identity by Spotify id": lambda provider, who: provider.find_identity(Identity(spotify_id=who.spotify_id)),
    "identity by name": lambda provider, who: provider.find_identity(Identity(who.name)),
    "links": lambda provider, who: provider.find_links(who),
    "releases": lambda provider, who: provider.find_releases(who),
}


@pytest.fixture
def paced() -> list[str]:
    """One entry for each time the provider waited for its turn."""
    return []


@pytest.fixture
def provider(sandbox: RunningSandbox, paced: list[str], patience: timedelta) -> Iterator[MusicbrainzProvider]:
    """Asks the sandbox."""
    with musicbrainz_at(f"{sandbox.url}/musicbrainz/ws/2", timeout=patience, pace=lambda: paced.append("paced")) as asking:
        yield asking


@pytest.fixture(params=ASKS)
def ask(request: pytest.FixtureRequest) -> Ask:
    return ASKS[request.param]


def fail(sandbox: RunningSandbox, **fault: object) -> None:
    sandbox.script({"provider": NAME, "fault": fault})


def asked(sandbox: RunningSandbox) -> dict[str, int]:
    counters: dict[str, int] = sandbox.control("counters").get(NAME, {})
    return {name: count for name, count in counters.items() if name != "total"}


def bearers(sandbox: RunningSandbox, name: str) -> list[dict[str, Any]]:
    """All artists of exactly this name, as the sandbox's own directory has them."""
    rows = sandbox.client.get("/_sandbox/identities", params={"name": name}).json()["identities"]
    return [row | {"mbid": row["artist"]["mbid"]} for row in rows if row["artist"]["name"] == name]


class TestMusicbrainzKeepsTheContract(ProviderContract):
    @pytest.fixture
    def subject(self, sandbox: RunningSandbox, provider: MusicbrainzProvider, ask: Ask) -> Subject:
        def script(fault: Mapping[str, Any]) -> None:
            sandbox.client.delete("/_sandbox/faults")
            if fault:
                fail(sandbox, **fault)

        def ask_at(url: str) -> Any:
            with musicbrainz_at(url, timeout=TIMEOUT) as elsewhere:
                return ask(elsewhere, RADIOHEAD)

        return Subject(NAME, lambda: ask(provider, RADIOHEAD), lambda: ask(provider, NOBODY), fail=script, ask_at=ask_at)


def test_a_linked_spotify_id_is_one_call_and_nearly_certain(sandbox, provider, paced):
    found = provider.find_identity(RADIOHEAD)

    assert (found.value.name, found.value.mbid, found.value.spotify_id) == ("Radiohead", RADIOHEAD.mbid, RADIOHEAD.spotify_id)
    assert found.value.url == found.source_url == f"https://musicbrainz.org/artist/{RADIOHEAD.mbid}"
    assert (found.confidence, found.matched_on) == (0.95, ("MusicBrainz links this Spotify id",))
    assert asked(sandbox) == {"url.lookup": 1}
    assert paced == []


def test_a_spotify_id_that_is_not_linked_falls_back_to_the_name(sandbox, provider, paced):
    found = provider.find_identity(Identity("Halcyon Relay", spotify_id=NOBODY.spotify_id))

    assert isinstance(found, Found)
    assert (found.value.name, found.value.spotify_id) == ("Halcyon Relay", None)
    assert asked(sandbox) == {"url.lookup": 1, "artist.search": 1}
    assert paced == ["paced"]


@pytest.mark.parametrize("who", [Identity(), Identity("  "), Identity("[unknown]"), Identity("Various Artists", spotify_id="x")])
def test_nobody_in_particular_is_absent_without_a_call(sandbox, provider, who):
    assert isinstance(provider.find_identity(who), Absent)
    assert asked(sandbox) == {}


@pytest.mark.parametrize("mbid", [None, "", "../url", "a74b1b7f"])
def test_what_is_no_musicbrainz_id_is_absent_without_a_call(sandbox, provider, mbid):
    assert isinstance(provider.find_links(Identity("Radiohead", mbid=mbid)), Absent)
    assert isinstance(provider.find_releases(Identity("Radiohead", mbid=mbid)), Absent)
    assert asked(sandbox) == {}


@pytest.mark.parametrize("name", HARD_NAMES)
def test_of_namesakes_none_is_chosen_by_the_name_alone(sandbox, provider, name):
    everybody = {row["mbid"] for row in bearers(sandbox, name)}

    answer = provider.find_identity(Identity(name))

    if isinstance(answer, Found):
        assert everybody == {answer.value.mbid}
        assert answer.confidence == 0.7
    else:
        assert isinstance(answer, Ambiguous)
        assert everybody <= {candidate.mbid for candidate in answer.candidates}
        assert {candidate.name for candidate in answer.candidates[: len(everybody)]} == {name}


@pytest.mark.parametrize("name", HARD_NAMES)
def test_albums_tell_namesakes_apart_and_never_lead_to_the_wrong_one(sandbox, provider, name):
    for row in bearers(sandbox, name):
        titles = tuple(dict.fromkeys(edition["title"] for edition in row["editions"]))

        answer = provider.find_identity(Identity(name, titles=titles))

        assert isinstance(answer, Found), row["disambiguation"]
        assert (answer.value.mbid, answer.confidence) == (row["mbid"], 0.85)
        assert answer.matched_on[0] == "name"


def test_albums_of_somebody_else_decide_nothing(provider):
    answer = provider.find_identity(Identity("Queen", titles=("Master of Puppets", "Ride the Lightning")))

    assert isinstance(answer, Ambiguous)


def test_each_comparison_of_albums_waits_for_its_turn(sandbox, provider, paced):
    provider.find_identity(Identity("Queen", titles=("A Night at the Opera", "The Game")))

    assert asked(sandbox) == {"artist.search": 1, "release-group.browse": 3}
    assert len(paced) == 3


def test_namesakes_are_described_so_that_a_person_can_choose(provider):
    answer = provider.find_identity(Identity("Queen"))

    assert "UK rock group, Group, GB, 1970" in {candidate.description for candidate in answer.candidates}


def test_links_are_read_whole_in_one_call(sandbox, provider, paced):
    found = provider.find_links(Identity(mbid=RADIOHEAD.mbid))

    match = found.value
    assert (match.name, match.mbid, match.former_mbids) == ("Radiohead", RADIOHEAD.mbid, ())
    assert (match.spotify_id, match.wikidata_id) == (RADIOHEAD.spotify_id, "Q44190")
    assert {"OK Computer", "Kid A"} <= set(match.titles)
    assert 1 <= len(match.genres) <= 10
    assert (found.confidence, found.matched_on) == (0.95, ("MusicBrainz id",))
    assert asked(sandbox) == {"artist.lookup": 1}
    assert paced == []


@pytest.mark.parametrize(("merged", "calls"), [("answer", 1), ("redirect", 2)])
def test_a_merged_id_leads_to_the_artist_it_became(sandbox, provider, paced, merged, calls):
    sandbox.client.put("/_sandbox/musicbrainz", json={"merged": merged})

    match = provider.find_links(Identity(mbid=MERGED)).value

    assert (match.mbid, match.former_mbids) == (RADIOHEAD.mbid, (MERGED,))
    assert match.spotify_id == RADIOHEAD.spotify_id
    assert asked(sandbox) == {"artist.lookup": calls}
    assert len(paced) == calls - 1


def test_an_artist_without_links_has_none_made_up(sandbox, provider):
    foxing = next(row for row in bearers(sandbox, "Foxing") if "emo" in row["disambiguation"])

    match = provider.find_links(Identity(mbid=foxing["mbid"])).value

    assert (match.spotify_id, match.wikidata_id) == (None, None)


def test_releases_are_official_ones_newest_first_with_their_labels(sandbox, provider, paced):
    halcyon = bearers(sandbox, "Halcyon Relay")[0]

    found = provider.find_releases(Identity(mbid=halcyon["mbid"]))

    days = [release.released for release in found.value]
    assert len(found.value) == len(halcyon["editions"])
    assert days == sorted(days, reverse=True)
    assert {label for release in found.value for label in release.labels} == {
        edition["label"] for edition in halcyon["editions"] if edition["label_info"] == "full"
    }
    assert any(release.labels == () for release in found.value)
    assert all(release.group_id and release.group_title and release.kind in ("album", "single") for release in found.value)
    assert (asked(sandbox), paced) == ({"release.browse": 1}, [])


def test_a_call_asks_for_json_and_names_us(sandbox, provider, ask):
    ask(provider, RADIOHEAD)

    row = sandbox.control("journal")["rows"][0]
    assert (row["http_method"], row["params"]["fmt"], row["user_agent"]) == ("GET", "json", USER_AGENT)


@pytest.mark.parametrize(
    ("code", "fault"),
    [("busy", ProviderUnavailable), ("over_rate", ProviderUnavailable), ("not_identified", ProviderRejected)],
)
def test_its_own_errors_are_their_faults(sandbox, provider, ask, code, fault):
    fail(sandbox, kind="musicbrainz_error", code=code)

    raised = fault_of(lambda: ask(provider, RADIOHEAD))

    assert type(raised) is fault
    assert "CONTACT" in str(raised) or fault is not ProviderRejected


def test_busy_asks_for_more_patience_than_it_names(sandbox, provider, ask):
    fail(sandbox, kind="musicbrainz_error", code="busy")

    raised = fault_of(lambda: ask(provider, RADIOHEAD))

    assert raised.retry_after == timedelta(seconds=1.1)


@pytest.mark.parametrize("code", ["unknown", "bad_mbid"])
def test_nothing_there_is_absence(sandbox, provider, ask, code):
    fail(sandbox, kind="musicbrainz_error", code=code)

    assert isinstance(ask(provider, RADIOHEAD), Absent)


def test_a_request_that_is_refused_for_another_reason_is_a_fault(sandbox, provider, ask):
    fail(sandbox, kind="status", code=400, body='{"error": "foo is not a valid inc parameter."}', content_type="application/json")

    assert type(fault_of(lambda: ask(provider, RADIOHEAD))) is ProviderMalformed


def test_a_busy_moment_while_albums_are_compared_is_a_fault_and_no_judgement(sandbox, provider):
    sandbox.script(
        {"provider": NAME, "api_method": "release-group.browse", "fault": {"kind": "musicbrainz_error", "code": "busy"}}
    )

    raised = fault_of(lambda: provider.find_identity(Identity("Queen", titles=("The Game", "Innuendo"))))

    assert type(raised) is ProviderUnavailable
