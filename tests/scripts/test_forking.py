"""By a process of its own, since one with threads is not to be copied and pytest's may have some."""

import json
import os
import signal
import subprocess
import sys

import pytest

COPIES = """
import os, pathlib, signal, sys
from scripts.forking import Program
signal.signal(signal.SIGTERM, lambda *_: None)
process = Program("told", {"GIVEN": "1"}, ("one", "two")).start(pathlib.Path("told.log"))
if sys.argv[1:]:
    process.terminate()
process.join()
assert "GIVEN" not in os.environ
held = [os.readlink(each) for each in pathlib.Path("/proc/self/fd").iterdir() if each.exists()]
print(process.exitcode, *(each for each in held if each.endswith("told.log")))
"""
TELLS = """
import atexit, json, os, pathlib, signal, sys
if __name__ == "__main__":
    atexit.register(print, "at exit", flush=True)
    told = {"arguments": sys.argv[1:], "environment": dict(os.environ), "has a session": os.getsid(0) == os.getpid()}
    shown = pathlib.Path("/proc/self/cmdline").read_text().rstrip("\\0").split("\\0")
    told |= {"read": sys.stdin.read() + os.readlink("/proc/self/fd/0"), "shown": shown}
    print(json.dumps(told))
    print("this too", file=sys.stderr, flush=True)
    sys.exit(7)
"""
WAITS = "import signal; signal.pause()"


@pytest.fixture
def copy(tmp_path):
    """Starts a copy that runs this text; answers its exit status and the lines of its log, which nobody else holds open."""

    def copy(text, *how):
        (tmp_path / "told").mkdir()
        (tmp_path / "told" / "__main__.py").write_text(text)
        program = f"import sys; sys.path.insert(0, '.')\n{COPIES}"
        ended = subprocess.run(
            [sys.executable, "-c", program, *how],
            cwd=tmp_path,
            env=os.environ | {"KEPT": "2"},
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        return int(ended.stdout), (tmp_path / "told.log").read_text().splitlines()

    return copy


def test_a_copy_is_what_python_m_would_have_started(copy):
    status, said = copy(TELLS)

    told = json.loads(said[0])
    assert status == 7
    assert told["arguments"] == ["one", "two"]
    assert (told["environment"]["GIVEN"], told["environment"]["KEPT"]) == ("1", "2")
    assert told["has a session"]
    assert told["read"] == os.devnull
    assert "this too" in said
    assert said[-1] == "at exit"


def test_it_is_shown_under_its_own_command(copy):
    _, said = copy(TELLS)

    assert json.loads(said[0])["shown"] == ["python", "-m", "told", "one", "two"]


def test_a_signal_to_it_is_not_heard_by_what_it_inherited(copy):
    status, _ = copy(f"if __name__ == '__main__':\n    {WAITS}", "terminated")

    assert status == -signal.SIGTERM
