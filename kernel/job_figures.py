"""How much work waits, for how long, and how much was given up? Read from the table of jobs whenever figures are asked for."""

from collections.abc import Iterator

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from kernel.errors import OwnFault
from kernel.jobs import Jobs, JobState, Lane

_log = structlog.get_logger(__name__)


class JobFigures(Collector):
    """What alerts are made of. Every replica, and every worker, shows the same table: take the highest of them, not their sum.

    The attempts are this process's own. What is not there is told as 0, so that a panel has a line before the first misfortune.
    """

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def collect(self) -> Iterator[Metric]:
        yield from self._jobs.attempts.collect()
        now = self._jobs.clock.now()
        try:
            heaps = self._jobs.store.count_unfinished(now)
        except OwnFault as error:  # all the others are still told: an outage is when they are needed
            _log.warning("jobs_not_counted", error=str(error))
            return
        dead = [each for each in heaps if each.state is JobState.DEAD]
        unfinished = GaugeMetricFamily("jobs_unfinished", "Jobs that wait, run, or were given up.", labels=["state"])
        for state in (JobState.PENDING, JobState.RUNNING, JobState.DEAD):
            unfinished.add_metric([state.lower()], sum(each.jobs for each in heaps if each.state is state))
        buried = GaugeMetricFamily("jobs_dead", "Jobs that were given up.", labels=["kind"])
        for kind in sorted(self._jobs.kinds | {each.kind for each in dead}):
            buried.add_metric([kind], sum(each.jobs for each in dead if each.kind == kind))
        waiting = GaugeMetricFamily("jobs_due", "Jobs that could be done now, and are not yet.", labels=["lane"])
        age = GaugeMetricFamily("jobs_oldest_due_seconds", "How long the oldest due one has waited.", labels=["lane"])
        for lane in Lane:
            due = [each for each in heaps if each.lane is lane and each.due]
            first = min((each.first_due_at for each in due), default=now)
            waiting.add_metric([lane.name.lower()], sum(each.due for each in due))
            age.add_metric([lane.name.lower()], (now - first).total_seconds())
        yield from (unfinished, buried, waiting, age)
