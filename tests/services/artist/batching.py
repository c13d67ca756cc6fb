"""A worker that does batches as a test tells it to, step by step as somebody waits."""

from collections.abc import Callable

from kernel.errors import StoreUnavailable
from kernel.jobs import Job, JobContext, Jobs, JobStore
from services.artist.batches import ENRICH_BATCH, Done
from tests.fakes.clock import FakeClock

DOWN = "The database does not answer."


class SteppingClock(FakeClock):
    """Whoever sleeps lets the next of `steps` happen."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Callable[[], object]] = []

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.steps:
            self.steps.pop(0)()


class Worker:
    """Does batches as it is told to."""

    def __init__(self, store: JobStore) -> None:
        self._jobs = Jobs(store, store.clock, jitter=lambda: 0.0)
        self._jobs.register(ENRICH_BATCH, self._do)
        self._script: tuple[tuple[Done, ...], bool] = ((), False)
        self.did: list[Job] = []

    def does(self, *done: Done, fails: bool = False) -> Callable[[], None]:
        """One attempt at what is due, which has these done at its end."""

        def attempt() -> None:
            self._script = done, fails
            for job_id in self._jobs.store.reserve(10):
                self._jobs.run(job_id)

        return attempt

    def dies(self, *done: Done) -> None:
        """Fails until nobody tries any more."""
        while not self._jobs.store.list_dead():
            self.does(*done, fails=True)()
            self._jobs.clock.sleep(3600)

    def _do(self, context: JobContext) -> None:
        self.did.append(context.job)
        done, fails = self._script
        with context.commit({"done": [(each.position, each.error) for each in done]}):
            pass
        if fails:
            raise StoreUnavailable(DOWN)
