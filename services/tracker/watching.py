"""How is the live tracker watched? From the database, so that it does not matter which process looks and which one is asked."""

from collections.abc import Iterator
from dataclasses import dataclass

from kernel.database import Database
from kernel.waiting import Waiting
from services.tracker.storing import live
from services.tracker.storing.live import Event
from services.tracker.switch import Status, Switch

_POLL = 0.5


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing a watcher is told: an event, or at first the status alone; and the status by then."""

    event: Event
    status: Status


class Watching:
    """Follows what the live tracker tells."""

    def __init__(self, database: Database, switch: Switch, waiting: Waiting) -> None:
        self._database = database
        self._switch = switch
        self._waiting = waiting

    def watch(self, after: int | None) -> Iterator[Sight]:
        """The status, then every event after `after` (those from now on when None). Raises Overloaded and DeadlineSpent."""
        with self._database.read() as connection:
            newest = live.newest_event(connection)
        position = newest if after is None or after > newest else after
        yield Sight(Event(position, live.STATUS, {}), self._switch.status())
        for _ in self._waiting.rounds(_POLL):
            with self._database.read() as connection:
                told = live.list_events(connection, position)
            for event in told:
                position = event.id
                yield Sight(event, self._switch.status())
