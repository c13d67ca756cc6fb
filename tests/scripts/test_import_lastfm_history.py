import os
import signal
import subprocess
import sys
import termios
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kernel.errors import Violation
from tests.fakes.raw_server import Conversation
from tests.scripts.fake_gateway import (
    BEGAN,
    END,
    HEARTBEAT,
    ID,
    FakeGateway,
    creating,
    cutting,
    event,
    event_of_error,
    refusing,
    saying,
    streaming,
)

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, str(ROOT / "scripts" / "import_lastfm_history.py")]
ENDED = {"state": "SUCCEEDED", "end_time": BEGAN + timedelta(seconds=103), "counts": {"seen": 3, "imported": 3, "requests": 1}}


@pytest.fixture
def serve():
    gateways = []

    def start(*plays):
        gateways.append(FakeGateway(*plays))
        return gateways[-1]

    yield start
    for gateway in gateways:
        gateway.stop()


NEW_ALBUMS = {"new_albums": 7, "albums_to_enrich": 5}


def start(*arguments, stderr=subprocess.PIPE):
    # A runner in the background ignores SIGINT, and what it starts would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [*COMMAND, *arguments], cwd=ROOT, env={"TZ": "UTC"}, stdout=subprocess.PIPE, stderr=stderr, text=True
        )
    finally:
        signal.signal(signal.SIGINT, before)


def pressed(process):
    """What it says when Ctrl-C is pressed; once more, as a person does, where the interpreter lost the first in a finaliser."""
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=10)[1]
    raise AssertionError("It does not leave.")


def run(*arguments):
    process = start(*arguments)
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


def interrupted(process, *, at):
    """What it says after SIGINT, which is sent as soon as it has said `at`."""
    for line in process.stderr:
        if at in line:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    return process.returncode, out + err


def import_that(serve, *events):
    """Status, output and errors of a command whose import tells these events."""
    return run("--url", serve(creating(), streaming(*events, END)).url)


def test_an_import_is_followed_to_its_end_and_summed_up(serve):
    gateway = serve(
        creating(),
        streaming(
            event(0, state="PENDING", summary="waiting for import 01KAXV to end"),
            HEARTBEAT,
            event(1, counts={"seen": 1000}, plays_per_second=850.4),
            event(
                6,
                counts={"seen": 12000},
                plays_per_second=850.4,
                total_plays=100_000,
                time_left=timedelta(seconds=103.5),
            ),
            event(
                103,
                state="SUCCEEDED",
                end_time=BEGAN + timedelta(seconds=103),
                counts={"seen": 100_000, "imported": 12_345, "known": 87_655, "requests": 101} | NEW_ALBUMS,
            ),
            END,
        ),
    )

    status, out, err = run("--url", gateway.url)

    assert status == 0
    assert err.splitlines() == [
        "Import 01KAXW of the history at Last.fm has begun; Ctrl-C leaves it running.",
        "waiting for import 01KAXV to end",
        "1,000 plays, 850 a second",
        "12,000 of 100,000 plays (12 %), 850 a second, 1 min 44 s left",
    ]
    assert out.splitlines() == [
        "Import 01KAXW is complete in 1 min 43 s.",
        "  12,345 plays imported",
        "  87,655 plays already there",
        "  0 rows could not be taken",
        "  7 new albums, 5 of them enriched in the background",
        "  101 requests to Last.fm",
    ]


def test_what_was_edited_removed_or_refused_is_in_the_summary(serve):
    counts = {"imported": 1, "edited": 12, "removed": 1, "quarantined": 3, "requests": 1}

    _, out, _ = import_that(serve, event(9, **ENDED | {"counts": counts}))

    assert "1 play imported\n" in out
    assert "12 plays edited at Last.fm, brought up to date\n" in out
    assert "1 play removed at Last.fm, taken out\n" in out
    assert "3 rows could not be taken; why: curl -s 'http://127.0.0.1:" in out
    assert f"/api/v1/imports/{ID}/log?kind=quarantined'\n" in out


