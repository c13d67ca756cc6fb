"""What ListenBrainz might answer, row by row, and what is made of it; and how exactly it is asked."""

import json
from datetime import timedelta
from typing import Any

import pytest

from kernel.errors import FailedPrecondition, NotFound, ProviderMalformed, ProviderThrottled
from services.tracker.domain import Mbids, Page, Play, Reject, Title
from services.tracker.providers.listenbrainz import ListenbrainzHistory
from tests.fakes.canned import CannedUpstream
from tests.fakes.raw_server import answer
from tests.services.providers.contract import fault_of
from tests.services.tracker.files.uploads import ALBUM_ID, ARTIST_ID, TRACK_ID
from tests.services.tracker.providers.asking import TOKEN, error_of, listenbrainz_at, page_of, total_of

UTS = 1764740227
TITLE = Title("Burial", "Etched Headplate", "Untrue")
PLAY = Play(UTS, TITLE, Mbids(ARTIST_ID, TRACK_ID, ALBUM_ID))
MATCHED = {"recording_mbid": TRACK_ID, "release_mbid": ALBUM_ID, "artist_mbids": [ARTIST_ID], "caa_id": 41334538769}
OTHER_ID = "91f7a868-d82e-4cfb-9cd9-a2ffd7faac25"
OK = '{"status": "ok"}'

ASKS: dict[str, Any] = {
    "a page": lambda source: page_of(source, "will"),
    "the total": lambda source: total_of(source, "will"),
    "submitting": lambda source: source.submit([PLAY]),
}


def listen(at: object = UTS, **about: object) -> dict[str, object]:
    """A listen; what is None of what it is about is left out."""
    told = {"artist_name": "Burial", "track_name": "Etched Headplate", "release_name": "Untrue", "mbid_mapping": MATCHED, **about}
    return {"listened_at": at, "track_metadata": {key: value for key, value in told.items() if value is not None}}


def written(*rows: object) -> str:
    return json.dumps({"payload": {"count": len(rows), "listens": list(rows), "user_id": "will"}})


@pytest.fixture
def read(upstream: CannedUpstream, canned_listenbrainz: ListenbrainzHistory) -> Any:
    """The page that is made of these rows."""

    def read_rows(*rows: object) -> Page:
        upstream.says(written(*rows))
        return page_of(canned_listenbrainz, "will")

    return read_rows


@pytest.fixture(params=ASKS)
def ask(request: pytest.FixtureRequest, upstream: CannedUpstream) -> Any:
    """Asks one thing, with a token."""

    def ask_one() -> Any:
        with listenbrainz_at(upstream.server.url, token=TOKEN) as source:
            return ASKS[request.param](source)

    return ask_one


def test_a_listen_is_read_field_by_field(read):
    assert read(listen()) == Page((PLAY,), total=1)


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        "null",
        "[]",
        "7",
        '{"payload": null}',
        '{"payload": {}}',
        '{"payload": []}',
        '{"payload": {"listens": null}}',
        '{"payload": {"listens": {}}}',
        '{"payload": {"listens": [',
        '{"payload": {"count": 3}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_list_of_listens_is_malformed_and_never_an_empty_history(upstream, canned_listenbrainz, body):
    upstream.says(body)

    assert type(fault_of(lambda: page_of(canned_listenbrainz, "will"))) is ProviderMalformed


@pytest.mark.parametrize("at", [None, "", "soon", -1, 1.5, True, [], "9" * 400])
def test_a_listen_without_a_date_is_told_with_its_values_and_spoils_no_other(read, at):
    page = read(listen(), listen(at), listen())

    assert page.plays == (PLAY, PLAY)
    assert [reject.reason for reject in page.rejects] == ["has no date"]
    assert json.loads(page.rejects[0].raw) == listen(at)
    assert page.total == 3


@pytest.mark.parametrize("odd", [None, "x", 7, [], True, {}, {"track_metadata": {}}])
def test_a_listen_of_another_type_is_told_and_spoils_no_other(read, odd):
    page = read(odd, listen())

    assert page.plays == (PLAY,)
    assert page.rejects == (Reject("has no date", json.dumps(odd, separators=(",", ":"))),)


