import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from kernel import deadline
from kernel.errors import DeadlineSpent, OwnFault
from tests.untrusted.conftest import PROGRAM
from untrusted.child import Child, Limits, Unanswered, Why
from untrusted.wire import NOT_ASKED

LIES = """
import os, signal, socket, struct, sys
line = socket.socket(fileno=0)
{hello}
while socket.recv_fds(line, 64, 1)[1]:
    {answer}
"""


def lying(answer: str, hello: str = "line.sendall(b'\\x01')") -> Child:
    command = [sys.executable, "-c", LIES.format(hello=hello, answer=answer)]
    return Child("The program", command, Limits(wall=1.0))


@pytest.fixture
def file(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "file").write_bytes(b"content")
    descriptor = os.open(tmp_path / "file", os.O_RDWR)
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path / "empty", os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def pipe() -> Iterator[int]:
    """One that nothing ever comes out of."""
    ends = os.pipe()
    yield ends[0]
    for each in ends:
        os.close(each)


def test_a_file_is_read_from_its_beginning_wherever_it_stood(child: Child, file: int):
    os.lseek(file, 5, os.SEEK_SET)

    assert child.ask("read", [file]) == b"content"
    assert child.ask("read", [file]) == b"content"


def test_a_file_that_fails_is_told_from_one_that_is_damaged(child: Child, tmp_path: Path):
    with (tmp_path / "unreadable").open("ab") as unreadable:
        assert child.ask("read", [unreadable.fileno()]) == b"failed"


def test_it_holds_so_much_and_no_more(child: Child, file: int):
    assert child.ask(f"hold {10 * 2**20}", [file]) == str(10 * 2**20).encode()
    assert child.ask(f"hold {80 * 2**20}", [file]) == b"no memory"


@pytest.mark.parametrize(("written", "size", "answer"), [(1000, 1000, b"1000"), (0, 1, b"EFBIG"), (10, 20, b"10")])
def test_it_writes_so_much_and_no_more(empty: int, written: int, size: int, answer: bytes):
    with Child("The program", PROGRAM, Limits(written=written)) as child:
        assert child.ask(f"write {size}", [empty]) == answer

    assert os.fstat(empty).st_size == min(written, size)


def test_endless_work_is_ended_and_the_next_question_answered(child: Child, file: int):
    with pytest.raises(Unanswered) as told:
        child.ask("compute", [file])

    assert told.value.why is Why.TOO_SLOW
    assert child.ask("read", [file]) == b"content"


def test_waiting_for_ever_is_ended_and_the_next_question_answered(file: int, pipe: int):
    with Child("The program", PROGRAM, Limits(wall=1.0)) as child:
        with pytest.raises(Unanswered) as told:
            child.ask("wait", [pipe])

        assert told.value.why is Why.TOO_SLOW
        assert child.ask("read", [file]) == b"content"


def test_one_that_was_ended_once_is_asked_again(child: Child, empty: int):
    assert child.ask("die 1", [empty]) == b"alive"


def test_one_that_ends_twice_is_ended_by_the_file(child: Child, empty: int, file: int):
    with pytest.raises(Unanswered) as told:
        child.ask("die 3", [empty])

    assert told.value.why is Why.ENDED
    assert os.fstat(empty).st_size == 2
    assert child.ask("read", [file]) == b"content"


def test_an_answer_that_is_too_long_is_none(child: Child, file: int):
    with pytest.raises(Unanswered) as told:
        child.ask("talk", [file])

    assert told.value.why is Why.TOO_LONG
    assert child.ask("read", [file]) == b"content"


def test_what_a_file_left_behind_does_not_outlive_so_many_questions(file: int):
    with Child("The program", PROGRAM, Limits(), fresh_after=2) as child:
        pids = [json.loads(child.ask("tell", [file]))["pid"] for _ in range(5)]

    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]


def test_it_has_no_rights_no_secrets_and_nothing_open_but_what_it_was_given(
    child: Child, file: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SECRET", "x")

    told = json.loads(child.ask("tell", [file]))

    assert told["rights"] == "1"
    assert "SECRET" not in told["environment"]
    assert len(told["held"]) == 5  # line, output, errors, the file, and the folder that is listed
    assert told["descriptors"][1] <= 24


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("line.sendall(struct.pack('>I', 2**31) + b'x')", Why.TOO_LONG),
        ("sys.exit(1)", Why.ENDED),
        ("os.kill(os.getpid(), signal.SIGSEGV)", Why.ENDED),
        ("line.recv(1)", Why.TOO_SLOW),
        ("line.sendall(b'\\0')\n    line.recv(1)", Why.TOO_SLOW),
    ],
)
def test_whatever_one_that_was_taken_over_does_there_is_no_answer(file: int, answer: str, why: Why):
    with lying(answer) as child, pytest.raises(Unanswered) as told:
        child.ask("x", [file])

    assert told.value.why is why


@pytest.mark.parametrize("hello", ["sys.exit(1)", "line.sendall(b'?')", "line.recv(1)"])
def test_one_that_does_not_start_says_nothing_about_the_file(file: int, hello: str):
    with lying("pass", hello) as child, pytest.raises(OwnFault, match="The program does not start"):
        child.ask("x", [file])


@pytest.mark.parametrize("command", [["/nonexistent"], ["/dev/null"]])
def test_one_that_is_not_there_says_nothing_about_the_file(file: int, command: Sequence[str]):
    with Child("The program", command, Limits()) as child, pytest.raises(OwnFault):
        child.ask("x", [file])


def test_no_socket_to_be_had_says_nothing_about_the_file(child: Child, file: int):
    few = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1, few[1]))
    try:
        with pytest.raises(OwnFault):
            child.ask("read", [file])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, few)

    assert child.ask("read", [file]) == b"content"


def test_it_waits_to_be_asked_even_where_sockets_are_in_a_hurry(child: Child, file: int):
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(5)
    try:
        assert child.ask("read", [file]) == b"content"
    finally:
        socket.setdefaulttimeout(before)


def test_one_that_somebody_ended_is_started_again(child: Child, file: int):
    child.ask("read", [file])
    assert child.pid
    os.kill(child.pid, signal.SIGKILL)

    assert child.ask("read", [file]) == b"content"


def test_nobody_waits_longer_than_the_caller_does(child: Child, pipe: int):
    with deadline.within(timedelta(seconds=0.2)), pytest.raises(DeadlineSpent):
        child.ask("wait", [pipe])


@pytest.mark.parametrize(("word", "files", "status"), [("die 9", 1, -signal.SIGKILL), ("read", 0, NOT_ASKED)])
def test_how_each_one_that_was_lost_ended_is_in_the_log(child: Child, file: int, word: str, files: int, status: int):
    with capture_logs() as told, pytest.raises(Unanswered):
        child.ask(word, [file][:files])

    assert [(each["event"], each["word"], each["status"]) for each in told] == [("program_lost", word, status)] * 2


def test_a_closed_one_is_started_again_by_the_next_question(child: Child, file: int):
    child.ask("read", [file])

    assert child.close() == 0
    assert child.close() is None
    assert child.ask("read", [file]) == b"content"
