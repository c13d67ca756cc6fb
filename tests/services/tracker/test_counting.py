"""What is told of the tracker when there is nobody to ask how it is."""

from prometheus_client import CollectorRegistry, generate_latest

from kernel.errors import StoreUnavailable
from services.tracker.metrics import TrackerMeter


def test_what_was_asked_of_others_is_told_while_the_database_is_away():
    registry = CollectorRegistry()
    meter = TrackerMeter(registry)

    def fail():
        raise StoreUnavailable("The database does not answer.")

    meter.show(fail)
    meter.called("lastfm", "user.getrecenttracks", "found", 0.1)
    told = generate_latest(registry)

    assert b'provider_api_calls_total{operation="user.getrecenttracks",outcome="found",provider="lastfm"} 1.0' in told
    assert b"tracker_running" not in told
