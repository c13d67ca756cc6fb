"""The recorded answers of the real services, where they lie beside the checkout."""

import json

from kernel.http import HttpAnswer
from services.cover.providers.coverartarchive import says_none
from services.cover.providers.deezer.answers import fault_of_refusal, parse_artist, parse_hits
from services.cover.providers.musicbrainz import parse_artwork, parse_deezer_id
from tests.fakes.samples import recorded

SAMPLES = recorded()


def load(name: str):
    return json.loads((SAMPLES / name).read_text("utf-8"))


def test_the_archives_own_404_is_told_from_other_pages():
    cases = load("coverartarchive/redirects-and-errors.json")["cases"]

    told = {case["status"]: says_none(HttpAnswer(case["status"], {}, case.get("body_text", "").encode())) for case in cases}

    assert told == {307: False, 404: True, 400: False, 503: False}


def test_deezers_search_is_read_and_its_empty_pictures_are_none():
    hits = parse_hits(load("deezer/search-artist-ok.json"))

    assert (hits[0].name, hits[0].id) == ("Michael Jackson", 259)
    assert hits[0].picture.endswith("/1000x1000-000000-80-0-0.jpg")
    assert {hit.name: bool(hit.picture) for hit in hits}["jay emcee, Micheal Jackson"] is False


def test_deezers_errors_are_faults_but_for_the_one_that_says_there_is_none():
    samples = load("deezer/empty-and-errors.json")

    assert parse_hits(samples["empty"]) == ()
    assert fault_of_refusal(samples["unknown_id"]) is None
    assert all(fault_of_refusal(samples[name]) for name in ("quota", "missing_parameter", "bad_parameter", "bad_path"))
    assert parse_artist({"id": 1, "name": "x", **samples["no_image"]}).picture == ""


def test_musicbrainz_records_are_read():
    assert parse_deezer_id(load("musicbrainz/artist-lookup-url-rels.json")) == ""
    assert parse_artwork(load("musicbrainz/release-lookup-full.json")).group_mbid
