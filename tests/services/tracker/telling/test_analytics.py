import threading
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts.naming import match_key
from kernel.errors import InvalidArgument
from services.tracker.telling.history import History
from services.tracker.telling.tops import TopEntry
from tests.fakes.clock import FakeClock
from tests.services.tracker.telling.shelf import Heard, Shelf, Stored, around, id_of, on_the_wall, seconds

NOON = seconds("2025-06-15 12:00")
DAY = 86_400


def groups_of(stored: list[Stored], *names: int) -> dict[tuple[str, ...], list[Stored]]:
    groups = defaultdict(list)
    for each in stored:
        key = tuple(each.keys[name] for name in names)
        if all(key):
            groups[key].append(each)
    return groups


def top_by_hand(shelf: Shelf, stored: list[Stored], *names: int) -> list[tuple[Any, ...]]:
    """Artist, title, id and plays of each, most heard first. Names are counted from 0: artist, track, album."""
    kind = "artist" if len(names) == 1 else ("artist", "track", "album")[names[1]]
    ranking = []
    for key, group in groups_of(stored, *names).items():
        titles = Counter(each.position[2] for each in group)
        face = min(titles, key=lambda title_id: (-titles[title_id], title_id))
        artist, *title = next(tuple(each.heard.title[name] for name in names) for each in group if each.position[2] == face)
        everybody = groups_of(shelf.stored, *names)[key]
        is_known = key[0] == "burial" and any(each.position[2] % 2 == 0 for each in everybody)
        known_id = id_of(kind, *key) if is_known else None
        ranking.append(((-len(group), face), (artist, "".join(title), known_id, len(group))))
    return [entry for _, entry in sorted(ranking)]


def plain(entries: list[TopEntry]) -> list[tuple[Any, ...]]:
    return [(entry.artist, entry.title, entry.id, entry.play_count) for entry in entries]


def titles_of(shelf: Shelf, *names: str) -> list[Stored]:
    """One play of each title of this artist, or of this track."""
    return list({each.position[2]: each for each in shelf.stored if each.keys[: len(names)] == names}.values())


def is_known(each: Stored) -> bool:
    """As a shelf does it."""
    return each.keys[0] == "burial" and each.position[2] % 2 == 0


def artist_id_by_hand(shelf: Shelf, entry: TopEntry) -> str | None:
    artist = match_key(entry.artist)
    return id_of("artist", artist) if any(map(is_known, titles_of(shelf, artist))) else None


def album_ids_by_hand(shelf: Shelf, track: TopEntry) -> set[str | None]:
    """Of the albums that are known to have it, if any are."""
    heard = titles_of(shelf, match_key(track.artist), match_key(track.title))
    return {id_of("album", each.keys[0], each.keys[2]) for each in heard if is_known(each) and each.keys[2]} or {None}


def runs(days: set[date]) -> list[tuple[date, date]]:
    starts = sorted(day for day in days if day - timedelta(1) not in days)
    ends = sorted(day for day in days if day + timedelta(1) not in days)
    return list(zip(starts, ends, strict=True))