def test_without_a_terminal_a_line_comes_every_five_seconds_of_the_import(serve):
    events = [event(second, counts={"seen": second}) for second in range(12)]

    _, _, err = import_that(serve, *events, event(12, **ENDED))

    assert [line for line in err.splitlines() if line.endswith("plays")] == ["0 plays", "5 plays", "10 plays"]


def test_of_a_limited_import_the_limit_is_the_whole(serve):
    _, _, err = import_that(serve, event(1, limit=200, total_plays=5000, counts={"seen": 50}), event(2, **ENDED))

    assert "50 of 200 plays (25 %)\n" in err


def test_on_a_terminal_a_bar_is_drawn_and_gone_before_the_summary(serve):
    gateway = serve(
        creating(),
        streaming(
            event(1, counts={"seen": 1000}, total_plays=4000),
            event(2, counts={"seen": 2000}, total_plays=4000, error="Last.fm is down.", retry_time=BEGAN),
            event(3, **ENDED),
        ),
    )
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (24, 100))

    process = start("--url", gateway.url, stderr=slave)
    os.close(slave)
    drawn = b""
    with suppress(OSError):  # how a terminal says that nobody writes any more
        while part := os.read(master, 65536):
            drawn += part
    out, _ = process.communicate(timeout=30)
    os.close(master)

    painted = [line for line in drawn.decode().replace("\n", "\r").split("\r") if line.strip()]
    assert any(line.startswith("|█") and "1,000 of 4,000 plays (25 %)" in line for line in painted)
    assert any(line.startswith("The import waits for Last.fm: Last.fm is down.") for line in painted)
    assert drawn.decode().rsplit("\r", 2)[-2].isspace()
    assert out.startswith("Import 01KAXW is complete")


@pytest.mark.parametrize(
    ("arguments", "limit", "skips"),
    [((), 0, True), (("1000",), 1000, True), (("--no-skip-existing", "20"), 20, False)],
)
def test_the_options_are_sent_as_the_contract_names_them(serve, arguments, limit, skips):
    gateway = serve(creating(), streaming(event(1, **ENDED)))

    run(*arguments, "--url", f"{gateway.url}/")

    asked, followed = gateway.requests
    wanted = asked.wanted()
    assert asked.line == "POST /api/v1/imports HTTP/1.1"
    assert (wanted.source, wanted.limit, wanted.skip_existing) == ("lastfm", limit, skips)
    assert followed.line == f"GET /api/v1/imports/{ID}/events HTTP/1.1"


def test_ctrl_c_leaves_the_import_running_and_tells_what_can_be_done(serve):
    gateway = serve(creating(), streaming(event(1, counts={"seen": 5}), then=Conversation.hang))

    status, said = interrupted(start("--url", gateway.url), at="5 plays")

    address = f"{gateway.url}/api/v1/imports/{ID}"
    assert status == 130
    assert [" ".join(line.split()) for line in said.split("\n") if line] == [
        f"Import {ID} goes on without this command.",
        f"follow curl -s -N {address}/events",
        f"look curl -s {address}",
        f"pause curl -s -X POST {address}:pause",
        f"resume curl -s -X POST {address}:resume",
        f"cancel curl -s -X POST {address}:cancel",
    ]
    assert [request.line.split()[0] for request in gateway.requests] == ["POST", "GET"]


def test_ctrl_c_before_the_gateway_has_answered_tells_where_to_look(serve):
    asked = threading.Event()

    def wait(peer):
        asked.set()
        peer.hang()

    gateway = serve(wait)
    process = start("--url", gateway.url)
    assert asked.wait(30)
    err = pressed(process)

    assert process.returncode == 130
    assert err.strip() == f"Left before it was known whether the import has begun; to look: curl -s {gateway.url}/api/v1/imports"


def test_a_gateway_that_is_not_there_is_said_in_one_sentence(free_port):
    status, out, err = run("--url", f"http://127.0.0.1:{free_port}")

    assert (status, out) == (1, "")
    assert err == (
        f"Nothing answers at http://127.0.0.1:{free_port} (Connection refused): "
        "start the system with `make run`, or name it with --url.\n"
    )


