"""services/album/briefs.py: what a writer is told of an album."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from facts.values import Text
from services.album.briefs import make_brief
from services.album.domain import AlbumTrack, Brief

WIKI = Text("en", "A record.", "It is a record. It was made in a house. It is liked.", licence="CC BY-SA")
KNOWN: Mapping[str, Any] = {
    "title": "OK Computer",
    "artist": "Radiohead",
    "released": "1997-06-16",
    "kind": "album",
    "labels": ("Parlophone", "Capitol"),
    "genres": ("alternative rock", "art rock"),
    "tracks": (AlbumTrack(2, "Paranoid Android", timedelta(seconds=383)), AlbumTrack(1, "Airbag", timedelta(seconds=284))),
    "listeners": 2_345_678,
    "playcount": 98_765,
    "wiki": WIKI,
}


def _named(known: Mapping[str, Any]) -> dict[str, Any]:
    return {"title": "T", "artist": "A", **known}


def told(**known) -> dict[str, str]:
    return dict(make_brief("en", **_named(known)).facts)


def track(position: int, seconds: int | None = 60) -> AlbumTrack:
    return AlbumTrack(position, f"Song {position}", None if seconds is None else timedelta(seconds=seconds))


def test_everything_known_is_told_in_one_order():
    assert make_brief("fr", **KNOWN) == Brief(
        "fr",
        (
            ("title", "OK Computer"),
            ("artist", "Radiohead"),
            ("released", "1997-06-16"),
            ("kind", "album"),
            ("labels", "Parlophone, Capitol"),
            ("genres", "alternative rock, art rock"),
            ("number of tracks", "2"),
            ("total length", "11 minutes"),
            ("listeners on Last.fm", "about 2.3 million"),
            ("plays on Last.fm", "about 99000"),
            ("tracks", "Airbag; Paranoid Android"),
            ("Last.fm's readers write", "It is a record. It was made in a house. It is liked."),
        ),
    )


def test_the_same_knowledge_makes_the_same_brief_however_it_is_handed_over():
    backwards = dict(reversed(list(KNOWN.items()))) | {
        "labels": ["Parlophone", "Capitol"],
        "tracks": tuple(reversed(KNOWN["tracks"])),
    }

    assert make_brief("fr", **backwards) == make_brief("fr", **KNOWN)


def test_a_days_more_listeners_make_no_other_brief():
    assert told(listeners=2_345_678, playcount=98_765) == told(listeners=2_349_999, playcount=99_123)


def test_what_is_not_known_is_not_told():
    assert told() == {"title": "T", "artist": "A"}


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1"),
        (42, "42"),
        (123, "about 120"),
        (125, "about 130"),
        (996, "about 1000"),
        (340_123, "about 340000"),
        (999_999, "about 1 million"),
        (1_249_999, "about 1.2 million"),
        (45_678_901, "about 46 million"),
        (10**9, "about 1000 million"),
    ],
)
def test_counts_are_told_in_two_figures(number, said):
    assert told(listeners=number)["listeners on Last.fm"] == said


@pytest.mark.parametrize("nothing", [None, 0])
def test_no_count_is_no_fact(nothing):
    assert "listeners on Last.fm" not in told(listeners=nothing)


def test_the_length_is_told_only_where_that_of_every_track_is_known():
    assert told(tracks=[track(1), track(2)])["total length"] == "2 minutes"
    assert "total length" not in told(tracks=[track(1), track(2, None)])
    assert "total length" not in told(tracks=[track(1, 10)])


def test_of_many_tracks_the_first_twenty_are_told_and_all_are_counted():
    known = told(tracks=[track(position) for position in range(30, 0, -1)])

    assert known["first tracks"].split("; ") == [f"Song {position}" for position in range(1, 21)]
    assert known["number of tracks"] == "30"
    assert "tracks" not in known


def test_of_a_long_wiki_the_first_whole_sentences_are_told():
    wiki = Text("en", "", f"{'It is a record. ' * 30}{'It goes on and on ' * 30}.")

    assert told(wiki=wiki)["Last.fm's readers write"] == ("It is a record. " * 30).strip()


def test_of_a_wiki_that_is_one_sentence_its_beginning_is_told():
    assert len(told(wiki=Text("en", "", "on and on " * 100))["Last.fm's readers write"]) <= 600


def test_names_are_told_on_one_line_once_and_not_at_any_length():
    known = told(labels=["A\nB", "A B", " ", "C" * 500], title="x\0y\u202e")

    assert known["labels"] == f"A B, {'C' * 100}"
    assert known["title"] == "x y"
