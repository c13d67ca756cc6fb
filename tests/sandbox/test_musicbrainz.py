"""Has the simulated MusicBrainz the habits of the real one?"""

import pytest

BASE = "/musicbrainz/ws/2"
AGENT = {"User-Agent": "SandboxTests/1.0 ( tests@example.org )"}
RADIOHEAD = "a74b1b7f-71a5-4011-9441-d0b5e4122711"
MERGED = "00000000-0000-4000-8000-0000000000a7"
HALCYON_SPOTIFY = "https://open.spotify.com/artist/2pvfGvbL4mouaDY9ZSwUmv"


@pytest.fixture
def ask(sandbox):
    def _ask(path: str, **params: object):
        names = {name.replace("_", "-"): value for name, value in params.items()}
        return sandbox.client.get(f"{BASE}/{path}", params={"fmt": "json", **names}, headers=AGENT)

    return _ask


def test_namesakes_all_score_100_and_the_famous_one_is_not_first(ask):
    found = ask("artist", query='artist:"Queen"').json()["artists"]

    queens = [artist for artist in found if artist["name"] == "Queen"]

    assert len(queens) == 3
    assert {artist["score"] for artist in queens} == {100}
    assert queens[0]["disambiguation"] != "UK rock group"
    assert len({artist["id"] for artist in queens}) == 3


@pytest.mark.parametrize(
    "query",
    [
        'artist:"AC/DC" AND country:AU',
        "AC\\/DC",
        '"Akiko Suwanai"',
        "artist:\\!\\!\\!",
        '"Tyler, The Creator"',
        "artist:Bj\u00f6rk",
    ],
)
def test_hard_names_are_found_when_escaped_or_quoted(ask, query):
    found = ask("artist", query=query).json()

    assert found["artists"][0]["score"] == 100


def test_operators_that_were_not_escaped_find_nothing(ask):
    answer = ask("artist", query="!!!")

    assert answer.status_code == 200
    assert (answer.json()["count"], answer.json()["artists"]) == (0, [])


def test_search_pages_and_never_tells_relations(ask):
    whole = ask("artist", query="the").json()

    pages = [ask("artist", query="the", limit=2, offset=offset).json()["artists"] for offset in range(0, whole["count"], 2)]

    assert [artist["id"] for page in pages for artist in page] == [artist["id"] for artist in whole["artists"]]
    assert all("relations" not in artist for artist in whole["artists"])


def test_lookup_includes_what_was_asked_and_nothing_else(ask):
    bare = ask(f"artist/{RADIOHEAD}").json()

    full = ask(f"artist/{RADIOHEAD}", inc="url-rels release-groups genres tags aliases").json()

    assert bare.keys() & {"relations", "release-groups", "genres", "tags", "aliases"} == set()
    assert {relation["type"] for relation in full["relations"]} == {"last.fm", "wikidata", "free streaming"}
    assert "https://www.wikidata.org/wiki/Q44190" in {relation["url"]["resource"] for relation in full["relations"]}
    assert {"OK Computer", "Kid A"} <= {group["title"] for group in full["release-groups"]}
    assert full["genres"]
    assert full["tags"]


def test_address_leads_to_its_artist(ask):
    answer = ask("url", resource=HALCYON_SPOTIFY, inc="artist-rels").json()

    relation = answer["relations"][0]

    assert (relation["direction"], relation["type"], relation["artist"]["name"]) == (
        "backward",
        "free streaming",
        "Halcyon Relay",
    )
    assert "relations" not in ask("url", resource=HALCYON_SPOTIFY).json()
    assert ask("url", resource=f"{HALCYON_SPOTIFY}?si=x", inc="artist-rels").status_code == 404


def test_artist_without_links_is_not_found_by_its_address(ask, sandbox):
    foxing = next(a for a in ask("artist", query='artist:"Foxing"').json()["artists"] if "emo" in a["disambiguation"])

    relations = ask(f"artist/{foxing['id']}", inc="url-rels").json()["relations"]

    assert {relation["type"] for relation in relations} == {"last.fm"}


def test_merged_identifier_answers_the_artist_it_became(ask):
    assert ask(f"artist/{MERGED}").json()["id"] == RADIOHEAD


