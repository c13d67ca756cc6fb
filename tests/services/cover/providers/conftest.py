"""Every source as the service builds it, asking the sandbox."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kernel.http import HttpClient
from services.cover.domain import SourceName
from services.cover.providers import FindsPictures
from services.cover.settings import ALBUM_SOURCES, ARTIST_SOURCES
from tests.sandbox.running import RunningSandbox
from tests.services.cover.providers.asking import door_to, settings_at, source_of, sources


@pytest.fixture(scope="module")
def door(sandbox_process: RunningSandbox) -> Iterator[HttpClient]:
    """To the sandbox."""
    with door_to(sandbox_process.url) as http:
        yield http


@pytest.fixture(scope="module")
def name() -> SourceName:
    """Each module says which source it is about."""
    raise NotImplementedError


@pytest.fixture
def source(
    name: SourceName, sandbox: RunningSandbox, door: HttpClient, tmp_path: Path, patience: timedelta
) -> Iterator[FindsPictures]:
    """Alone: the limits of all of them are dozens of files."""
    only = {
        f"cover_{kind}_sources": tuple({name}.intersection(known))
        for kind, known in (("album", ALBUM_SOURCES), ("artist", ARTIST_SOURCES))
    }
    with sources(door, settings_at(sandbox.url, tmp_path, patience=patience, **only)) as built:
        yield source_of(built, name)
