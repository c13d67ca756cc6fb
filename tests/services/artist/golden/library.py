"""A whole artist service over the sandbox with every provider on, each at full speed: what is measured is who is meant."""

from pathlib import Path
from typing import Any

import grpc

from services.artist.settings import PROVIDERS
from soniquebay.artist.v1 import artist_pb2 as pb
from tests.services.artist.golden.asking import Asking, Given, given
from tests.services.artist.running import RunningArtist


def open_library(upstream: str, folder: Path) -> RunningArtist:
    """The caller ends it."""
    at_full_speed: dict[str, Any] = {f"{provider}_rate_per_second": 10_000 for provider in PROVIDERS}
    return RunningArtist(upstream, folder, every_source=True, **at_full_speed)


def ask(library: RunningArtist, asking: Asking) -> Given:
    """Not found is an answer too."""
    request = pb.EnrichArtistRequest(**asking.fields)  # type: ignore[arg-type]
    try:
        return given(asking, library.call("EnrichArtist", request).enriched_artist)
    except grpc.RpcError as error:
        if error.code() is not grpc.StatusCode.NOT_FOUND:
            raise
        return given(asking, None)
