"""What is to be done for each kind of job, and how is one of them done?"""

import random
import threading
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, nullcontext
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime, timedelta
from typing import Any, NoReturn

import sqlalchemy as sa
import structlog
from prometheus_client import Counter

from kernel import deadline
from kernel.clock import Clock
from kernel.errors import BreakerOpen, Conflict, OwnFault, ProviderThrottled, Refused, SoniqueBayError
from kernel.job_store import JobStore
from kernel.job_table import Claim, Job, JobState, Lane, LeaseLost

__all__ = ["Again", "Handler", "Job", "JobContext", "JobState", "JobStore", "Jobs", "Lane", "LeaseLost"]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Again:
    """What a handler returns that wants its job run anew from then on: a poll's next round, the end of a Retry-After."""

    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class JobContext:
    """One attempt at one job, as its handler sees it.

    When the job is cancelled or taken away, or the process is to stop, `kernel.deadline` says that no time is left: provider
    calls and transactions end with DeadlineSpent, and a long computation had better ask `deadline.check()` now and then.
    Outside the HIGH lane nobody waits for it: its provider calls are made in the background, behind all others.
    """

    _store: JobStore
    _claim: Claim

    @property
    def job(self) -> Job:
        """As it was when this attempt began; its `progress` is what the attempts before have committed."""
        return self._claim.job

    @contextmanager
    def commit(self, progress: Any) -> Iterator[sa.Connection]:
        """One transaction for results and for the progress that tells the next attempt not to make them again.

        Raises LeaseLost before anything is written when the job is no longer ours.
        """
        with self._store.database.write() as connection:
            self._store.save_progress(connection, self._claim, progress)
            yield connection


Handler = Callable[[JobContext], Again | None]
"""Does one job. It may be run twice, so it must not mind what its last attempt has left behind."""


def _count_attempts() -> Counter:
    """In no registry: that is for who has one to say."""
    return Counter("jobs_attempts", "Attempts at jobs, by what came of them.", ["kind", "outcome"], registry=None)


@dataclass(slots=True)
class Jobs:
    """The handlers of one app, and the attempts now running in this process.

    An attempt that raises is made again after a wait that doubles from `first_wait` to `longest_wait` and is jittered, until
    `max_attempts` are spent; what was Refused is not tried again. Throttling and open breakers are no attempts: nobody was asked.
    """

    store: JobStore
    clock: Clock
    _: KW_ONLY
    first_wait: timedelta = timedelta(seconds=10)
    longest_wait: timedelta = timedelta(minutes=15)
    jitter: Callable[[], float] = random.random
    attempts: Counter = field(default_factory=_count_attempts, init=False)
    _handlers: dict[str, Handler] = field(default_factory=dict, init=False)
    _idle: threading.Condition = field(default_factory=threading.Condition, init=False)  # guards the two below
    _is_stopping: bool = field(default=False, init=False)
    _running: dict[str, threading.Event] = field(default_factory=dict, init=False)

    @property
    def kinds(self) -> AbstractSet[str]:
        """What is known how to do."""
        return self._handlers.keys()

    def register(self, kind: str, handler: Handler) -> None:
        self._handlers[kind] = handler
        # From 0 on: a rate does not see the first of a series that begins with it.
        for outcome in ("succeeded", "postponed", "failed", "buried", "lost"):
            self.attempts.labels(kind, outcome)

    def run(self, job_id: str) -> None:
        """Makes one attempt at the job, if it is due and nobody has it; messages about it may come late or twice."""
        claim = None if self._is_stopping else self.store.claim(job_id)
        if claim is None:
            return
        given_up = threading.Event()
        with self._idle:
            self._running[claim.token] = given_up
            if self._is_stopping:  # since we asked
                given_up.set()
        outcome = "lost"
        try:
            outcome = self._attempt(claim, given_up)
        except LeaseLost:
            _log.warning("job_lost", job_id=job_id, kind=claim.job.kind, attempt=claim.job.attempts)
        finally:
            self.attempts.labels(claim.job.kind, outcome).inc()
            with self._idle:
                del self._running[claim.token]
                self._idle.notify_all()

    def beat(self) -> None:
        """Renews the leases of what runs here, and ends the attempts that have lost theirs. For every third of a lease."""
        with self._idle:
            running = dict(self._running)
        held = self.store.heartbeat(running.keys()) if running else set()
        for token, given_up in running.items():
            if token not in held:
                given_up.set()

    def stop(self, grace: timedelta) -> bool:
        """Begins nothing more, ends what runs and makes it due again at once; whether all of it had ended within `grace`."""
        with self._idle:
            self._is_stopping = True
            for given_up in self._running.values():
                given_up.set()
            return self._idle.wait_for(lambda: not self._running, grace.total_seconds())

    def _attempt(self, claim: Claim, given_up: threading.Event) -> str:
        """What came of it."""
        try:
            with deadline.ended_by(given_up), nullcontext() if claim.job.lane is Lane.HIGH else deadline.in_background():
                again = self._handlers.get(claim.job.kind, _know_nothing)(JobContext(self.store, claim))
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is written into its row, and logged with its traceback
            if given_up.is_set():
                self.store.postpone(claim, self.clock.now(), attempts=claim.job.attempts - 1)
                return "postponed"
            return self._fail(claim, error)
        if again is None:
            self.store.succeed(claim)
            return "succeeded"
        self.store.postpone(claim, again.at, error=again.reason, attempts=0)
        return "postponed"

    def _fail(self, claim: Claim, error: Exception) -> str:
        job, now = claim.job, self.clock.now()
        # The text of a bug may hold anything, keys too; only our own errors are written to be read.
        reason = str(error) if isinstance(error, SoniqueBayError) else f"A bug ({type(error).__name__}); our log has the rest."
        _log.warning("job_failed", job_id=job.id, kind=job.kind, attempt=job.attempts, error=reason, exc_info=error)
        if isinstance(error, ProviderThrottled | BreakerOpen):
            self.store.postpone(claim, now + self._wait(1, error), error=reason, attempts=job.attempts - 1)
            return "postponed"
        if job.attempts >= job.max_attempts or (isinstance(error, Refused) and not isinstance(error, Conflict)):
            self.store.bury(claim, reason)
            return "buried"
        self.store.postpone(claim, now + self._wait(job.attempts, error), error=reason)
        return "failed"

    def _wait(self, attempts: int, error: Exception) -> timedelta:
        """Jittered between half and all of the span, so that jobs that failed together do not come back together."""
        span: timedelta = min(self.longest_wait, self.first_wait * 2 ** min(attempts - 1, 20))
        asked = error.retry_after if isinstance(error, SoniqueBayError) else None
        return max(asked or timedelta(0), span * (0.5 + self.jitter() / 2))


def _know_nothing(context: JobContext) -> NoReturn:
    """No reason to bury the job: while versions are exchanged, the next worker may well know."""
    raise OwnFault(f"Nothing here knows how to do {context.job.kind!r}.")
