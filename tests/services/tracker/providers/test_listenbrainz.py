"""services/tracker/providers/listenbrainz.py: how it asks, and what it makes of faults and refusals."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from kernel.errors import FailedPrecondition, ProviderMalformed, ProviderThrottled
from kernel.evidence import Found
from services.tracker.domain import Mbids, Page, Play, Title
from services.tracker.providers.listenbrainz import MOST_AT_ONCE, NAME, ListenbrainzHistory
from services.tracker.walking import Ask
from tests.fakes.canned import USER_AGENT
from tests.sandbox.running import RunningSandbox
from tests.services.providers.contract import TIMEOUT, Subject, WireContract, fault_of
from tests.services.tracker.providers.asking import (
    TOKEN,
    error_of,
    is_one_sentence,
    listenbrainz_at,
    page_of,
    play_for,
    total_of,
)
from tests.services.tracker.providers.history_contract import HEARD, START, UNKNOWN, AskedHistoryContract, HistoryContract, Kept

LISTENER, EMPTY = "listener_300", "example_empty"

AskOne = Callable[[ListenbrainzHistory, str], Any]
ASKS: Mapping[str, AskOne] = {
    "user.listens": lambda source, account: source.find_page(account, Ask(None, None, 50)),
    "user.listen-count": lambda source, account: source.find_total(account),
}
SUBMITTED = [
    Play(
        START + 5, Title("Röyksopp", "Some Resolve", "Profound Mysteries II"), Mbids(track="30d08f4c-d825-4ae1-b79c-44242cddd7c0")
    ),
    Play(
        START,
        Title("Mariana Zwarg", 'Samba "de" Avedøre'),
        Mbids("1c70a3fc-fa3c-4be1-8b55-c3192db8a884", album="f1418001-7f1e-46af-bfdb-95faeded8841"),
    ),
    Play(START, Title("Vaults", "Midnight River - Memtrix Remix")),
]


@pytest.fixture(params=ASKS)
def ask(request: pytest.FixtureRequest) -> AskOne:
    return ASKS[request.param]


def subject_of(sandbox: RunningSandbox, source: ListenbrainzHistory, ask: AskOne) -> Subject:
    def fail(fault: Mapping[str, Any]) -> None:
        sandbox.client.delete("/_sandbox/faults")
        if fault:
            sandbox.script({"provider": NAME, "fault": fault})

    def ask_at(url: str) -> Any:
        with listenbrainz_at(url, token=TOKEN, timeout=TIMEOUT) as elsewhere:
            return ask(elsewhere, LISTENER)

    return Subject(NAME, lambda: ask(source, LISTENER), lambda: ask(source, UNKNOWN), fail=fail, ask_at=ask_at)


class TestListenbrainzKeepsTheContractOfProviders(AskedHistoryContract):
    @pytest.fixture
    def subject(self, sandbox: RunningSandbox, ask: AskOne, patience: timedelta) -> Iterator[Subject]:
        with listenbrainz_at(f"{sandbox.url}/listenbrainz", timeout=patience) as source:
            yield subject_of(sandbox, source, ask)


class TestSubmittingKeepsTheContractOfWhatIsAskedOverTheWire(WireContract):
    @pytest.fixture
    def subject(self, sandbox: RunningSandbox, somebody: str, patience: timedelta) -> Iterator[Subject]:
        def submit(source: ListenbrainzHistory, _: str) -> Found[None]:
            source.submit(SUBMITTED)
            return Found(None)

        with listenbrainz_at(f"{sandbox.url}/listenbrainz", token=f"listener-token:{somebody}", timeout=patience) as source:
            yield subject_of(sandbox, source, submit)


class TestListenbrainzKeepsTheContractOfHistories(HistoryContract):
    @pytest.fixture
    def kept(self, sandbox: RunningSandbox, listenbrainz: ListenbrainzHistory, somebody: str) -> Kept:
        play_for(sandbox, somebody, HEARD)
        return Kept(listenbrainz, somebody)


@pytest.fixture
def seconds(sandbox: RunningSandbox) -> list[int]:
    """When the listener played something, newest first."""
    rows = sandbox.client.get(f"/listenbrainz/1/user/{LISTENER}/listens", params={"count": 300}).json()["payload"]["listens"]
    return [row["listened_at"] for row in rows]


@pytest.fixture
def known(sandbox: RunningSandbox, somebody: str) -> Iterator[ListenbrainzHistory]:
    """Knows the token of `somebody`."""
    with listenbrainz_at(f"{sandbox.url}/listenbrainz", token=f"listener-token:{somebody}") as source:
        yield source


def asked_of(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    """The parameters of all calls, oldest first."""
    return [row["params"] for row in sandbox.control(f"journal?provider={NAME}")["rows"]]


def test_a_play_is_what_last_fm_tells_of_the_same_listening_but_for_its_picture(lastfm, listenbrainz):
    of_lastfm = page_of(lastfm, LISTENER).plays

    plays = page_of(listenbrainz, LISTENER).plays

    assert [(play.uts, play.title, play.mbids.artist, play.mbids.track) for play in plays] == [
        (play.uts, play.title, play.mbids.artist, play.mbids.track) for play in of_lastfm
    ]
    assert any(play.mbids.artist and play.mbids.track and play.mbids.album for play in plays)


def test_only_the_upper_bound_is_asked_for(sandbox, listenbrainz):
    page_of(listenbrainz, LISTENER, 1_400_000_000, size=7)
    page_of(listenbrainz, LISTENER, 1_400_000_000, 1_500_000_000, size=7)

    assert asked_of(sandbox) == [{"count": "7"}, {"count": "7", "max_ts": "1500000000"}]


def test_what_lies_below_the_window_is_left_out_and_ends_it(listenbrainz, seconds):
    page = page_of(listenbrainz, LISTENER, seconds[40], size=100)

    assert [play.uts for play in page.plays] == seconds[:41]
    assert page.total == 41


def test_a_full_page_of_the_window_leaves_open_whether_there_is_more(listenbrainz, seconds):
    full, short = (page_of(listenbrainz, LISTENER, None, seconds[299 - size], size=100) for size in (100, 99))

    assert (len(full.plays), full.total) == (100, None)
    assert (len(short.plays), short.total) == (99, 99)


def test_more_than_they_give_is_asked_for_as_what_they_give(sandbox, listenbrainz):
    page_of(listenbrainz, LISTENER, size=5000)

    assert asked_of(sandbox) == [{"count": str(MOST_AT_ONCE)}]


def test_another_page_of_the_same_window_cannot_be_shown(sandbox, listenbrainz):
    fault = fault_of(lambda: page_of(listenbrainz, LISTENER, page=2))

    assert type(fault) is ProviderMalformed
    assert asked_of(sandbox) == []


def test_an_account_that_has_never_played_anything_is_an_empty_page_and_none(listenbrainz):
    assert page_of(listenbrainz, EMPTY) == Page((), total=0)
    assert total_of(listenbrainz, EMPTY) == 0


@pytest.mark.parametrize("how", [*ASKS.values(), lambda source, _: source.submit(SUBMITTED)], ids=[*ASKS, "submit-listens"])
def test_a_refused_token_is_told_in_one_sentence_with_its_setting_and_without_the_token(sandbox, how):
    with listenbrainz_at(f"{sandbox.url}/listenbrainz", token="invalid-token") as refused:
        error = error_of(lambda: how(refused, LISTENER))

    assert type(error) is FailedPrecondition
    assert is_one_sentence(str(error))
    assert "LISTENBRAINZ_TOKEN" in str(error)
    assert "invalid-token" not in str(error)


def test_throttling_names_the_seconds_of_their_own_header(sandbox, listenbrainz, ask):
    sandbox.client.put("/_sandbox/limits", json={NAME: {"per_second": 0.1, "window_seconds": 10}})
    ask(listenbrainz, LISTENER)

    fault = fault_of(lambda: ask(listenbrainz, LISTENER))

    assert type(fault) is ProviderThrottled
    assert timedelta(0) < (fault.retry_after or timedelta(0)) <= timedelta(seconds=10)


def test_a_question_is_one_call_that_names_us(sandbox, listenbrainz):
    for ask_one in ASKS.values():
        assert isinstance(ask_one(listenbrainz, LISTENER), Found)

    assert sandbox.control("counters")[NAME] == {"total": 2} | dict.fromkeys(ASKS, 1)
    assert sandbox.control("journal")["rows"][-1]["user_agent"] == USER_AGENT


def test_without_a_token_nothing_can_be_handed_over_and_nobody_is_asked(sandbox, listenbrainz):
    error = error_of(lambda: listenbrainz.submit(SUBMITTED))

    assert type(error) is FailedPrecondition
    assert is_one_sentence(str(error))
    assert "LISTENBRAINZ_TOKEN" in str(error)
    assert asked_of(sandbox) == []


def test_what_is_handed_over_is_read_back_as_it_was(known, somebody):
    known.submit(SUBMITTED)

    plays = page_of(known, somebody).plays

    assert plays[0] == SUBMITTED[0]
    assert sorted(plays[1:], key=lambda play: play.title.artist) == SUBMITTED[1:]


def test_what_is_handed_over_twice_is_there_once(known, somebody):
    for _ in range(2):
        known.submit([*SUBMITTED, SUBMITTED[0]])

    assert total_of(known, somebody) == len(SUBMITTED)


def test_what_the_account_has_from_last_fm_is_not_doubled(sandbox, known, somebody):
    play_for(sandbox, somebody, [(play.uts, play.title) for play in SUBMITTED])

    known.submit(SUBMITTED)

    assert total_of(known, somebody) == len(SUBMITTED)


def test_as_many_as_they_take_are_one_call(sandbox, known, somebody):
    known.submit([Play(START + number, Title("Air", f"Track {number}")) for number in range(MOST_AT_ONCE)])

    assert total_of(known, somebody) == MOST_AT_ONCE
    assert sandbox.control("counters")[NAME]["submit-listens"] == 1


def test_one_play_they_do_not_take_is_a_fault_and_none_of_its_company_is_kept(known, somebody):
    fault = fault_of(lambda: known.submit([*SUBMITTED, Play(1_000_000_000, Title("Air", "Too Early"))]))

    assert type(fault) is ProviderMalformed
    assert total_of(known, somebody) == 0
