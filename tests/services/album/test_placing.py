"""services/album/storing/placing.py: whatever was named before, a name goes on meaning what it meant."""

from hypothesis import given
from hypothesis import strategies as st

from services.album.domain import ArtistId, TrackName
from services.album.storing.placing import Changes, place
from services.album.storing.shelf import Named, Shelf, with_keys
from tests.services.album.known import MBIDS, named

ARTISTS = st.sampled_from(["X", "Y"])
TITLES = st.sampled_from(["Song", "SONG", "Other"])
ALBUMS = st.sampled_from(["", "Record", "record", "Deluxe"])
IDS = st.sampled_from(["", *MBIDS[:3]])


@st.composite
def names(draw: st.DrawFn) -> TrackName:
    album = draw(ALBUMS)
    return named(draw(ARTISTS), draw(TITLES), album, mbid=draw(IDS), album_mbid=draw(IDS) if album else "")


PAGES = st.lists(names(), min_size=1, max_size=8)


def keyed(page: list[TrackName]) -> list[Named]:
    return with_keys(page, {(each.artist.key, each.artist.mbid): ArtistId(each.artist.key) for each in page})


@given(PAGES, PAGES)
def test_the_same_page_again_means_the_same_and_changes_nothing(before, page):
    shelf = Shelf()
    place(keyed(before), shelf)

    first, _ = place(keyed(page), shelf)
    again, changes = place(keyed(page), shelf)

    assert again.tracks == first.tracks
    assert changes == Changes()


@given(PAGES, PAGES)
def test_a_name_with_an_album_means_the_same_for_ever(page, after):
    shelf = Shelf()
    first, _ = place(keyed(page), shelf)

    place(keyed(after), shelf)

    again, _ = place(keyed(page), shelf)
    kept = [place for place, name in enumerate(page) if name.album]
    assert [again.tracks[place] for place in kept] == [first.tracks[place] for place in kept]


@given(PAGES)
def test_a_release_and_a_title_are_one_album_each(page):
    shelf = Shelf()

    ensured, changes = place(keyed(page), shelf)

    assert len(set(changes.releases.values())) == len(changes.releases)
    assert set(ensured.new_albums) == set(changes.titles.values()) == {each.album_id for each in ensured.tracks} - {None}
