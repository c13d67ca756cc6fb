"""What visitors of the cluster ask for: reads and writes, answered from what is known or by asking outside, of every service."""

from collections.abc import Callable

import httpx

from tests.journeys.listening import ListeningSystem
from tests.journeys.running import ENRICH
from tests.journeys.visitors import Request

_BANDS = 2000
_KNOWN = "Radiohead"


def visits(system: ListeningSystem) -> dict[str, Request]:
    """By name, in the order in which they come."""
    artist = system.post(ENRICH, name=_KNOWN)["artist"]["id"]
    assert system.import_history(limit=1000).status_code == 200
    album = system.get("/api/v1/albums", page_size=1)["albums"][0]["id"]
    tags = f"/api/v1/artists/{artist}/overrides/tags"
    return {
        "an artist": _get(f"/api/v1/enrichment/artists/{artist}"),
        "a new artist": lambda client, number: client.post(ENRICH, json={"name": f"Fictional Band {number % _BANDS + 1:04}"}),
        "a known artist": lambda client, _: client.post(ENRICH, json={"name": _KNOWN}),
        "a tag": lambda client, number: client.put(tags, json={"value": [f"tag {number}"], "reason": "mine"}),
        "plays": _get("/api/v1/plays?page_size=20"),
        "numbers": _get("/api/v1/analytics?from=2010-01-01&to=2026-01-01"),
        "the tracker": lambda client, _: client.post("/api/v1/services/tracker/stop"),
        "albums": _get("/api/v1/albums"),
        "an album": _get(f"/api/v1/albums/{album}"),
        "a cover": _get(f"/api/v1/covers/artists/{artist}/image"),
        "what covers there are": _get("/api/v1/covers/stats"),
    }


def _get(path: str) -> Callable[[httpx.Client, int], httpx.Response]:
    return lambda client, _: client.get(path)
