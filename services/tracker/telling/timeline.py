"""What was heard on one day, hour by hour?"""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.tracker.storing.tables import plays
from services.tracker.telling.plays import ToldPlay, told, within
from services.tracker.telling.zones import DAY, HOUR, Stretch, local_day, span_of


@dataclass(frozen=True, slots=True)
class TimelineHour:
    """An hour that had plays: its number on the wall, the second it began, its plays, oldest first."""

    hour: int
    since: int
    plays: tuple[ToldPlay, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A day: its hours in order, one that a clock change repeats twice; the nearest days before and after that had plays."""

    day: date
    time_zone: str
    hours: tuple[TimelineHour, ...]
    previous_day: date | None
    next_day: date | None

    @property
    def play_count(self) -> int:
        return sum(len(hour.plays) for hour in self.hours)


def tell_day(connection: sa.Connection, zone: ZoneInfo, day: date) -> Timeline:
    """The day as it was in the zone."""
    span = span_of(zone, day, day)
    hours = tuple(hour for stretch in span.stretches for hour in _hours(connection, stretch))
    earlier = connection.execute(sa.select(sa.func.max(plays.c.uts)).where(plays.c.uts < span.since)).scalar()
    later = connection.execute(sa.select(sa.func.min(plays.c.uts)).where(plays.c.uts >= span.until)).scalar()
    previous_day, next_day = (None if uts is None else local_day(zone, uts) for uts in (earlier, later))
    return Timeline(day, zone.key, hours, previous_day, next_day)


def _hours(connection: sa.Connection, stretch: Stretch) -> list[TimelineHour]:
    heard = told(connection, sa.select(plays).where(*within(stretch.since, stretch.until)), newest_first=False)
    hours = []
    for number, some in groupby(heard, lambda play: (play.uts + stretch.offset) // HOUR):
        since = max(stretch.since, number * HOUR - stretch.offset)
        hours.append(TimelineHour(number % (DAY // HOUR), since, tuple(some)))
    return hours
