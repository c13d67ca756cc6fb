"""What does the cover service measure? Every metric and label it owns, in one place."""

from collections.abc import Callable, Iterator
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from kernel.errors import OwnFault
from services.cover.domain import Kind, State, Tried
from services.cover.stats import Figures
from upstreams.metrics import UpstreamMeter

_log = structlog.get_logger(__name__)


class CoverMeter(UpstreamMeter):
    """Counts calls to providers under `provider_*`; how covers stand is read when it is asked for."""

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__(registry, {})
        self._registry = registry
        self._attempts = Counter(
            "cover_attempts", "Sources asked for covers, by what came of it.", ["kind", "source", "outcome"], registry=registry
        )
        self._quarantined = Counter("cover_images_quarantined", "Images that suddenly belonged to too many.", registry=registry)

    def tried(self, kind: Kind, tried: Tried) -> None:
        self._attempts.labels(kind, tried.source, tried.outcome).inc()

    def quarantined(self) -> None:
        self._quarantined.inc()

    def show(self, figures: Callable[[], Figures]) -> None:
        """From now on the figures show how covers stand."""
        self._registry.register(_Standing(figures))


class _Standing(Collector):
    """What alerts are made of: success by source, age of the queue, size of the store."""

    def __init__(self, figures: Callable[[], Figures]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Any]:
        try:
            figures = self._figures()
        except OwnFault as error:  # without these, all the others are still told: an outage is when they are needed
            _log.warning("covers_not_counted", error=str(error))
            return
        ratio = GaugeMetricFamily(
            "cover_source_success_ratio", "Hits as a share of hits and misses; faults do not count.", labels=["kind", "source"]
        )
        for each in figures.sources:
            if each.success_ratio is not None:
                ratio.add_metric([each.kind, each.source], each.success_ratio)
        yield ratio
        if figures.embedded_ratio is not None:
            yield GaugeMetricFamily(
                "cover_embedded_success_ratio",
                "Share of the files that hold a picture out of which it came.",
                value=figures.embedded_ratio,
            )
        if figures.external_ratio is not None:
            yield GaugeMetricFamily(
                "cover_external_success_ratio", "Covers found outside, of those settled outside.", value=figures.external_ratio
            )
        standing = GaugeMetricFamily("cover_covers", "Covers by kind and state.", labels=["kind", "state"])
        for kind in Kind:
            for state in State:
                standing.add_metric([kind, state], figures.covers.get((kind, state), 0))
        yield standing
        queue = GaugeMetricFamily("cover_queue", "Covers that are due to be looked for, by lane.", labels=["lane"])
        for lane, count in figures.queue.items():
            queue.add_metric([lane.name.lower()], count)
        yield queue
        yield GaugeMetricFamily(
            "cover_queue_oldest_seconds", "How long the oldest due one has waited.", value=figures.oldest_age_seconds
        )
        yield GaugeMetricFamily("cover_store_images", "Images in the store.", value=figures.images)
        yield GaugeMetricFamily("cover_store_bytes", "Bytes of the store.", value=figures.bytes)
