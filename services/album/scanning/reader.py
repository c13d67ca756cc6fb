"""How are the tags of hostile files read? By this program, in a process of its own that is given open files and little else.

Its only way to the outside is the socket at descriptor 0. Over it come open files, one at a time, each with its suffix; back goes
one answer each: a length and so many bytes of JSON. It can write no file, start nothing, and hold and compute only so much.
"""

import gc
import io
import json
import resource
import signal
import socket
import sys

from services.album.scanning.tagging import read_tags
from services.album.scanning.wire import LENGTH, READY, SUFFIX_BYTES

_MEMORY = 256 * 2**20
"""Bytes of address space; it starts with 18 MB."""
_DESCRIPTORS = 24


def main() -> None:
    """Answers until the other side hangs up. The argument: seconds of computing that one file is given."""
    seconds = float(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _confine()
    with socket.socket(fileno=0) as line:
        line.sendall(READY)
        while True:
            suffix, files, _, _ = socket.recv_fds(line, SUFFIX_BYTES, 1)
            if not files:
                return
            resource.setrlimit(resource.RLIMIT_CPU, (_computed() + max(1, round(seconds)), resource.RLIM_INFINITY))
            answer = _answer(files[0], suffix.rstrip(b"\0").decode("ascii"))
            line.sendall(LENGTH.pack(len(answer)) + answer)


def _confine() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_DESCRIPTORS, _DESCRIPTORS))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _computed() -> int:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return int(usage.ru_utime + usage.ru_stime)


def _answer(descriptor: int, suffix: str) -> bytes:
    raw = io.FileIO(descriptor, "rb")
    try:
        found = read_tags(io.BufferedReader(raw), suffix)
        return json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
    except MemoryError:
        gc.collect()
        return b'{"problem": "memory"}'
    except Exception:  # noqa: BLE001 - mutagen raises whatever a damaged file leads it to, and all of it means the same
        return b'{"problem": "damaged"}'
    finally:
        raw.close()


if __name__ == "__main__":
    main()
