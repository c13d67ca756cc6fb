"""What becomes of a picture whose program is lost in the middle of it, as when the machine has no memory left."""

import hashlib
import sys
from collections.abc import Iterator

import pytest

from services.cover.imaging.workshop import Workshop
from tests.fakes.music_folder import Song, audio
from tests.services.cover.imaging.conftest import LooksInto, in_memory, look_into
from tests.services.cover.imaging.pictures import encoded, quarters
from untrusted.child import Limits

LIMITS = Limits(written=2**25)
LOST_ONCE = """
import os, signal
from services.cover.imaging import decoding, program
write = decoding.write_all
def write_half(output, content):
    if is_first and os.fstat(output).st_size == 0 and (len(written) == 2 or not is_look):
        write(output, content[: len(content) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    write(output, content)
    written.append(output)
decoding.write_all = program.write_all = write_half
def answer(word, files):
    global is_first, is_look, written
    is_first, is_look, written = os.fstat(files[1]).st_size == 0, word == "look", []
    return program._answer(word, files)
program.serve(answer)
"""


@pytest.fixture
def lost_once() -> Iterator[Workshop]:
    """Its program is killed once, in the middle of writing the third rendition, or the picture that it has found."""
    with Workshop(limits=LIMITS, command=[sys.executable, "-c", LOST_ONCE, *LIMITS.arguments()]) as workshop:
        yield workshop


def test_nothing_of_the_first_attempt_is_left_in_what_is_made_at_the_second(lost_once: Workshop, look: LooksInto):
    content = encoded(quarters(), "JPEG")

    assert look_into(lost_once, content).files == look(content).files


def test_a_picture_that_is_taken_out_at_the_second_attempt_is_whole(lost_once: Workshop):
    picture = encoded(quarters(), "PNG")

    with in_memory(audio(".flac", Song("T", picture=picture))) as file:
        found = lost_once.find_embedded(file, ".flac")

    assert found
    with found, open(found.descriptor, "rb", closefd=False) as held:
        held.seek(0)
        content = held.read()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (len(picture), found.digest)