def test_a_listen_nested_too_deeply_to_be_shown_is_told_all_the_same(upstream, canned_listenbrainz):
    upstream.says(written("DEEP", listen()).replace('"DEEP"', "[" * 300 + "]" * 300))

    page = page_of(canned_listenbrainz, "will")

    assert page.plays == (PLAY,)
    assert len(page.rejects) == 1


def test_plays_are_newest_first_and_those_of_a_second_as_they_were_told(read):
    page = read(*(listen(uts, track_name=name) for name, uts in [("a", 5), ("b", 9), ("c", 5), ("d", 9)]))

    assert [play.title.track for play in page.plays] == ["b", "d", "a", "c"]


@pytest.mark.parametrize("nothing", [None, "", " ", 5, [], {}])
def test_a_name_that_is_missing_is_empty_and_for_the_caller_to_judge(read, nothing):
    page = read(listen(artist_name=nothing, track_name=nothing, release_name=nothing))

    assert page.plays == (Play(UTS, Title("", ""), PLAY.mbids),)


@pytest.mark.parametrize("metadata", [None, [], "x", 5])
def test_a_listen_about_nothing_is_left_to_the_caller_with_its_second(read, metadata):
    assert read({"listened_at": UTS, "track_metadata": metadata}).plays == (Play(UTS, Title("", "")),)


def test_names_are_kept_to_the_letter_but_for_the_white_space_around_them(read):
    page = read(listen(artist_name="  Beyonce\u0301 ", track_name='Say "Hi"\\  <c>\n', release_name="Ænima / 音楽 🎉"))

    assert page.plays[0].title == Title("Beyonce\u0301", 'Say "Hi"\\  <c>', "Ænima / 音楽 🎉")


def test_ids_that_the_player_sent_come_before_those_found_by_the_names(read):
    page = read(listen(additional_info={"recording_mbid": OTHER_ID.upper(), "release_mbid": "", "artist_mbids": []}))

    assert page.plays[0].mbids == Mbids(ARTIST_ID, OTHER_ID, ALBUM_ID)


def test_the_id_of_one_of_several_artists_is_not_taken_for_that_of_their_credit(read):
    several = [ARTIST_ID, OTHER_ID]

    found, sent = read(
        listen(artist_name="Burial + Four Tet", mbid_mapping={"artist_mbids": several}),
        listen(artist_name="Burial + Four Tet", additional_info={"artist_mbids": several}, mbid_mapping=None),
    ).plays

    assert (found.mbids.artist, sent.mbids.artist) == ("", "")


@pytest.mark.parametrize(
    "odd", [None, "x", 5, [], {}, {"artist_mbids": "x", "recording_mbid": [], "release_mbid": TRACK_ID + "0"}]
)
def test_what_does_not_look_like_an_id_is_none(read, odd):
    assert read(listen(additional_info=odd, mbid_mapping=odd)).plays == (Play(UTS, TITLE),)


@pytest.mark.parametrize(("count", "total"), [(7, 7), (0, 0), ("7", 7)])
def test_the_total_is_their_count(upstream, canned_listenbrainz, count, total):
    upstream.says(json.dumps({"payload": {"count": count}}))

    assert total_of(canned_listenbrainz, "will") == total


@pytest.mark.parametrize("payload", [None, [], {}, {"count": None}, {"count": -1}, {"count": 1.5}])
def test_an_account_without_a_count_is_malformed(upstream, canned_listenbrainz, payload):
    upstream.says(json.dumps({"payload": payload}))

    assert type(fault_of(lambda: total_of(canned_listenbrainz, "will"))) is ProviderMalformed


@pytest.mark.parametrize("ask", [page_of, total_of])
def test_an_unknown_account_is_not_found_by_their_words(upstream, canned_listenbrainz, ask):
    upstream.says('{"code": 404, "error": "Cannot find user: will"}', status="404 Not Found")

    assert type(error_of(lambda: ask(canned_listenbrainz, "will"))) is NotFound


@pytest.mark.parametrize(
    "body", ["", "<html>404</html>", "{}", '{"code": 404, "error": "The requested URL was not found on the server."}', '["user"]']
)
def test_any_other_404_is_no_word_about_the_account_and_nothing_was_handed_over(upstream, ask, body):
    upstream.says(body, status="404 Not Found")

    assert type(fault_of(ask)) is ProviderMalformed


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_a_refusal_in_their_words_is_about_the_token(upstream, ask, status):
    upstream.says(json.dumps({"code": int(status[:3]), "error": "Invalid authorization token."}), status=status)

    error = error_of(ask)

    assert type(error) is FailedPrecondition
    assert TOKEN not in str(error)


