"""How long is a "there is none" looked at that is as large as a picture may be? While it is, nobody else in the process runs."""

import time
from collections.abc import Callable

import pytest

from kernel.http import HttpAnswer
from services.cover.fetching import MAX_BYTES, is_no_page
from services.cover.providers.commons import _says_gone
from services.cover.providers.coverartarchive import says_none


@pytest.mark.parametrize("knows", [_says_gone, says_none, is_no_page])
@pytest.mark.parametrize("part", [b"file could not ", b"no front cover ", b" ", b"wikimedi"])
def test_a_refusal_of_twenty_megabytes_is_read_in_no_time(knows: Callable[[HttpAnswer], bool], part: bytes):
    answer = HttpAnswer(404, {}, part * (MAX_BYTES // len(part)))
    began = time.process_time()

    knows(answer)

    assert time.process_time() - began < 0.1
