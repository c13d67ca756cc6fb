"""services/album/providers/lastfm: what it makes of answers as Last.fm might write them."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import ProviderMalformed
from kernel.evidence import Absent, Found
from services.album.domain import AlbumIdentity, TrackIdentity
from services.album.providers.lastfm import LastfmAlbums
from tests.fakes.canned import CannedUpstream
from tests.services.album.providers.asking import DECLARED

WHAT = AlbumIdentity("Homogenic", "Björk")
NAMED = "<name>Homogenic</name><artist>Björk</artist>"
TRACK = "<name>Jóga</name><artist><name>Björk</name></artist>"


def ok(root: str, inner: str, attributes: str = "") -> str:
    return f'<lfm status="ok"><{root} {attributes}>{inner}</{root}></lfm>'


def profile_of(upstream: CannedUpstream, lastfm: LastfmAlbums, inner: str, what: AlbumIdentity = WHAT) -> Any:
    upstream.says(ok("album", inner))
    return lastfm.find_profile(what, language="en")


def track_of(upstream: CannedUpstream, lastfm: LastfmAlbums, inner: str) -> Any:
    upstream.says(ok("track", TRACK + inner))
    return lastfm.find_track(TrackIdentity("Jóga", "Björk"))


def tags_of(upstream: CannedUpstream, lastfm: LastfmAlbums, *rows: tuple[str, int], attributes: str = "") -> Any:
    written = "".join(f"<tag><count>{weight}</count><name>{escape(name)}</name></tag>" for name, weight in rows)
    upstream.says(ok("toptags", written, attributes))
    return lastfm.find_tags(WHAT)


@pytest.mark.parametrize(
    ("title", "artist", "confidence", "matched_on"),
    [
        ("homogenic", "BJÖRK", 0.8, ("title", "artist")),
        ("Homogenic", "Bjork", 0.75, ("title", "artist, accents aside")),
        ("Homógenic", "Björk", 0.75, ("title, accents aside", "artist")),
        ("Homogenik", "Björk", 0.6, ("title, corrected by Last.fm", "artist")),
        ("Homogenic (Deluxe)", "Bjork", 0.6, ("title, corrected by Last.fm", "artist, accents aside")),
        ("Homogenic", "Björk Guðmundsdóttir", 0.6, ("title", "artist, corrected by Last.fm")),
    ],
)
def test_the_weaker_of_title_and_artist_decides(upstream, lastfm, title, artist, confidence, matched_on):
    found = profile_of(upstream, lastfm, f"<name>{title}</name><artist>{artist}</artist>")

    assert (found.confidence, found.matched_on) == (confidence, matched_on)


@pytest.mark.parametrize(
    "inner", ["", "<name>Homogenic</name>", "<artist>Björk</artist>", f"<name>{'x' * 501}</name><artist>B</artist>"]
)
def test_a_page_without_title_or_artist_is_malformed(upstream, lastfm, inner):
    with pytest.raises(ProviderMalformed):
        profile_of(upstream, lastfm, inner)


def test_a_page_corrected_to_nothing_in_particular_is_absent(upstream, lastfm):
    assert isinstance(profile_of(upstream, lastfm, "<name>[unknown]</name><artist>Björk</artist>"), Absent)


@pytest.mark.parametrize(
    ("written", "duration"),
    [("255", timedelta(seconds=255)), ("", None), ("0", None), ("-3", None), ("4:15", None), ("9" * 25, None), ("604801", None)],
)
def test_the_lengths_of_an_album_are_seconds(upstream, lastfm, written, duration):
    tracks = f"<tracks><track rank='1'><name>Hunter</name><duration>{written}</duration></track></tracks>"

    found = profile_of(upstream, lastfm, NAMED + tracks)

    assert [track.duration for track in found.value.tracks] == [duration]


@pytest.mark.parametrize(
    ("written", "duration"), [("255500", timedelta(seconds=255.5)), ("", None), ("0", None), ("9" * 25, None)]
)
def test_the_length_of_a_track_is_milliseconds(upstream, lastfm, written, duration):
    assert track_of(upstream, lastfm, f"<duration>{written}</duration>").value.duration == duration


def test_tracks_without_a_usable_title_leave_their_place_empty(upstream, lastfm):
    rows = "".join(f"<track><name>{name}</name></track>" for name in ("Hunter", "", "x" * 501, "Unravel"))

    found = profile_of(upstream, lastfm, f"{NAMED}<tracks>{rows}</tracks>")

    assert [(track.position, track.title) for track in found.value.tracks] == [(1, "Hunter"), (4, "Unravel")]


def test_no_list_is_longer_than_any_album(upstream, lastfm):
    rows = "<track><name>x</name></track>" * 800

    assert len(profile_of(upstream, lastfm, f"{NAMED}<tracks>{rows}</tracks>").value.tracks) == 500


def test_what_is_no_web_address_is_none(upstream, lastfm):
    inner = f"{NAMED}<url>javascript:alert(1)</url><image size='small'>https://{'x' * 2000}</image>"

    found = profile_of(upstream, lastfm, inner)

    assert (found.value.url, found.source_url, found.value.images) == ("", "", ())


def test_a_wiki_longer_than_any_is_left_out(upstream, lastfm):
    wiki = f"<wiki><content>{'x ' * 60_000}</content></wiki>"

    assert profile_of(upstream, lastfm, NAMED + wiki).value.wiki is None


def test_tags_are_neither_the_title_nor_the_artist_nor_weightless(upstream, lastfm):
    rows = (
        ("homogenic", 100),
        ("Björk", 90),
        ("bjork", 85),
        ("trip-hop", 40),
        ("electronic", 80),
        ("x" * 501, 70),
        ("", 60),
        ("90s", 0),
    )

    found = tags_of(upstream, lastfm, *rows)

    assert [tag.name for tag in found.value] == ["electronic", "trip-hop"]


def test_ten_tags_are_left_after_the_own_names_are_gone(upstream, lastfm):
    rows = [("Björk", 100), ("Homogenic", 99), *((f"tag {n}", 90 - n) for n in range(15))]

    assert [tag.name for tag in tags_of(upstream, lastfm, *rows).value] == [f"tag {n}" for n in range(10)]


@pytest.mark.parametrize(
    ("attributes", "confidence"),
    [("", 0.8), ('artist="Björk" album="Homogenic"', 0.8), ('artist="Bjork"', 0.75), ('album="Homogenics"', 0.6)],
)
def test_tags_are_judged_by_what_they_say_they_are_of(upstream, lastfm, attributes, confidence):
    assert tags_of(upstream, lastfm, ("electronic", 100), attributes=attributes).confidence == confidence


def test_the_tags_of_a_track_keep_their_order_without_weights(upstream, lastfm):
    names = ("electronic", "Björk", "strings", "Jóga", "90s")
    tags = "".join(f"<tag><name>{name}</name></tag>" for name in names)

    found = track_of(upstream, lastfm, f"<toptags>{tags}</toptags>")

    assert [tag.name for tag in found.value.tags] == ["electronic", "strings", "90s"]


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found"])
def test_not_found_is_absence_under_any_status(upstream, lastfm, status):
    upstream.says('<lfm status="failed"><error code="6">Album not found</error></lfm>', status=status)

    assert isinstance(lastfm.find_profile(WHAT, language="en"), Absent)
    assert isinstance(lastfm.find_tags(WHAT), Absent)
    assert isinstance(lastfm.find_track(TrackIdentity("Jóga", "Björk")), Absent)


VALUES = st.one_of(
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Z"]), max_size=12).map(escape),
    st.sampled_from(["", "NaN", "1", "-1", "255", "9" * 25, "01 Jan 1970, 00:00", "[unknown]", "Homogenic", "Björk"]),
)
TAGS = st.sampled_from(
    """name artist mbid url image listeners playcount tracks track duration tags tag count wiki summary content published
    toptags""".split()
)
TREES = st.recursive(
    VALUES, lambda inner: st.builds("<{0}>{1}</{0}>".format, TAGS, st.lists(inner, max_size=5).map("".join)), max_leaves=25
)
SHARED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def assert_answered_or_declared(upstream: CannedUpstream, lastfm: LastfmAlbums, body: bytes, status: str) -> None:
    upstream.says(body, status=status)
    for ask in (
        lambda: lastfm.find_profile(WHAT, language="en"),
        lambda: lastfm.find_tags(WHAT),
        lambda: lastfm.find_track(TrackIdentity("Jóga", "Björk")),
    ):
        with suppress(*DECLARED):
            assert isinstance(ask(), Found | Absent)


STATUSES = st.sampled_from(["200 OK", "200 OK", "200 OK", "400 Bad", "403 No", "404 None", "429 Slow", "500 Broken", "302 Away"])


@SHARED
@given(root=st.sampled_from(["album", "toptags", "track"]), trees=st.lists(TREES, max_size=6), status=STATUSES)
def test_any_tree_under_any_status_is_an_answer_or_a_declared_fault(upstream, lastfm, root, trees, status):
    named = TRACK if root == "track" else NAMED

    assert_answered_or_declared(upstream, lastfm, ok(root, named + "".join(trees)).encode(), status)


@SHARED
@given(body=st.one_of(st.binary(max_size=300), TREES.map(str.encode)), status=STATUSES)
def test_any_bytes_under_any_status_are_an_answer_or_a_declared_fault(upstream, lastfm, body, status):
    assert_answered_or_declared(upstream, lastfm, body, status)
