"""Who carries due jobs to the threads that do them? Celery, over memory in this process or over Redis between processes."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import structlog
from celery import Celery
from celery.concurrency.thread import TaskPool

from kernel.jobs import Jobs

_log = structlog.get_logger(__name__)


class JobWorker:
    """Sends due jobs and does what is sent, in `threads` threads of this process, between `start` and `stop`.

    The broker is only a wake-up call. It holds what is about to run, at most two jobs per thread; the backlog stays in the table.
    What the broker loses is sent again when its reservation ends, and while it does not answer the rows stay due.
    """

    def __init__(
        self, jobs: Jobs, *, name: str, broker_url: str = "", threads: int = 2, poll: timedelta = timedelta(seconds=1)
    ) -> None:
        self._jobs = jobs
        self._window = 2 * threads
        self._poll = poll.total_seconds()
        self._app = _build_app(name, broker_url, longest=10 * jobs.store.lease)

        def run_job(job_id: str) -> None:  # a function, since Celery takes the argument off a bound method
            jobs.run(job_id)

        # Not shared: that would make it a task of every other app in this process as well.
        self._task = self._app.task(run_job, name="run_job", shared=False)
        self._carrier = self._app.WorkController(
            pool=_Pool, concurrency=threads, without_gossip=True, without_mingle=True, without_heartbeat=True
        )
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._idle = threading.Event()
        beat_every = jobs.store.lease.total_seconds() / 3
        self._threads = [
            threading.Thread(target=self._carrier.start, name=f"{name}-jobs-carrier", daemon=True),
            threading.Thread(target=self._send_due, name=f"{name}-jobs-sender", daemon=True),
            threading.Thread(target=self._beat, args=(beat_every,), name=f"{name}-jobs-heart", daemon=True),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Looks for due jobs now instead of at the next poll; for a process that has just enqueued one."""
        self._woken.set()

    def stop(self, grace: timedelta = timedelta(seconds=20)) -> None:
        """Ends the running jobs at their next step and makes them due again; those that will not end in time keep their lease.

        Returns though the broker be silent: Celery's thread then ends at its next try to reach it, or with the process.
        """
        self._stopped.set()
        self._woken.set()
        is_idle = self._jobs.stop(grace)
        self._idle.set()
        if is_idle:
            self._carrier.stop()
        else:
            self._carrier.terminate()
        for thread in self._threads:
            thread.join(timeout=3)  # Celery looks up every two seconds

    def _send_due(self) -> None:
        wait = self._poll
        while not self._stopped.is_set():
            try:
                self._send(self._jobs.store.reserve(self._window))
                wait = self._poll
            except Exception as error:  # noqa: BLE001 - a sender that ends would silently end all background work
                _log.warning("jobs_not_sent", error=repr(error))
                wait = min(2 * wait, 10 * self._poll)
            self._woken.wait(wait)
            self._woken.clear()

    def _send(self, ids: list[str]) -> None:
        sent = 0
        try:
            for job_id in ids:
                self._task.apply_async((job_id,), retry=False)
                sent += 1
        finally:
            if sent < len(ids):
                self._jobs.store.unreserve(ids[sent:])

    def _beat(self, every: float) -> None:
        while not self._idle.wait(every):
            try:
                self._jobs.beat()
            except Exception as error:  # noqa: BLE001 - as above; the next beat may still come in time
                _log.warning("jobs_not_renewed", error=repr(error))


class _Pool(TaskPool):  # type: ignore[misc]  # Celery has no types
    """Threads that know which app they work for. A new thread takes the process's default app, and would find no task in it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.executor = ThreadPoolExecutor(self.limit, thread_name_prefix="job", initializer=self.app.set_current)


def _build_app(name: str, broker_url: str, *, longest: timedelta) -> Celery:
    app = Celery(name, broker=broker_url or "memory://localhost/", set_as_current=False)
    app.conf.update(
        # The memory broker is one per process: a queue name of one's own keeps two workers in it apart.
        task_default_queue=f"jobs.{name}" if broker_url else f"jobs.{name}.{uuid.uuid4().hex}",
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
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
            "polling_interval": 0.2,  # memory only: the default is a second
        },
    )
    return app
