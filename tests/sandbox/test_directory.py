"""Is the directory of artists fit to tell a careful client from a hasty one?"""

import re
from collections import Counter

import pytest

from sandbox.catalogue.directory import Directory, load_directory
from sandbox.catalogue.library import load_library
from sandbox.catalogue.matching import loosen

GOLDEN = [
    "Queen",
    "Nicole",
    "Rush",
    "Cam",
    "Foxing",
    "Genesis",
    "AC/DC",
    "K/DA",
    "!!!",
    "諏訪内晶子",
    "Björk",
    "Sigur Rós",
    "The The",
]
APART = [("Los Pericos", "Pericos"), ("Tyler, The Creator", "Tyler"), ("Tyler, The Creator", "The Creator")]


@pytest.fixture(scope="module")
def directory() -> Directory:
    return load_directory(load_library())


@pytest.mark.parametrize("name", GOLDEN)
def test_hard_names_belong_to_several_artists_that_a_reader_can_tell_apart(directory, name):
    alike = [one for _, one in directory.search(name) if loosen(one.artist.name) == loosen(name) or one.artist.name == name]

    texts = {one.disambiguation for one in alike if one.disambiguation}
    titles = Counter(title for one in alike for title in {edition.group_title for edition in one.editions})

    assert len({one.artist.mbid for one in alike}) >= 2
    assert len(texts) >= len(alike) - 1
    assert max(titles.values()) == 1


@pytest.mark.parametrize(("name", "other"), APART)
def test_names_that_resemble_each_other_belong_to_different_artists(directory, name, other):
    first, second = directory.search(name)[0][1], directory.search(other)[0][1]

    assert (first.artist.name, second.artist.name) == (name, other)
    assert first.artist.mbid != second.artist.mbid


def test_identifiers_are_unique_and_lead_back_to_their_artist(directory):
    identities = directory.identities
    items = [one.wikidata_id for one in identities if one.wikidata_id]

    assert len({one.artist.mbid for one in identities}) == len({one.spotify_id for one in identities}) == len(identities)
    assert len(set(items)) == len(items)
    assert all(directory.find_by_mbid(one.artist.mbid) is one for one in identities)
    assert all(directory.find_by_spotify_id(one.spotify_id) is one for one in identities)
    assert all(len(one.spotify_id) == 22 and one.spotify_id.isalnum() for one in identities)


def test_made_up_identifiers_are_said_to_be(directory):
    fictional = [one for one in directory.identities if one.artist.is_fictional or not one.artist.is_mbid_real]
    namesakes = directory.search("Queen")[:2]

    assert not any(one.is_spotify_id_real or one.is_wikidata_id_real for _, one in namesakes)
    assert all(not one.artist.is_mbid_real for _, one in namesakes)
    assert "Halcyon Relay" in {one.artist.name for one in fictional}
    assert sum(one.is_spotify_id_real for one in directory.identities) >= 40


def test_a_dozen_artists_have_managers_of_every_kind(directory):
    managed = [one for one in directory.identities if one.managers]
    managers = [manager for one in managed for manager in one.managers]

    assert len(managed) >= 12
    assert any(not manager.labels for manager in managers)
    assert any(manager.labels.keys() == {"fr"} for manager in managers)
    assert any(manager.end for manager in managers)
    assert {manager.role for manager in managers} == {"P1037", "P1875"}
    assert all(re.search("Ex[ae]mple", " ".join(manager.labels.values())) for manager in managers if manager.labels)


def test_editions_share_groups_and_some_have_no_label_at_musicbrainz(directory):
    editions = [edition for one in directory.identities for edition in one.editions]
    groups = Counter(edition.group_mbid for edition in editions)

    assert sum(count > 1 for count in groups.values()) > 50
    assert {edition.label_info for edition in editions} == {"full", "null", "absent"}
    assert len({edition.mbid for edition in editions}) == len({edition.barcode for edition in editions}) == len(editions)
    assert all(edition.group_released <= edition.released for edition in editions)


def test_control_api_tells_the_truth_about_a_name(sandbox):
    queens = sandbox.control("identities?name=Queen")["identities"]

    assert [queen["artist"]["name"] for queen in queens].count("Queen") == 3
    assert len(sandbox.control("identities")["identities"]) > 90
