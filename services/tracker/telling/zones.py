"""When does a day begin and end where the listener lives, and which hour is it there?

All of it is counted on the seconds of the clock on the wall, UTC plus an offset: a day may then have 23, 24½ or 25 hours, be cut
in two by a clock put back across midnight, or never have been at all, as on Samoa in 2011.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HOUR = 3600
DAY = 24 * HOUR
_EPOCH = date(1970, 1, 1).toordinal()
_STRIDE = 7 * DAY
"""How far apart offsets are looked up: since plays are written down, no zone went there and back within twelve days."""
_LONGEST = 26 * _STRIDE
# A day from either end of what datetime can say.
_FIRST = int(datetime(1, 1, 2, tzinfo=UTC).timestamp())
_LAST = int(datetime(9999, 12, 30, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seconds [since, until) in which the clock on the wall shows UTC plus `offset` seconds; at most half a year of them."""

    since: int
    until: int
    offset: int

    def clipped(self, since: int, until: int) -> "Stretch":
        """The part of it that lies in [since, until); empty, with `until` not above `since`, where none does."""
        return Stretch(max(self.since, since), min(self.until, until), self.offset)


@dataclass(frozen=True, slots=True)
class Span:
    """Days on the wall as seconds: the first, the one after the last, and the stretches that lie within, oldest first."""

    since: int
    until: int
    stretches: tuple[Stretch, ...]


def day_number(day: date) -> int:
    """Days since 1970."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> date:
    """The day so many days after 1970."""
    return date.fromordinal(number + _EPOCH)


def local_day(zone: ZoneInfo, uts: int) -> date:
    """The day it was on the wall."""
    return day_of((uts + _offset(zone, uts)) // DAY)


def span_of(zone: ZoneInfo, first: date, last: date, *, within: tuple[int, int] | None = None) -> Span:
    """The days from first to last, both included; only what lies in the seconds [since, until) of `within`, if given."""
    begin, end = day_number(first) * DAY, (day_number(last) + 1) * DAY
    lowest, highest = begin - DAY, end + DAY  # no offset is as long as a day
    if within is not None:
        lowest, highest = max(lowest, within[0]), min(highest, within[1])
    around = tuple(stretches(zone, lowest, highest))
    parts = (each.clipped(begin - each.offset, end - each.offset) for each in around)
    since = next((max(each.since, begin - each.offset) for each in around if each.until + each.offset > begin), lowest)
    until = next((min(each.until, end - each.offset) for each in reversed(around) if each.since + each.offset < end), highest)
    return Span(since, until, tuple(part for part in parts if part.since < part.until))


def stretches(zone: ZoneInfo, since: int, until: int) -> Iterator[Stretch]:
    """The seconds [since, until) cut where clocks change, and where a piece would get too long to be read at once."""
    while since < until:
        offset = _offset(zone, since)
        end = since
        while end < until and end - since < _LONGEST:
            ahead = min(end + _STRIDE, until)
            if _offset(zone, ahead) != offset:
                end = _change(zone, end, ahead)
                break
            end = ahead
        yield Stretch(since, end, offset)
        since = end


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The first second in which the offset is no longer what it was before."""
    offset = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, uts: int) -> int:
    offset = datetime.fromtimestamp(min(max(uts, _FIRST), _LAST), zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
