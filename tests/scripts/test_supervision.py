import sys

import psutil
import pytest

from scripts.supervision import Child, end
from tests.fakes.patience import eventually

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"
WILLING = """
import pathlib, signal, sys
def leave(*_):
    with pathlib.Path(sys.argv[1]).open("a") as left:
        left.write(sys.argv[2])
    sys.exit()
signal.signal(signal.SIGTERM, leave); print("up", flush=True); signal.pause()
"""


@pytest.fixture
def start(tmp_path):
    children = []

    def start_child(name, program, *arguments):
        child = Child(name, [sys.executable, "-c", program, *arguments], {}, tmp_path / f"{name}.log")
        children.append(child)
        child.start()
        assert eventually(lambda: child.last_words() == "up")
        return child

    yield start_child
    end(children, lambda: True)


def test_they_end_in_the_order_given(start, tmp_path):
    left = tmp_path / "left"
    children = [start(name, WILLING, str(left), name) for name in "abc"]

    end(children, lambda: False)

    assert left.read_text() == "abc"


@pytest.mark.timeout(20)  # less than the grace of a single one
def test_an_urgent_end_waits_for_nobody(start):
    children = [start(name, STUBBORN) for name in "ab"]

    end(children, lambda: True)

    assert not any(child.is_running for child in children)


@pytest.mark.timeout(20)
def test_an_end_that_becomes_urgent_stops_waiting(start):
    child = start("a", STUBBORN)
    patience = iter([False, False])

    end([child], lambda: next(patience, True))

    assert not child.is_running


def test_a_child_started_again_leaves_no_log_open(start, tmp_path):
    child = start("a", WILLING, str(tmp_path / "left"), "a")
    end([child], lambda: True)

    child.start()

    assert str(child.log_path) not in {each.path for each in psutil.Process().open_files()}
