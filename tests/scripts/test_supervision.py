import errno
import subprocess
import sys

import pytest

from scripts.supervision import Child, end
from tests.fakes.patience import eventually

GRACE = 28
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"
WILLING = """
import pathlib, signal, sys
def leave(*_):
    with pathlib.Path(sys.argv[1]).open("a") as left:
        left.write(sys.argv[2])
    sys.exit()
signal.signal(signal.SIGTERM, leave); print("up", flush=True); signal.pause()
"""
# Leaves when `count` of its kind have been asked to: told one after the other, nobody ever would.
SOCIABLE = """
import pathlib, signal, sys, time
folder, name, count = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
def leave(*_):
    (folder / f"{name}.asked").touch()
    while len(list(folder.glob("*.asked"))) < count:
        time.sleep(0.01)
    (folder / f"{name}.left").touch()
    sys.exit()
signal.signal(signal.SIGTERM, leave); print("up", flush=True); signal.pause()
"""


class Text:
    """A program that is a text."""

    def __init__(self, *command):
        self._command = [sys.executable, "-c", *command]

    def start(self, log, *, anew=False):
        self.anew = anew
        with log.open("a") as file:
            self._process = subprocess.Popen(self._command, env={}, stdout=file, stderr=file, start_new_session=True)
        self.terminate, self.kill, self.join = self._process.terminate, self._process.kill, self._process.wait
        return self

    def is_alive(self):
        return self._process.poll() is None


class Refused:
    """A program for which the machine has no room."""

    def start(self, log, *, anew=False):
        raise OSError(errno.ENOMEM, "Cannot allocate memory")


@pytest.fixture
def start(tmp_path):
    children = []

    def start_child(name, program, *arguments):
        child = Child(name, Text(program, *arguments), tmp_path / f"{name}.log")
        children.append(child)
        child.start()
        assert eventually(lambda: child.last_words() == "up")
        return child

    yield start_child
    end([children], lambda: True)


def test_ranks_end_in_the_order_given(start, tmp_path):
    left = tmp_path / "left"
    ranks = [[start(name, WILLING, str(left), name)] for name in "abc"]

    end(ranks, lambda: False)

    assert left.read_text() == "abc"


def test_those_of_a_rank_are_all_asked_before_any_is_waited_for(start, tmp_path):
    rank = [start(name, SOCIABLE, str(tmp_path), name, "3") for name in "abc"]

    end([rank], lambda: False)

    assert sorted(each.stem for each in tmp_path.glob("*.left")) == ["a", "b", "c"]


def test_a_rank_is_asked_only_when_the_one_before_it_is_gone(start, tmp_path):
    left = tmp_path / "left"
    caller = start("caller", WILLING, str(left), "caller ")
    called = [start(name, WILLING, str(left), name) for name in "ab"]

    end([[caller], called, []], lambda: False)

    assert left.read_text() in ("caller ab", "caller ba")


def test_who_ends_by_itself_is_not_waited_for_with_the_others(start, tmp_path):
    rank = [start(name, WILLING, str(tmp_path / "left"), name) for name in "ab"]
    rank[0].end_now()

    end([rank], lambda: False)

    assert (tmp_path / "left").read_text() == "b"


@pytest.mark.parametrize("counts", [[2], [1, 1], [1, 2]])
def test_an_urgent_end_waits_for_nobody_and_leaves_nobody(start, clock, counts):
    ranks = [[start(f"{rank}-{number}", STUBBORN) for number in range(count)] for rank, count in enumerate(counts)]

    end(ranks, lambda: True, clock)

    assert clock.slept == []
    assert not any(child.is_running for rank in ranks for child in rank)


def test_an_end_that_becomes_urgent_stops_waiting_for_all(start, clock):
    ranks = [[start("a", STUBBORN), start("b", STUBBORN)], [start("c", STUBBORN)]]
    patience = iter([False, False])

    end(ranks, lambda: next(patience, True), clock)

    assert len(clock.slept) == 2
    assert not any(child.is_running for rank in ranks for child in rank)


def test_who_does_not_end_within_the_grace_is_ended_and_each_rank_has_its_own(start, clock):
    ranks = [[start("a", STUBBORN), start("b", STUBBORN)], [start("c", STUBBORN)]]

    end(ranks, lambda: False, clock)

    assert sum(clock.slept) == pytest.approx(2 * GRACE, abs=1)
    assert not any(child.is_running for rank in ranks for child in rank)


def test_who_fell_over_is_back_after_a_second_and_later_each_time_it_falls_again(start, capsys):
    child = start("a", STUBBORN)

    for _ in range(3):
        child.end_now()
        child.revive()
        child.retry_at = 0.0  # that time is over
        child.revive()
        assert child.is_running
        assert child.program.anew

    said = capsys.readouterr().err.splitlines()
    assert [line.split("starting it again in ")[1].split(" (")[0] for line in said] == ["1 s", "2 s", "4 s"]


def test_one_that_cannot_be_started_again_is_tried_later_and_takes_nobody_along(start, capsys):
    child = start("a", STUBBORN)
    program, child.program = child.program, Refused()
    child.end_now()
    for _ in range(2):
        child.revive()
        child.retry_at = min(child.retry_at, 0.0)

    child.program = program
    child.revive()

    assert child.is_running
    assert "a could not be started: Cannot allocate memory" in capsys.readouterr().err
