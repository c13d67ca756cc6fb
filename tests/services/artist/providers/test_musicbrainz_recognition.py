"""services/artist/providers/musicbrainz: which names are alike, and which of the candidates is meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.evidence import Ambiguous, Found
from services.artist.providers.musicbrainz.naming import Likeness, build_query, compare_names
from services.artist.providers.musicbrainz.recognition import Candidate, judge, list_candidates
from tests.services.artist.providers.asked_musicbrainz import MBID, OTHER, artist

THIRD = "2d73b54a-3b4d-486e-9a4e-2e4caee042c0"
KNOWN = frozenset({"thegame", "innuendo", "themiracle"})


def candidates(*names: str, asked: str = "Queen") -> tuple[Candidate, ...]:
    mbids = (MBID, OTHER, THIRD, *(MBID.replace("0b5", f"{number:03}") for number in range(20)))
    return list_candidates(asked, [artist(name, mbid) for name, mbid in zip(names, mbids, strict=False)])


def titles(*counts: int) -> list[frozenset[str]]:
    """For each candidate the titles of a discography with so many known ones."""
    return [frozenset([*sorted(KNOWN)[:count], "another"]) for count in counts]


@pytest.mark.parametrize(
    ("asked", "name", "aliases", "likeness"),
    [
        ("queen", "Queen", (), Likeness.NAME),
        ("Nicole Wray", "Nicole", ("Nicole Wray",), Likeness.ALIAS),
        ("AC/DC", "ACDC", (), Likeness.LOOSE),
        ("ACDC", "AC/DC", ("ACDC",), Likeness.ALIAS),
        ("Sigur Ros", "Sigur Rós", (), Likeness.LOOSE),
        ("Tyler The Creator", "Tyler, The Creator", (), Likeness.LOOSE),
        ("!!!", "!!!", (), Likeness.NAME),
        ("!!!", "???", ("...",), Likeness.NONE),
        ("諏訪内晶子", "諏訪内晶子", (), Likeness.NAME),
        ("諏訪内晶子", "浜崎あゆみ", (), Likeness.NONE),
        ("The The", "The", (), Likeness.NONE),
        ("Pericos", "Los Pericos", (), Likeness.NONE),
    ],
)
def test_names_are_alike_in_the_way_that_counts_most(asked, name, aliases, likeness):
    assert compare_names(asked, name, aliases) is likeness


@pytest.mark.parametrize(
    ("name", "written"),
    [("!!!", r"\!\!\!"), ('"Weird Al"', r"\"Weird Al\""), (r"a\b", r"a\\b"), ("M&M || x", r"M\&M \|\| x"), ("a/b:c", r"a\/b\:c")],
)
def test_operators_in_a_name_are_escaped(name, written):
    assert build_query(name) == f'artist:"{written}" OR alias:"{written}"'


@given(st.text(max_size=600))
def test_no_name_breaks_out_of_its_quotes_or_makes_a_long_query(name):
    query = build_query(name)

    phrase = query.removeprefix('artist:"').partition('" OR alias:"')[0]
    assert query == f'artist:"{phrase}" OR alias:"{phrase}"'
    assert len(phrase) <= 400
    assert phrase.replace("\\\\", "").replace('\\"', "").count('"') == 0


def test_a_long_name_is_asked_for_by_its_first_whole_words():
    assert build_query("words " * 50).count("words") == 2 * 33


def test_the_best_named_come_first_and_others_not_at_all():
    listed = candidates("Quéen", "Queens", "Queen")

    assert [(each.match.name, each.likeness) for each in listed] == [("Queen", Likeness.NAME), ("Quéen", Likeness.LOOSE)]


@pytest.mark.parametrize("counts", [(0, 2), (1, 2), (1, 3, 0)])
def test_two_albums_in_common_and_a_clear_lead_decide(counts):
    listed = candidates(*["Queen"] * len(counts))

    found = judge(listed, KNOWN, titles(*counts))

    assert isinstance(found, Found)
    assert found.value == listed[1].match
    assert (found.confidence, found.matched_on) == (0.85, ("name", f"{counts[1]} albums in common"))


@pytest.mark.parametrize("counts", [(0, 0), (1, 0), (2, 2), (2, 3), (1, 1, 0)])
def test_fewer_albums_or_no_clear_lead_decide_nothing(counts):
    assert isinstance(judge(candidates(*["Queen"] * len(counts)), KNOWN, titles(*counts)), Ambiguous)


def test_the_only_album_known_is_enough_when_everybody_was_compared():
    known = frozenset(sorted(KNOWN)[:1])

    assert isinstance(judge(candidates("Queen", "Queen"), known, titles(1, 0)), Found)
    assert isinstance(judge(candidates("Queen", "Queen", "Queen"), known, titles(1, 0)), Ambiguous)


def test_an_artist_named_only_nearly_so_is_less_certain():
    found = judge(candidates("Quéen"), KNOWN, titles(3))

    assert isinstance(found, Found)
    assert (found.confidence, found.matched_on) == (0.75, ("name, accents and punctuation aside", "3 albums in common"))


def test_the_only_artist_of_a_name_is_believed_a_little():
    found = judge(candidates("Queen"), frozenset(), [])

    assert isinstance(found, Found)
    assert (found.confidence, found.matched_on) == (0.7, ("name, the only artist of it",))


@pytest.mark.parametrize("names", [("Quéen",), ("Queen", "Quéen"), ("Queen", "Queen")])
def test_a_name_that_is_not_exact_or_not_alone_is_ambiguous(names):
    assert isinstance(judge(candidates(*names), frozenset(), []), Ambiguous)


def test_the_only_artist_of_a_name_without_any_of_the_known_albums_is_not_believed():
    assert isinstance(judge(candidates("Queen"), KNOWN, titles(0)), Ambiguous)


def test_at_most_ten_candidates_are_shown():
    answer = judge(candidates(*["Queen"] * 15), frozenset(), [])

    assert isinstance(answer, Ambiguous)
    assert len(answer.candidates) == 10
