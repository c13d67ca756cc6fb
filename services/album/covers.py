"""How does the cover service learn that the files of albums have changed? By a job: it may be away while a folder is scanned."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from kernel.jobs import JobContext, Jobs, Lane
from kernel.neighbours import Neighbour
from services.album.domain import AlbumId
from soniquebay.cover.v1 import cover_pb2 as pb
from soniquebay.cover.v1 import cover_pb2_grpc

TELL_COVERS: Final = "tell_covers"
_WITHIN: Final = timedelta(seconds=20)
_AT_ONCE: Final = 500
_ATTEMPTS: Final = 50
"""Some twelve hours: a cover service that is away for longer finds out by itself, though later."""


class CoverNeighbour:
    """Asks the cover service for covers."""

    def __init__(self, neighbour: Neighbour) -> None:
        self._neighbour = neighbour
        self._stub: Any = cover_pb2_grpc.CoverServiceStub(neighbour.channel)  # type: ignore[no-untyped-call, unused-ignore]

    def look_anew(self, album_ids: Collection[str]) -> None:
        """Has their covers looked for, known or not. Raises OwnFault and DeadlineSpent."""
        names = [f"albums/{album_id}" for album_id in album_ids]
        request = pb.RequestCoversRequest(covers=names, lane=pb.LANE_NORMAL, is_changed=True)
        self._neighbour.ask(self._stub.RequestCovers, request, within=_WITHIN)


@dataclass(frozen=True, slots=True)
class TellingCovers:
    """Tells the cover service, some time, of albums whose files came, changed or left."""

    jobs: Jobs
    covers: CoverNeighbour

    def register(self) -> None:
        """Makes this kind of work known to the worker."""
        self.jobs.register(TELL_COVERS, self._tell)

    def tell(self, album_ids: Collection[AlbumId]) -> None:
        """Any number of times; told twice of one album, the cover service looks once more and finds what it found."""
        ordered = sorted(album_ids)
        for start in range(0, len(ordered), _AT_ONCE):
            some = ordered[start : start + _AT_ONCE]
            self.jobs.store.enqueue(TELL_COVERS, {"album_ids": some}, lane=Lane.NORMAL, max_attempts=_ATTEMPTS)

    def _tell(self, context: JobContext) -> None:
        self.covers.look_anew(context.job.payload["album_ids"])
