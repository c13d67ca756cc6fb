"""services/tracker/providers/lastfm.py: how it asks, and what it makes of faults and refusals."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from kernel.errors import FailedPrecondition, ProviderMalformed, ProviderThrottled, ProviderTimeout, ProviderUnavailable
from kernel.evidence import Found
from services.tracker.domain import Mbids, Page, Play, Title
from services.tracker.providers.lastfm import NAME, LastfmHistory
from services.tracker.walking import Ask
from tests.fakes.canned import KEY, USER_AGENT
from tests.sandbox.running import LASTFM, RunningSandbox
from tests.services.providers.contract import TIMEOUT, Subject, fault_of
from tests.services.tracker.providers.asking import error_of, is_one_sentence, lastfm_at, page_of, play_for, total_of
from tests.services.tracker.providers.history_contract import HEARD, START, UNKNOWN, AskedHistoryContract, HistoryContract, Kept

LISTENER, PRIVATE, EMPTY = "listener_300", "example_private", "example_empty"
PLAYING = {"artist": "Björk", "track": "Jóga", "album": "Homogenic"}

AskOne = Callable[[LastfmHistory, str], Any]
ASKS: Mapping[str, AskOne] = {
    "user.getRecentTracks": lambda source, account: source.find_page(account, Ask(None, None, 50)),
    "user.getInfo": lambda source, account: source.find_total(account),
}


@pytest.fixture(params=ASKS)
def ask(request: pytest.FixtureRequest) -> AskOne:
    return ASKS[request.param]


class TestLastfmKeepsTheContractOfProviders(AskedHistoryContract):
    @pytest.fixture
    def subject(self, sandbox: RunningSandbox, ask: AskOne, patience: timedelta) -> Iterator[Subject]:
        def fail(fault: Mapping[str, Any]) -> None:
            sandbox.client.delete("/_sandbox/faults")
            if fault:
                sandbox.script({"fault": fault})

        def ask_at(url: str) -> Any:
            with lastfm_at(url, timeout=TIMEOUT) as elsewhere:
                return ask(elsewhere, LISTENER)

        with lastfm_at(f"{sandbox.url}{LASTFM}", timeout=patience) as source:
            yield Subject(NAME, lambda: ask(source, LISTENER), lambda: ask(source, UNKNOWN), fail=fail, ask_at=ask_at)


class TestLastfmKeepsTheContractOfHistories(HistoryContract):
    @pytest.fixture
    def kept(self, sandbox: RunningSandbox, lastfm: LastfmHistory, somebody: str) -> Kept:
        play_for(sandbox, somebody, HEARD)
        return Kept(lastfm, somebody)


@pytest.fixture
def rows(sandbox: RunningSandbox) -> list[Any]:
    """What the sandbox shows of the listener."""
    shown: list[Any] = sandbox.ask_json("user.getRecentTracks", user=LISTENER, limit=300)["recenttracks"]["track"]
    return shown


def test_a_play_is_read_field_by_field(lastfm, rows):
    plays = page_of(lastfm, LISTENER).plays

    assert plays == tuple(
        Play(
            int(row["date"]["uts"]),
            Title(row["artist"]["#text"], row["name"], row["album"]["#text"]),
            Mbids(row["artist"]["mbid"], row["mbid"], row["album"]["mbid"]),
            row["image"][3]["#text"],
        )
        for row in rows
    )
    assert all(play.image_url.startswith("https://lastfm.freetls.fastly.net/i/u/300x300/") for play in plays)


def test_pages_follow_one_another_and_each_tells_how_much_there_is(lastfm, rows):
    pages = [page_of(lastfm, LISTENER, size=70, page=number) for number in range(1, 7)]

    assert [len(page.plays) for page in pages] == [70, 70, 70, 70, 20, 0]
    assert {page.total for page in pages} == {300}
    assert [play.uts for page in pages for play in page.plays] == [int(row["date"]["uts"]) for row in rows]


def test_names_are_kept_to_the_letter_but_for_the_white_space_around_them(sandbox, lastfm, somebody):
    titles = [
        Title('Say "Hi"\\', "a/b & <c> \u2028 d", "Ænima / 音楽"),
        Title("Beyonce\u0301", "Déjà  Vu", "B'Day (Deluxe)"),
        Title("  P!nk ", "\tSo What\n", " Funhouse"),
        Title("🎉", "100%", "+"),
    ]
    play_for(sandbox, somebody, [(START - number, title) for number, title in enumerate(titles)])

    page = page_of(lastfm, somebody)

    assert [play.title for play in page.plays] == [
        titles[0],
        titles[1],
        Title("P!nk", "So What", "Funhouse"),
        titles[3],
    ]


def test_a_track_without_an_album_has_no_picture_and_no_album(sandbox, lastfm, somebody):
    play_for(sandbox, somebody, [(START, Title("Somebody Unheard Of", "Untitled"))])

    assert page_of(lastfm, somebody).plays == (Play(START, Title("Somebody Unheard Of", "Untitled")),)


def test_one_row_alone_is_a_page_of_one(sandbox, lastfm, somebody):
    play_for(sandbox, somebody, [(START, Title("Air", "Sexy Boy"))])
    assert isinstance(sandbox.ask_json("user.getRecentTracks", user=somebody)["recenttracks"]["track"], dict)

    page = page_of(lastfm, somebody)

    assert (len(page.plays), page.total) == (1, 1)


def test_an_account_that_has_never_played_anything_is_an_empty_page_and_none(lastfm):
    assert page_of(lastfm, EMPTY) == Page((), total=0)
    assert total_of(lastfm, EMPTY) == 0


@pytest.mark.parametrize(
    "window", [{}, {"page": 2}, {"page": 99}, {"until": 1_400_000_000}, {"since": 1_400_000_000, "until": 1_400_000_001}]
)
def test_what_plays_now_comes_with_every_page_and_never_among_the_plays(sandbox, lastfm, window):
    before = page_of(lastfm, LISTENER, size=50, **window)
    sandbox.client.put("/_sandbox/now_playing", json={"user": LISTENER, **PLAYING})

    page = page_of(lastfm, LISTENER, size=50, **window)

    assert page.playing == Title("Björk", "Jóga", "Homogenic")
    assert page.playing_image_url.startswith("https://lastfm.freetls.fastly.net/i/u/300x300/")
    assert (page.plays, page.rejects, page.total) == (before.plays, (), before.total)
    assert before.playing is None


def test_what_plays_now_is_known_of_an_account_that_has_played_nothing_yet(sandbox, lastfm):
    sandbox.client.put("/_sandbox/now_playing", json={"user": EMPTY, **PLAYING})

    page = page_of(lastfm, EMPTY)

    assert (page.playing, page.plays, page.total) == (Title("Björk", "Jóga", "Homogenic"), (), 0)


def test_a_private_profile_is_told_in_one_sentence_with_what_to_do(lastfm):
    error = error_of(lambda: page_of(lastfm, PRIVATE))

    assert type(error) is FailedPrecondition
    assert is_one_sentence(str(error))
    assert PRIVATE in str(error)
    assert "private" in str(error)
    assert "Hide recent listening information" in str(error)


@pytest.mark.parametrize("key", ["invalid-key", "suspended-key"])
def test_a_refused_key_is_told_in_one_sentence_with_its_setting_and_without_the_key(sandbox, ask, key):
    with lastfm_at(f"{sandbox.url}{LASTFM}", key=key) as refused:
        error = error_of(lambda: ask(refused, LISTENER))

    assert type(error) is FailedPrecondition
    assert is_one_sentence(str(error))
    assert "LASTFM_API_KEY" in str(error)
    assert key not in str(error)


ERRORS = {
    3: ProviderMalformed,
    4: FailedPrecondition,
    6: ProviderMalformed,  # a missing parameter: our mistake, and no word about the account
    8: ProviderUnavailable,
    9: FailedPrecondition,
    10: FailedPrecondition,
    11: ProviderUnavailable,
    16: ProviderUnavailable,
    17: FailedPrecondition,
    26: FailedPrecondition,
    29: ProviderThrottled,
    99: ProviderMalformed,
}


@pytest.mark.parametrize("status", [None, 200, 400])
@pytest.mark.parametrize(("code", "kind"), ERRORS.items())
def test_an_error_code_means_the_same_under_whatever_status(sandbox, lastfm, ask, code, kind, status):
    sandbox.fault("lastfm_error", code=code, **({} if status is None else {"status": status}))

    error = error_of(lambda: ask(lastfm, LISTENER))

    assert type(error) is kind
    assert KEY not in str(error)


@pytest.mark.parametrize("status", [None, 200])
def test_throttling_without_a_time_pauses_for_a_minute(sandbox, lastfm, ask, status):
    sandbox.fault("lastfm_error", code=29, **({} if status is None else {"status": status}))

    assert fault_of(lambda: ask(lastfm, LISTENER)).retry_after == timedelta(minutes=1)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "html"},
        {"kind": "truncated"},
        {"kind": "garbage"},
        {"kind": "reset"},
        {"kind": "redirect", "location": "https://example.org/"},
        {"kind": "status", "code": 500},
        {"kind": "status", "code": 403},
    ],
    ids=lambda fault: fault["kind"],
)
def test_the_key_is_in_no_text_of_an_error_nor_of_what_caused_it(sandbox, lastfm, ask, fault):
    sandbox.script({"fault": fault})

    error: BaseException | None = fault_of(lambda: ask(lastfm, LISTENER))

    while error is not None:
        assert KEY not in str(error)
        assert error.__cause__ is not error
        error = error.__cause__


def test_a_page_larger_than_they_give_is_refused_and_one_of_their_size_is_not(sandbox, lastfm):
    sandbox.client.put("/_sandbox/lastfm", json={"largest_page": 200})

    refused = fault_of(lambda: page_of(lastfm, LISTENER, size=500))

    assert type(refused) is ProviderMalformed
    assert len(page_of(lastfm, LISTENER, size=200).plays) == 200


POISONED = {"error_8": ProviderUnavailable, "status_500": ProviderUnavailable, "html": ProviderMalformed}


@pytest.mark.parametrize("how", POISONED)
def test_plays_they_cannot_bring_out_spoil_their_page_and_nothing_beside_it(sandbox, lastfm, rows, how):
    seconds = [int(row["date"]["uts"]) for row in rows]
    sandbox.client.put(
        "/_sandbox/lastfm", json={"poison_since": seconds[120], "poison_until": seconds[120] + 1, "poison_as": how}
    )

    fault = fault_of(lambda: page_of(lastfm, LISTENER))

    assert type(fault) is POISONED[how]
    assert len(page_of(lastfm, LISTENER, seconds[120] + 1).plays) == 120
    assert len(page_of(lastfm, LISTENER, None, seconds[120]).plays) == 179
    assert total_of(lastfm, LISTENER) == 300


def test_a_page_that_takes_too_long_is_given_up(sandbox):
    sandbox.client.put("/_sandbox/lastfm", json={"page_seconds": 30})

    with lastfm_at(f"{sandbox.url}{LASTFM}", timeout=timedelta(seconds=0.3)) as source:
        fault = fault_of(lambda: page_of(source, LISTENER))

    assert type(fault) is ProviderTimeout


def test_a_call_names_us_and_puts_neither_key_nor_anything_else_in_a_url(sandbox, lastfm, ask):
    ask(lastfm, LISTENER)

    row = sandbox.control("journal")["rows"][-1]
    assert (row["user_agent"], row["query_params"]) == (USER_AGENT, [])
    assert not {"sk", "api_sig"} & row["params"].keys()


def test_a_question_is_one_call(sandbox, lastfm):
    for ask_one in ASKS.values():
        assert isinstance(ask_one(lastfm, LISTENER), Found)

    assert sandbox.control("counters")["lastfm"] == {"total": 2} | dict.fromkeys(map(str.lower, ASKS), 1)


def test_bounds_are_asked_for_only_where_there_are_some(sandbox, lastfm):
    page_of(lastfm, LISTENER, size=7)
    page_of(lastfm, LISTENER, 0, 1_400_000_000, size=7, page=2)

    without, within = (row["params"] for row in sandbox.control("journal")["rows"][-2:])
    assert not {"from", "to"} & without.keys()
    assert (within["from"], within["to"], within["limit"], within["page"]) == ("0", "1400000000", "7", "2")
