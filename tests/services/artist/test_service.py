"""The artist service over real gRPC, with the sandbox as the internet."""

import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from services.artist.domain import ArtistField
from services.artist.wiring import SERVICE
from soniquebay.artist.v1 import artist_pb2 as pb
from tests.fakes.clock import FakeClock
from tests.sandbox.running import RunningSandbox
from tests.services.artist.running import RunningArtist, override, refusal

BUF = Path(sys.executable).with_name("buf")
RADIOHEAD_MBID = "a74b1b7f-71a5-4011-9441-d0b5e4122711"
SPOTIFY_ID = "4Z8W4fKeB5YxbusRsdQVPb"
BAD = grpc.StatusCode.INVALID_ARGUMENT


def test_a_cold_artist_is_enriched_with_three_calls_and_a_warm_one_with_none(service: RunningArtist, sandbox: RunningSandbox):
    cold = service.enrich("Radiohead")
    warm = service.enrich("radiohead")

    assert sandbox.control("counters")["lastfm"]["total"] == 3
    assert cold == warm
    assert cold.artist.name == "Radiohead"
    assert cold.lastfm.listeners > 1_000_000
    assert 1 <= len(cold.lastfm.tags) <= 10
    assert 1 <= len(cold.similar) <= 50
    assert cold.lastfm.bio.language == "en"
    assert {"url", "listeners", "playcount", "tags", "bio"} <= cold.lastfm.evidence.keys()
    assert not cold.stale


def test_the_key_never_stands_in_a_url(service: RunningArtist, sandbox: RunningSandbox):
    service.enrich("Radiohead")

    rows = sandbox.control("journal")["rows"]
    assert [row["query_params"] for row in rows] == [[], [], []]
    assert all(row["user_agent"].startswith("SoniqueBay/") for row in rows)


def test_force_refresh_asks_again(service: RunningArtist, sandbox: RunningSandbox):
    service.enrich("Radiohead")

    service.enrich("Radiohead", force_refresh=True)

    assert sandbox.control("counters")["lastfm"]["total"] == 6


def test_an_artist_nobody_knows_is_not_found_and_asked_about_once(service: RunningArtist, sandbox: RunningSandbox):
    request = pb.EnrichArtistRequest(name="No Such Artist At All")

    refused = [refusal(service, "EnrichArtist", request) for _ in range(2)]

    assert {each.code for each in refused} == {grpc.StatusCode.NOT_FOUND}
    assert sandbox.control("counters")["lastfm"]["total"] == 3


def test_an_enriched_artist_is_got_without_asking_and_by_language(service: RunningArtist, sandbox: RunningSandbox):
    enriched = service.enrich("Radiohead")

    got = service.call("GetEnrichedArtist", pb.GetEnrichedArtistRequest(id=enriched.artist.id)).enriched_artist
    french = service.call("GetEnrichedArtist", pb.GetEnrichedArtistRequest(id=enriched.artist.id, language="fr"))

    assert got == enriched
    assert french.enriched_artist.lastfm.bio.language == "en"
    assert sandbox.control("counters")["lastfm"]["total"] == 3


def test_a_refresh_asks_for_the_kinds_named(service: RunningArtist, sandbox: RunningSandbox):
    artist_id = service.enrich("Radiohead").artist.id
    sandbox.reset()

    answer = service.call("RefreshArtist", pb.RefreshArtistRequest(id=artist_id, kinds=["tags"]))

    assert answer.enriched_artist.artist.id == artist_id
    assert sandbox.control("counters")["lastfm"] == {"total": 1, "artist.gettoptags": 1}


def test_an_artist_is_got_alone(service: RunningArtist):
    enriched = service.enrich("Radiohead")

    assert service.call("GetArtist", pb.GetArtistRequest(artist=enriched.artist.id)).artist == enriched.artist


def test_similar_artists_are_listed_in_pages_and_filtered(service: RunningArtist):
    enriched = service.enrich("Radiohead")
    request = pb.ListSimilarArtistsRequest(artist=enriched.artist.id, page_size=3)

    listed: list[pb.SimilarArtist] = []
    while not listed or request.page_token:
        page = service.call("ListSimilarArtists", request)
        assert len(page.similar_artists) <= 3
        listed += page.similar_artists
        request.page_token = page.next_page_token
    close = service.call("ListSimilarArtists", pb.ListSimilarArtistsRequest(artist=enriched.artist.id, min_weight=0.9))
    held = service.call("ListSimilarArtists", pb.ListSimilarArtistsRequest(artist=enriched.artist.id, in_library=True))

    assert listed == list(enriched.similar)
    assert list(close.similar_artists) == [edge for edge in listed if edge.weight >= 0.9]
    assert list(held.similar_artists) == []


