"""services/album/genres: which words of tags, directory and files become an album's genres, and what speaks for them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.values import Tag
from services.album.domain import Genre
from services.album.genres import resolve_genres
from services.album.genres.vocabulary import genre_key, load_vocabulary

NAMES = sorted(load_vocabulary().genres.values())


def names(genres: tuple[Genre, ...]) -> list[str]:
    return [genre.name for genre in genres]


def tagged(*tags: tuple[str, int]) -> list[Tag]:
    return [Tag(name, weight) for name, weight in tags]


def test_tags_become_genres_with_what_they_were_read_from():
    genres = resolve_genres(album_tags=tagged(("IDM", 84), ("electronic", 100), ("seen live", 90), ("Aphex Twin", 70)))

    assert genres == (
        Genre("electronic", 100, "album_tags", ("lastfm: electronic (100)",)),
        Genre("idm", 84, "album_tags", ("lastfm: IDM (84)",)),
    )


def test_later_stages_speak_for_the_same_genres_and_add_none():
    genres = resolve_genres(
        album_tags=tagged(("idm", 84)), musicbrainz=["ambient", "intelligent dance music"], files={"IDM": 12, "Techno": 3}
    )

    assert genres == (
        Genre("idm", 84, "album_tags", ("lastfm: idm (84)", "musicbrainz: intelligent dance music", "files: IDM (12)")),
    )


def test_without_a_tag_that_is_a_genre_the_directory_decides_in_its_order():
    genres = resolve_genres(
        album_tags=tagged(("favourites", 100), ("1997", 80), ("rock", 9)),
        musicbrainz=["art rock", "british", "alternative rock"],
        files={"Rock": 12, "Art Rock": 1},
    )

    assert genres == (
        Genre("art rock", 100, "musicbrainz", ("musicbrainz: art rock", "files: Art Rock (1)")),
        Genre("alternative rock", 90, "musicbrainz", ("musicbrainz: alternative rock",)),
    )


def test_without_tags_and_directory_the_files_decide_by_how_many_say_so():
    genres = resolve_genres(files={"Hip-Hop": 6, "hip hop": 3, "Rock/Pop": 4, "Other": 40, "Jazz": 0})

    assert genres == (
        Genre("hip hop", 100, "files", ("files: Hip-Hop (6)", "files: hip hop (3)")),
        Genre("pop", 44, "files", ("files: Pop (4)",)),
        Genre("rock", 44, "files", ("files: Rock (4)",)),
    )


def test_a_genre_that_few_files_name_is_none_of_the_album():
    assert names(resolve_genres(files={"rock": 100, "jazz": 10, "techno": 9})) == ["rock", "jazz"]


def test_nobody_says_a_genre():
    assert resolve_genres() == ()
    assert resolve_genres(album_tags=tagged(("awesome", 100)), musicbrainz=["80s"], files={"Unknown": 3, "": 9}) == ()


@pytest.mark.parametrize(("weight", "is_shown"), [(100, True), (10, True), (9, False), (0, False), (-5, False)])
def test_a_tag_of_less_than_ten_counts_nothing(weight, is_shown):
    assert bool(resolve_genres(album_tags=tagged(("rock", weight)))) == is_shown


def test_a_weight_beyond_the_scale_is_its_end():
    assert resolve_genres(album_tags=tagged(("rock", 4000)))[0].weight == 100


def test_at_most_five_are_shown_the_heaviest_and_equals_by_name():
    tags = tagged(("pop", 50), ("jazz", 50), ("blues", 50), ("folk", 50), ("soul", 50), ("techno", 90), ("house", 10))

    assert names(resolve_genres(album_tags=tags)) == ["techno", "blues", "folk", "jazz", "pop"]


def test_one_genre_under_several_names_is_one_as_heavy_as_its_heaviest():
    genres = resolve_genres(album_tags=tagged(("hip hop", 40), ("Hip-Hop", 60), ("rap", 30)))

    assert genres == (Genre("hip hop", 60, "album_tags", ("lastfm: Hip-Hop (60)", "lastfm: hip hop (40)", "lastfm: rap (30)")),)


@pytest.mark.parametrize(
    ("own", "word"), [("Jazz", "jazz"), ("Hip Hop!", "rap"), ("RAP", "rap"), ("Rhythm & Blues", "rhythm and blues")]
)
def test_a_genre_of_the_albums_own_name_is_none(own, word):
    assert resolve_genres(album_tags=tagged((word, 100)), musicbrainz=[word], files={word: 9}, own_names=[own]) == ()


def test_a_name_of_no_letters_is_nobodys_genre():
    assert names(resolve_genres(album_tags=tagged(("rock", 50)), own_names=["", "( )", "???"])) == ["rock"]


WORDS = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(sorted(load_vocabulary().aliases)),
    st.sampled_from(["1997", "seen live"]),
    st.text(max_size=30),
)
TAGS = st.lists(st.builds(Tag, WORDS, st.integers(-10, 300)), max_size=15)
FILES = st.dictionaries(WORDS, st.integers(-1, 10**6), max_size=8)


@given(TAGS, st.lists(WORDS, max_size=12), FILES, st.lists(WORDS, max_size=2), st.randoms(use_true_random=False))
def test_whatever_is_said_a_few_known_genres_come_of_it_in_whatever_order(tags, directory, files, own, shuffler: random.Random):
    genres = resolve_genres(album_tags=tags, musicbrainz=directory, files=files, own_names=own)

    shuffled_tags, shuffled_files = shuffler.sample(tags, len(tags)), dict(shuffler.sample(list(files.items()), len(files)))
    assert resolve_genres(album_tags=shuffled_tags, musicbrainz=directory, files=shuffled_files, own_names=own) == genres
    assert len(genres) <= 5
    assert len(set(names(genres))) == len(genres)
    assert set(names(genres)) <= set(NAMES)
    assert not {genre_key(name) for name in names(genres)} & set(map(genre_key, own))
    assert all(10 <= genre.weight <= 100 and genre.read_from for genre in genres)
    assert sorted(genres, key=lambda genre: -genre.weight) == list(genres)
    assert len({genre.stage for genre in genres}) <= 1
