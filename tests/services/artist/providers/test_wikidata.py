"""services/artist/providers/wikidata: how it asks, and what it makes of faults."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from kernel.errors import ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.evidence import Absent, Ambiguous, Found
from kernel.http import HttpClient
from services.artist.domain import Identity, Manager
from services.artist.providers import FindsManagement
from services.artist.providers.wikidata import MOST_AT_ONCE, NAME, WikidataProvider
from tests.fakes.canned import USER_AGENT
from tests.fakes.clock import FakeClock
from tests.sandbox.running import RunningSandbox
from tests.services.providers.contract import TIMEOUT, ProviderContract, Subject, fault_of

RADIOHEAD = Identity("Radiohead", mbid="a74b1b7f-71a5-4011-9441-d0b5e4122711", spotify_id="4Z8W4fKeB5YxbusRsdQVPb")
HALCYON = Identity("Halcyon Relay", spotify_id="2pvfGvbL4mouaDY9ZSwUmv")
DAFT_PUNK = Identity("Daft Punk", spotify_id="4tZwfgrHOc3mvqYlEYSvVi")
MUSE = Identity("Muse", spotify_id="12Chz98pHFMPJEknJQMWvI")
PORTISHEAD = Identity("Portishead", spotify_id="6liAMWkVf5LH7YR9yfFy1Y")
NOBODY = Identity("Nobody", mbid="00000000-0000-4000-8000-00000000dead", spotify_id="0" * 22)

BY_SPOTIFY = (Identity(spotify_id=RADIOHEAD.spotify_id), Identity(spotify_id=NOBODY.spotify_id))
BY_MBID = (Identity(mbid=RADIOHEAD.mbid), Identity(mbid=NOBODY.mbid))


def ask_one(provider: FindsManagement, who: Identity) -> Any:
    return provider.find_management(who)


def ask_among_others(provider: FindsManagement, who: Identity) -> Any:
    return provider.find_management_of_many([HALCYON, who, MUSE])[who]


@contextmanager
def wikidata_at(url: str, timeout: timedelta = TIMEOUT) -> Iterator[WikidataProvider]:
    """A provider as the service builds it, its upstream at `url`."""
    http = HttpClient(user_agent=USER_AGENT, trusted_hosts=[urlsplit(url).netloc])
    yield WikidataProvider(http, url=url, timeout=timeout, clock=FakeClock())
    http.close()


@pytest.fixture
def provider(sandbox: RunningSandbox, patience: timedelta) -> Iterator[WikidataProvider]:
    """Asks the sandbox."""
    with wikidata_at(f"{sandbox.url}/wikidata/sparql", patience) as wikidata:
        yield wikidata


@pytest.fixture
def refuse(sandbox: RunningSandbox) -> Callable[[str], None]:
    """Makes the sandbox answer with one of the service's own errors."""

    def script(code: str) -> None:
        sandbox.script({"provider": NAME, "fault": {"kind": "wikidata_error", "code": code}})

    return script


class TestWikidataKeepsTheContract(ProviderContract):
    @pytest.fixture(
        params=[(ask_one, BY_SPOTIFY), (ask_one, BY_MBID), (ask_among_others, BY_SPOTIFY)],
        ids=["by Spotify id", "by MusicBrainz id", "among others"],
    )
    def subject(self, request: pytest.FixtureRequest, sandbox: RunningSandbox, provider: WikidataProvider) -> Subject:
        ask, (known, unknown) = request.param

        def fail(fault: Mapping[str, Any]) -> None:
            sandbox.client.delete("/_sandbox/faults")
            if fault:
                sandbox.script({"provider": NAME, "fault": fault})

        def ask_at(url: str) -> Any:
            with wikidata_at(url) as elsewhere:
                return ask(elsewhere, known)

        return Subject(NAME, lambda: ask(provider, known), lambda: ask(provider, unknown), fail=fail, ask_at=ask_at)


def test_a_manager_is_dated_named_by_language_and_counts_its_sources(provider):
    found = provider.find_management(HALCYON)

    (manager,) = found.value.managers
    assert manager == Manager(
        id=manager.id,
        names={"en": "Northlight Example Artists", "fr": manager.names["fr"]},
        role="manager",
        started=date(2016, 2, 1),
        references=1,
        url=f"https://www.wikidata.org/wiki/{manager.id}",
    )
    assert manager.names["fr"].startswith("Artistes Northlight")


def test_what_is_found_says_where_and_under_which_licence(provider):
    found = provider.find_management(HALCYON)

    assert (found.source_url, found.licence) == ("https://www.wikidata.org/wiki/Q900000001", "CC0")
    assert (found.value.match.name, found.value.match.wikidata_id) == ("Halcyon Relay", "Q900000001")


@pytest.mark.parametrize(
    ("who", "confidence", "matched_on"),
    [
        (RADIOHEAD, 0.95, ("Spotify id", "MusicBrainz id")),
        (BY_SPOTIFY[0], 0.9, ("Spotify id",)),
        (BY_MBID[0], 0.9, ("MusicBrainz id",)),
    ],
)
def test_two_ids_that_agree_are_surer_than_one_and_either_tells_the_other(provider, who, confidence, matched_on):
    found = provider.find_management(who)

    assert (found.confidence, found.matched_on) == (confidence, matched_on)
    assert (found.value.match.mbid, found.value.match.spotify_id) == (RADIOHEAD.mbid, RADIOHEAD.spotify_id)


