"""Who carries due jobs to the threads that do them? Celery, over memory in this process or over Redis between processes."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from celery import Celery
from celery.concurrency.thread import TaskPool
from kombu.transport.memory import Transport

from kernel.jobs import Jobs

_log = structlog.get_logger(__name__)


class JobWorker:
    """Sends due jobs and does what is sent, in `threads` threads of this process, between `start` and `stop`.

    The broker is only a wake-up call. It holds what is about to run, at most two jobs per thread; the backlog stays in the table.
    One thread beside those is kept free for what somebody waits for, however long the others take.
    What the broker loses is sent again when its reservation ends, and while it does not answer the rows stay due. Celery's own
    worker gives up on some of a broker's endings; another takes its place.
    """

    def __init__(
        self, jobs: Jobs, *, name: str, broker_url: str = "", threads: int = 2, poll: timedelta = timedelta(seconds=1)
    ) -> None:
        self._jobs, self._concurrency = jobs, threads
        self._app = _build_app(name, broker_url, longest=10 * jobs.store.lease)

        def run_job(job_id: str) -> None:  # a function, since Celery takes the argument off a bound method
            jobs.run(job_id)

        # Not shared: that would make it a task of every other app in this process as well.
        self._task = self._app.task(run_job, name="run_job", shared=False)
        self._carrier = self._build_carrier()
        self._express = ThreadPoolExecutor(1, thread_name_prefix=f"{name}-jobs-express")
        self._hasty: Future[None] | None = None
        self._stopped, self._idle = threading.Event(), threading.Event()
        loops = {"sender": (self._send, poll, self._stopped), "heart": (jobs.beat, jobs.store.lease / 3, self._idle)}
        loops["carrier"] = self._carry, poll, self._stopped
        self._threads = {
            who: threading.Thread(target=_repeat, args=how, name=f"{name}-jobs-{who}", daemon=True) for who, how in loops.items()
        }

    def start(self) -> None:
        for thread in self._threads.values():
            thread.start()

    def stop(self, grace: timedelta = timedelta(seconds=20)) -> None:
        """Ends the running jobs at their next step and makes them due again; those that will not end in time keep their lease.

        Returns though the broker be silent: Celery's thread then ends at its next try to reach it, or with the process.
        """
        self._stopped.set()
        self._threads["sender"].join(timeout=3)  # it would take what is put back now, and send it to nobody
        is_idle = self._jobs.stop(grace)
        self._express.shutdown(wait=False, cancel_futures=True)
        self._idle.set()
        for thread in self._threads.values():
            # Said again before each wait: Celery does not hear it in the moment of its start.
            self._carrier.stop() if is_idle else self._carrier.terminate()
            thread.join(timeout=3)

    def _build_carrier(self) -> Any:
        return self._app.WorkController(
            pool=_Pool, concurrency=self._concurrency, without_gossip=True, without_mingle=True, without_heartbeat=True
        )

    def _carry(self) -> None:
        """Carries until it is stopped, or Celery gives up: then with a new one at the next turn, since one cannot start twice."""
        self._carrier.start()
        if not self._stopped.is_set():
            _log.warning("jobs_carrier_ended")
            self._carrier = self._build_carrier()

    def _send(self) -> None:
        if self._hasty is None or self._hasty.done():
            for job_id in self._jobs.store.reserve(1, is_express=True):
                # Nobody looks at what becomes of it: where it was not run, the row is due again by itself.
                self._hasty = self._express.submit(_try, partial(self._jobs.run, job_id), "job_not_run", job_id=job_id)
        for job_id in self._jobs.store.reserve(2 * self._concurrency):
            self._task.apply_async((job_id,), retry=False)


def _repeat(act: Callable[[], None], every: timedelta, until: threading.Event) -> None:
    while not until.wait(every.total_seconds()):
        _try(act, "jobs_not_sent_or_renewed")


def _try(act: Callable[[], None], failure: str, **about: str) -> None:
    try:
        act()
    except Exception as error:  # noqa: BLE001 - a loop that ends would silently end all background work
        _log.warning(failure, **about, error=repr(error))


class _Pool(TaskPool):  # type: ignore[misc]  # Celery has no types
    """Threads that know which app they work for. A new thread takes the process's default app, and would find no task in it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.executor = ThreadPoolExecutor(self.limit, thread_name_prefix="job", initializer=self.app.set_current)

    def on_stop(self) -> None:
        """Does not wait for what still runs: a long job must keep neither the next carrier from its work nor us from stopping."""
        self.executor.shutdown(wait=False, cancel_futures=True)


class _Memory(Transport):
    """Looks up often enough to hear soon that it is to stop: Celery itself would have it wait for two seconds."""

    def drain_events(self, connection: Any, timeout: Any = None, **_: Any) -> None:  # noqa: ARG002 - that is the wait
        super().drain_events(connection, timeout=0.1)  # type: ignore[no-untyped-call]


def _build_app(name: str, broker_url: str, *, longest: timedelta) -> Celery:
    app = Celery(name, broker=broker_url or "memory://localhost/", set_as_current=False)
    app.conf.update(
        # The memory broker is one per process: a queue name of one's own keeps two workers in it apart.
        task_default_queue=f"jobs.{name}" if broker_url else f"jobs.{name}.{uuid.uuid4().hex}",
        broker_transport=None if broker_url else _Memory,
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            # Without these, a broker that accepts and never answers holds the sender for ever (measured: > 90 s).
            "socket_timeout": 0.5,
            "socket_connect_timeout": 0.5,
            "visibility_timeout": longest.total_seconds(),
            # The defaults sweep for the messages of a killed worker every 100 s.
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
            "polling_interval": 0.1,  # memory only: the default is a second
        },
    )
    return app
