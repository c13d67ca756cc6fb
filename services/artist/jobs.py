"""What does the artist service do when nobody waits?"""

from kernel.jobs import Again, JobContext, Jobs
from services.artist.domain import ArtistId, ArtistRef
from services.artist.pipeline import ArtistPipeline
from services.artist.store import REFRESH


def register(jobs: Jobs, pipeline: ArtistPipeline, *, language: str) -> None:
    """Makes this service's kinds of work known to the worker."""

    def refresh(context: JobContext) -> Again | None:
        """Asks again for what a provider did not answer; what it still does not answer, when that is due again."""
        reading = pipeline.enrich(ArtistRef(id=ArtistId(context.job.payload["artist_id"])), language=language)
        waiting = [check for check in reading.value.checks if not check.is_answer]
        if not waiting:
            return None
        return Again(min(check.next_check_at for check in waiting), "; ".join(sorted({check.provider for check in waiting})))

    jobs.register(REFRESH, refresh)
