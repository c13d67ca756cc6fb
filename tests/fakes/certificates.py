"""The certificates that this machine trusts, read once instead of by every HTTP client: that takes longer than most tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import httpx
import pytest


@contextmanager
def read_once() -> Iterator[None]:
    """All clients that are made in the block share what is read for the first of them, as it never changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "create_ssl_context", cache(httpx.create_ssl_context))
        yield
