"""How much memory do pictures take that are as large as they may be?"""

import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.cover.fetching import MAX_BYTES, Fetched
from tests.fakes.raw_server import answer, replying
from tests.services.cover.fetching_from import Rig

PICTURE = b"\xff\xd8\xff\xe0" + bytes(MAX_BYTES - 6) + b"\xff\xd9"
MEBIBYTE = 2**20


@pytest.fixture
def rig() -> Iterator[Rig]:
    with Rig() as made:
        yield made


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.usefixtures("traced")
def test_two_that_are_fetched_at_once_take_a_quarter_of_what_the_service_may(rig: Rig):
    said = answer(PICTURE)
    servers = [rig.serve(replying(said)) for _ in range(2)]
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda server: rig.fetch(server.url, trusted=[server]), servers))

    assert all(isinstance(each, Fetched) and len(each.content) == MAX_BYTES for each in found)
    assert tracemalloc.get_traced_memory()[1] - before < 50 * MEBIBYTE
