"""How do the images and their rows stay together, and below what they may take?"""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

import structlog

from kernel.clock import Clock
from services.cover.domain import ImageId
from services.cover.keeping import ImageStore
from services.cover.store import CoverStore

_GRACE: Final = timedelta(hours=1)
_GONE_FOR: Final = timedelta(days=1)
_AT_ONCE: Final = 500
_log = structlog.get_logger(__name__)


class Housekeeping:
    """Takes away what nobody uses. Any thread may call it."""

    def __init__(self, images: ImageStore, store: CoverStore, clock: Clock) -> None:
        self._images = images
        self._store = store
        self._clock = clock

    def make_room(self, *spared: ImageId) -> None:
        """Where the store has more than it may, or its disk too little left: takes away what was looked at the longest ago."""
        gone = self._images.make_room(lambda: self._store.list_least_used(_AT_ONCE), spared=spared)
        if gone:
            self._store.forget_images(gone)
            _log.info("images_removed", count=len(gone))

    def sweep(self) -> None:
        """Takes away rows of images that nothing shows, files without a row, and covers of what does not exist."""
        now = self._clock.now()
        self._store.forget_gone(now - _GONE_FOR)
        while unused := self._store.list_unused(now - _GRACE, _AT_ONCE):
            self._store.forget_images(unused)  # only: of their files those are spared that were put again meanwhile
        self._images.sweep(self._known)
        self.make_room()

    def _known(self, image_ids: Collection[ImageId]) -> Collection[ImageId]:
        return self._store.are_known(image_ids)