def test_an_import_that_fails_says_why(serve):
    why = "Last.fm says that the profile of ann is private: switch off “Hide recent listening information”."

    status, out, err = import_that(serve, event(2, state="FAILED", error=why, counts={"requests": 1}))

    assert status == 1
    assert err.endswith(f"\n{why}\n")
    assert out.startswith(f"Import {ID} failed.\n")
    assert f"/api/v1/imports/{ID}:retry\n" in out


def test_an_import_that_somebody_cancelled_is_not_done(serve):
    status, out, _ = import_that(serve, event(2, state="CANCELLED", counts={"imported": 5}))

    assert status == 1
    assert out.startswith(f"Import {ID} was cancelled.\n  5 plays imported\n")


def test_an_import_with_holes_names_them_and_is_not_whole(serve):
    holes = [
        {
            "from_time": datetime(2019, 1, 1, tzinfo=UTC),
            "to_time": datetime(2019, 1, 2, tzinfo=UTC),
            "reason": "Operation failed",
        },
        {"to_time": datetime(2005, 1, 1, tzinfo=UTC)},
    ]

    status, out, _ = import_that(serve, event(9, **ENDED, holes=holes))

    assert status == 3
    assert out.startswith(f"Import {ID} is complete with 2 holes in 1 min 43 s.\n")
    assert "Last.fm would not answer for:\n  2019-01-01 00:00:00 UTC to 2019-01-01 23:59:59 UTC: Operation failed.\n" in out
    assert "  the beginning to 2004-12-31 23:59:59 UTC\n" in out
    assert out.splitlines()[-1].startswith("What is missing can be tried again: curl -s -X POST http")


def test_an_import_that_waits_for_its_source_says_so_once(serve):
    waiting = {"error": "Last.fm does not answer", "retry_time": datetime(2026, 3, 1, 14, 3, tzinfo=UTC), "counts": {"seen": 7}}

    _, _, err = import_that(serve, event(1, **waiting), event(2, **waiting), event(3, **ENDED))

    assert err.splitlines()[1:] == [
        "The import waits for Last.fm: Last.fm does not answer. It goes on by itself at 2026-03-01 14:03:00 UTC.",
        "7 plays, waiting",
    ]


def test_an_import_that_somebody_paused_says_how_to_go_on(serve):
    _, _, err = import_that(serve, event(1, state="PAUSED"), event(2, **ENDED))

    assert "The import is paused. To go on: curl -s -X POST http" in err
    assert "0 plays, paused\n" in err


@pytest.mark.parametrize(
    "broken",
    [
        streaming(event(4, counts={"seen": 4}), event(5, **ENDED)[:40], then=cutting),
        streaming(event(4, counts={"seen": 4})),
        streaming(event(4, counts={"seen": 4}), END),
        streaming(
            event(4, counts={"seen": 4}), event_of_error("deadline-exceeded", "The stream has run its time. Connect again.")
        ),
    ],
    ids=["cut off", "closed", "said to end before the import did", "out of time"],
)
def test_events_that_break_off_are_taken_up_where_they_were(serve, broken):
    gateway = serve(creating(), broken, streaming(event(9, **ENDED)))

    status, out, err = run("--url", gateway.url)

    _, first, second = gateway.requests
    assert "last-event-id" not in first.headers
    assert second.headers["last-event-id"] == "4"
    assert (status, out[:27]) == (0, f"Import {ID} is complete i")
    assert "away" not in err


def test_a_gateway_that_goes_away_is_waited_for(serve):
    gateway = serve(
        creating(),
        streaming(event(4, counts={"seen": 4}), then=cutting),
        saying(b"<html>", status="502 Bad Gateway"),
        streaming(event(9, **ENDED)),
    )

    status, _, err = run("--url", gateway.url)

    away = "The gateway is away (status 502). The import goes on without it; this command waits until it is back."
    assert status == 0
    assert err.splitlines()[2:] == [away, "The gateway is back."]
    assert gateway.requests[-1].headers["last-event-id"] == "4"


