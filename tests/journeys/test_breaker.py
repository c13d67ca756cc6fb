import pytest

from tests.journeys.running import ARTIST_ONLY, RunningSystem


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    settings = {"ENRICHMENT_PROVIDERS": "lastfm"}
    with RunningSystem(tmp_path_factory.mktemp("breaker"), settings, services=ARTIST_ONLY) as running:
        running.enrich(name="Radiohead")
        yield running


def test_three_failures_open_the_breaker_and_nobody_is_asked_any_more(system):
    system.script(fault={"kind": "status", "code": 500})
    first = system.enrich(name="Portishead")
    spent = system.calls()

    answers = [system.enrich(name=name) for name in ("Björk", "Air", "Phoenix")]
    known = system.enrich(name="Radiohead", force_refresh=True)

    assert first.status_code == 503
    assert {answer.status_code for answer in answers} == {503}
    assert all(290 <= int(answer.headers["retry-after"]) <= 301 for answer in answers)
    assert known.json()["stale"] is True
    assert system.calls() == spent
    assert system.client.get("/api/v1/enrichment/metrics").json()["lastfm"]["circuit_breaker_state"] == "open"
