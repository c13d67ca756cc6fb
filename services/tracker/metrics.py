"""What does the tracker service measure? Every metric and label it owns, in one place."""

from collections.abc import Callable, Iterator
from typing import Any

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from kernel.errors import OwnFault
from services.tracker.switch import Status
from upstreams.metrics import UpstreamMeter

_log = structlog.get_logger(__name__)


class TrackerMeter(UpstreamMeter):
    """Counts calls to the sources under `provider_*`; the tracker's own figures are read when they are asked for."""

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__(registry, {})
        self._registry = registry

    def show(self, status: Callable[[], Status]) -> None:
        """From now on the figures show how the live tracker is."""
        self._registry.register(_Live(status))


class _Live(Collector):
    """Lag, so that a tracker that has silently died is seen within minutes and not after two weeks."""

    def __init__(self, status: Callable[[], Status]) -> None:
        self._status = status

    def collect(self) -> Iterator[Any]:
        try:
            status = self._status()
        except OwnFault as error:  # what was asked of others is still told: an outage is when it is needed
            _log.warning("tracker_not_told", error=str(error))
            return
        known = status.tracker
        is_running = known is not None and known.is_running
        yield GaugeMetricFamily("tracker_running", "1 while the live tracker is started.", value=float(is_running))
        yield GaugeMetricFamily(
            "tracker_stalled", "1 when it has not looked for three intervals.", value=status.state == "stalled"
        )
        lag = GaugeMetricFamily("tracker_lag_seconds", "Seconds since its last look that was answered, while started.")
        if status.lag_seconds is not None:
            lag.add_metric([], status.lag_seconds)
        yield lag
        stored = known.plays_stored if known is not None else 0
        yield CounterMetricFamily("tracker_plays_stored", "Plays it has stored since it was first started.", value=stored)
