"""Everything about one artist from its Spotify link alone: what each source says, how that is known, and what a person says."""

import pytest

from tests.fakes.patience import eventually
from tests.journeys.running import ARTIST_ONLY, RunningSystem

HALCYON = "2pvfGvbL4mouaDY9ZSwUmv"
LINK = f"https://open.spotify.com/artist/{HALCYON}"
RADIOHEAD = "4Z8W4fKeB5YxbusRsdQVPb"
PROVIDERS = {"lastfm", "spotify", "apify", "musicbrainz", "listenbrainz", "wikidata"}
FIGURES = {
    "provider",
    "requests",
    "success_rate",
    "failure_rate",
    "cache_hit_rate",
    "avg_latency",
    "circuit_breaker_state",
}


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    with RunningSystem(tmp_path_factory.mktemp("system"), services=ARTIST_ONLY) as running:
        yield running


@pytest.fixture(scope="module")
def halcyon(system):
    answer = system.enrich(spotify_url=LINK)
    assert answer.status_code == 200, answer.text
    return answer.json()


def profile_of_spotify(system, name):
    assert system.sandbox.put("/_sandbox/spotify", json={"profile": name}).status_code == 200


def known(system, artist_id):
    return system.client.get(f"/api/v1/enrichment/artists/{artist_id}").json()


def explained(system, artist_id, field):
    answer = system.client.get(f"/api/v1/artists/{artist_id}/explain", params={"field": field})
    assert answer.status_code == 200, answer.text
    return answer.json()["explanations"][0]


def is_evidence(evidence):
    is_whole = evidence["provider"] and evidence["retrieved_at"] and evidence["matched_on"]
    return bool(is_whole) and 0 < evidence["confidence"] <= 1


def test_a_spotify_link_alone_leads_to_every_source(halcyon):
    assert halcyon["artist"]["name"] == "Halcyon Relay"
    assert halcyon["artist"]["spotify_id"] == HALCYON
    assert halcyon["artist"]["mbid"] == "c34c0714-a244-5b86-9d62-f5b0d58ece6f"
    assert halcyon["artist"]["wikidata_id"] == "Q900000001"
    assert halcyon["monthly_listeners"]["value"] == 284731
    assert halcyon["spotify"]["url"] == LINK
    assert halcyon["spotify"]["followers"] == 96214
    assert halcyon["lastfm"]["listeners"] == 214380
    assert len(halcyon["similar"]) == 5
    assert halcyon["listenbrainz"]["listens"] > 0
    assert [manager["name"] for manager in halcyon["management"]["managers"]] == ["Northlight Example Artists"]
    assert isinstance(halcyon["notes"], list)


def test_the_principal_label_names_its_method_and_the_releases_that_prove_it(halcyon):
    labels = halcyon["labels"]

    assert labels["principal"] == "Meridian Static"
    assert labels["method"] == "latest_release"
    assert labels["evidence"][0]["title"] == "The Long Exposure"
    assert all(proof["provider"] and proof["release_id"] and proof["released"] for proof in labels["evidence"])
    assert {label["name"] for label in labels["candidates"]} == {"Meridian Static", "Pale Harbour Records"}
    assert 0 < labels["confidence"] <= 1


def test_every_value_says_who_said_so_and_how_sure_that_is(halcyon):
    of_fields = [halcyon[source]["evidence"] for source in ("lastfm", "spotify", "listenbrainz")]
    of_ids = [evidence for scheme in halcyon["identity"]["ids"] for evidence in scheme["evidence"]]
    single = [halcyon["monthly_listeners"]["evidence"], halcyon["management"]["evidence"]]
    evidence = [each for fields in of_fields for each in fields.values()] + of_ids + single

    assert [each for each in evidence if not is_evidence(each)] == []
    assert {"url", "listeners", "playcount", "tags", "bio"} <= halcyon["lastfm"]["evidence"].keys()
    assert all(is_evidence(each["evidence"]) and 0 < each["weight"] <= 1 for each in halcyon["similar"])
    assert {scheme["scheme"] for scheme in halcyon["identity"]["ids"]} == {"mbid", "spotify_id", "wikidata_id"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"spotify_url": f"https://open.spotify.com/album/{HALCYON}"}, "spotify_url"),
        ({"spotify_url": f"http://open.spotify.com/artist/{HALCYON}"}, "spotify_url"),
        ({"spotify_url": f"https://open.spotify.com.example.org/artist/{HALCYON}"}, "spotify_url"),
        ({"spotify_url": f"{LINK}x"}, "spotify_url"),
        ({"spotify_url": f"spotify:artist:{HALCYON}"}, "spotify_url"),
        ({"spotify_artist_id": HALCYON[:-1]}, "spotify_artist_id"),
        ({"spotify_artist_id": f"{HALCYON[:-1]}-"}, "spotify_artist_id"),
        ({"spotify_artist_id": HALCYON, "spotify_url": LINK}, "spotify_artist_id"),
        ({"spotify_artist_id": 7}, "spotify_artist_id"),
    ],
)
def test_a_malformed_spotify_link_or_id_is_refused_by_its_field(system, body, field):
    answer = system.enrich(**body)

    assert answer.status_code == 400
    assert field in {error["field"] for error in answer.json()["errors"]}


