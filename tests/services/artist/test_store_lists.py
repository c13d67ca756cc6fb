"""The lists of services/artist/store.py: artists by name, similar artists by weight, in pages."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.database import Database
from services.artist.domain import ArtistName, SimilarName
from services.artist.merge import Learned
from services.artist.store import ArtistStore
from services.artist.storing.listing import ArtistFilter, SimilarFilter
from services.artist.storing.tables import artists
from tests.fakes.clock import FakeClock
from tests.services.artist.known import count, ensured, evidence, open_store, save

NAMES = st.lists(st.text(st.characters(codec="utf-8", min_codepoint=33), min_size=1, max_size=6), min_size=1, max_size=12)


@pytest.fixture
def store(database: Database, clock: FakeClock) -> ArtistStore:
    return open_store(database, clock)


def walk(store: ArtistStore, size: int) -> list[tuple[str, str]]:
    seen: list[tuple[str, str]] = []
    after: tuple[str, str] | None = None
    while page := store.list_artists(ArtistFilter(), after=after, limit=size):
        seen += [(key, artist.id) for key, artist in page]
        after = seen[-1]
    return seen


def test_similar_artists_are_listed_by_weight_in_pages_and_filtered(store: ArtistStore):
    found = tuple((SimilarName(f"S{n}", 1 - n / 10, n + 1), evidence()) for n in range(5))
    artist_id = save(store, "X", Learned(similar={"lastfm": found}))
    store.ensure([ArtistName("S3")])

    def listed(wanted: SimilarFilter, offset: int = 0, limit: int = 50) -> list[str]:
        return [edge.name for edge in store.list_similar(artist_id, wanted, offset=offset, limit=limit)]

    pages = [listed(SimilarFilter(), offset, 2) for offset in (0, 2, 4)]
    assert pages == [["S0", "S1"], ["S2", "S3"], ["S4"]]
    assert listed(SimilarFilter(min_weight=0.8)) == ["S0", "S1", "S2"]
    assert listed(SimilarFilter(in_library=True)) == ["S3"]
    assert listed(SimilarFilter(in_library=False)) == ["S0", "S1", "S2", "S4"]


def test_names_longer_than_an_index_entry_are_kept(store: ArtistStore):
    alphabet = [chr(0x4E00 + n * 37) for n in range(500)]

    artist_id = ensured(store, "".join(alphabet))

    assert [artist.id for _, artist in store.list_artists(ArtistFilter(), after=None, limit=2)] == [artist_id]


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("bj", ["Björk"]),
        ("BJÖ", ["Björk"]),
        ("ac/", ["AC/DC"]),
        ("bei", ["北京乐队"]),
        ("北", ["北京乐队"]),
        ("%", []),
        ("_", []),
        ("", ["AC/DC", "北京乐队", "Björk", "Zz"]),
        ("zzz", []),
    ],
)
def test_names_are_found_by_their_beginning_case_and_accents_aside(store: ArtistStore, prefix, found):
    store.ensure([ArtistName(name) for name in ("Zz", "Björk", "AC/DC", "北京乐队")])

    listed = store.list_artists(ArtistFilter(name_prefix=prefix), after=None, limit=10)

    assert [artist.name for _, artist in listed] == found


@pytest.mark.parametrize(("in_library", "found"), [(True, ["Ours"]), (False, ["Theirs"]), (None, ["Ours", "Theirs"])])
def test_artists_are_listed_by_whether_the_library_has_them(store: ArtistStore, in_library, found):
    ensured(store, "Ours")
    save(store, "Theirs", Learned())

    listed = store.list_artists(ArtistFilter(in_library=in_library), after=None, limit=10)

    assert [artist.name for _, artist in listed] == found


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=NAMES, size=st.integers(1, 5))
def test_walking_the_pages_meets_every_artist_once_in_order(store: ArtistStore, database: Database, wanted, size):
    store.ensure([ArtistName(name) for name in wanted if name.split()])

    seen = walk(store, size)

    assert len(seen) == len(set(seen)) == count(database, artists)
    assert all(one < other for one, other in pairwise((key.encode(), artist_id) for key, artist_id in seen))