@settings(max_examples=100, deadline=None)
@given(scene=around(days=4, most=60), before=st.integers(0, 3), after=st.integers(0, 3), top=st.integers(1, 5))
def test_analytics_are_what_counting_by_hand_gives(shelf: Shelf, scene, before, after, top):
    zone, middle, heard = scene
    first, last = middle.date() - timedelta(days=before), middle.date() + timedelta(days=after)
    shelf.refill(heard, known=["burial"])
    inside = [each for each in shelf.stored if first <= on_the_wall(each.uts, zone).date() <= last]
    walls = [on_the_wall(each.uts, zone) for each in inside]

    told = History(shelf.database, zone="UTC", clock=FakeClock()).analytics(str(first), str(last), zone.key, top)

    assert told.play_count == len(inside)
    for count, entries, names in (
        (told.artist_count, told.top_artists, (0,)),
        (told.album_count, told.top_albums, (0, 2)),
        (told.track_count, told.top_tracks, (0, 1)),
    ):
        assert count == len(groups_of(inside, *names))
        assert plain(entries) == top_by_hand(shelf, inside, *names)[:top]
    for entry in (*told.top_artists, *told.top_albums, *told.top_tracks):
        assert entry.artist_id == artist_id_by_hand(shelf, entry)
    assert all(entry.album_id is None for entry in told.top_artists)
    assert all(entry.album_id == entry.id for entry in told.top_albums)
    assert all(entry.album_id in album_ids_by_hand(shelf, entry) for entry in told.top_tracks)
    assert {each.day: each.play_count for each in told.days} == Counter(wall.date() for wall in walls)
    assert [each.day for each in told.days] == sorted({wall.date() for wall in walls})
    heat = {(cell.weekday, cell.hour): cell.play_count for cell in told.heat_map}
    assert heat == Counter((wall.isoweekday(), wall.hour) for wall in walls)
    streaks = runs({wall.date() for wall in walls})
    longest = max(streaks, key=lambda run: (run[1] - run[0], -run[0].toordinal()), default=None)
    current = streaks[-1] if streaks and streaks[-1][1] >= last - timedelta(1) else None
    assert [run and (run.first, run.last) for run in (told.longest_streak, told.current_streak)] == [longest, current]
    firsts = {key: min(each.uts for each in group) for (key,), group in groups_of(shelf.stored, 0).items()}
    new = {key: uts for key, uts in firsts.items() if first <= on_the_wall(uts, zone).date() <= last}
    assert told.new_artist_count == len(new)
    assert [each.first_uts for each in told.new_artists] == sorted(new.values(), reverse=True)[:top]


def test_spellings_of_one_name_are_one_and_shown_as_most_often_heard(shelf, history):
    shelf.refill(
        [Heard(NOON, "Sigur Rós"), *(Heard(NOON + n, "SIGUR RÓS", "Hoppípolla") for n in range(3)), Heard(NOON, "Sigur Ros")]
    )

    told = history.analytics("2025-06-15", "2025-06-15", "", 0)

    assert plain(told.top_artists) == [("SIGUR RÓS", "", None, 4), ("Sigur Ros", "", None, 1)]


def test_a_picture_and_an_id_are_borrowed_from_another_title_of_the_same(shelf, history):
    known = Heard(NOON, "Burial", "Near Dark", "Untrue", account=1)
    shelf.refill([*(Heard(NOON + n, "Burial", "Archangel", "Untrue") for n in range(3)), known], known=["burial"])

    told = history.analytics("2025-06-15", "2025-06-15", "", 0)

    assert [entry.image_url for entry in (told.top_artists[0], told.top_albums[0])] == ["https://pictures.test/2.jpg"] * 2
    assert told.top_artists[0].id == id_of("artist", "burial")
    assert told.top_albums[0].id == id_of("album", "burial", "untrue")
    assert [entry.image_url for entry in told.top_tracks] == ["", "https://pictures.test/2.jpg"]


def test_a_track_on_several_albums_is_shown_with_the_one_it_was_heard_from_most(shelf, history):
    album = [Heard(NOON, "Burial", "Near Dark", "Untrue"), Heard(NOON + 1, "Burial", "Near Dark", "Kindred")]
    other = [Heard(NOON + 2, "Burial", "Raver", "Untrue"), Heard(NOON + 3, "Burial", "Near Dark", "Rival Dealer")]
    shelf.refill(
        [*album, *other, *(Heard(NOON + n, "Burial", "Near Dark", "Rival Dealer") for n in range(4, 7))], known=["burial"]
    )

    track = history.analytics("2025-06-15", "2025-06-15", "", 0).top_tracks[0]

    assert (track.title, track.artist_id) == ("Near Dark", id_of("artist", "burial"))
    assert track.album_id == id_of("album", "burial", "rival dealer")


def test_a_track_that_was_heard_without_its_album_borrows_one(shelf, history):
    with_album = Heard(NOON, "Burial", "Near Dark", "Untrue", account=1)
    shelf.refill([*(Heard(NOON + n, "Burial", "Near Dark") for n in range(3)), with_album], known=["burial"])

    (track,) = history.analytics("2025-06-15", "2025-06-15", "", 0).top_tracks

    assert (track.artist_id, track.album_id) == (id_of("artist", "burial"), id_of("album", "burial", "untrue"))


