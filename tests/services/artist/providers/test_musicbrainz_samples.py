"""Does the provider read what the real MusicBrainz was recorded to send?"""

import json
from datetime import date
from typing import Any

import pytest

from kernel.errors import ProviderMalformed, ProviderRejected, ProviderUnavailable
from kernel.evidence import Absent, Ambiguous, Found
from services.artist.domain import Identity
from services.artist.providers.musicbrainz import NAME
from tests.fakes.canned import answering, body
from tests.fakes.samples import recorded
from tests.services.artist.providers.asked_musicbrainz import MBID, musicbrainz_at

SAMPLES = recorded(NAME)
NIRVANA = "5b11f4ce-a62d-471e-81fc-a69a8278c7da"

PARSED_HERE = {
    "artist-lookup-url-rels.json",
    "artist-search-ok.json",
    "errors-matrix.json",
    "release-group-lookup-releases.json",  # not asked for; its releases are written as those of a list are
    "release-lookup-full.json",  # as above
    "release-search-ok.json",  # as above
}
MEANINGS = {
    "busy / over the global limit": ProviderUnavailable,
    "this client over its rate": ProviderUnavailable,
    "no or blacklisted User-Agent": ProviderRejected,
    "unknown mbid": None,
    "malformed mbid": None,
    "bad inc": ProviderMalformed,
}


def sample(file: str) -> Any:
    return json.loads((SAMPLES / file).read_text("utf-8"))


def ask(method: str, content: object, who: Identity, status: int = 200) -> Any:
    with answering(body(content, f"{status} Recorded")) as upstream, musicbrainz_at(upstream.server.url) as provider:
        return getattr(provider, method)(who)


def errors() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = sample("errors-matrix.json")["errors"]
    return rows


def test_every_recorded_file_is_read_here():
    assert {path.name for path in SAMPLES.iterdir()} == PARSED_HERE


def test_the_recorded_lookup_is_read_field_by_field():
    match = ask("find_links", sample("artist-lookup-url-rels.json"), Identity(mbid=NIRVANA)).value

    assert (match.name, match.mbid, match.description) == ("Nirvana", NIRVANA, "1980s~1990s US grunge band")
    assert (match.spotify_id, match.wikidata_id) == ("6olE6TJLqED3rqDCT0FyPh", "Q11649")
    assert {"Nevermind", "Bleach"} <= set(match.titles)


def test_the_recorded_search_finds_the_exact_name_and_not_the_first_hit():
    found = ask("find_identity", sample("artist-search-ok.json"), Identity("Mumford & Sons"))

    assert isinstance(found, Found)
    assert found.value.mbid == "c44e9c22-ef82-4a77-9bcd-af6c958446d6"


def test_the_recorded_alias_alone_is_not_enough():
    answer = ask("find_identity", sample("artist-search-ok.json"), Identity("mumford and sons"))

    assert isinstance(answer, Ambiguous)
    assert [(each.name, each.description) for each in answer.candidates] == [("Mumford & Sons", "Group, GB, 2007")]


def test_the_recorded_search_has_nobody_of_another_name():
    assert isinstance(ask("find_identity", sample("artist-search-ok.json"), Identity("Mumford")), Absent)


def test_the_recorded_release_of_a_search_has_its_label():
    (release,) = ask("find_releases", sample("release-search-ok.json"), Identity(mbid=MBID)).value

    assert (release.title, release.labels, release.kind) == ("Rumours", ("Warner Bros. Records",), "album")
    assert (release.released, release.precision) == (date(1977, 1, 1), "year")


def test_the_recorded_editions_of_a_record_have_dates_of_every_precision():
    releases = ask("find_releases", sample("release-group-lookup-releases.json"), Identity(mbid=MBID)).value

    assert {"year", "month"} <= {release.precision for release in releases}
    assert {release.title for release in releases} == {"The Dark Side of the Moon"}


def test_the_recorded_whole_release_is_read():
    (release,) = ask("find_releases", {"releases": [sample("release-lookup-full.json")]}, Identity(mbid=MBID)).value

    assert release.group_id == "f5093c06-23e3-404f-aeaa-40f72885ee3a"


@pytest.mark.parametrize("row", [row for row in errors() if row["case"] in MEANINGS], ids=lambda row: row["case"])
@pytest.mark.parametrize("method", ["find_links", "find_releases"])
def test_a_recorded_error_is_its_declared_fault_or_absence(row, method):
    fault = MEANINGS[row["case"]]

    if fault is None:
        assert isinstance(ask(method, row["body"], Identity(mbid=MBID), row["status"]), Absent)
        return
    with pytest.raises(fault):
        ask(method, row["body"], Identity(mbid=MBID), row["status"])


def test_the_recorded_redirect_of_a_merged_id_is_followed_by_its_id():
    merged = next(row for row in errors() if row["case"] == "merged mbid")
    location = merged["headers"]["location"].replace("<new mbid>", NIRVANA)
    moved = body(merged["body"], f"{merged['status']} Recorded", f"Location: {location}")

    with answering(moved, body(sample("artist-lookup-url-rels.json"))) as upstream:
        with musicbrainz_at(f"{upstream.server.url}ws/2") as provider:
            found = provider.find_links(Identity(mbid=MBID))
        paths = [address.partition("?")[0] for address in upstream.asked]

    assert isinstance(found, Found)
    assert (found.value.mbid, found.value.former_mbids) == (NIRVANA, (MBID,))
    assert paths == [f"/ws/2/artist/{MBID}", f"/ws/2/artist/{NIRVANA}"]


def test_every_recorded_error_has_its_meaning_here():
    assert {row["case"] for row in errors()} == MEANINGS.keys() | {"merged mbid"}