def test_a_batch_of_names_becomes_ids_in_order_and_asks_nobody(service: RunningArtist, sandbox: RunningSandbox):
    names = [pb.ArtistName(name=name) for name in ("Cher", "Radiohead", "cher")]

    ids = service.call("EnsureArtists", pb.EnsureArtistsRequest(artists=names)).artist_ids

    assert ids[0] == ids[2] != ids[1]
    assert sandbox.control("journal")["rows"] == []
    assert service.call("GetArtist", pb.GetArtistRequest(artist=ids[1])).artist.in_library


def test_lists_are_walked_over_the_wire_by_name(service: RunningArtist):
    names = sorted(f"Band {number:02}" for number in range(25))
    wanted = [pb.ArtistName(name=name) for name in reversed(names)]
    service.call("EnsureArtists", pb.EnsureArtistsRequest(artists=wanted))
    request = pb.ListArtistsRequest(page_size=7, name_prefix="BAND", in_library=True)

    listed: list[str] = []
    while not listed or request.page_token:
        page = service.call("ListArtists", request)
        listed += [artist.name for artist in page.artists]
        request.page_token = page.next_page_token

    assert listed == names


def test_an_invalidated_artist_is_asked_about_again(service: RunningArtist, sandbox: RunningSandbox):
    artist_id = service.enrich("Radiohead").artist.id

    answer = service.call("InvalidateArtists", pb.InvalidateArtistsRequest(artist_ids=[artist_id, "nobody"]))
    service.enrich("Radiohead")

    assert answer.invalidated_count == 1
    assert sandbox.control("counters")["lastfm"]["total"] == 6


def test_every_field_is_explained(service: RunningArtist):
    artist_id = service.enrich("Radiohead").artist.id

    every = service.call("ExplainArtist", pb.ExplainArtistRequest(artist=artist_id)).explanations
    one = service.call("ExplainArtist", pb.ExplainArtistRequest(artist=artist_id, field="listeners")).explanations

    assert [each.field for each in every] == [field.value for field in ArtistField]
    assert [each.field for each in one] == ["listeners"]
    assert one[0].chosen.status == pb.CANDIDATE_STATUS_CHOSEN
    assert "lastfm" in one[0].why
    assert one[0].HasField("next_check_time")


@pytest.mark.parametrize(
    ("field", "plain"),
    [
        ("listeners", 7),
        ("playcount", 2**53),
        ("url", "https://example.org/radiohead"),
        ("bio", "They are from Oxfordshire."),
        ("tags", ["one", "two"]),
    ],
)
def test_an_override_wins_and_its_end_shows_the_providers_value_again(service: RunningArtist, field, plain):
    artist_id = service.enrich("Radiohead").artist.id
    before = service.call("ExplainArtist", pb.ExplainArtistRequest(artist=artist_id, field=field)).explanations[0]

    set_to = service.call("UpdateArtistOverride", override(artist_id, field, plain)).explanation
    service.call("DeleteArtistOverride", pb.DeleteArtistOverrideRequest(artist=artist_id, field=field))
    after = service.call("ExplainArtist", pb.ExplainArtistRequest(artist=artist_id, field=field)).explanations[0]

    assert set_to.chosen.status == pb.CANDIDATE_STATUS_LOCKED
    assert set_to.override.reason == "I know better"
    assert set_to.override.differs_upstream
    assert after == before


def test_a_persons_mbid_is_shown_while_it_stands_and_a_page_alone_makes_nobody_sure(service: RunningArtist):
    artist_id = service.enrich("Radiohead").artist.id
    before = service.call("GetArtist", pb.GetArtistRequest(artist=artist_id)).artist

    set_to = service.call("UpdateArtistOverride", override(artist_id, "mbid", RADIOHEAD_MBID)).explanation
    settled = service.call("GetArtist", pb.GetArtistRequest(artist=artist_id)).artist
    service.call("DeleteArtistOverride", pb.DeleteArtistOverrideRequest(artist=artist_id, field="mbid"))
    after = service.call("ExplainArtist", pb.ExplainArtistRequest(artist=artist_id, field="mbid")).explanations[0]

    assert set_to.chosen.status == pb.CANDIDATE_STATUS_LOCKED
    assert [before.mbid, settled.mbid] == ["", RADIOHEAD_MBID]
    assert not after.HasField("chosen")
    assert [each.value.string_value for each in after.candidates] == [RADIOHEAD_MBID]


