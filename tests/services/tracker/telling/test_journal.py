import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.naming import match_key
from kernel.errors import InvalidArgument
from services.tracker.telling import journal
from services.tracker.telling.history import History
from services.tracker.telling.journal import PlayFilter
from tests.fakes.clock import FakeClock
from tests.services.tracker.telling.shelf import NAMES, Heard, Shelf, Stored, id_of

NOON = 1_700_000_000
SOME_SECONDS = st.integers(NOON, NOON + 7)
ONE = st.builds(Heard, SOME_SECONDS, **NAMES, account=st.integers(0, 1))
HEARD = st.lists(ONE, max_size=40) | st.lists(ONE, min_size=25, max_size=40)
FILTERS = st.builds(
    PlayFilter,
    since=st.none() | SOME_SECONDS,
    until=st.none() | st.integers(NOON + 7, NOON + 9),
    artist=st.sampled_from(["", "", "burial", "Björk", "a_b", "nobody", id_of("artist", "burial")]),
    album=st.sampled_from(["", "", "UNTRUE", "kindred_ep", id_of("album", "burial", "untrue")]),
    text=st.sampled_from(["", "", "a", "100%", "%", "_", "\\", "/", "ΜΟΎΣΑ", "near  dark", "zzz"]),
)


@pytest.fixture
def glance(monkeypatch):
    """So few plays are looked through first that titles are gone through too."""
    monkeypatch.setattr(journal, "_GLANCE", 5)


def wanted_of(stored: list[Stored], wanted: PlayFilter) -> list[Stored]:
    artist, album, text = map(match_key, (wanted.artist, wanted.album, wanted.text))

    def is_wanted(each: Stored) -> bool:
        keys = each.keys
        is_known = each.position[2] % 2 == 0
        artist_id, album_id = id_of("artist", keys[0]), id_of("album", keys[0], keys[2])
        return (
            (wanted.since is None or each.uts >= wanted.since)
            and (wanted.until is None or each.uts < wanted.until)
            and (not artist or keys[0] == artist or (is_known and keys[0] == "burial" and artist_id == wanted.artist))
            and (not album or keys[2] == album or (is_known and keys[0] == "burial" and album_id == wanted.album))
            and any(text in key for key in keys)
        )

    return [each for each in stored if is_wanted(each)]


def all_pages(history: History, wanted: PlayFilter, size: int, between=lambda: None) -> list[tuple[int, int, int, int]]:
    positions: list[tuple[int, int, int, int]] = []
    after = None
    while True:
        page = history.list_plays(wanted, after=after, limit=size)
        positions += [each.position for each in page]
        if len(page) < size:
            return positions
        after = page[-1].position
        between()


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(heard=HEARD, wanted=FILTERS, size=st.integers(1, 20))
def test_the_pages_of_any_list_are_what_counting_by_hand_gives(shelf: Shelf, glance, heard, wanted, size):
    shelf.refill(heard, known=["burial"])

    found = all_pages(History(shelf.database, zone="UTC", clock=FakeClock()), wanted, size)

    assert found == [each.position for each in wanted_of(shelf.journal(), wanted)]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(heard=HEARD, later=st.lists(HEARD, min_size=1, max_size=2), size=st.integers(1, 7), artist=st.sampled_from(["", "burial"]))
def test_plays_that_arrive_between_pages_neither_hide_nor_repeat_any(shelf: Shelf, glance, heard, later, size, artist):
    shelf.refill(heard)
    there = {each.position for each in wanted_of(shelf.stored, PlayFilter(artist=artist))}
    coming = iter(later)

    found = all_pages(
        History(shelf.database, zone="UTC", clock=FakeClock()),
        PlayFilter(artist=artist),
        size,
        between=lambda: shelf.put(next(coming, [])),
    )

    assert len(found) == len(set(found))
    assert there <= set(found)
    assert found == sorted(found, reverse=True)


def test_many_plays_of_one_second_are_told_each_once(shelf, history):
    shelf.refill([Heard(NOON, track=f"Track {number % 7}", account=number % 2) for number in range(300)])

    found = all_pages(history, PlayFilter(), 50)

    assert found == [each.position for each in shelf.journal()]
    assert len(set(found)) == 300


def test_a_page_may_end_in_the_middle_of_a_second_of_one_artist(shelf, history, glance):
    shelf.refill(
        [Heard(NOON + number // 40, "Burial" if number % 4 else "Kode9", f"Track {number % 9}") for number in range(120)]
    )

    found = all_pages(history, PlayFilter(artist="burial"), 7)

    assert found == [each.position for each in shelf.journal() if each.heard.artist == "Burial"]


@pytest.mark.parametrize("artist", ["Rare", "Looped", "Common", "Gone"])
def test_an_artist_is_found_whole_however_rare_or_long_ago(shelf, history, artist):
    """The newest thousand plays hold none or few of it."""
    everybody = [Heard(NOON + number, artist="Common", track=f"Track {number % 40}") for number in range(1500)]
    looped = [Heard(NOON - 9000 + number, artist="Looped", track="One" if number % 10 else "Two") for number in range(400)]
    gone = [Heard(NOON - 20_000 + number, artist="Gone", track=f"Track {number}") for number in range(120)]
    shelf.refill([*everybody, *looped, *gone, Heard(NOON - 1, artist="Rare"), Heard(NOON + 1400, artist="Rare")])

    found = all_pages(history, PlayFilter(artist=artist), 50)

    assert found == [each.position for each in shelf.journal() if each.heard.artist == artist]


def test_a_play_is_told_with_all_that_is_known_of_it(shelf, history):
    shelf.refill([Heard(NOON, "Burial", "Other"), Heard(NOON, "Burial", "Archangel", "Untrue", account=1)], known=["burial"])

    full, plain = history.list_plays(PlayFilter(), after=None, limit=10)

    assert (full.artist, full.track, full.album, full.source) == ("Burial", "Archangel", "Untrue", "maloja_json")
    assert full.artist_id == id_of("artist", "burial")
    assert full.album_id == id_of("album", "burial", "untrue")
    assert full.track_id == id_of("track", "burial", "archangel")
    assert full.image_url.startswith("https://")
    assert (plain.artist_id, plain.album_id, plain.track_id, plain.image_url, plain.import_id) == (None, None, None, "", None)


def test_nothing_but_spaces_does_not_filter(shelf, history):
    shelf.refill([Heard(NOON)])

    assert len(history.list_plays(PlayFilter(artist=" ", album="\t", text=" "), after=None, limit=10)) == 1


def test_a_window_that_ends_before_it_begins_is_refused(history):
    with pytest.raises(InvalidArgument) as refused:
        history.list_plays(PlayFilter(since=2, until=1), after=None, limit=10)

    assert [violation.field for violation in refused.value.violations] == ["from"]
