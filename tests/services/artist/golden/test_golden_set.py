"""Homonyms and hard names, asked for in every way a user may: no id may be wrong, and few that could be known may be missing."""

import random

import pytest
from google.protobuf import struct_pb2

from soniquebay.artist.v1 import artist_pb2 as pb
from tests.services.artist.golden import asking
from tests.services.artist.golden.library import ask, open_library

ARTISTS, BY_NAME = asking.read_golden()
WAYS = {
    "name": BY_NAME,
    "name and mbid": asking.by_mbid(ARTISTS),
    "other forms of name and mbid": asking.by_mbid_in_other_forms(ARTISTS),
    "merged mbid": asking.by_merged_mbid(ARTISTS),
    "Spotify id": asking.by_spotify_id(ARTISTS),
    "Spotify link": asking.by_spotify_url(ARTISTS[::3]),  # no more than another spelling of the id, whoever it is
}
NICOLES = {artist.who: artist for artist in ARTISTS if artist.name == "Nicole"}
LEAST_RECALL = 0.9


@pytest.fixture(scope="module")
def upstream(sandbox_process):
    """Refuses nobody for asking too often: who is refused asks again after a while, and what is measured here is no rate."""
    sandbox_process.reset()
    unlimited = dict.fromkeys(sandbox_process.control("limits"))
    sandbox_process.client.put("/_sandbox/limits", json=unlimited).raise_for_status()
    yield sandbox_process
    sandbox_process.reset()


@pytest.fixture
def library(upstream, tmp_path):
    with open_library(upstream.url, tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def answers(upstream, tmp_path_factory):
    """Each way of asking in a library of its own, which knows nobody at first."""
    found = {}
    for way, askings in WAYS.items():
        with open_library(upstream.url, tmp_path_factory.mktemp("library")) as library:
            found[way] = [ask(library, each) for each in askings]
    return found


def shown(way, answers):
    quality = asking.quality(answers)
    print(f"{way}: precision {quality.precision:.4f}, recall {quality.recall:.4f} of {len(answers)}")  # noqa: T201 - published
    return quality


@pytest.mark.parametrize("way", WAYS)
def test_no_id_is_wrong(answers, way):
    shown(way, answers[way])

    assert [wrong for each in answers[way] for wrong in each.wrong] == []


@pytest.mark.parametrize("way", WAYS)
def test_few_ids_that_could_be_known_are_missing(answers, way):
    quality = shown(way, answers[way])

    assert quality.recall >= LEAST_RECALL, [missing for each in answers[way] for missing in each.missing]


def test_where_nobody_could_know_who_is_meant_everybody_who_may_be_is_offered(answers):
    open_questions = [each for each in answers["name"] if not each.asking.right]

    assert open_questions
    assert [str(each.asking) for each in open_questions if not set(each.asking.among) <= set(each.offered)] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_in_a_library_that_knows_them_all_an_id_leads_to_its_own_artist(library, seed):
    askings = [each for way in WAYS.values() for each in way]
    random.Random(seed).shuffle(askings)  # noqa: S311 - an order, not a secret

    found = [ask(library, each) for each in askings]

    told = [each for each in found if each.asking.way != "name"]
    shown(f"all ways together, order {seed}: by name", [each for each in found if each.asking.way == "name"])
    quality = shown(f"all ways together, order {seed}: by an id", told)
    assert [wrong for each in told for wrong in each.wrong] == []
    assert quality.recall >= LEAST_RECALL
    # By name the one that is known here is meant: perhaps not the famous one, but never two in one.
    assert [each for each in found if not is_one_artist(each.ids)] == []


def is_one_artist(ids):
    return not ids or any(ids.items() <= artist.ids.items() for artist in ARTISTS)


@pytest.fixture(scope="module")
def german(upstream, tmp_path_factory):
    """What is known of the namesake whose page Last.fm has."""
    with open_library(upstream.url, tmp_path_factory.mktemp("german")) as library:
        return library.enrich("Nicole", mbid=NICOLES["German schlager singer"].ids["mbid"])


def override(library, artist_id, mbid):
    request = pb.UpdateArtistOverrideRequest(
        artist=artist_id, field="mbid", value=struct_pb2.Value(string_value=mbid), reason="the one on my shelf"
    )
    library.call("UpdateArtistOverride", request)
    return library.call("GetEnrichedArtist", pb.GetEnrichedArtistRequest(id=artist_id)).enriched_artist


def numbers_of(answer):
    return {
        "listeners": answer.lastfm.listeners,
        "monthly listeners": answer.monthly_listeners.value,
        "followers": answer.spotify.followers,
        "listens": answer.listenbrainz.listens,
    }


@pytest.mark.parametrize(
    ("who", "label", "manager"),
    [
        ("Chilean pop singer", "Maverick", "Example Santiago Office"),
        ("US R&B singer, also Nicole Wray", "EastWest", "Example Salinas Management"),
    ],
)
def test_one_override_settles_who_is_meant_and_everything_is_derived_anew(library, german, who, label, manager):
    asked = library.enrich("Nicole")
    right = NICOLES[who]

    settled = override(library, asked.artist.id, right.ids["mbid"])

    assert asked.identity.ambiguous
    assert {scheme: getattr(settled.artist, scheme) for scheme in asking.SCHEMES} == right.ids
    assert settled.labels.principal == label
    assert [each.name for each in settled.management.managers] == [manager]
    assert settled.listenbrainz.listens > 0
    assert not settled.identity.ambiguous
    shared = {name for name, value in numbers_of(settled).items() if value and value == numbers_of(german)[name]}
    assert shared == set()
    assert not settled.HasField("lastfm") or not settled.lastfm.url, "the page of the name is the German singer's"


def test_another_override_leaves_nothing_of_the_artist_before(library):
    artist_id = library.enrich("Nicole").artist.id
    before = override(library, artist_id, NICOLES["US R&B singer, also Nicole Wray"].ids["mbid"])

    after = override(library, artist_id, NICOLES["Chilean pop singer"].ids["mbid"])

    assert {scheme: getattr(after.artist, scheme) for scheme in asking.SCHEMES} == NICOLES["Chilean pop singer"].ids
    left = {name for name, value in numbers_of(after).items() if value and value == numbers_of(before)[name]}
    assert left == set()
    assert {proof.title for proof in after.labels.evidence}.isdisjoint(proof.title for proof in before.labels.evidence)
    assert [each.name for each in after.management.managers] == ["Example Santiago Office"]
    assert "EastWest" not in {candidate.name for candidate in after.labels.candidates}