def test_an_import_that_may_not_be_followed_any_more_goes_on_nevertheless(serve):
    gateway = serve(creating(), streaming(event(1), event_of_error("unauthenticated", "The token has run out.")))

    status, _, err = run("--url", gateway.url)

    assert status == 1
    assert "The token has run out.\nThis gateway wants a token." in err
    assert f"Import {ID} goes on without this command.\n" in err


def test_a_gateway_that_wants_a_token_says_how_to_get_one(serve):
    gateway = serve(refusing("unauthenticated"))

    status, _, err = run("--url", gateway.url)

    assert status == 1
    assert err.splitlines() == [
        "A valid token is needed.",
        "This gateway wants a token. The owner's password buys one:",
        f"  curl -s -X POST {gateway.url}/api/v1/auth/token -H 'content-type: application/json' -d '{{\"password\": \"…\"}}'",
        "Put its access_token into a file that only you can read, and say --token-file FILE.",
    ]


def test_the_token_is_shown_to_the_gateway_and_to_nobody_else(serve, tmp_path):
    gateway = serve(creating(), streaming(event(1, counts={"seen": 5}), then=Conversation.hang))
    file = tmp_path / "my token"
    file.write_text("s3cret\n")

    _, said = interrupted(start("--url", gateway.url, "--token-file", str(file)), at="5 plays")

    assert {request.headers["authorization"] for request in gateway.requests} == {"Bearer s3cret"}
    assert "s3cret" not in said
    assert f"""-X POST -H "authorization: Bearer $(cat '{file}')" {gateway.url}/api/v1/imports/{ID}:pause\n""" in said


def test_a_refusal_names_the_fields(serve):
    gateway = serve(
        refusing("invalid-argument", errors=(Violation("limit", "must be between 0 and 9"), Violation("source", "no")))
    )

    status, _, err = run("--url", gateway.url)

    assert (status, err) == (1, "The request is not valid.\n  limit: must be between 0 and 9\n  source: no\n")


def test_a_service_that_is_not_up_yet_is_said_so(serve):
    gateway = serve(refusing("unavailable"))

    status, _, err = run("--url", gateway.url)

    assert status == 1
    assert err.splitlines() == [
        "No import could be begun now: The service does not answer now. Try again a little later.",
        f"Whether one runs all the same: curl -s {gateway.url}/api/v1/imports",
    ]


@pytest.mark.parametrize("stranger", [saying(b"<html>", status="404 Not Found"), saying(b"<html>"), saying(b"{}")])
def test_what_is_no_gateway_is_told_from_one(serve, stranger):
    gateway = serve(stranger)

    status, _, err = run("--url", gateway.url)

    assert status == 1
    assert err.startswith(f"What answers at {gateway.url} is not SoniqueBay's gateway (status ")


def test_a_lost_answer_is_asked_for_again_as_the_same_request(serve):
    gateway = serve(cutting, creating(), streaming(event(1, **ENDED)))

    status, _, _ = run("--url", gateway.url)

    lost, repeated, _ = gateway.requests
    assert status == 0
    assert lost.headers["idempotency-key"] == repeated.headers["idempotency-key"]
    assert lost.body == repeated.body


def test_what_an_upstream_said_cannot_steer_the_terminal(serve):
    _, _, err = import_that(serve, event(1, state="FAILED", error="\x1b[2Jgone\u2028\r\nnext"))

    assert err.splitlines()[-1] == " [2Jgone   next"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["-5"], "argument limit: must be a whole number from 1"),
        (["many"], "argument limit: must be a whole number from 1"),
        (["1", "2"], "unrecognized arguments: 2"),
        (["--url", "localhost:8000"], "argument --url: must be like http://localhost:8000"),
        (["--token-file", "missing"], "--token-file cannot be read: "),
        (["--token-file", os.devnull], "--token-file holds no token"),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_asked(arguments, reason):
    status, out, err = run(*arguments)

    assert (status, out) == (2, "")
    assert reason in err
