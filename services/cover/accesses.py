"""When was each image last looked at? Kept together for a minute, so that looking costs no writing."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

import structlog

from kernel.clock import Clock
from kernel.errors import OwnFault
from services.cover.domain import ImageId

_TOGETHER: Final = timedelta(minutes=1)
_log = structlog.get_logger(__name__)


class Accesses:
    """Any thread may note; one of them writes, every minute. What was noted since is lost with the process: that does no harm."""

    def __init__(self, write: Callable[[Mapping[ImageId, datetime]], None], clock: Clock) -> None:
        self._write = write
        self._clock = clock
        self._lock = Lock()  # guards the two below
        self._noted: dict[ImageId, datetime] = {}
        self._written_at = clock.now()

    def note(self, image_id: ImageId) -> None:
        now = self._clock.now()
        with self._lock:
            self._noted[image_id] = now
            if now - self._written_at < _TOGETHER:
                return
            noted, self._noted, self._written_at = self._noted, {}, now
        try:
            self._write(noted)
        except OwnFault as error:  # no reason not to show the image
            _log.warning("accesses_not_noted", count=len(noted), error=str(error))
