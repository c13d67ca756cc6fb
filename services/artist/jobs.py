"""What does the artist service do when nobody waits?"""

from contextlib import suppress

from kernel.clock import Clock
from kernel.errors import ProviderFault
from kernel.jobs import Again, JobContext, Jobs
from services.artist.domain import ArtistId, ArtistRef
from services.artist.dossier import Check
from services.artist.pipeline import ArtistPipeline
from services.artist.store import REFRESH


def register(jobs: Jobs, pipeline: ArtistPipeline, *, language: str, clock: Clock) -> None:
    """Makes this service's kinds of work known to the worker."""

    def unanswered(ref: ArtistRef) -> list[Check]:
        return [check for check in pipeline.get(ref).value.checks if not check.is_answer]

    def refresh(context: JobContext) -> Again | None:
        """Asks again for what a provider did not answer; what it still does not answer, when that is due again."""
        ref = ArtistRef(id=ArtistId(context.job.payload["artist_id"]))
        for each in sorted({check.language or language for check in unanswered(ref)}):
            # Still no answer is no failed attempt: the checks say when it is worth asking again.
            with suppress(ProviderFault):
                pipeline.enrich(ref, language=each)
        # What is due even now has nobody left to ask (a provider that was switched off): it must not keep the worker spinning.
        waiting = [check for check in unanswered(ref) if check.next_check_at > clock.now()]
        if not waiting:
            return None
        return Again(min(check.next_check_at for check in waiting), "; ".join(sorted({check.provider for check in waiting})))

    jobs.register(REFRESH, refresh)