@pytest.mark.parametrize("body", ["", "<html>Attention required</html>", "{}", "[]"])
@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_a_refusal_by_somebody_on_the_way_is_no_word_about_the_token(upstream, ask, status, body):
    upstream.says(body, status=status)

    assert type(fault_of(ask)) is ProviderMalformed


@pytest.mark.parametrize("status", ["204 No Content", "301 Moved Permanently", "400 Bad Request", "418 I'm a teapot"])
def test_any_other_status_is_malformed_whatever_is_in_it(upstream, ask, status):
    upstream.says("" if status.startswith("204") else written(listen()), status=status)

    assert type(fault_of(ask)) is ProviderMalformed


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (["X-RateLimit-Reset-In: 7"], 7),
        (["Retry-After: 3", "X-RateLimit-Reset-In: 7"], 3),
        (["Retry-After: soon", "X-RateLimit-Reset-In: 7"], 7),
        (["Retry-After: 0", "X-RateLimit-Reset-In: 7"], 7),
        (["X-RateLimit-Reset-In: soon"], 10),
        (["X-RateLimit-Reset-In: 0"], 10),
        ([], 10),
    ],
)
def test_throttling_waits_as_the_first_header_that_makes_sense_says(upstream, ask, headers, seconds):
    upstream.content = answer(b'{"code": 429, "error": "..."}', status="429 Too Many Requests", headers=tuple(headers))

    fault = fault_of(ask)

    assert type(fault) is ProviderThrottled
    assert fault.retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("account", "path"), [("will", b"will"), ("a b/c?d#e", b"a%20b%2Fc%3Fd%23e"), ("Ærøskøbing", b"%C3%86r%C3%B8sk%C3%B8bing")]
)
def test_an_accounts_name_is_asked_for_to_the_letter(upstream, canned_listenbrainz, account, path):
    upstream.says(written())
    page_of(canned_listenbrainz, account, size=9)
    upstream.says('{"payload": {"count": 0}}')
    total_of(canned_listenbrainz, account)

    lines = [request.partition(b"\r\n")[0] for request in upstream.asked]

    assert lines == [
        b"GET /1/user/" + path + b"/listens?count=9 HTTP/1.1",
        b"GET /1/user/" + path + b"/listen-count HTTP/1.1",
    ]


def test_the_token_travels_in_its_header_and_only_when_there_is_one(upstream, canned_listenbrainz):
    upstream.says(written())

    with listenbrainz_at(upstream.server.url, token=TOKEN) as known:
        page_of(known, "will")
    page_of(canned_listenbrainz, "will")

    with_token, without = (request.lower() for request in upstream.asked)
    assert f"authorization: token {TOKEN}".encode() in with_token
    assert with_token.count(TOKEN.encode()) == 1
    assert b"authorization" not in without


def test_a_play_is_handed_over_with_what_is_known_of_it_and_nothing_more(upstream):
    upstream.says(OK)

    with listenbrainz_at(upstream.server.url, token=TOKEN) as source:
        source.submit([PLAY, Play(5, Title("Vaults", "Midnight River"), image_url="https://img.test/a.png")])

    head, _, body = upstream.asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /1/submit-listens HTTP/1.1\r\n")
    assert json.loads(body) == {
        "listen_type": "import",
        "payload": [
            {
                "listened_at": UTS,
                "track_metadata": {
                    "artist_name": "Burial",
                    "track_name": "Etched Headplate",
                    "release_name": "Untrue",
                    "additional_info": {
                        "submission_client": "SoniqueBay",
                        "recording_mbid": TRACK_ID,
                        "release_mbid": ALBUM_ID,
                        "artist_mbids": [ARTIST_ID],
                    },
                },
            },
            {
                "listened_at": 5,
                "track_metadata": {
                    "artist_name": "Vaults",
                    "track_name": "Midnight River",
                    "additional_info": {"submission_client": "SoniqueBay"},
                },
            },
        ],
    }
