"""How often the figures are counted, and what they are when there is nobody to count."""

from prometheus_client import CollectorRegistry, generate_latest

from kernel.errors import StoreUnavailable
from services.cover.domain import Kind, Outcome, SourceName, Tried
from services.cover.metrics import CoverMeter
from services.cover.stats import Stats


def test_who_asks_all_the_time_has_all_tables_read_a_tenth_of_it_at_most(store, clock, monkeypatch):
    count, counted = store.count, []

    def count_slowly():
        counted.append(clock.monotonic())
        clock.advance(2)
        return count()

    monkeypatch.setattr(store, "count", count_slowly)
    stats = Stats(store, {}, 1, clock)
    began = clock.monotonic()
    while clock.monotonic() < began + 100:
        stats.figures()
        clock.advance(1)

    assert len(counted) <= 100 / 20


def test_other_figures_are_told_while_the_database_is_away():
    registry = CollectorRegistry()
    meter = CoverMeter(registry)

    def fail():
        raise StoreUnavailable("The database does not answer.")

    meter.show(fail)
    meter.tried(Kind.ALBUM, Tried(SourceName.LASTFM, Outcome.FAULT, ""))

    assert b'cover_attempts_total{kind="albums",outcome="fault",source="lastfm"} 1.0' in generate_latest(registry)