def test_a_spotify_id_that_nobody_has_is_not_found(system):
    answer = system.enrich(spotify_artist_id="0" * 22)

    assert answer.status_code == 404


def test_every_providers_seven_figures_agree_with_what_it_saw(system, halcyon):
    def agree():
        counters = system.sandbox.get("/_sandbox/counters").json()
        figures = system.client.get("/api/v1/enrichment/metrics").json()
        return {name: figures[name]["requests"] == counters[name]["total"] for name in PROVIDERS} == dict.fromkeys(
            PROVIDERS, True
        )

    assert eventually(agree)  # a job may be asking for what was left
    figures = system.client.get("/api/v1/enrichment/metrics").json()
    assert figures.keys() == PROVIDERS
    assert all(each.keys() == FIGURES and each["circuit_breaker_state"] == "closed" for each in figures.values())
    assert all(each["requests"] > 0 and each["avg_latency"] > 0 for each in figures.values())


def test_numbers_of_every_provider_are_kept_over_time(system, halcyon):
    path = f"/api/v1/artists/{halcyon['artist']['id']}/numbers"

    numbers = system.client.get(path).json()["numbers"]
    one = system.client.get(path, params={"metric": "monthly_listeners"}).json()["numbers"]

    counted = {(series["provider"], series["metric"]): series["points"][-1]["value"] for series in numbers}
    assert counted["apify", "monthly_listeners"] == 284731
    assert counted["lastfm", "listeners"] == 214380
    assert ("listenbrainz", "listenbrainz_listens") in counted
    assert [series["metric"] for series in one] == ["monthly_listeners"]


def test_an_explanation_names_the_chosen_the_losers_and_the_next_check(system, halcyon):
    label = explained(system, halcyon["artist"]["id"], "label")

    statuses = [(candidate["value"], candidate["status"]) for candidate in label["candidates"]]
    assert label["chosen"]["value"] == "Meridian Static"
    assert statuses == [("Meridian Static", "CANDIDATE_STATUS_CHOSEN"), ("Pale Harbour Records", "CANDIDATE_STATUS_CANDIDATE")]
    assert label["why"]
    assert label["next_check_time"] > halcyon["retrieved_at"]


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("label", "My Own Label", lambda body: body["labels"]["principal"]),
        ("monthly_listeners", 12, lambda body: body["monthly_listeners"]["value"]),
        ("genres", ["shortwave"], lambda body: body["spotify"]["genres"]),
    ],
)
def test_a_persons_value_wins_until_it_is_taken_back_and_upstreams_drift_is_told(system, halcyon, field, value, shown):
    artist_id = halcyon["artist"]["id"]
    path = f"/api/v1/artists/{artist_id}/overrides/{field}"
    # What nobody is kept waiting for, a job asks for: it may come a moment later.
    assert eventually(lambda: bool(shown(known(system, artist_id))))
    before = shown(known(system, artist_id))

    put = system.client.put(path, json={"value": value, "reason": "it is on the sleeve"})
    overridden, explanation = known(system, artist_id), explained(system, artist_id, field)
    deleted = system.client.delete(path)

    assert put.status_code == deleted.status_code == 200
    assert shown(overridden) == value
    assert explanation["chosen"]["status"] == "CANDIDATE_STATUS_LOCKED"
    assert explanation["override"]["differs_upstream"] is True
    assert shown(known(system, artist_id)) == before


def test_what_spotify_gave_once_stays_with_a_note_when_it_gives_it_no_longer(system):
    profile_of_spotify(system, "extended")
    whole = system.enrich(spotify_artist_id=RADIOHEAD).json()
    profile_of_spotify(system, "devmode2026")

    reduced = system.enrich(spotify_artist_id=RADIOHEAD, force_refresh=True)

    body = reduced.json()
    assert reduced.status_code == 200
    assert whole["spotify"]["popularity"] > 0
    assert whole["spotify"]["genres"]
    assert whole["spotify"]["evidence"]["popularity"]["provider"] == "spotify"
    assert body["spotify"]["popularity"] == whole["spotify"]["popularity"]
    assert body["spotify"]["genres"]
    assert "popularity" in {note["kind"] for note in body["notes"] if note["provider"] == "spotify"}


@pytest.mark.parametrize(
    ("provider", "spotify_id"),
    [
        ("apify", "0k17h0D3J5VfsdmQ1iZtE9"),
        ("lastfm", "36QJpDe2go2KgaRleHCDTp"),
        ("musicbrainz", "7bu3H8JO7d0UbMoVzbo70s"),
        ("spotify", "3RGLhK1IP9jnYFH4BRFJBS"),
        ("wikidata", "3yY2gUcIsjMr8hjo51PoJ8"),
    ],
)
def test_a_source_that_answers_with_a_web_page_is_a_note(system, provider, spotify_id):
    system.script(provider=provider, fault={"kind": "html"})

    answer = system.enrich(spotify_artist_id=spotify_id)

    system.sandbox.delete("/_sandbox/faults")
    assert answer.status_code == 200
    assert provider in {note["provider"] for note in answer.json()["notes"] if note["reason"] == "NOTE_REASON_FAULT"}


def test_an_app_of_2026_gives_no_popularity_and_followers_come_from_elsewhere(halcyon):
    assert halcyon["spotify"]["popularity"] is None
    assert halcyon["spotify"]["evidence"]["followers"]["provider"] == "apify"
