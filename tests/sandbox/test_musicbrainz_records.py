"""Has the simulated MusicBrainz the habits of the real one where records are concerned?"""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.catalogue.reading import make_up_mbid
from tests.sandbox.running import RunningSandbox
from tests.sandbox.test_musicbrainz import AGENT, BASE, RADIOHEAD

HALCYON = make_up_mbid("Halcyon Relay")
MERGED = "00000000-0000-4000-8000-0000000000c1"
WHOLE = "labels release-groups artist-credits media recordings genres tags"

Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(sandbox: RunningSandbox) -> Ask:
    def _ask(path: str, **params: str) -> httpx.Response:
        return sandbox.client.get(f"{BASE}/{path}", params={"fmt": "json", **params}, headers=AGENT)

    return _ask


def search(ask: Ask, query: str, entity: str = "release", **params: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(entity, query=query, **params).json()[f"{entity}s"]
    return found


def look_up(ask: Ask, title: str, artist: str, inc: str = WHOLE) -> Any:
    (first, *_) = search(ask, f'release:"{title}" AND artist:"{artist}"')
    return ask(f"release/{first['id']}", inc=inc).json()


def votes_of(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {row["name"]: row["count"] for row in rows}


def test_lookup_includes_what_was_asked_and_nothing_else(ask):
    bare = look_up(ask, "OK Computer", "Radiohead", inc="")

    full = look_up(ask, "OK Computer", "Radiohead")

    assert full.keys() - bare.keys() == {"label-info", "release-group", "artist-credit", "media", "genres", "tags"}
    assert full["release-group"]["title"] == "OK Computer"
    assert full["artist-credit"][0]["artist"]["id"] == RADIOHEAD
    assert full["label-info"][0]["label"]["name"] == "Parlophone"


def test_recordings_have_the_lengths_of_the_catalogue_in_milliseconds(ask, sandbox):
    album = next(one for one in sandbox.control("catalogue/Radiohead")["albums"] if one["title"] == "OK Computer")

    (disc,) = look_up(ask, "OK Computer", "Radiohead")["media"]

    assert [track["position"] for track in disc["tracks"]] == list(range(1, disc["track-count"] + 1))
    assert [track["number"] for track in disc["tracks"]] == [str(track["position"]) for track in disc["tracks"]]
    assert [track["recording"]["title"] for track in disc["tracks"]] == [track["title"] for track in album["tracks"]]
    assert [round(track["length"] / 1000) for track in disc["tracks"]] == [track["seconds"] for track in album["tracks"]]
    assert all(track["recording"]["length"] == track["length"] for track in disc["tracks"])
    assert len({track["id"] for track in disc["tracks"]} | {track["recording"]["id"] for track in disc["tracks"]}) == 24


def test_discs_come_without_tracks_unless_recordings_are_asked_for(ask):
    (disc,) = look_up(ask, "OK Computer", "Radiohead", inc="media")["media"]

    assert (disc["track-count"], disc.keys() & {"tracks", "track-offset"}) == (12, set())


@pytest.mark.parametrize(
    ("artist", "title", "counts", "last"),
    [("Pink Floyd", "The Wall", [13, 13], "D6"), ("The Clash", "London Calling", [10, 9], "D4")],
)
def test_long_albums_have_two_records_numbered_by_side(ask, artist, title, counts, last):
    hit = next(one for one in search(ask, f'release:"{title}" AND artist:"{artist}"') if one["media"][0]["format"] == '12" Vinyl')

    media = ask(f"release/{hit['id']}", inc="recordings").json()["media"]

    assert [disc["position"] for disc in media] == [1, 2]
    assert [disc["track-count"] for disc in media] == [disc["track-count"] for disc in hit["media"]] == counts
    assert (media[0]["tracks"][0]["number"], media[1]["tracks"][-1]["number"]) == ("A1", last)
    assert media[1]["tracks"][0]["position"] == 1


def test_recording_is_the_same_on_every_edition_and_the_track_is_not(ask):
    hits = search(ask, f'arid:{RADIOHEAD} AND release:"OK Computer"')
    first, second = (ask(f"release/{hit['id']}", inc="recordings").json()["media"][0]["tracks"][0] for hit in hits[:2])

    assert first["recording"]["id"] == second["recording"]["id"]
    assert first["id"] != second["id"]


def test_merged_release_answers_the_one_it_became_or_redirects(ask, sandbox):
    answered = ask(f"release/{MERGED}").json()
    sandbox.client.put("/_sandbox/musicbrainz", json={"merged": "redirect"})

    moved = ask(f"release/{MERGED}", inc="labels")

    assert (answered["title"], answered["id"] == MERGED) == ("Signal Gardens", False)
    assert moved.status_code == 301
    assert sandbox.client.get(moved.headers["location"], headers=AGENT).json()["id"] == answered["id"]


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("release/nonsense", {}, 400),
        (f"release/{RADIOHEAD}", {}, 404),
        (f"release/{MERGED}", {"inc": "labels colours"}, 400),
        (f"release-group/{MERGED}", {}, 404),
    ],
)
def test_refusals_of_lookups(ask, path, params, status):
    assert ask(path, **params).status_code == status


def test_group_has_genres_and_tags_of_the_record_with_votes_and_not_by_votes(ask):
    (hit, *_) = search(ask, f'releasegroup:"Signal Gardens" AND arid:{HALCYON}', "release-group")

    group = ask(f"release-group/{hit['id']}", inc="genres tags artist-credits").json()

    assert votes_of(group["genres"]) == {"ambient": 10, "electronic": 5, "field recordings": 4, "idm": 1}
    assert votes_of(group["tags"]) == {**votes_of(group["genres"]), "seen live": 6}
    assert [row["name"] for row in group["tags"]] == sorted(row["name"] for row in group["tags"])
    assert group["artist-credit"][0]["artist"]["tags"]


