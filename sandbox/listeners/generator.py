"""When does a made-up listener play what? Sessions of an album by hour and weekday, the taste changing from year to year."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

# Nights are quiet, mornings short, evenings long.
_HOURS = (2, 1, 1, 0, 0, 0, 1, 4, 6, 5, 4, 4, 5, 5, 5, 5, 6, 7, 9, 11, 12, 11, 8, 4)
_WEEKDAYS = (0.9, 0.9, 1.0, 0.95, 1.1, 1.3, 1.2)
_SAME_SECOND = 0.006
_SILENT_DAYS = 0.2
_WHOLE_ALBUMS = 0.6
_DAY_SECONDS = 86_400
_LIVING_SINCE = date(2018, 1, 1)
_FINISHED = (date(2010, 1, 1), date(2025, 1, 1))

Side = Sequence[tuple[int, int]]
"""The tracks of one album: index of the title, length in seconds."""


def generate_living(user: str, seed: int, sides: Sequence[Side], until: datetime) -> Iterator[tuple[int, int]]:
    """Yields (second, title) from 2018 to `until`; each day depends on its date alone, so a later `until` only adds plays."""
    taste = _Taste(f"{seed}/{user}", sides)
    for number in range((until.date() - _LIVING_SINCE).days + 1):
        day = _LIVING_SINCE + timedelta(days=number)
        chance = _chance(f"{seed}/{user}/{day}")
        quota = 0 if chance.random() < _SILENT_DAYS else round(chance.uniform(1, 8) * _WEEKDAYS[day.weekday()])
        yield from (play for play in _plays_of_day(chance, day, quota, taste) if play[0] <= until.timestamp())


def generate_finished(user: str, seed: int, sides: Sequence[Side], total: int) -> Iterator[tuple[int, int]]:
    """Yields exactly `total` plays between 2010 and 2025, the same on any day it is asked."""
    first, end = _FINISHED
    days = [first + timedelta(days=number) for number in range((end - first).days)]
    chance, taste = _chance(f"{seed}/{user}"), _Taste(f"{seed}/{user}", sides)
    weights = [_WEEKDAYS[day.weekday()] * chance.uniform(0.3, 1.7) for day in days]
    whole, played = sum(weights), 0
    for day, reached in zip(days, accumulate(weights), strict=True):
        due = total if day == days[-1] else round(total * reached / whole)
        yield from _plays_of_day(chance, day, due - played, taste)
        played = due


class _Taste:
    """Which albums a listener likes; the order of preference is drawn anew each year."""

    def __init__(self, name: str, sides: Sequence[Side]) -> None:
        self._name = name
        self._sides = sides
        self._year = 0
        self._liked: list[Side] = []
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(sides))))

    def pick(self, chance: random.Random, year: int) -> Side:
        if year != self._year:
            self._year = year
            self._liked = list(self._sides)
            _chance(f"{self._name}/{year}").shuffle(self._liked)
        return chance.choices(self._liked, cum_weights=self._weights)[0]


def _plays_of_day(chance: random.Random, day: date, quota: int, taste: _Taste) -> list[tuple[int, int]]:
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    plays: list[tuple[int, int]] = []
    while len(plays) < quota:
        at = midnight + chance.choices(range(24), _HOURS)[0] * 3600 + chance.randrange(3600)
        side = taste.pick(chance, day.year)
        start = 0 if chance.random() < _WHOLE_ALBUMS else chance.randrange(len(side))
        for title, seconds in side[start : start + quota - len(plays)]:
            if at >= midnight + _DAY_SECONDS:
                break
            plays.append((at, title))
            # Players that were offline hand in two plays with one timestamp: readers must keep both.
            at += 0 if chance.random() < _SAME_SECOND else seconds
    return sorted(plays, key=lambda play: play[0])


def _chance(name: str) -> random.Random:
    return random.Random(name)  # noqa: S311 - reproducible, not secret
