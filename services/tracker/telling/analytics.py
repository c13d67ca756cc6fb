"""What was heard most between two days, how much a day, at which hours of the week, in which streaks, and who was new?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa

from services.tracker.storing.tables import plays
from services.tracker.telling.groups import TitleGroups
from services.tracker.telling.plays import within
from services.tracker.telling.tops import ALBUM, ARTIST, TRACK, NewArtist, TopEntry, first_heard, most_heard
from services.tracker.telling.zones import DAY, HOUR, Stretch, day_number, day_of, span_of

_HOURS = DAY // HOUR
_THURSDAY = 3
"""What 1970 began with, counted from Monday, 0."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """Plays of one day."""

    day: date
    play_count: int


@dataclass(frozen=True, slots=True)
class HeatCell:
    """Plays at one hour, 0–23, of one weekday, 1 (Monday) to 7."""

    weekday: int
    hour: int
    play_count: int


@dataclass(frozen=True, slots=True)
class Streak:
    """Days in a row with a play on each."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Analytics:
    """All of it about the plays from the first day to the last, both included, by the clock of the zone."""

    first: date
    last: date
    time_zone: str
    play_count: int
    artist_count: int
    album_count: int
    track_count: int
    top_artists: list[TopEntry]
    top_albums: list[TopEntry]
    top_tracks: list[TopEntry]
    days: list[DayCount]
    heat_map: list[HeatCell]
    longest_streak: Streak | None
    current_streak: Streak | None
    new_artists: list[NewArtist]
    new_artist_count: int


def analyse(connection: sa.Connection, groups: TitleGroups, zone: ZoneInfo, days: tuple[date, date], top: int) -> Analytics:
    """The days from first to last; `top` is how many rows a list has."""
    first, last = days
    ends = connection.execute(sa.select(_end(sa.func.min(plays.c.uts)), _end(sa.func.max(plays.c.uts)))).one()
    span = span_of(zone, first, last, within=(ends[0], ends[1] + 1) if ends[0] is not None else (0, 0))
    heard, hours = _hear(connection, span.stretches)
    artists, albums, tracks = groups.numbers(connection, heard)
    artist_count, top_artists = most_heard(connection, ARTIST, artists, heard, top)
    album_count, top_albums = most_heard(connection, ALBUM, albums, heard, top)
    track_count, top_tracks = most_heard(connection, TRACK, tracks, heard, top)
    new_artist_count, new_artists = first_heard(connection, span.stretches, top)
    counts = _by_day(hours)
    streaks = _streaks([each.day for each in counts])
    return Analytics(
        first,
        last,
        zone.key,
        hours.total(),
        artist_count,
        album_count,
        track_count,
        top_artists,
        top_albums,
        top_tracks,
        counts,
        _by_weekday(hours),
        max(streaks, key=lambda streak: streak.days, default=None),
        streaks[-1] if streaks and (last - streaks[-1].last).days <= 1 else None,
        new_artists,
        new_artist_count,
    )


def _end(uts: sa.Function[int]) -> sa.ScalarSelect[int]:
    """A select of its own: SQLite finds the first or the last by the key, but not both at once."""
    return sa.select(uts).scalar_subquery()


def _hear(connection: sa.Connection, stretches: Sequence[Stretch]) -> tuple[Counter[int], Counter[int]]:
    """How often each title was heard, and how much in each hour on the wall, counted from 1970.

    Each stretch comes as two long texts: the 60,000 rows of a year take five times as long to fetch, and as long to group there.
    """
    heard: Counter[int] = Counter()
    hours: Counter[int] = Counter()
    for stretch in stretches:
        hour = (plays.c.uts + stretch.offset) // HOUR
        texts = sa.select(_text(plays.c.title_id), _text(hour)).where(*within(stretch.since, stretch.until))
        title_text, hour_text = connection.execute(texts).one()
        heard.update(orjson.loads(f"[{title_text or ''}]"))
        hours.update(orjson.loads(f"[{hour_text or ''}]"))
    return heard, hours


def _text(number: sa.ColumnElement[int]) -> sa.Function[str]:
    return sa.func.aggregate_strings(sa.cast(number, sa.Text), ",")


def _by_day(hours: Mapping[int, int]) -> list[DayCount]:
    counts: Counter[int] = Counter()
    for hour, count in hours.items():
        counts[hour // _HOURS] += count
    return [DayCount(day_of(number), counts[number]) for number in sorted(counts)]


def _by_weekday(hours: Mapping[int, int]) -> list[HeatCell]:
    counts: Counter[tuple[int, int]] = Counter()
    for hour, count in hours.items():
        counts[(hour // _HOURS + _THURSDAY) % 7 + 1, hour % _HOURS] += count
    return [HeatCell(*cell, counts[cell]) for cell in sorted(counts)]


def _streaks(days: Sequence[date]) -> list[Streak]:
    """The runs of days, oldest first."""
    runs: list[Streak] = []
    for day in days:
        if runs and day_number(day) - day_number(runs[-1].last) == 1:
            runs[-1] = Streak(runs[-1].first, day)
        else:
            runs.append(Streak(day, day))
    return runs