def test_ids_of_two_artists_are_ambiguous_with_both_items(provider):
    answer = provider.find_management(Identity(mbid=RADIOHEAD.mbid, spotify_id=MUSE.spotify_id))

    assert isinstance(answer, Ambiguous)
    assert [candidate.match.name for candidate in answer.candidates] == ["Muse", "Radiohead"]


def test_managers_present_come_before_former_ones_with_their_roles(provider):
    present, former = provider.find_management(DAFT_PUNK).value.managers

    assert (present.role, present.started, present.ended) == ("representation", date(2009, 1, 1), None)
    assert (former.role, former.started, former.ended) == ("manager", date(1996, 1, 1), date(2008, 12, 31))
    assert former.names.keys() == {"fr"}


def test_an_item_without_a_manager_is_found_for_what_it_says_of_the_artist(provider):
    found = provider.find_management(MUSE)

    assert isinstance(found, Found)
    assert found.value.managers == ()
    assert found.value.match.wikidata_id == "Q22151"


def test_a_manager_without_a_label_has_no_name(provider):
    (manager,) = provider.find_management(PORTISHEAD).value.managers

    assert manager.names == {}
    assert (manager.started, manager.references) == (None, 0)


def test_many_are_answered_each_by_one_query(sandbox, provider):
    nameless = Identity("Only a name")
    many = [RADIOHEAD, HALCYON, DAFT_PUNK, MUSE, NOBODY, BY_MBID[0], nameless]

    answers = provider.find_management_of_many(many)

    assert list(answers) == many
    assert [type(answers[who]) for who in many] == [Found, Found, Found, Found, Absent, Found, Absent]
    assert answers[RADIOHEAD] == provider.find_management(RADIOHEAD)
    assert sandbox.control("counters")[NAME] == {"total": 2, "sparql": 2}


def test_fifty_fit_one_query_and_more_are_refused(sandbox, provider):
    fifty = [Identity(spotify_id=f"{number:022}") for number in range(MOST_AT_ONCE - 1)] + [RADIOHEAD]

    answers = provider.find_management_of_many(fifty)

    assert isinstance(answers[RADIOHEAD], Found)
    assert sandbox.control("counters")[NAME]["total"] == 1
    with pytest.raises(ValueError, match="50"):
        provider.find_management_of_many([*fifty, MUSE])


@pytest.mark.parametrize(
    "who",
    [
        Identity("Radiohead"),
        Identity(spotify_id='" } ?entity ?p ?o . { "'),
        Identity(spotify_id="4Z8W4fKeB5YxbusRsdQVPb\n"),
        Identity(mbid='a74b1b7f-71a5-4011-9441-d0b5e4122711"'),
        Identity(mbid="A74B1B7F-71A5-4011-9441-D0B5E4122711"),
    ],
)
def test_what_is_no_id_is_never_sent(sandbox, provider, who):
    answer = provider.find_management(who)

    assert isinstance(answer, Absent)
    assert answer.reason
    assert NAME not in sandbox.control("counters")


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (BY_SPOTIFY[1], "Wikidata has no item with this Spotify id."),
        (BY_MBID[1], "Wikidata has no item with this MusicBrainz id."),
        (NOBODY, "Wikidata has no item with this Spotify id or MusicBrainz id."),
        (Identity("Nobody"), "No id is known to ask Wikidata by."),
    ],
)
def test_absence_names_what_was_looked_for(provider, who, reason):
    assert provider.find_management(who) == Absent(reason)


def test_a_query_names_us_and_puts_nothing_in_the_url(sandbox, provider):
    provider.find_management(RADIOHEAD)

    row = sandbox.control("journal")["rows"][-1]
    assert (row["http_method"], row["query_params"], row["user_agent"]) == ("POST", [], USER_AGENT)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("throttled", ProviderThrottled),
        ("banned", ProviderRejected),
        ("not_identified", ProviderRejected),
        ("timeout", ProviderUnavailable),
        ("gateway_timeout", ProviderUnavailable),
        ("malformed", ProviderMalformed),
    ],
)
def test_each_of_the_services_own_errors_is_its_declared_fault(provider, refuse, code, fault):
    refuse(code)

    assert type(fault_of(lambda: provider.find_management(RADIOHEAD))) is fault


def test_a_ban_is_respected_for_a_day(provider, refuse):
    refuse("banned")

    assert fault_of(lambda: provider.find_management(RADIOHEAD)).retry_after == timedelta(days=1)


def test_a_refused_user_agent_names_the_setting(provider, refuse):
    refuse("not_identified")

    assert "CONTACT" in str(fault_of(lambda: provider.find_management(RADIOHEAD)))


def test_throttling_waits_as_long_as_it_is_told(provider, refuse):
    refuse("throttled")

    assert fault_of(lambda: provider.find_management(RADIOHEAD)).retry_after == timedelta(seconds=3)
