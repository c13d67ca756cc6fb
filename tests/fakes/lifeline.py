"""What a test starts must not outlive the run, however that ends: even a killed run lets go of the pipes it holds."""

import subprocess

_WAITS = """
exec >/dev/null 2>&1
read -r _
kill -s "$1" "$2"
while kill -0 "$2"; do sleep 0.1; done
[ -z "$3" ] || rm -rf "$3"
"""


class Lifeline:
    """Where the process that made it ends before `release`, another one is ended with this signal and its folder removed."""

    def __init__(self, pid: int, signal_name: str, folder: str = "") -> None:
        # In a session of its own, so that whoever ends the whole group of the run does not end the lifeline with it.
        command = ["sh", "-c", _WAITS, "lifeline", signal_name, str(pid), folder]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def release(self) -> None:
        """The process has ended, or is somebody else's care. A second call does nothing."""
        self._process.kill()
        self._process.communicate()
