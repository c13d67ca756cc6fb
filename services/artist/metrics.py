"""What does the artist service measure? What it measures of its providers, and which fields they fill."""

from typing import Any

from prometheus_client import CollectorRegistry

from services.artist.asking.filling import EXPECTED, filled_fields
from services.artist.domain import Kind
from upstreams.metrics import UpstreamMeter


class ArtistMeter(UpstreamMeter):
    """Counts for Prometheus and for the metrics RPC."""

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__(registry, EXPECTED)

    def found(self, provider: str, kind: Kind, value: Any) -> None:
        """Notes which fields a provider filled in an answer of this kind."""
        if kind is not Kind.IDENTITY:  # which of several is meant says nothing of what is known of one
            self.answered(provider, filled_fields(kind, value))