def test_numbers_are_listed_by_metric_and_by_who_counts(service: RunningArtist):
    enriched = service.enrich("Radiohead")

    every = service.call("GetArtistNumbers", pb.GetArtistNumbersRequest(artist=enriched.artist.id)).numbers
    one = service.call("GetArtistNumbers", pb.GetArtistNumbersRequest(artist=enriched.artist.id, metric="listeners")).numbers

    assert [(each.metric, each.provider) for each in every] == [("listeners", "lastfm"), ("playcount", "lastfm")]
    assert [each.value for each in one] == [enriched.lastfm.listeners]
    assert [point.value for point in one[0].points] == [enriched.lastfm.listeners]


def test_a_link_copied_from_spotify_leads_to_every_source(sandbox: RunningSandbox, tmp_path: Path, clock: FakeClock):
    link = f"https://open.spotify.com/intl-fr/artist/{SPOTIFY_ID}?si=copied"
    with RunningArtist(sandbox.url, tmp_path, clock, every_source=True) as service:
        enriched = service.call("EnrichArtist", pb.EnrichArtistRequest(spotify_url=link)).enriched_artist
        again = service.call("EnrichArtist", pb.EnrichArtistRequest(spotify_artist_id=SPOTIFY_ID)).enriched_artist

    assert (enriched.artist.name, enriched.artist.mbid, enriched.spotify.id) == ("Radiohead", RADIOHEAD_MBID, SPOTIFY_ID)
    assert enriched.lastfm.listeners > 1_000_000
    assert enriched.monthly_listeners.value > 1_000_000
    assert enriched.labels.principal
    assert enriched.listenbrainz.listeners > 0
    assert {each.scheme: each.value for each in enriched.identity.ids}["wikidata_id"] == "Q44190"
    assert not enriched.identity.ambiguous
    assert again.artist.id == enriched.artist.id


def test_figures_are_keyed_by_provider(service: RunningArtist):
    figures = service.figures()

    assert (figures.provider, figures.requests, figures.circuit_breaker_state) == ("lastfm", 0, "closed")


def test_the_figures_are_told_to_persons_as_well_and_who_is_left_out(service: RunningArtist):
    service.enrich("Radiohead")
    service.enrich("Radiohead")

    told = {each.provider: each for each in service.call("GetProviders", pb.GetProvidersRequest()).providers}

    known, asked = service.figures(), told["lastfm"]
    assert (asked.requests, asked.success_rate, asked.failure_rate) == (known.requests, 1, 0) == (3, 1, 0)
    assert asked.cache_hit_rate == known.cache_hit_rate == 0.5
    assert (asked.avg_latency, asked.circuit_breaker_state, asked.off_reason) == (known.avg_latency, "closed", "")
    assert told["wikidata"].off_reason == "It is off: add wikidata to ENRICHMENT_PROVIDERS."


def test_without_its_key_a_provider_is_off_and_says_so(sandbox: RunningSandbox, tmp_path: Path):
    with RunningArtist(sandbox.url, tmp_path, lastfm_api_key="") as service:
        refused = refusal(service, "EnrichArtist", pb.EnrichArtistRequest(name="Radiohead"))
        ids = service.call("EnsureArtists", pb.EnsureArtistsRequest(artists=[pb.ArtistName(name="Radiohead")])).artist_ids
        got = service.call("GetEnrichedArtist", pb.GetEnrichedArtistRequest(id=ids[0])).enriched_artist

        assert service.figures().circuit_breaker_state == "off"
    assert refused.code is grpc.StatusCode.FAILED_PRECONDITION
    assert "LASTFM_API_KEY" in refused.message
    assert {note.reason for note in got.notes} == {pb.NOTE_REASON_OFF}
    assert ["LASTFM_API_KEY" in note.message for note in got.notes if note.provider == "lastfm"] == [True]
    assert sandbox.control("journal")["rows"] == []


def test_the_service_describes_itself_to_any_client(service: RunningArtist):
    command = [str(BUF), "curl", "--http2-prior-knowledge", "--protocol", "grpc", "--list-services"]

    listed = subprocess.run(
        [*command, f"http://127.0.0.1:{service.server.port}"], capture_output=True, text=True, timeout=30, check=True
    )

    assert {SERVICE, "grpc.health.v1.Health"} <= set(listed.stdout.split())
