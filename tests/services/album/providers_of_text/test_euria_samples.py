"""Every sample of Infomaniak's answers is read as it should be."""

import json
from collections.abc import Iterator

import pytest

from kernel.errors import ProviderRejected, ProviderThrottled
from kernel.evidence import Found
from services.album.domain import Brief
from services.album.providers.euria import EuriaDescriptions
from tests.fakes.canned import CannedUpstream
from tests.fakes.samples import recorded
from tests.services.album.providers_of_text.asking_euria import euria_at
from tests.services.providers.contract import fault_of

SAMPLES = recorded("infomaniak")
TEXT, ERRORS = "chat-completions-ok.json", "errors-matrix.json"
FACTS = (("title", "Pablo Honey"), ("artist", "Radiohead"), ("formed", "Abingdon, 1985"), ("kind", "album"), ("genres", "rock"))


@pytest.fixture(scope="module")
def canned() -> Iterator[CannedUpstream]:
    upstream = CannedUpstream()
    yield upstream
    upstream.server.stop()


@pytest.fixture(scope="module")
def asking(canned: CannedUpstream) -> Iterator[EuriaDescriptions]:
    with euria_at(canned.server.url) as writer:
        yield writer


def test_every_sample_is_read_here():
    assert {path.name for path in SAMPLES.iterdir()} == {TEXT, ERRORS}


def test_the_sample_of_a_text_is_found(canned, asking):
    canned.says((SAMPLES / TEXT).read_bytes())

    found = asking.write(Brief("fr", FACTS))

    assert isinstance(found, Found)
    assert found.value.content == "Radiohead est un groupe anglais formé à Abingdon en 1985."


@pytest.mark.parametrize("error", json.loads((SAMPLES / ERRORS).read_text())["errors"], ids=lambda error: error["case"])
def test_the_sample_of_an_error_is_its_declared_fault_and_none_of_its_words_is_repeated(canned, asking, error):
    canned.says(json.dumps(error["body"]), status=f"{error['status']} As Recorded")

    fault = fault_of(lambda: asking.write(Brief("fr", FACTS)))

    assert type(fault) is (ProviderThrottled if error["status"] == 429 else ProviderRejected)
    said = error["body"]["error"]
    assert not any(words in str(fault) for words in (said.get("description"), said.get("message"), str(said["code"])) if words)
