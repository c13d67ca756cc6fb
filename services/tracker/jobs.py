"""What does the tracker service do in the background? Imports, looks, counts, names, and handing plays on."""

from collections.abc import Mapping

from kernel.jobs import Handler, Jobs
from services.tracker.counting import COUNT_MONTHS
from services.tracker.naming import NAME_TITLES
from services.tracker.store import ENRICH_NEW, IMPORT
from services.tracker.submitting import SUBMIT_PLAYS
from services.tracker.switch import FOLLOW

KINDS = (IMPORT, FOLLOW, COUNT_MONTHS, NAME_TITLES, SUBMIT_PLAYS, ENRICH_NEW)


def register(jobs: Jobs, handlers: Mapping[str, Handler]) -> None:
    """Each kind with what does it; a source that is off has no looks and no counts, and their jobs wait."""
    for kind in KINDS:
        if kind in handlers:
            jobs.register(kind, handlers[kind])
