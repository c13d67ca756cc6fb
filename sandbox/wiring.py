"""The composition root: which upstreams the simulated internet has."""

import random
import time
from datetime import datetime

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from sandbox import apify, commons, coverartarchive, deezer, euria, lastfm, listenbrainz, musicbrainz, spotify, wikidata
from sandbox.catalogue.directory import load_directory
from sandbox.catalogue.library import load_library
from sandbox.control import Control
from sandbox.edge import KINDS, Edge
from sandbox.faults import FaultScript
from sandbox.journal import Journal
from sandbox.limits import Limiter
from sandbox.listeners.accounts import Accounts


def build(*, seed: int, limited: bool, started_at: datetime) -> Starlette:
    """Builds the sandbox; `started_at` is where the living listener's history ends."""
    library = load_library()
    directory = load_directory(library)
    accounts = Accounts(library, seed=seed, until=started_at)
    upstreams = [
        *lastfm.build(library, accounts),
        musicbrainz.build(directory),
        *spotify.build(directory, time.time),
        apify.build(directory, time.time),
        wikidata.build(directory),
        listenbrainz.build(directory, accounts, time.time),
        euria.build(time.time),
        *coverartarchive.build(directory),
        *deezer.build(directory),
        *commons.build(directory),
    ]

    limits = {upstream.name: upstream.limit for upstream in upstreams if upstream.limit and limited}
    journal = Journal(time.time)
    limiter = Limiter(limits, time.monotonic)
    faults = FaultScript(KINDS, seed)
    settings = {upstream.name: upstream.settings for upstream in upstreams if upstream.settings}
    control = Control(journal, limiter, faults, accounts, library, limits, settings, directory)
    edges = {
        upstream.name: Edge(
            upstream,
            journal=journal,
            limiter=limiter,
            faults=faults,
            random=random.Random(seed),  # noqa: S311 - reproducible, not secret
            clock=time.time,
        )
        for upstream in upstreams
    }
    return Starlette(routes=[*control.routes(), *_routes(edges)])


def _routes(edges: dict[str, Edge]) -> list[BaseRoute]:
    return [Mount(f"/{name}", app=edge) for name, edge in edges.items()]
