"""What does the artist service do when nobody waits?"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from kernel.clock import Clock
from kernel.errors import ProviderFault
from kernel.jobs import Again, JobContext, Jobs, Lane
from services.artist.asking.research import EVERY_KIND, Wish
from services.artist.batch_work import BatchWork
from services.artist.batches import ENRICH_BATCH
from services.artist.domain import ArtistId, ArtistRef, Kind
from services.artist.dossier import Check
from services.artist.pipeline import ArtistPipeline
from services.artist.store import REFRESH, ArtistStore

REFRESH_AHEAD = "refresh_ahead"
"""Plans the next."""
REFRESH_SOON_DUE = "refresh_soon_due"

_FOR_EVER = 1_000_000
"""Attempts of what recurs: a store that was down for an hour must not end it."""
_ROUND = timedelta(minutes=10)
_LEFT_ALONE = timedelta(days=1)
"""How long an artist is passed over that was planned and is due all the same: a provider is off, or down."""
_UNPAID = tuple(kind for kind in EVERY_KIND if kind is not Kind.MONTHLY_LISTENERS)
"""What is paid for is asked only when somebody wants it."""


@dataclass(frozen=True, slots=True)
class Work:
    """What this service's jobs need. `ahead` is how long before it is due something is asked for anew; zero: never."""

    pipeline: ArtistPipeline
    store: ArtistStore
    batch: BatchWork
    language: str
    ahead: timedelta
    clock: Clock
    a_round: int = 50
    """Artists refreshed ahead of need in one round: what came all at once does not come due all at once again."""


def register(jobs: Jobs, work: Work) -> None:
    """Makes this service's kinds of work known to the worker, and begins what recurs."""
    refreshing = _Refreshing(jobs, work)
    jobs.register(REFRESH, refreshing.ask_again)
    jobs.register(ENRICH_BATCH, work.batch.run)
    jobs.register(REFRESH_SOON_DUE, refreshing.ask_ahead)
    jobs.register(REFRESH_AHEAD, refreshing.plan_ahead)
    if work.ahead:
        due_at = work.clock.now() + _ROUND
        jobs.store.enqueue(REFRESH_AHEAD, lane=Lane.LOW, due_at=due_at, dedupe_key=REFRESH_AHEAD, max_attempts=_FOR_EVER)


@dataclass(frozen=True, slots=True)
class _Refreshing:
    jobs: Jobs
    work: Work

    def ask_again(self, context: JobContext) -> Again | None:
        """Asks for what a provider did not answer, and for what was left for now; what is still not answered, when due."""
        ref, default = _artist_of(context), self.work.language
        for language in sorted({check.language or default for check in self._unanswered(ref)} or {default}):
            self._enrich(ref, Wish(language, self._wanted(ref), is_waited_for=False))
        # What is due even now has nobody left to ask (a provider that was switched off): it must not keep the worker spinning.
        waiting = [check for check in self._unanswered(ref) if check.next_check_at > self.work.clock.now()]
        if not waiting:
            return None
        return Again(min(check.next_check_at for check in waiting), "; ".join(sorted({check.provider for check in waiting})))

    def ask_ahead(self, context: JobContext) -> None:
        """Asks for what is due soon of one artist, each text in its own language. What faults is asked again by another job."""
        ref, soon = _artist_of(context), self.work.clock.now() + self.work.ahead
        checks = self.work.pipeline.get(ref).value.checks
        read_in = next((check.language for check in checks if check.language), self.work.language)
        for language in sorted({check.language or read_in for check in checks if check.next_check_at <= soon}):
            self._enrich(ref, Wish(language, _UNPAID, is_waited_for=False, ahead=self.work.ahead))

    def plan_ahead(self, context: JobContext) -> Again | None:
        """Plans, at the lowest priority, the asking for what is due soon of the artists in the library."""
        if not self.work.ahead:  # switched off since this job was planned
            return None
        now = self.work.clock.now()
        planned = {
            artist_id: at
            for artist_id, at in (context.job.progress or {}).get("planned", {}).items()
            if datetime.fromisoformat(at) > now - _LEFT_ALONE
        }
        due = self.work.store.list_due(now + self.work.ahead, limit=self.work.a_round + len(planned))
        chosen = [artist_id for artist_id in due if artist_id not in planned][: self.work.a_round]
        still_due = {artist_id: planned[artist_id] for artist_id in due if artist_id in planned}
        with context.commit({"planned": still_due | dict.fromkeys(chosen, now.isoformat())}) as connection:
            for artist_id in chosen:
                self.jobs.store.enqueue(
                    REFRESH_SOON_DUE,
                    {"artist_id": artist_id},
                    lane=Lane.LOW,
                    dedupe_key=f"{REFRESH_SOON_DUE}:{artist_id}",
                    connection=connection,
                )
        return Again(now + _ROUND)

    def _enrich(self, ref: ArtistRef, wish: Wish) -> None:
        # Still no answer is no failed attempt: the checks say when it is worth asking again.
        with suppress(ProviderFault):
            self.work.pipeline.enrich(ref, wish)

    def _wanted(self, ref: ArtistRef) -> Sequence[Kind]:
        """What is paid for was asked for by somebody only until it is answered; that it is due once more is nobody's wish."""
        checks = self.work.pipeline.get(ref).value.checks
        is_held = any(check.kind is Kind.MONTHLY_LISTENERS and check.is_answer for check in checks)
        return _UNPAID if is_held else EVERY_KIND

    def _unanswered(self, ref: ArtistRef) -> list[Check]:
        return [check for check in self.work.pipeline.get(ref).value.checks if not check.is_answer]


def _artist_of(context: JobContext) -> ArtistRef:
    return ArtistRef(id=ArtistId(context.job.payload["artist_id"]))