def test_an_artist_heard_before_on_another_account_is_not_new(shelf, history):
    shelf.refill(
        [Heard(NOON, "Old"), Heard(NOON - 30 * DAY, "OLD", "Other", account=1), Heard(NOON, "New"), Heard(NOON + 5, "New")]
    )

    told = history.analytics("2025-06-15", "2025-06-15", "", 0)

    assert [(each.artist, each.first_uts) for each in told.new_artists] == [("New", NOON)]


def test_a_streak_is_current_on_its_last_day_and_the_day_after(shelf, history):
    shelf.refill([Heard(NOON + day * DAY) for day in (0, 1, 2, 3, 6, 7)])

    ends = {last: history.analytics("2025-06-01", f"2025-06-{last}", "", 0) for last in (18, 19, 20, 22, 23, 24)}

    assert {last: told.current_streak and told.current_streak.days for last, told in ends.items()} == {
        18: 4,
        19: 4,
        20: None,
        22: 2,
        23: 2,
        24: None,
    }
    assert [told.longest_streak.days for told in ends.values()] == [4] * 6


def test_without_days_it_is_the_year_up_to_today(history):
    told = history.analytics("", "", "America/New_York", 0)

    assert (told.first, told.last, told.time_zone) == (date(2024, 12, 31), date(2025, 12, 31), "America/New_York")
    assert history.analytics("", "2024-02-29", "", 0).first == date(2023, 2, 28)
    assert history.analytics("", "0001-01-01", "", 0).first == date.min


def test_no_plays_at_all_are_counted_too(history):
    told = history.analytics("0001-01-01", "9999-12-31", "", 0)

    assert (told.play_count, told.artist_count, told.new_artist_count, told.days, told.top_tracks) == (0, 0, 0, [], [])
    assert told.longest_streak is told.current_streak is None


def test_all_of_a_long_history_is_counted(shelf, history):
    """Over more stretches than one read holds."""
    shelf.refill([Heard(seconds("2005-01-01 12:00") + day * DAY, f"Artist {day % 9}") for day in range(0, 7300, 5)])

    told = history.analytics("0001-01-01", "9999-12-31", "Asia/Kathmandu", 200)

    assert (told.play_count, len(told.days), told.artist_count) == (1460, 1460, 9)


def test_titles_stored_since_are_counted_by_their_names(shelf, history):
    shelf.refill([Heard(NOON, "Burial")])
    before = history.analytics("2025-06-15", "2025-06-15", "", 0)

    shelf.put([Heard(NOON, "BURIAL", "Near Dark"), Heard(NOON, "Kode9")])
    after = history.analytics("2025-06-15", "2025-06-15", "", 0)

    assert (before.artist_count, after.artist_count) == (1, 2)
    assert plain(after.top_artists) == [("Burial", "", None, 2), ("Kode9", "", None, 1)]


def test_any_number_may_ask_at_once(shelf, history):
    shelf.refill([Heard(NOON + n, f"Artist {n % 50}", f"Track {n % 70}") for n in range(300)])
    barrier, told = threading.Barrier(6), []

    def ask() -> None:
        barrier.wait()
        told.append(history.analytics("2025-06-15", "2025-06-15", "", 50))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(told) == 6
    assert all(each == told[0] for each in told)
    assert told[0].track_count == len({(n % 50, n % 70) for n in range(300)})


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (("x", "", "", 0), "from"),
        (("", "2026-13-01", "", 0), "to"),
        (("2026-01-02", "2026-01-01", "", 0), "from"),
        (("2026-01-02", "", "", 0), "from"),
        (("", "", "Europe/Parys", 0), "time_zone"),
        (("", "", "", -1), "top"),
        (("", "", "", 201), "top"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(history, asked, field):
    with pytest.raises(InvalidArgument) as refused:
        history.analytics(*asked)

    assert [violation.field for violation in refused.value.violations] == [field]