def test_record_without_tags_has_empty_lists(ask):
    (hit, *_) = search(ask, f'releasegroup:"Slow Weather" AND arid:{HALCYON}', "release-group")

    group = ask(f"release-group/{hit['id']}", inc="genres tags").json()

    assert (group["genres"], group["tags"], "tags" in hit) == ([], [], False)


def test_votes_on_a_release_are_fewer_and_later_editions_have_none(ask):
    hits = search(ask, f'release:"Signal Gardens" AND arid:{HALCYON}')
    later = next(hit for hit in hits if "Deluxe" in hit["title"])

    first, deluxe = (ask(f"release/{hit['id']}", inc="genres tags release-groups").json() for hit in (hits[0], later))

    assert votes_of(first["genres"]) == {"ambient": 4, "electronic": 2, "field recordings": 1}
    assert (deluxe["genres"], deluxe["tags"]) == ([], [])
    assert deluxe["release-group"]["genres"] == first["release-group"]["genres"] != []


def test_title_that_two_artists_share_is_found_twice_and_the_least_heard_leads(ask):
    both = search(ask, 'release:"Signal Gardens"')
    one = search(ask, 'release:"Signal Gardens" AND artist:"Halcyon Relay"')
    groups = search(ask, 'releasegroup:"Signal Gardens"', "release-group")

    owners = [(hit["artist-credit"][0]["name"], hit["score"]) for hit in both]
    assert owners[:2] == [("Paper Quarry", 100), ("Halcyon Relay", 100)]
    assert all(score < 100 for _, score in owners[2:])
    assert {hit["artist-credit"][0]["name"] for hit in one} == {"Halcyon Relay"}
    assert [hit["artist-credit"][0]["name"] for hit in groups] == ["Paper Quarry", "Halcyon Relay"]


def test_conditions_narrow_and_identifiers_alone_find(ask):
    (hit, *_) = search(ask, f'release:"Signal Gardens" AND arid:{HALCYON}')
    queries = [f"reid:{hit['id']}", f"barcode:{hit['barcode']}", f"barcode:{hit['barcode']} AND arid:{HALCYON}", f"reid:{MERGED}"]

    found = [[one["id"] for one in search(ask, query)] for query in queries]
    group = search(ask, f"rgid:{hit['release-group']['id']}", "release-group")

    assert found == [[hit["id"]]] * 3 + [[]]
    assert len(group) == 1
    assert {one["title"] for one in group[0]["releases"]} >= {"Signal Gardens", "Signal Gardens (Deluxe Edition)"}
    assert search(ask, 'release:"Signal Gardens" AND date:2019 AND country:gb AND format:CD AND status:official')
    assert search(ask, f'arid:{HALCYON} AND primarytype:single AND label:"Meridian Static"')


@pytest.mark.parametrize(
    "query",
    [
        'release:"No Such Record"',
        'release:"Signal Gardens" AND artist:"Radiohead"',
        'release:"Signal Gardens" AND arid:00000000-0000-4000-8000-000000000000',
        "barcode:000000000000",
        "colour:green",
        "!!!",
        "",
    ],
)
@pytest.mark.parametrize("entity", ["release", "release-group"])
def test_nothing_found_is_an_empty_page(ask, entity, query):
    answer = ask(entity, query=query)

    assert answer.status_code == 200
    assert (answer.json()["count"], answer.json()[f"{entity}s"]) == (0, [])


@pytest.mark.parametrize(
    "query", ['release:"Back in Black" AND artist:"AC/DC"', "release:Homogenic AND artist:bjork", 'release:"sign ☮ the times"']
)
def test_hard_names_are_found_as_the_best_hit(ask, query):
    hits = search(ask, query)

    assert hits[0]["score"] == 100


def test_search_pages_and_never_tells_relations_or_tracks(ask):
    whole = ask("release", query=f"arid:{RADIOHEAD}", limit="100").json()

    pages = [search(ask, f"arid:{RADIOHEAD}", limit="4", offset=str(offset)) for offset in range(0, whole["count"], 4)]

    assert [hit["id"] for page in pages for hit in page] == [hit["id"] for hit in whole["releases"]]
    assert not any(hit.keys() & {"relations", "tracks", "genres"} for hit in whole["releases"])
    assert {hit["count"] == len(hit["media"]) for hit in whole["releases"]} == {True}


def test_label_that_is_not_known_is_an_absent_key(ask):
    hits = search(ask, f"arid:{HALCYON}", limit="100")

    assert any("label-info" not in hit for hit in hits)
    assert any("label" not in row for hit in hits for row in hit.get("label-info", []))


def test_record_of_a_numbered_band_is_known_once_the_band_was_named(ask):
    (hit, *_) = search(ask, 'artist:"Fictional Band 0815"')

    looked_up = ask(f"release/{hit['id']}", inc="recordings genres release-groups").json()

    assert looked_up["title"] == hit["title"]
    assert looked_up["release-group"]["genres"]


def test_journal_names_the_calls(ask, sandbox):
    ask("release", query="x")
    ask("release-group", query="x")
    ask(f"release/{MERGED}")

    counters = sandbox.control("counters")["musicbrainz"]

    assert counters == {"total": 3, "release.search": 1, "release-group.search": 1, "release.lookup": 1}
