"""services/album/providers/musicbrainz: which record it chooses, and what it makes of answers of any shape."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import ProviderMalformed
from kernel.evidence import Absent, Ambiguous, Found
from services.album.domain import AlbumIdentity
from services.album.providers.musicbrainz import MusicbrainzReleases
from tests.fakes.canned import AnsweringInTurn, body
from tests.services.album.providers.asking import DECLARED


def mbid(n: int) -> str:
    return f"{n:08d}-0000-4000-8000-000000000000"


NO_LABEL = "157afde4-4bf5-4039-8ad2-5a15acc85176"
WEEZER = AlbumIdentity("Weezer", "Weezer")


def credit(*names: str, join: str = " & ") -> list[dict[str, object]]:
    ends = [join] * (len(names) - 1) + [""]
    return [{"name": name, "joinphrase": end, "artist": {"name": name}} for name, end in zip(names, ends, strict=True)]


def hyphened(fields: dict[str, object]) -> dict[str, object]:
    return {key.replace("_", "-"): value for key, value in fields.items()}


def group(n: int, kind: object = "Album", **more: object) -> dict[str, object]:
    return {"id": mbid(n), "title": "Weezer", "primary-type": kind} | hyphened(more)


def release(n: int, of: object = None, **more: object) -> dict[str, object]:
    usual = {"id": mbid(n), "title": "Weezer", "status": "Official", "artist-credit": credit("Weezer")}
    return usual | {"release-group": of or group(90)} | hyphened(more)


def hits(*releases: object) -> dict[str, object]:
    return {"count": len(releases), "offset": 0, "releases": list(releases)}


@pytest.fixture
def ask(turns: AnsweringInTurn, musicbrainz: MusicbrainzReleases) -> Callable[..., Any]:
    """What is answered when MusicBrainz says these in turn."""

    def asked(what: AlbumIdentity, *contents: object, status: str = "200 OK") -> Any:
        turns.says(*(body(content, status) for content in contents))
        return musicbrainz.find_release(what)

    return asked


@pytest.fixture
def by_name(ask: Callable[..., Any]) -> Callable[..., Any]:
    """What is answered when these are the hits, and this is the group of the one that is chosen."""

    def asked(*releases: object, what: AlbumIdentity = WEEZER, of: object = None) -> Any:
        return ask(what, hits(*releases), of or group(90))

    return asked


def tracks(count: int) -> AlbumIdentity:
    return AlbumIdentity("Weezer", "Weezer", track_count=count)


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        (release(1, title="Weezer (Deluxe Edition)"), False),
        (release(1, title="Weezer Live"), False),
        (release(1, artist_credit=credit("Weezer Tribute Band")), False),
        (release(1, artist_credit=[]), False),
        (release(1, release_group=None) | {"release-group": None}, False),
        (release(1, title="WEEZER"), True),
        (release(1, title="Wéezer"), True),
        (release(1, artist_credit=credit("Someone", "Weezer")), True),
        (release(1, artist_credit=[{"name": "Ψeezer", "artist": {"name": "Weezer"}}]), True),
    ],
)
def test_only_hits_of_that_title_and_artist_are_kept(by_name, other, kept):
    assert isinstance(by_name(other), Found if kept else Absent)


def test_the_likest_hits_leave_the_others_no_say(by_name):
    found = by_name(release(1, group(91), title="Wéezer"), release(2), release(3, group(92), artist_credit=credit("Weezer", "X")))

    assert (found.value.mbid, found.confidence) == (mbid(2), 0.8)


@pytest.mark.parametrize(
    ("hit", "confidence", "with_count"),
    [
        (release(1), 0.8, 0.9),
        (release(1, title="Wéezer"), 0.75, 0.85),
        (release(1, artist_credit=credit("Weezer", "X")), 0.7, 0.8),
    ],
)
def test_the_weaker_of_title_and_artist_decides(by_name, hit, confidence, with_count):
    assert by_name(hit).confidence == confidence
    assert by_name(hit | {"track-count": 10}, what=tracks(10)).confidence == with_count
    assert by_name(hit | {"track-count": 10}, what=tracks(9)).confidence == confidence


@pytest.mark.parametrize(
    ("what", "short", "long", "expected"),
    [
        (tracks(0), {"track_count": 3}, {"track_count": 10}, Ambiguous),
        (tracks(2), {"track_count": 3}, {"track_count": 10}, Ambiguous),
        (tracks(3), {"track_count": 3}, {"track_count": 10}, Ambiguous),
        (tracks(3), {"track_count": 3}, {"track_count": 3}, Ambiguous),
        (tracks(9), {}, {"track_count": 10}, Ambiguous),
        (tracks(4), {"track_count": 3}, {"track_count": 10}, Found),
        (tracks(10), {}, {"track_count": 10}, Found),
        (tracks(10), {"track_count": 3}, {}, Found),
    ],
)
@pytest.mark.parametrize("kind", ["Single", "EP"])
def test_an_album_is_preferred_to_what_is_too_short_when_the_tracks_speak_for_it(by_name, kind, what, short, long, expected):
    found = by_name(release(1, group(91, kind), **short), release(2, group(92), **long), what=what, of=group(92))

    assert isinstance(found, expected)
    assert not isinstance(found, Found) or found.value.mbid == mbid(2)


def test_two_albums_of_one_title_are_a_question_whatever_their_tracks(by_name):
    blue, green = release(1, group(91), track_count=10), release(2, group(92), track_count=11)

    ambiguous = by_name(blue, green, what=tracks(10))

    assert isinstance(ambiguous, Ambiguous)
    assert [each.group_mbid for each in ambiguous.candidates] == [mbid(91), mbid(92)]


def test_a_question_has_at_most_ten_candidates(by_name):
    many = [release(n, group(100 + n)) for n in range(1, 26)]

    assert len(by_name(*many).candidates) == 10


@pytest.mark.parametrize(
    ("what", "expected"), [(WEEZER, 3), (tracks(12), 2), (AlbumIdentity("Weezer", "Weezer", track_count=11), 1)]
)
def test_of_editions_one_of_as_many_tracks_is_first_then_official_ones_then_the_earliest(by_name, what, expected):
    editions = [
        release(1, date="2004", track_count=11),
        release(2, date="2014", track_count=12),
        release(3, date="1994-05-10", track_count=10),
        release(4, date="1990", track_count=10, status="Bootleg"),
        release(5, track_count=10),
    ]

    assert by_name(*editions, what=what).value.mbid == mbid(expected)


def test_labels_are_those_of_the_editions_seen_own_first_each_once(by_name):
    dgc, geffen = {"id": mbid(1), "name": "DGC"}, {"id": mbid(2), "name": "Geffen"}
    own = release(1, date="1994", label_info=[{"label": dgc}, {"label": None}, {"label": {"id": NO_LABEL, "name": "[keine]"}}])
    other = release(2, date="2004", label_info=[{"label": geffen}, {"label": dgc}, "x"])

    found = by_name(other, own, of=group(90, releases=[release(3, label_info=[{"label": {"name": "Third"}}])]))

    assert found.value.labels == ("DGC", "[no label]", "Geffen", "Third")


def test_the_group_says_its_first_day_kind_and_genres_and_which_id_it_has_now(by_name):
    genres = [{"name": "emo", "count": 2}, {"name": "rock", "count": 9}, {"name": "jazz", "count": 0}, {"name": "x"}, None]
    whole = group(99, first_release_date="1994-05-10", secondary_types=["Live", "Compilation"], genres=genres)

    value = by_name(release(1, date="2004"), of=whole).value

    assert (value.group_mbid, value.released, value.kind) == (mbid(99), "1994-05-10", "compilation")
    assert value.genres == ("rock", "emo")


def test_a_release_of_no_known_group_is_found_in_one_call(ask):
    found = ask(AlbumIdentity("Weezer", "Weezer", mbid=mbid(1)), release(1) | {"release-group": None})

    assert (found.value.mbid, found.value.group_mbid, found.value.kind) == (mbid(1), "", "")


def test_artists_are_written_as_they_are_printed(by_name):
    both = release(1, artist_credit=credit("Queen", "Weezer", join=" with "))

    found = by_name(both, what=AlbumIdentity("Weezer", "Queen with Weezer"))

    assert (found.value.artist, found.confidence) == ("Queen with Weezer", 0.8)


@pytest.mark.parametrize(
    ("field", "value", "read", "expected"),
    [
        ("barcode", "720642462928", "barcode", "720642462928"),
        ("barcode", "[none]", "barcode", ""),
        ("barcode", None, "barcode", ""),
        ("media", [{"track-count": 10}, {"track-count": 4}, {}, None], "track_count", 14),
        ("media", [], "track_count", None),
        ("media", [{"track-count": 2**62}] * 1000, "track_count", None),
        ("track-count", True, "track_count", None),
        ("artist-credit", None, "artist", ""),
        ("artist-credit", credit("x" * 300, "y" * 300), "artist", "x" * 300),
        ("artist-credit", [{"joinphrase": "z" * 99, "name": "A"}, {"joinphrase": 7, "artist": {"name": "B"}}], "artist", "AB"),
        ("label-info", {"label": 1}, "labels", ()),
    ],
)
def test_a_field_is_read_or_unknown(ask, field, value, read, expected):
    found = ask(AlbumIdentity("Weezer", "Weezer", mbid=mbid(1)), release(1) | {field: value}, group(90))

    assert getattr(found.value, read) == expected


@pytest.mark.parametrize("content", [{}, {"id": mbid(1)}, {"id": "x", "title": "y"}, {"id": mbid(1), "title": ["y"]}])
@pytest.mark.parametrize("what", [replace(WEEZER, mbid=mbid(1)), replace(WEEZER, release_group_mbid=mbid(1)), WEEZER])
def test_what_names_nothing_is_malformed(ask, what, content):
    with pytest.raises(ProviderMalformed):
        ask(what, content)


@pytest.mark.parametrize("content", [{"releases": []}, {"releases": [None, 7, {}]}])
def test_nothing_found_is_absent(ask, content):
    assert isinstance(ask(WEEZER, content), Absent)


def test_a_group_without_editions_is_absent(ask):
    assert isinstance(ask(AlbumIdentity("Weezer", "Weezer", release_group_mbid=mbid(9)), group(9)), Absent)


def test_of_a_group_the_edition_of_our_title_and_tracks_is_looked_into(ask):
    what = AlbumIdentity("Weezer", "Weezer", release_group_mbid=mbid(9), track_count=10)
    editions = [
        release(1, title="Weezer (Deluxe Edition)", date="1990"),
        release(2, date="1991", media=[{"track-count": 11}]),
        release(3, date="1994", media=[{"track-count": 10}]),
    ]
    whole = release(3, label_info=[{"label": {"name": "DGC"}}], media=[{"track-count": 10}])

    found = ask(what, group(9, releases=editions, artist_credit=credit("Weezer")), whole)

    assert (found.value.mbid, found.value.labels, found.value.group_mbid) == (mbid(3), ("DGC",), mbid(9))


@pytest.mark.parametrize("name", ["x" * 500, "x " * 250, "!" * 500])
def test_names_of_any_length_fit_a_query(ask, turns, name):
    ask(AlbumIdentity(name, name), hits())

    assert len(turns.asked[0]) < 4000


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.text(max_size=12),
    st.sampled_from([mbid(1), mbid(90), "Weezer", "1994-05", "Album", "Official"]),
)
KEYS = st.sampled_from(
    """id title name artist artist-credit joinphrase releases release-group primary-type secondary-types first-release-date genres
    count label-info label media track-count barcode date status error""".split()
)
TREES = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=6)), max_leaves=30
)
STATUSES = st.sampled_from(["200 OK", "200 OK", "200 OK", "301 Moved", "400 Bad", "403 No", "404 None", "429 Slow", "503 Busy"])
SHARED = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WAYS = (
    WEEZER,
    tracks(10),
    AlbumIdentity("Weezer", "Weezer", mbid=mbid(1)),
    AlbumIdentity("Weezer", "Weezer", release_group_mbid=mbid(90)),
)


def assert_answered_or_declared(ask: Callable[..., Any], content: object, status: str) -> None:
    for what in WAYS:
        with suppress(*DECLARED):
            assert isinstance(ask(what, content, content, status=status), Found | Absent | Ambiguous)


@SHARED
@given(tree=TREES, status=STATUSES)
def test_any_json_under_any_status_is_an_answer_or_a_declared_fault(ask, tree, status):
    assert_answered_or_declared(ask, tree, status)


@SHARED
@given(fields=st.dictionaries(KEYS, TREES, max_size=8), more=st.dictionaries(KEYS, TREES, max_size=8))
def test_any_fields_of_the_release_meant_are_an_answer_or_a_declared_fault(ask, fields, more):
    one, other = {**release(1), **fields, "id": mbid(1)}, {**more, **release(2)}

    assert_answered_or_declared(ask, {**one, "releases": [one, other]}, "200 OK")
