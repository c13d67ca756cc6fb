"""How are hostile pictures decoded and taken out of hostile files? By this program, in a process of its own.

It is asked `look`, of a picture and files for its renditions, or `find` with a suffix, of a sound file and a file for the picture
in it; and answers JSON. Its decoders are C: one that is taken over holds a few open files and what the service's user may do.
"""

import hashlib
import io
import json
import os
from collections.abc import Sequence
from typing import Any

from PIL.Image import DecompressionBombError

from services.cover.imaging.decoding import make_renditions, write_all
from services.cover.imaging.headers import MOST_BYTES, Refused, media_type_of
from untrusted.serving import Source, serve
from untrusted.tagged import FRONT, NO_KIND, open_tagged, pictures, tags_of

_LOOK = "look"


def _answer(word: str, files: Sequence[int]) -> bytes:
    source = Source(files[0])
    asked, _, suffix = word.partition(" ")
    problem = "damaged" if asked == _LOOK else "tags"
    try:
        found = make_renditions(source, files[1:]) if asked == _LOOK else _find_picture(source, suffix, files[1])
        if not source.has_failed:
            return json.dumps(found).encode()
    except Refused as error:
        problem = error.problem
    except DecompressionBombError:  # Pillow's own bound, for what only it has seen
        problem = "pixels"
    except MemoryError:
        problem = "memory"
    except Exception:  # noqa: BLE001, S110 - decoders raise whatever a damaged file leads them to, and all of it means the same
        pass
    finally:
        source.close()
        for each in files[1:]:
            os.close(each)
    return json.dumps({"problem": "disk" if source.has_failed else problem}).encode()


def _find_picture(source: Source, suffix: str, output: int) -> dict[str, Any]:
    """The front, or what is of no kind at all: anything else would be taken for what it is not."""
    file: io.BufferedReader = io.BufferedReader(source)
    opened = open_tagged(file, suffix)
    found = [each for each in pictures(opened, tags_of(file, opened)) if each.kind in (FRONT, NO_KIND)]
    problem = ""
    for each in sorted(found, key=lambda each: each.kind != FRONT):
        try:
            content = each.load()
        except Exception:  # noqa: BLE001 - as above; there may be another one
            problem = problem or "damaged"
            continue
        media_type = media_type_of(content[:12])
        if media_type is None or len(content) > MOST_BYTES:
            problem = problem or ("bytes" if media_type else "kind" if content else "empty")
            continue
        write_all(output, content)
        return {"media_type": media_type, "digest": hashlib.sha256(content).hexdigest()}
    if problem:
        raise Refused(problem)
    return {"media_type": None, "digest": ""}


if __name__ == "__main__":
    serve(_answer)
