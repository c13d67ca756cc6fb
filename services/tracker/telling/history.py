"""What may be asked of the plays? The one door to all that is told of them; bad input is refused here, by its field's name."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import InvalidArgument
from services.tracker.telling.analytics import Analytics, analyse
from services.tracker.telling.export import FORMATS, export_plays
from services.tracker.telling.groups import TitleGroups
from services.tracker.telling.journal import PlayFilter, list_plays
from services.tracker.telling.plays import ToldPlay
from services.tracker.telling.timeline import Timeline, tell_day

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DEFAULT_TOP = 20
_MAX_TOP = 200


class History:
    """Any thread may ask. Every answer comes from one short read of the database, but for an export, which makes many."""

    def __init__(self, database: Database, *, zone: str, clock: Clock) -> None:
        self._database = database
        self._zone = ZoneInfo(zone)
        self._clock = clock
        self._groups = TitleGroups()

    def list_plays(self, wanted: PlayFilter, *, after: Sequence[str | int | float | None] | None, limit: int) -> list[ToldPlay]:
        """At most `limit` plays, newest first; `after` is the `position` of the last one had."""
        _check_window(wanted.since, wanted.until)
        position = None
        if after is not None:
            uts, account_id, title_id, ordinal = (int(part or 0) for part in after)
            position = uts, account_id, title_id, ordinal
        with self._database.read() as connection:
            return list_plays(connection, wanted, position, limit)

    def timeline(self, date_text: str, zone_text: str) -> Timeline:
        """One day, today when the date is empty, in the listener's own zone when that is. Raises InvalidArgument."""
        zone = self._zone_of(zone_text)
        day = _date_of("date", date_text) or self._today(zone)
        with self._database.read() as connection:
            return tell_day(connection, zone, day)

    def analytics(self, from_text: str, to_text: str, zone_text: str, top: int) -> Analytics:
        """From the first day, a year before the last when empty, to the last, today when empty. Raises InvalidArgument."""
        zone = self._zone_of(zone_text)
        last = _date_of("to", to_text) or self._today(zone)
        first = _date_of("from", from_text) or _a_year_before(last)
        if first > last:
            raise InvalidArgument.of("from", "must not come after `to`")
        if not 0 <= top <= _MAX_TOP:
            raise InvalidArgument.of("top", f"must be 1 to {_MAX_TOP}, or 0 for {_DEFAULT_TOP}")
        with self._database.read() as connection:
            return analyse(connection, self._groups, zone, (first, last), top or _DEFAULT_TOP)

    def export(self, form: str, since: int | None, until: int | None) -> Iterator[bytes]:
        """Plays of the seconds [since, until), oldest first, as `csv` or `jsonl`. Raises InvalidArgument at once."""
        if form not in FORMATS:
            raise InvalidArgument.of("format", f"must be {' or '.join(FORMATS)}")
        _check_window(since, until)
        return export_plays(self._database, form, since, until)

    def _zone_of(self, text: str) -> ZoneInfo:
        if not text:
            return self._zone
        if text not in _zones():  # ZoneInfo takes it for the path of a file
            raise InvalidArgument.of("time_zone", "must be an IANA zone, such as Europe/Paris")
        return ZoneInfo(text)

    def _today(self, zone: ZoneInfo) -> date:
        return self._clock.now().astimezone(zone).date()


@cache
def _zones() -> frozenset[str]:
    """Looked up once: it reads the beginning of six hundred files."""
    return frozenset(available_timezones())


def _date_of(field: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text if _DATE.fullmatch(text) else "")
    except ValueError:
        raise InvalidArgument.of(field, "must be a date, such as 2026-11-26") from None


def _a_year_before(day: date) -> date:
    if day.year == date.min.year:
        return date.min
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def _check_window(since: int | None, until: int | None) -> None:
    if since is not None and until is not None and since > until:
        raise InvalidArgument.of("from", "must not come after `to`")
