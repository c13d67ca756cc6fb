from datetime import date, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import InvalidArgument
from services.tracker.telling.history import History
from tests.fakes.clock import FakeClock
from tests.services.tracker.telling.shelf import Heard, Shelf, around, on_the_wall, seconds


def by_hand(shelf: Shelf, zone: ZoneInfo, day: date) -> list[tuple[int, int, list[tuple[int, int, int, int]]]]:
    """The hours with plays: by the clock on the wall and its offset, each with the minute it began in."""
    plays = [each for each in reversed(shelf.journal()) if on_the_wall(each.uts, zone).date() == day]

    def hour_of(uts: int) -> tuple[int, date, timedelta | None]:
        moment = on_the_wall(uts, zone)
        return moment.hour, moment.date(), moment.utcoffset()

    hours = []
    for (hour, *_), some in groupby(plays, lambda each: hour_of(each.uts)):
        same = list(some)
        since = same[0].uts // 60 * 60
        while hour_of(since - 60) == hour_of(same[0].uts):
            since -= 60
        hours.append((hour, since, [each.position for each in same]))
    return hours


@settings(max_examples=100, deadline=None)
@given(scene=around(), shift=st.integers(-1, 1))
def test_a_day_is_what_counting_by_hand_gives(shelf: Shelf, scene, shift):
    zone, middle, heard = scene
    day = middle.date() + timedelta(days=shift)
    shelf.refill(heard)
    days = {on_the_wall(each.uts, zone).date() for each in heard}

    told = History(shelf.database, zone="UTC", clock=FakeClock()).timeline(day.isoformat(), zone.key)

    assert [(hour.hour, hour.since, [play.position for play in hour.plays]) for hour in told.hours] == by_hand(shelf, zone, day)
    assert told.play_count == sum(on_the_wall(each.uts, zone).date() == day for each in heard)
    assert told.previous_day == max((each for each in days if each < day), default=None)
    assert told.next_day == min((each for each in days if each > day), default=None)


def hours_of(history: History, day: str, zone: str) -> list[tuple[int, int]]:
    return [(hour.hour, len(hour.plays)) for hour in history.timeline(day, zone).hours]


def every_ten_minutes(since: str, until: str) -> list[Heard]:
    return [Heard(uts) for uts in range(seconds(since), seconds(until), 600)]


def test_the_hour_a_clock_change_repeats_stands_twice(shelf, history):
    shelf.refill(every_ten_minutes("2026-10-24 20:00", "2026-10-26 02:00"))

    hours = hours_of(history, "2026-10-25", "Europe/Paris")

    assert hours == [(0, 6), (1, 6), (2, 6), (2, 6), *((hour, 6) for hour in range(3, 24))]


def test_the_hour_a_clock_change_leaves_out_is_not_there(shelf, history):
    shelf.refill(every_ten_minutes("2026-03-28 20:00", "2026-03-30 02:00"))

    hours = hours_of(history, "2026-03-29", "Europe/Paris")

    assert hours == [(0, 6), (1, 6), *((hour, 6) for hour in range(3, 24))]


def test_half_an_hour_repeated_stands_twice_too(shelf, history):
    """On Lord Howe Island clocks go back from two to half past one."""
    shelf.refill(every_ten_minutes("2026-04-03 10:00", "2026-04-06 02:00"))

    told = history.timeline("2026-04-05", "Australia/Lord_Howe")

    assert [(hour.hour, len(hour.plays)) for hour in told.hours][:4] == [(0, 6), (1, 6), (1, 3), (2, 6)]
    assert told.hours[2].since == seconds("2026-04-04 15:00")
    assert told.play_count == 24 * 6 + 3


def test_hours_begin_where_the_zone_says(shelf, history):
    shelf.refill([Heard(seconds("2026-01-01 03:20"))])

    told = history.timeline("2026-01-01", "Asia/Kathmandu")

    assert [(hour.hour, hour.since) for hour in told.hours] == [(9, seconds("2026-01-01 03:15"))]


def test_a_day_cut_in_two_is_told_whole(shelf, history):
    """In Newfoundland clocks went back at one minute past midnight: the last hour of Saturday came after the first of Sunday."""
    shelf.refill(every_ten_minutes("2010-11-06 22:00", "2010-11-07 06:00"))

    saturday, sunday = (history.timeline(day, "America/St_Johns") for day in ("2010-11-06", "2010-11-07"))

    assert [(hour.hour, len(hour.plays)) for hour in saturday.hours][-2:] == [(23, 6), (23, 5)]
    assert [(hour.hour, len(hour.plays)) for hour in sunday.hours][:2] == [(0, 1), (0, 6)]
    assert saturday.next_day == sunday.day
    assert sunday.previous_day == saturday.day


def test_a_day_that_never_was_has_no_hours_but_neighbours(shelf, history):
    """Samoa went over the date line."""
    shelf.refill(every_ten_minutes("2011-12-30 06:00", "2011-12-30 14:00"))

    told = history.timeline("2011-12-30", "Pacific/Apia")

    assert (told.hours, told.previous_day, told.next_day) == ((), date(2011, 12, 29), date(2011, 12, 31))


def test_without_a_date_it_is_today_where_the_listener_is(shelf, history):
    shelf.refill([Heard(seconds("2025-12-31 23:30"))])

    told = history.timeline("", "")

    assert (told.day, told.time_zone, told.play_count) == (date(2026, 1, 1), "Europe/Paris", 1)
    assert history.timeline("", "America/New_York").day == date(2025, 12, 31)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_time_is_empty(shelf, history, day):
    shelf.refill([Heard(seconds("2026-01-01 03:20"))])

    assert history.timeline(day, "Pacific/Kiritimati").play_count == 0


@pytest.mark.parametrize(
    "day",
    [
        "today",
        "2026-02-29",
        "20260101",
        "2026-W01-1",
        "2026-1-1",
        "2026-01-01T00:00",
        " 2026-01-01",
        "２０２６-01-01",
        "0000-01-01",
    ],
)
def test_what_is_no_date_is_refused(history, day):
    with pytest.raises(InvalidArgument) as refused:
        history.timeline(day, "")

    assert [violation.field for violation in refused.value.violations] == ["date"]


NO_ZONES = ["Europe", "europe/paris", "Mars/Olympus", "right/Europe/Paris", "tzdata.zi", "UTC+1", " UTC", "x" * 100_000]
NO_FILES = ["../../etc/passwd", "/etc/passwd", "Europe/../Europe/Paris", "/usr/share/zoneinfo/UTC", "Europe/Paris\0"]


@pytest.mark.parametrize("zone", [*NO_ZONES, *NO_FILES])
def test_what_is_no_zone_is_refused_whatever_file_it_names(history, zone):
    with pytest.raises(InvalidArgument) as refused:
        history.timeline("", zone)

    assert [violation.field for violation in refused.value.violations] == ["time_zone"]
    assert len(str(refused.value)) < 100
