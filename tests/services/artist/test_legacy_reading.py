"""services/artist/legacy/reading.py"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.values import Image, Tag
from services.artist.domain import MAX_NAME, MAX_SIMILAR, ArtistField, ArtistName, SimilarName
from services.artist.legacy.reading import NEVER, Imported, Unusable, read
from services.artist.legacy.source import OldArtist

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MBID = "a74b1b7f-71a5-4011-9441-d0b5e4122711"
SPOTIFY_ID = "4Z8W4fKeB5YxbusRsdQVPb"
PICTURE = "https://lastfm.freetls.fastly.net/i/u/300x300/abc.png"
STAR = "https://lastfm.freetls.fastly.net/i/u/300x300/2a96cbd8b46e442fc41c2b86b821562f.png"


def taken(*references: Any, similar: tuple[tuple[Any, Any, Any], ...] = (), **columns: Any) -> Imported:
    return read(OldArtist(1, {"name": "Radiohead"} | columns, references, similar), NOW)


def value(imported: Imported, field: ArtistField) -> object:
    return next((fact.value for fact in imported.facts if fact.field is field), None)


def test_a_row_of_a_name_alone_is_an_artist_without_facts():
    assert taken() == Imported(ArtistName("Radiohead"))


@pytest.mark.parametrize("columns", [{"musicbrainz_artistid": MBID.upper()}, {"musicbrainz_artistid": None, "mbid": MBID}])
def test_the_musicbrainz_id_is_read_from_either_column(columns: dict[str, Any]):
    assert taken(**columns).named.mbid == MBID


@pytest.mark.parametrize("column", ["spotify_id", "spotify_artist_id"])
def test_the_spotify_id_is_read_from_either_column(column: str):
    columns: dict[str, Any] = {column: SPOTIFY_ID}

    assert taken(**columns).named.spotify_id == SPOTIFY_ID


def test_counts_written_as_text_are_counts():
    imported = taken(lastfm_listeners="5", lastfm_playcount=7)

    assert (value(imported, ArtistField.LISTENERS), value(imported, ArtistField.PLAYCOUNT)) == (5, 7)


@pytest.mark.parametrize("written", [-1, 1.5, "many", True, "9" * 5000, float("nan"), [1]])
def test_what_is_no_count_is_left_out_and_said_to_be(written: object):
    imported = taken(lastfm_listeners=written)

    assert (imported.facts, imported.left_out) == ((), ("lastfm_listeners is not usable",))


@pytest.mark.parametrize(
    "written", ['["rock", "art rock"]', "rock, art rock,", ["rock", "art rock"], '[{"name": "rock"}, {"name": "art rock"}]']
)
def test_tags_are_read_however_they_were_written(written: object):
    assert value(taken(lastfm_tags=written), ArtistField.TAGS) == (Tag("rock", 100), Tag("art rock", 100))


def test_tags_keep_the_weight_they_have():
    tags = '[{"name": "rock", "count": 30}, {"name": "pop", "weight": 60}]'

    assert value(taken(lastfm_tags=tags), ArtistField.TAGS) == (Tag("pop", 60), Tag("rock", 30))


@pytest.mark.parametrize("written", ["[" * 100_000, "[1, 2", '[null, {"name": 3, "count": 0}]', '["\\ud800"]', 5])
def test_tags_that_are_none_are_left_out(written: object):
    imported = taken(lastfm_tags=written)

    assert (imported.facts, imported.left_out) == ((), ("lastfm_tags is not usable",))


@pytest.mark.parametrize(
    "written",
    ["2025-06-01 12:00:00", "2025-06-01T12:00:00+00:00", datetime(2025, 6, 1, 12), datetime(2025, 6, 1, 12, tzinfo=UTC)],  # noqa: DTZ001
)
def test_a_time_without_a_zone_is_utc(written: object):
    imported = taken(lastfm_info_fetched_at=written, lastfm_listeners=5)

    assert imported.fetched_at == imported.facts[0].evidence.retrieved_at == datetime(2025, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("written", [NOW + timedelta(days=1), "yesterday", "0001-01-01T00:00:00+14:00", 5])
def test_a_time_that_cannot_be_makes_values_as_old_as_can_be(written: object):
    imported = taken(lastfm_info_fetched_at=written, lastfm_listeners=5)

    assert imported.left_out == ("lastfm_info_fetched_at is no time in the past",)
    assert imported.facts[0].evidence.retrieved_at == NEVER


@pytest.mark.parametrize(
    "url", ["http://www.last.fm/music/Radiohead", "javascript:alert(1)", "https://", "https://a b/", "https://[/"]
)
def test_an_address_that_may_not_be_a_link_is_left_out(url: str):
    assert taken(lastfm_url=url).left_out == ("lastfm_url is not usable",)


def test_a_fact_says_that_it_was_imported_and_how_sure_it_is():
    (fact,) = taken(lastfm_url="https://www.last.fm/music/Radiohead").facts

    evidence = fact.evidence
    assert (evidence.provider, evidence.confidence, evidence.matched_on) == (
        "lastfm",
        0.6,
        ("imported from an older installation",),
    )


def test_a_cover_reference_that_holds_an_image_becomes_one():
    imported = taken(f"lastfm://{PICTURE}", f"lastfm://{PICTURE.replace('://', '%3A%2F%2F')}")

    (fact,) = imported.facts
    assert (fact.field, fact.value, fact.evidence.confidence) == (ArtistField.IMAGES, (Image("", PICTURE),), 0.4)
    assert imported.references == 2


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("lastfm://artist/Radiohead", "it holds no address of an image"),
        ("lastfm://http://example.org/a.png", "it holds no address of an image"),
        ("lastfm://", "it holds no address of an image"),
        (f"lastfm://{STAR}", "it is the placeholder"),
    ],
)
def test_any_other_cover_reference_is_dropped_with_a_reason(reference: str, reason: str):
    imported = taken(reference)

    assert (imported.facts, imported.dropped) == ((), (reason,))


def test_similar_artists_are_ranked_and_the_unusable_left_out():
    similar = (("Thom Yorke", MBID, 0.9), ("radiohead", None, 1.0), (None, None, 0.8), ("Blur", "none", 0.5), ("Muse", None, 7))

    imported = taken(similar=similar)

    assert imported.similar == (SimilarName("Thom Yorke", 0.9, 1, MBID), SimilarName("Blur", 0.5, 2))
    assert imported.has_similar


def test_no_more_similar_artists_are_taken_than_a_provider_may_give():
    assert len(taken(similar=tuple((f"artist {n}", None, 0.5) for n in range(200))).similar) == MAX_SIMILAR


@pytest.mark.parametrize("flag", [True, 1, "1", "true"])
def test_that_similar_artists_were_fetched_is_kept_without_any(flag: object):
    assert taken(lastfm_similar_artists_fetched=flag).has_similar


@pytest.mark.parametrize("name", [None, "", "  ", 5, "x" * (MAX_NAME + 1), "a\0b", "Bj\ufffdrk", "Various Artists", "[unknown]"])
def test_a_row_that_names_nobody_is_refused_with_a_reason(name: object):
    with pytest.raises(Unusable, match="name"):
        taken(name=name)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["name", "count", "weight"]), inner),
    max_leaves=5,
)
COLUMNS = "musicbrainz_artistid mbid spotify_id lastfm_url lastfm_listeners lastfm_playcount lastfm_tags lastfm_info_fetched_at"


@given(columns=st.dictionaries(st.sampled_from(COLUMNS.split()), anything), references=st.lists(anything))
def test_whatever_a_row_holds_it_is_read_or_refused(columns: dict[str, Any], references: list[Any]):
    imported = taken(*references, **columns)

    assert all(NEVER <= fact.evidence.retrieved_at <= NOW for fact in imported.facts)
    assert imported.references + len(imported.dropped) == len(references)
