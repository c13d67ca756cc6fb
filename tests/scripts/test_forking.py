"""By a process of its own, since one with threads is not to be copied and pytest's may have some."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

COPIES = """
import os, pathlib, signal, sys
from scripts.forking import Program
signal.signal(signal.SIGTERM, lambda *_: None)
os.set_inheritable(os.open("/dev/zero", os.O_RDONLY), True)
process = Program("told", {"GIVEN": "1"}, ("one", "two")).start(pathlib.Path("told.log"), anew="anew" in sys.argv)
if "terminated" in sys.argv:
    process.terminate()
process.join()
assert "GIVEN" not in os.environ
held = [os.readlink(each) for each in pathlib.Path("/proc/self/fd").iterdir() if each.exists()]
print(process.exitcode, *(each for each in held if each.endswith("told.log")))
"""
TELLS = """
import atexit, json, os, pathlib, signal, sys, threading
if __name__ == "__main__":
    atexit.register(print, "at exit", flush=True)
    told = {"arguments": sys.argv[1:], "environment": dict(os.environ), "has a session": os.getsid(0) == os.getpid()}
    shown = pathlib.Path("/proc/self/cmdline").read_text().rstrip("\\0").split("\\0")
    told |= {"read": sys.stdin.read() + os.readlink("/proc/self/fd/0"), "shown": " ".join(filter(None, shown))}
    told["held"] = [each for each in map(int, os.listdir("/proc/self/fd")) if os.path.exists(f"/proc/self/fd/{each}")]
    threading.Thread(target=lambda: (threading.main_thread().join(), print("thread done", flush=True))).start()
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


@pytest.mark.parametrize("how", [(), ("anew",)], ids=["copied", "anew"])
def test_a_copy_is_what_python_m_would_have_started(copy, how):
    status, said = copy(TELLS, *how)

    told = json.loads(said[0])
    assert status == 7
    assert told["arguments"] == ["one", "two"]
    assert (told["environment"]["GIVEN"], told["environment"]["KEPT"]) == ("1", "2")
    assert told["has a session"]
    assert told["read"] == os.devnull
    assert told["held"] == [0, 1, 2]
    assert "this too" in said
    assert said[-2:] == ["thread done", "at exit"]


@pytest.mark.parametrize("how", [(), ("anew",)], ids=["copied", "anew"])
def test_it_is_shown_under_its_own_command(copy, how):
    _, said = copy(TELLS, *how)

    assert json.loads(said[0])["shown"].endswith(" -m told one two")


@pytest.mark.parametrize("how", [(), ("anew",)], ids=["copied", "anew"])
def test_one_that_cannot_be_read_says_so_in_its_own_log(copy, how):
    status, said = copy("import nothing_of_this_name", *how)

    assert status == 1
    assert said[-1] == "ModuleNotFoundError: No module named 'nothing_of_this_name'"


def test_reading_our_programs_starts_no_thread():
    """A copy has none but the one that made it: what another one held would be held for ever."""
    modules = ["gateway", "sandbox", *(f"services.{path.parent.name}" for path in (ROOT / "services").glob("*/__main__.py"))]
    read = "import importlib, os, sys\n[importlib.import_module(f'{each}.__main__') for each in sys.argv[1:]]"
    command = [sys.executable, "-c", f"{read}\nprint(len(os.listdir('/proc/self/task')))", *modules]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)

    assert len(modules) > 4
    assert ended.stdout == "1\n"


def test_a_signal_to_it_is_not_heard_by_what_it_inherited(copy):
    status, _ = copy(f"if __name__ == '__main__':\n    {WAITS}", "terminated")

    assert status == -signal.SIGTERM
