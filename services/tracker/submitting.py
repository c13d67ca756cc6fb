"""How are new plays handed on to another service of the listener's? By a job, so that none is lost while it is down."""

from collections.abc import Iterable
from dataclasses import asdict
from functools import partial

import sqlalchemy as sa

from kernel.evidence import Found
from kernel.guard import Guard
from kernel.jobs import JobContext, JobStore, Lane
from services.tracker.domain import Play, play_of
from services.tracker.providers import TakesPlays

SUBMIT_PLAYS = "submit_plays"
_AT_ONCE = 1000
_ATTEMPTS = 50


class Submitting:
    """Hands plays on to one taker, behind its guard."""

    def __init__(self, jobs: JobStore, taker: TakesPlays, guard: Guard) -> None:
        self._jobs = jobs
        self._taker = taker
        self._guard = guard

    def plan(self, connection: sa.Connection, plays: list[Play]) -> None:
        """Plans it, in the transaction that stores the plays."""
        for start in range(0, len(plays), _AT_ONCE):
            payload = {"plays": [asdict(play) for play in plays[start : start + _AT_ONCE]]}
            self._jobs.enqueue(SUBMIT_PLAYS, payload, lane=Lane.NORMAL, max_attempts=_ATTEMPTS, connection=connection)

    def run(self, context: JobContext) -> None:
        """The job. Raises what the taker raises: it is tried again, and is dead after many tries, to be retried by a person."""
        plays = [play_of(row) for row in context.job.payload["plays"]]
        self._guard.call("submit", partial(self._submit, plays))

    def _submit(self, plays: Iterable[Play]) -> Found[None]:
        self._taker.submit(list(plays))
        return Found(None)


def hand_on_to_nobody(_connection: sa.Connection, _plays: list[Play]) -> None:
    """Where nothing is handed on."""
