"""Which test runs where, and when? Two of pytest's hooks, for `tests/conftest.py` to take in."""

from collections import Counter
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of few tests first: those are long ones, and what starts last ought to be short. The gateway's after all others.

    A poller of grpc.aio that was collected with its event loop goes on writing to its socket's number, whoever has that by then:
    other tests of the process lost the programs they talk to over a socket pair. Nothing comes after the gateway's tests.
    """
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: ("gateway" in item.path.parts, tests[item.path]))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """A file's tests share a process, so that what they set up once is set up once, whatever `--dist` says.

    Marks of `xdist_group` would do for some files, but xdist 3.8 writes them where pytest 9.2 no longer looks.
    """
    return LoadFileScheduling(config, log)
