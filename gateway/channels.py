"""How do we call a service from the event loop? As `kernel.neighbours` does from threads."""

import grpc

from kernel.neighbours import CHANNEL_OPTIONS, resolvable


def open_aio_channel(target: str) -> grpc.aio.Channel:
    """A channel for the event loop it is opened in. `target` is `host:port`."""
    return grpc.aio.insecure_channel(resolvable(target), CHANNEL_OPTIONS)