def test_merged_identifier_redirects_when_so_set(ask, sandbox):
    sandbox.client.put("/_sandbox/musicbrainz", json={"merged": "redirect"})

    answer = ask(f"artist/{MERGED}", inc="url-rels")

    assert answer.status_code == 301
    assert sandbox.client.get(answer.headers["location"], headers=AGENT).json()["id"] == RADIOHEAD


def test_browse_by_artist_walks_every_release_once_with_labels_and_groups(ask):
    halcyon = ask("artist", query='artist:"Halcyon Relay"').json()["artists"][0]["id"]
    total = ask("release", artist=halcyon).json()["release-count"]

    pages = [ask("release", artist=halcyon, inc="labels release-groups", limit=5, offset=at).json() for at in range(0, total, 5)]
    releases = [release for page in pages for release in page["releases"]]

    assert len({release["id"] for release in releases}) == total > 15
    assert all("label-info" in release and release["release-group"]["id"] for release in releases)
    assert any(release["label-info"] == [] for release in releases)
    assert any(row["label"] is None for release in releases for row in release["label-info"])


def test_editions_of_a_record_share_their_release_group(ask):
    groups = ask("release-group", artist=RADIOHEAD).json()["release-groups"]
    ok_computer = next(group["id"] for group in groups if group["title"] == "OK Computer")

    browsed = ask("release", release_group=ok_computer, inc="labels").json()["releases"]
    embedded = ask(f"release-group/{ok_computer}", inc="releases").json()["releases"]

    assert {release["title"] for release in browsed} == {
        "OK Computer",
        "OK Computer OKNOTOK 1997 2017",
        "OK Computer (Collector's Edition)",
    }
    assert [release["id"] for release in browsed] == [release["id"] for release in embedded]


def test_client_without_a_name_of_its_own_is_refused(sandbox):
    answers = [
        sandbox.client.get(f"{BASE}/artist/{RADIOHEAD}?fmt=json", headers={"User-Agent": agent})
        for agent in ("", "python-httpx/0.28.1", "Python/3.11 aiohttp/3.9", "curl/8.1")
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert answers[0].headers["x-ratelimit-who"] == "ua-missing"


def test_answer_is_xml_unless_json_is_asked_for(sandbox):
    answer = sandbox.client.get(f"{BASE}/artist/{RADIOHEAD}", headers=AGENT)

    assert answer.headers["content-type"].startswith("application/xml")


def test_call_over_the_limit_is_refused_with_a_retry_after_of_zero(ask, sandbox):
    sandbox.client.put("/_sandbox/limits", json={"musicbrainz": {"per_second": 0.02, "window_seconds": 60}})

    first, second = ask(f"artist/{RADIOHEAD}"), ask(f"artist/{RADIOHEAD}")

    assert (first.status_code, second.status_code) == (200, 503)
    assert second.headers["retry-after"] == "0"
    assert "exceeding the allowable rate limit" in second.json()["error"]


def test_a_quarter_of_calls_can_find_the_server_busy(ask, sandbox):
    sandbox.script({"provider": "musicbrainz", "rate": 0.25, "fault": {"kind": "musicbrainz_error", "code": "busy"}})

    statuses = [ask(f"artist/{RADIOHEAD}").status_code for _ in range(80)]

    assert 5 <= statuses.count(503) <= 40
    assert statuses.count(200) + statuses.count(503) == 80


def test_journal_names_calls_by_entity_and_kind(ask, sandbox):
    ask("artist", query="Cher")
    ask(f"artist/{RADIOHEAD}")
    ask("url", resource=HALCYON_SPOTIFY)
    ask("release", artist=RADIOHEAD)

    counters = sandbox.control("counters")["musicbrainz"]

    assert counters == {"total": 4, "artist.search": 1, "artist.lookup": 1, "url.lookup": 1, "release.browse": 1}


def test_fictional_band_is_known_by_name_and_identifier(ask):
    hit = ask("artist", query='artist:"Fictional Band 0042"').json()["artists"][0]

    looked_up = ask(f"artist/{hit['id']}", inc="url-rels").json()
    spotify = next(r["url"]["resource"] for r in looked_up["relations"] if r["type"] == "free streaming")

    assert looked_up["name"] == "Fictional Band 0042"
    assert ask("url", resource=spotify, inc="artist-rels").json()["relations"][0]["artist"]["id"] == hit["id"]
