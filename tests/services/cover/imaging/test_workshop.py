import gc
import os
import resource
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from kernel import deadline
from kernel.errors import DeadlineSpent, OwnFault
from services.cover.imaging.looks import Rejected, parse_embedded, parse_look
from services.cover.imaging.workshop import Workshop
from tests.services.cover.imaging.conftest import in_memory, look_into
from tests.services.cover.imaging.pictures import encoded, packed_zeros, png, quarters
from untrusted.child import Limits

ROOT = Path(__file__).parents[4]
GOOD = encoded(quarters(), "JPEG")
LIES = """
import json, os, signal, socket, struct, sys
line = socket.socket(fileno=0)
line.sendall(b"\\x01")
while files := socket.recv_fds(line, 64, 8)[1]:
    {does}
    said = json.dumps({answer}).encode()
    line.sendall(struct.pack(">I", len(said)) + said)
    [os.close(each) for each in files]
"""
LOOK = {
    "width": 320,
    "height": 160,
    "media_type": "image/jpeg",
    "colour": "#000000",
    "thumb_hash": "AAAA",
    "digest": "0" * 64,
    "sizes": [320, 300, 150],
}


def lying(
    answer: object, does: str = "[os.write(each, b'\\xff\\xd8\\xff' + bytes(100)) for each in files[1:]]", wall: float = 10
) -> Workshop:
    return Workshop(
        limits=Limits(wall=wall, written=2**20), command=[sys.executable, "-c", LIES.format(does=does, answer=answer)]
    )


def test_an_honest_answer_of_this_shape_is_believed():
    with lying(LOOK) as workshop:
        assert look_into(workshop, GOOD).look.width == 320


@pytest.mark.parametrize(
    "changes",
    [
        {"width": 0},
        {"width": 1e9},
        {"width": True},
        {"height": 5000},
        {"sizes": []},
        {"sizes": [320]},
        {"sizes": [320, 300, 150, 75, 30]},
        {"sizes": [300, 320, 150]},
        {"sizes": [1200, 600, 300, 150]},
        {"sizes": "320"},
        {"media_type": "text/html"},
        {"media_type": "image/png"},
        {"media_type": ["image/jpeg"]},
        {"colour": "#000000;}"},
        {"thumb_hash": "<script>"},
        {"thumb_hash": "A" * 200},
        {"digest": "../../etc"},
        {"digest": None},
        {"more": 1},
        {"problem": "damaged"},
    ],
)
def test_what_a_program_that_was_taken_over_says_of_a_picture_is_not_believed(changes: dict[str, object]):
    with lying(LOOK | changes) as workshop, pytest.raises(Rejected, match="no sense"):
        look_into(workshop, GOOD)


@pytest.mark.parametrize("does", ["pass", "[os.write(each, b'<html>') for each in files[1:]]"])
def test_renditions_that_are_no_pictures_are_not_believed(does: str):
    with lying(LOOK, does) as workshop, pytest.raises(Rejected, match="no sense"):
        look_into(workshop, GOOD)


@pytest.mark.parametrize(
    "answer", [b"", b"[" * 60_000, b"null", b'{"problem": "<script>"}', b'{"problem": ["damaged"]}', b"\xff"]
)
def test_an_answer_that_is_none_is_not_believed(answer: bytes):
    with pytest.raises(Rejected, match="no sense"):
        parse_look(answer, [])
    with pytest.raises(Rejected, match="no sense"):
        parse_embedded(answer, -1)


@pytest.mark.parametrize("does", ["sys.exit(1)", "os.kill(os.getpid(), signal.SIGSEGV)"])
def test_a_picture_that_ends_the_program_is_rejected(does: str):
    with lying(LOOK, does) as workshop, pytest.raises(Rejected, match="ends or stalls"):
        look_into(workshop, GOOD)


@pytest.mark.parametrize("does", ["line.recv(1)", "while True: pass"])
def test_a_picture_that_takes_too_long_is_rejected(does: str):
    with lying(LOOK, does, wall=1) as workshop, pytest.raises(Rejected, match="ends or stalls"):
        look_into(workshop, GOOD)


def test_a_picture_that_takes_too_much_memory_is_rejected_and_the_next_one_is_shown():
    with Workshop(limits=Limits(memory=100 * 2**20, written=2**25)) as workshop:
        with pytest.raises(Rejected, match="memory"):
            look_into(workshop, png(4000, 4000, packed_zeros(46)))

        assert look_into(workshop, GOOD).look.width == 320


def test_no_room_for_renditions_is_our_fault_and_not_the_pictures():
    with Workshop(limits=Limits(written=1000)) as workshop, pytest.raises(OwnFault, match="no room"):
        look_into(workshop, GOOD)


def test_a_program_that_does_not_start_says_nothing_about_the_picture():
    with Workshop(command=["/nonexistent"]) as workshop, pytest.raises(OwnFault, match="reads pictures does not start"):
        look_into(workshop, GOOD)


def test_no_descriptor_left_says_nothing_about_the_file():
    few = resource.getrlimit(resource.RLIMIT_NOFILE)

    with Workshop() as workshop, in_memory(GOOD) as file:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1, few[1]))
        try:
            with pytest.raises(OwnFault):
                workshop.find_embedded(file, ".mp3")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, few)


def test_pictures_of_many_threads_are_looked_into_one_after_the_other(workshop: Workshop):
    contents = [encoded(quarters(100 + number, 80), "PNG") for number in range(12)]

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda content: look_into(workshop, content), contents))

    assert [each.look.width for each in made] == [100 + number for number in range(12)]


def test_whoever_has_no_more_time_does_not_wait_for_the_bench(workshop: Workshop):
    workshop._slot.acquire()
    try:
        with deadline.within(timedelta(0)), pytest.raises(DeadlineSpent):
            look_into(workshop, GOOD)
        given_up = threading.Event()
        given_up.set()
        with deadline.ended_by(given_up), pytest.raises(DeadlineSpent):
            look_into(workshop, GOOD)
    finally:
        workshop._slot.release()


def test_the_service_loads_no_decoder():
    modules = "services.cover.imaging.workshop, services.cover.keeping"
    told = f"import sys, {modules}; print([name for name in sys.modules if name.startswith(('PIL', 'mutagen', 'thumbhash'))])"

    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", told], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )

    assert ended.stdout.strip() == "[]"


def test_a_workshop_that_nobody_closes_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch):
    unraisable: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - what is wanted is how many

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        look_into(Workshop(), GOOD)
        gc.collect()

    assert unraisable == []
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 - as above
