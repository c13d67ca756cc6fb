"""Does the source read what the real ListenBrainz was recorded to send?"""

import json
from http import HTTPStatus
from typing import Any

import pytest

from kernel.errors import FailedPrecondition, NotFound, ProviderMalformed, ProviderThrottled
from services.tracker.domain import Mbids, Page, Play, Title
from tests.fakes.raw_server import answer
from tests.fakes.samples import recorded
from tests.services.tracker.providers.asking import TOKEN, error_of, listenbrainz_at, page_of, total_of

SAMPLES = recorded("listenbrainz")

PARSED_HERE = {"cases-submit-stats-errors.json", "get-listens-ok.json", "listen-with-mbid-mapping-2026.json"}
CASES: dict[str, Any] = json.loads((SAMPLES / "cases-submit-stats-errors.json").read_text())
STATISTICS = {"stats_artists_ok", "stats_not_computed"}  # which are not asked for
ERRORS = {400: ProviderMalformed, 401: FailedPrecondition, 404: NotFound, 429: ProviderThrottled}


def test_every_recorded_file_and_case_is_read_here_or_of_what_is_not_asked_for():
    used = {"submit_listens_request", "submit_listens_ok", "get_listens_empty", "errors"}

    assert {path.name for path in SAMPLES.iterdir()} == PARSED_HERE
    assert CASES.keys() == used | STATISTICS
    assert {error["status"] for error in CASES["errors"]} == ERRORS.keys()


def test_the_recorded_listens_are_plays(upstream, canned_listenbrainz):
    upstream.says((SAMPLES / "get-listens-ok.json").read_bytes())

    page = page_of(canned_listenbrainz, "example_user")

    assert page == Page(
        (
            Play(1692664065, Title("Mariana Zwarg", "Samba de Avedøre")),
            Play(
                1692053370,
                Title("The Manhattan Transfer", "The Zoo Blues"),
                Mbids(
                    "02390d49-c321-479b-b6f4-cd76f32fb887",
                    "2c5e388d-b7dc-4280-b09c-5ac8e42b5948",
                    "f4392399-9b41-4f57-802e-f6ff6f8ae01c",
                ),
            ),
            Play(
                1691853845,
                Title("Vaults", "Midnight River - Memtrix Remix"),
                Mbids(
                    "577f9388-d382-4fd4-804c-e58e8527928b",
                    "7faf3194-c4d3-4eb5-9130-735e6018f937",
                    "e6d53805-4ec0-492d-aa13-96fd124b5793",
                ),
            ),
        ),
        total=3,
    )


def test_the_recorded_listen_of_a_player_that_knows_more_is_a_play_with_the_players_own_ids(upstream, canned_listenbrainz):
    row = json.loads((SAMPLES / "listen-with-mbid-mapping-2026.json").read_text())
    upstream.says(json.dumps({"payload": {"count": 1, "listens": [row]}}))

    assert page_of(canned_listenbrainz, "example_user").plays == (
        Play(
            1771414109,
            Title("Röyksopp", "Some Resolve", "Profound Mysteries II"),
            Mbids(
                "1c70a3fc-fa3c-4be1-8b55-c3192db8a884",
                "30d08f4c-d825-4ae1-b79c-44242cddd7c0",
                "f1418001-7f1e-46af-bfdb-95faeded8841",
            ),
        ),
    )


def test_the_recorded_empty_history_is_an_empty_page(upstream, canned_listenbrainz):
    upstream.says(json.dumps(CASES["get_listens_empty"]["body"]))

    assert page_of(canned_listenbrainz, "example_user") == Page((), total=0)


def test_what_we_submit_has_the_shape_of_the_recorded_request_and_its_answer_is_taken_for_success(upstream):
    recorded_request = CASES["submit_listens_request"]
    listen = recorded_request["payload"][0]
    about = listen["track_metadata"]
    upstream.says(json.dumps(CASES["submit_listens_ok"]["body"]))

    with listenbrainz_at(upstream.server.url, token=TOKEN) as source:
        source.submit([Play(listen["listened_at"], Title(about["artist_name"], about["track_name"], about["release_name"]))])

    sent = json.loads(upstream.asked[0].partition(b"\r\n\r\n")[2])
    assert sent.keys() == recorded_request.keys()
    (ours,) = sent["payload"]
    assert ours.keys() == listen.keys()
    assert ours["listened_at"] == listen["listened_at"]
    assert {**ours["track_metadata"], "additional_info": about["additional_info"]} == about


@pytest.mark.parametrize("error", CASES["errors"], ids=lambda error: str(error["status"]))
@pytest.mark.parametrize("ask", [page_of, total_of])
def test_a_recorded_error_is_its_declared_fault(upstream, canned_listenbrainz, ask, error):
    status = HTTPStatus(error["status"])
    headers = tuple(f"{name}: {value}" for name, value in error.get("headers", {}).items())
    upstream.content = answer(json.dumps(error["body"]).encode(), status=f"{status} {status.phrase}", headers=headers)

    raised = error_of(lambda: ask(canned_listenbrainz, "example_user"))

    assert type(raised) is ERRORS[status]
    assert raised.retry_after is None or raised.retry_after.total_seconds() == 7
    assert error["body"]["error"] not in str(raised)
