"""How is a scan begun and watched?"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from kernel.errors import FailedPrecondition
from kernel.jobs import Lane
from kernel.waiting import Waiting
from services.album.scanning.domain import FileProblem, Scan, ScanId
from services.album.scanning.store import ScanStore
from services.album.scanning.walking import MusicFolder

_POLL: Final = 0.25


class Scans:
    """Begins scans of `music_dir`, and follows them for callers."""

    def __init__(self, store: ScanStore, *, music_dir: Path | None, waiting: Waiting) -> None:
        self._store = store
        self._music_dir = music_dir
        self._waiting = waiting

    def create(self, *, lane: Lane = Lane.NORMAL) -> Scan:
        """A new scan, or the one under way. Raises FailedPrecondition when there is no folder that can be read."""
        if self._music_dir is None:
            raise FailedPrecondition("Nothing can be scanned: set MUSIC_DIR to the folder of your music.")
        with MusicFolder(self._music_dir):
            return self._store.create(lane=lane)

    def list(self, *, before: int | None, limit: int) -> list[Scan]:
        """Newest first; `before`: only those older than this one."""
        return self._store.list(before=before, limit=limit)

    def get(self, scan_id: ScanId) -> Scan:
        """Raises NotFound."""
        return self._store.get(scan_id)

    def cancel(self, scan_id: ScanId) -> Scan:
        """What it has indexed stays. Raises NotFound; FailedPrecondition when it is over."""
        return self._store.cancel(scan_id)

    def watch(self, scan_id: ScanId) -> Iterator[Scan]:
        """The scan as it is, and again whenever it has changed; ends with it. Raises NotFound, Overloaded, DeadlineSpent."""
        scan = self._store.get(scan_id)
        yield scan
        if scan.state.is_over:
            return
        for _ in self._waiting.rounds(_POLL):
            before, scan = scan, self._store.get(scan_id)
            if scan.revision != before.revision:
                yield scan
            if scan.state.is_over:
                return

    def list_problems(self, *, after: bytes | None, limit: int) -> Sequence[FileProblem]:
        """What could not be indexed when it was last looked at, by path; `after`: only those that come later."""
        return self._store.list_problems(after=after, limit=limit)
