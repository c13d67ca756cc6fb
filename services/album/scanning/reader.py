"""How are the tags of hostile files read? By this program, in a process of its own.

It is told the suffix of each open file, and answers JSON. mutagen is Python, and whatever a file says is data to it.
"""

import io
import json
from collections.abc import Sequence

from services.album.scanning.tagging import read_tags
from untrusted.serving import Source, serve


def _answer(suffix: str, files: Sequence[int]) -> bytes:
    raw = Source(files[0])
    problem = "damaged"
    try:
        found = read_tags(io.BufferedReader(raw), suffix)
        if not raw.has_failed:
            return json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
    except MemoryError:
        problem = "memory"
    except Exception:  # noqa: BLE001, S110 - mutagen raises whatever a damaged file leads it to, and all of it means the same
        pass
    finally:
        raw.close()
    return json.dumps({"problem": "disk" if raw.has_failed else problem}).encode()


if __name__ == "__main__":
    serve(_answer)
