"""A model on loopback that says what the test lays in its mouth, and a writer that asks it."""

from collections.abc import Iterator

import pytest

from kernel.http import HttpClient
from services.album.providers.euria import EuriaDescriptions
from tests.services.album.providers_of_text.asking_euria import FakeSpending, SpokenModel, http_for, writer_over


@pytest.fixture(scope="module")
def one_model() -> Iterator[SpokenModel]:
    spoken = SpokenModel()
    yield spoken
    spoken.server.stop()


@pytest.fixture(scope="module")
def model_http(one_model: SpokenModel) -> Iterator[HttpClient]:
    http = http_for(one_model.server.url)
    yield http
    http.close()


@pytest.fixture
def model(one_model: SpokenModel) -> SpokenModel:
    one_model.forget()
    return one_model


@pytest.fixture
def spending() -> FakeSpending:
    return FakeSpending()


@pytest.fixture
def writer(model: SpokenModel, model_http: HttpClient, spending: FakeSpending) -> EuriaDescriptions:
    return writer_over(model_http, model.server.url, spending)
