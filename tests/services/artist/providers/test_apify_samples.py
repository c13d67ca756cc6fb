"""Every recorded file of Apify is read as it should be."""

import json
from collections.abc import Iterator

import pytest

from kernel.errors import ProviderRejected, ProviderThrottled, ProviderTimeout, ProviderUnavailable
from kernel.evidence import Found
from services.artist.domain import Audience, Identity
from services.artist.providers.apify import NAME, ApifyProvider
from services.artist.providers.apify.answers import Run, parse_run
from tests.fakes.canned import CannedUpstream
from tests.fakes.samples import recorded
from tests.services.artist.providers.asking_apify import apify_at
from tests.services.providers.contract import fault_of

SAMPLES = recorded(NAME)
ITEMS, RUN, ERRORS = "run-sync-get-dataset-items-ok.json", "run-object-succeeded.json", "errors-matrix.json"
WHO = Identity(spotify_id="0C7jgMYmKXPmy5bHH5ebEN")
FAULTS = {
    400: ProviderUnavailable,
    401: ProviderRejected,
    402: ProviderRejected,
    403: ProviderRejected,
    404: ProviderRejected,
    408: ProviderTimeout,
    429: ProviderThrottled,
}


@pytest.fixture
def canned(upstream: CannedUpstream) -> Iterator[ApifyProvider]:
    with apify_at(upstream.server.url) as asking:
        yield asking


def test_every_recorded_file_is_read_here():
    assert {path.name for path in SAMPLES.iterdir()} == {ITEMS, RUN, ERRORS}


def test_the_recorded_item_is_found(upstream: CannedUpstream, canned):
    upstream.says((SAMPLES / ITEMS).read_bytes(), status="201 Created")

    found = canned.find_audience(WHO)

    assert isinstance(found, Found)
    assert found.value == Audience(monthly_listeners=3524, followers=1670)


def test_the_recorded_run_has_succeeded():
    run = parse_run(json.loads((SAMPLES / RUN).read_text()))

    assert run == Run("HG7ML7M8z78YcAPEB", "wmKPijuyDnPZAPRMk", "SUCCEEDED")
    assert run.has_succeeded


@pytest.mark.parametrize("error", json.loads((SAMPLES / ERRORS).read_text())["errors"], ids=lambda error: error["case"])
def test_a_recorded_error_is_its_declared_fault(upstream: CannedUpstream, canned, error):
    upstream.says(json.dumps(error["body"]), status=f"{error['status']} As Recorded")

    assert type(fault_of(lambda: canned.find_audience(WHO))) is FAULTS[error["status"]]
