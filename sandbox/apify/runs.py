"""How far is each run of the actor? Its whole life is settled when it starts, so that asking costs no waiting here."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sandbox.apify.asking import parse_start_urls
from sandbox.settings import Settings

_KEPT = 10_000
_READY_SECONDS = 0.05
_ENDS = frozenset({"SUCCEEDED", "FAILED", "ABORTED", "TIMED-OUT"})


@dataclass(frozen=True, slots=True)
class Run:
    """One run; all seconds are Apify's own, before scaling. `scale` is how long one of them takes here."""

    id: str
    dataset_id: str
    asked: tuple[str, ...]
    started_at: float
    lasts: float
    outcome: str
    scale: float

    def status_after(self, seconds: float) -> str:
        """Tells the state that many seconds into the run."""
        if seconds >= self.lasts:
            return self.outcome
        return "READY" if seconds < min(_READY_SECONDS, self.lasts / 2) else "RUNNING"

    def is_over_after(self, seconds: float) -> bool:
        """Tells whether it has ended by then, however."""
        return self.status_after(seconds) in _ENDS


class Runs:
    """The last 10,000 runs; one event loop, so no lock."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._runs: dict[str, Run] = {}
        self._started = 0

    def start(self, actor_input: object, timeout: float) -> Run:
        """Starts a run that takes as long and ends as the settings say; above `timeout` seconds (0 is none) it ends TIMED-OUT."""
        self._started += 1
        lasts, outcome = self._settings.number("run_seconds"), self._settings.text("outcome")
        if timeout and lasts > timeout:
            lasts, outcome = timeout, "TIMED-OUT"
        run = Run(
            id=_make_id("run", self._started),
            dataset_id=_make_id("dataset", self._started),
            asked=parse_start_urls(actor_input),
            started_at=self._clock(),
            lasts=lasts,
            outcome=outcome,
            scale=self._settings.number("time_scale"),
        )
        self._runs[run.id] = run
        if len(self._runs) > _KEPT:
            del self._runs[next(iter(self._runs))]
        return run

    def find(self, run_id: str) -> Run | None:
        """Finds a run by its identifier."""
        return self._runs.get(run_id)

    def find_by_dataset(self, dataset_id: str) -> Run | None:
        """Finds the run that filled a dataset."""
        return next((run for run in self._runs.values() if run.dataset_id == dataset_id), None)

    def abort(self, run_id: str) -> None:
        """Ends a run that is under way; one that has ended stays as it is."""
        run = self.find(run_id)
        if run and self.left_of(run) > 0:
            self._runs[run_id] = replace(run, lasts=self._age_of(run), outcome="ABORTED")

    def scale(self, seconds: float) -> float:
        """Turns Apify's seconds into those a client has to wait here."""
        return seconds * self._settings.number("time_scale")

    def left_of(self, run: Run) -> float:
        """Tells how many of its seconds are still to come."""
        return max(0.0, run.lasts - self._age_of(run))

    def status_now(self, run: Run) -> str:
        """Tells its state at this moment."""
        return run.status_after(self._age_of(run))

    def to_json(self, run: Run, in_seconds: float) -> dict[str, object]:
        """Shows the run as it will be after that many more of its seconds."""
        age = self._age_of(run) + in_seconds
        # A remainder of a billionth must not leave a client that waited for the end with a run still running.
        age = run.lasts if abs(run.lasts - age) < _READY_SECONDS / 1000 else age
        return _to_json(run, age)

    def _age_of(self, run: Run) -> float:
        if not run.scale:
            return run.lasts
        return (self._clock() - run.started_at) / run.scale


def _make_id(kind: str, number: int) -> str:
    return hashlib.sha256(f"{kind} {number}".encode()).hexdigest()[:17]


def _to_json(run: Run, age: float) -> dict[str, object]:
    is_over = run.is_over_after(age)
    seconds = min(age, run.lasts)
    return {
        "id": run.id,
        "actId": "HDSasDasz78YcAPEB",
        "userId": "7sT5jcggjjA9fNcxF",
        "startedAt": _moment(run.started_at),
        "finishedAt": _moment(run.started_at + run.lasts) if is_over else None,
        "status": run.status_after(age),
        "statusMessage": "Actor finished" if is_over else "Actor is running",
        "isStatusMessageTerminal": is_over,
        "meta": {"origin": "API", "clientIp": None, "userAgent": None},
        "stats": _build_stats(seconds),
        "options": {"build": "latest", "timeoutSecs": 300, "memoryMbytes": 1024, "diskMbytes": 2048},
        "buildId": "7sT5jcggjjA9fNcxF",
        "exitCode": (0 if run.outcome == "SUCCEEDED" else 1) if is_over else None,
        "generalAccess": "FOLLOW_USER_SETTING",
        "defaultKeyValueStoreId": "eJNzqsbPiopwJcgGQ",
        "defaultDatasetId": run.dataset_id,
        "defaultRequestQueueId": "FL35cSF7jrxr3BY39",
        "buildNumber": "0.0.36",
        "containerUrl": "https://g8kd8kbc5ge8.runs.apify.net",
        "usageTotalUsd": round(0.01 + 0.0005 * len(run.asked), 4),
    }


def _build_stats(seconds: float) -> dict[str, object]:
    return {
        "inputBodyLen": 240,
        "migrationCount": 0,
        "rebootCount": 0,
        "restartCount": 0,
        "resurrectCount": 0,
        "memAvgBytes": 267874071.9,
        "memMaxBytes": 404713472,
        "memCurrentBytes": 0,
        "cpuAvgUsage": 33.7532101107538,
        "cpuMaxUsage": 169.650735534941,
        "cpuCurrentUsage": 0,
        "netRxBytes": 103508042,
        "netTxBytes": 4854600,
        "durationMillis": int(seconds * 1000),
        "runTimeSecs": round(float(seconds), 3),
        "metamorph": 0,
        "computeUnits": round(0.01 + seconds * 0.0028, 5),
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
