"""A model on loopback that says what the test lays in its mouth, and a writer that asks it."""

from collections.abc import Iterator

import pytest

from services.album.providers.euria import EuriaDescriptions
from tests.services.album.providers_of_text.asking_euria import FakeSpending, SpokenModel, euria_at


@pytest.fixture
def model() -> Iterator[SpokenModel]:
    spoken = SpokenModel()
    yield spoken
    spoken.server.stop()


@pytest.fixture
def spending() -> FakeSpending:
    return FakeSpending()


@pytest.fixture
def writer(model: SpokenModel, spending: FakeSpending) -> Iterator[EuriaDescriptions]:
    with euria_at(model.server.url, spending=spending) as asking:
        yield asking
