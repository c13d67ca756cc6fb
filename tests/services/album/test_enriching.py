"""An album and a track, asked about at every provider over the sandbox."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2

from facts.known import Trust
from kernel.database import Database
from kernel.evidence import Evidence
from kernel.jobs import JobStore
from services.album.asking import Learned
from services.album.domain import AlbumField
from services.album.dossier import AlbumFact, AlbumOverride, AlbumValue
from services.album.storing.dossiers import AlbumDossiers, FromFiles, facts_of_albums
from services.album.storing.writing import Pen
from soniquebay.album.v1 import album_pb2 as pb
from soniquebay.facts.v1 import facts_pb2
from tests.fakes.clock import FakeClock
from tests.sandbox.running import RunningSandbox
from tests.services.album.known import ensured, named, open_store
from tests.services.album.running import RunningAlbum, refusal
from tests.services.artist.known import together
from tests.services.artist.running import RunningArtist

AIRBAG = pb.TrackName(artist="Radiohead", title="Airbag", album="OK Computer")
NOBODY = pb.TrackName(artist="Nobody At All", title="Nothing", album="Never Made")
PROVIDERS = ("lastfm", "spotify", "musicbrainz")
FAULTS = ({"kind": "status", "code": 500}, {"kind": "html"}, {"kind": "truncated"}, {"kind": "garbage"})


def calls(sandbox: RunningSandbox) -> Counter[str]:
    counters = sandbox.control("counters")
    return Counter({name: counts["total"] for name, counts in counters.items() if name != "spotify-accounts"})


def enrich(service: RunningAlbum, album_id: str, **fields: Any) -> pb.EnrichedAlbum:
    answer: pb.EnrichAlbumResponse = service.call("EnrichAlbum", pb.EnrichAlbumRequest(album=album_id, **fields))
    return answer.enriched_album


def notes(answer: Any) -> set[tuple[str, str, int]]:
    return {(note.provider, note.kind, note.reason) for note in answer.notes}


@pytest.fixture
def airbag(asking: RunningAlbum) -> pb.EnsuredTrack:
    return asking.ensure(AIRBAG).tracks[0]


def test_a_cold_album_costs_two_calls_to_lastfm_and_a_warm_one_none(asking, sandbox, airbag):
    cold = enrich(asking, airbag.album_id)
    asked = calls(sandbox)
    warm = enrich(asking, airbag.album_id)

    assert asked == {"lastfm": 2, "spotify": 2, "musicbrainz": 2}
    assert calls(sandbox) == asked
    assert warm == cold
    assert cold.notes == []
    assert not cold.stale


def test_what_every_provider_says_is_shown_with_its_evidence(asking, airbag):
    album = enrich(asking, airbag.album_id)

    assert album.lastfm.listeners > 0
    assert album.lastfm.url == "https://www.last.fm/music/Radiohead/OK+Computer"
    assert album.lastfm.wiki.content.startswith("OK Computer is an album by Radiohead")
    assert [track.position for track in album.lastfm.tracks] == list(range(1, 13))
    assert album.spotify.images
    assert album.spotify.barcode
    assert (album.musicbrainz.kind, album.musicbrainz.released) == ("album", "1997-05-21")
    assert album.genres[0].weight == 100
    assert all(genre.stage == "album_tags" and genre.read_from for genre in album.genres)
    for part in (album.lastfm, album.spotify, album.musicbrainz):
        assert all(each.provider and each.matched_on and each.confidence >= 0.5 for each in part.evidence.values())
    assert (album.album.released, album.album.spotify_id) == ("1997-05-21", album.spotify.id)
    assert list(album.album.genres) == [genre.name for genre in album.genres]
    assert asking.call("GetAlbum", pb.GetAlbumRequest(album=airbag.album_id)).album == album.album


def test_durations_are_seconds_on_albums_and_milliseconds_on_tracks(asking, sandbox, airbag):
    album = enrich(asking, airbag.album_id)
    before = calls(sandbox)
    track = asking.call("EnrichTrack", pb.EnrichTrackRequest(track=airbag.track_id)).enriched_track

    assert calls(sandbox) - before == {"lastfm": 1}
    listed = next(each for each in album.lastfm.tracks if each.title == "Airbag")
    assert listed.duration.ToTimedelta() == timedelta(minutes=4, seconds=44)
    assert abs(track.lastfm.duration.ToTimedelta() - listed.duration.ToTimedelta()) < timedelta(seconds=1)
    assert track.track.duration == track.lastfm.duration
    assert track.track.lastfm_listeners == track.lastfm.listeners > 0
    assert asking.call("EnrichTrack", pb.EnrichTrackRequest(track=airbag.track_id)).enriched_track == track
    assert calls(sandbox) - before == {"lastfm": 1}


def test_what_is_asked_of_nobody_is_what_was_known(asking, sandbox, airbag):
    bare = asking.call("GetEnrichedAlbum", pb.GetEnrichedAlbumRequest(album=airbag.album_id)).enriched_album
    assert not bare.HasField("lastfm")
    assert calls(sandbox) == {}

    full = enrich(asking, airbag.album_id)
    known = asking.call("GetEnrichedAlbum", pb.GetEnrichedAlbumRequest(album=airbag.album_id)).enriched_album

    assert known.lastfm == full.lastfm
    assert known.genres == full.genres


def test_an_album_nobody_knows_is_a_note_each_and_is_not_asked_for_again(asking, sandbox):
    album_id = asking.ensure(NOBODY).tracks[0].album_id

    answer = enrich(asking, album_id)
    asked = calls(sandbox)

    absent = facts_pb2.NOTE_REASON_ABSENT
    assert {(provider, reason) for provider, _, reason in notes(answer)} == {(provider, absent) for provider in PROVIDERS}
    assert all(note.message and note.retry_time.seconds for note in answer.notes)
    enrich(asking, album_id)
    assert calls(sandbox) == asked


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_broken_provider_is_a_note_and_the_others_are_heard(asking, sandbox, provider):
    for title, fault in zip(("OK Computer", "Kid A", "The Bends", "In Rainbows"), FAULTS, strict=True):
        album_id = asking.ensure(pb.TrackName(artist="Radiohead", title="x", album=title)).tracks[0].album_id
        sandbox.client.delete("/_sandbox/faults")
        sandbox.script({"provider": provider, "fault": fault})

        answer = enrich(asking, album_id)

        assert {name for name, _, reason in notes(answer) if reason == facts_pb2.NOTE_REASON_FAULT} == {provider}, fault
        heard = {each for each in PROVIDERS if answer.HasField(each)}
        assert heard == {*PROVIDERS} - {provider}, (title, fault)


def test_a_fault_erases_nothing_and_marks_what_is_shown_as_older(asking, sandbox, airbag, clock: FakeClock):
    before = enrich(asking, airbag.album_id)
    for provider in PROVIDERS:
        sandbox.script({"provider": provider, "fault": {"kind": "status", "code": 503}})

    clock.advance(40 * 86_400)
    after = enrich(asking, airbag.album_id)

    assert after.stale
    assert after.lastfm == before.lastfm
    assert after.musicbrainz == before.musicbrainz
    assert {name for name, _, _ in notes(after)} == set(PROVIDERS)


def test_when_nobody_answers_and_nothing_is_known_the_caller_is_told_when_to_come_back(asking, sandbox, airbag):
    for provider in PROVIDERS:
        sandbox.script({"provider": provider, "fault": {"kind": "status", "code": 503}})

    assert refusal(asking, "EnrichAlbum", pb.EnrichAlbumRequest(album=airbag.album_id)).code is grpc.StatusCode.UNAVAILABLE


def test_what_was_not_answered_is_asked_again_by_a_job_when_that_is_due(asking, sandbox, airbag, clock: FakeClock):
    sandbox.script({"provider": "musicbrainz", "fault": {"kind": "status", "code": 503}})
    assert not enrich(asking, airbag.album_id).HasField("musicbrainz")
    sandbox.client.delete("/_sandbox/faults")

    asking.work()  # whatever is due now, such as the description
    clock.advance(3600)
    asking.work()

    known = asking.call("GetEnrichedAlbum", pb.GetEnrichedAlbumRequest(album=airbag.album_id)).enriched_album
    assert known.musicbrainz.kind == "album"


def test_without_a_provider_nobody_can_be_asked(service: RunningAlbum):
    album_id = service.ensure(AIRBAG).tracks[0].album_id

    assert refusal(service, "EnrichAlbum", pb.EnrichAlbumRequest(album=album_id)).code is grpc.StatusCode.FAILED_PRECONDITION


def test_providers_without_a_key_are_off_and_say_what_would_switch_them_on(
    artists: RunningArtist, sandbox: RunningSandbox, tmp_path: Path, clock: FakeClock
):
    keyless = {"lastfm_api_key": "", "spotify_client_id": "", "euria_token": ""}
    with RunningAlbum(artists.server.port, tmp_path / "album", clock, upstream=sandbox.url, **keyless) as asking:
        album_id = asking.ensure(AIRBAG).tracks[0].album_id
        answer = enrich(asking, album_id)
        asking.work()

    off = {note.provider: note.message for note in answer.notes if note.reason == facts_pb2.NOTE_REASON_OFF}
    assert {name: "set " in message for name, message in off.items()} == {"lastfm": True, "spotify": True, "euria": True}
    assert answer.musicbrainz.kind == "album"
    assert set(calls(sandbox)) == {"musicbrainz"}


REFUSED: list[tuple[str, Any, str]] = [
    ("EnrichAlbum", pb.EnrichAlbumRequest(language="english"), "language"),
    ("RefreshAlbum", pb.RefreshAlbumRequest(kinds=["everything"]), "kinds"),
    ("ExplainAlbum", pb.ExplainAlbumRequest(field="mood"), "field"),
    ("InvalidateAlbums", pb.InvalidateAlbumsRequest(), "album_ids"),
    ("BatchEnrichTracks", pb.BatchEnrichTracksRequest(), "track_ids"),
    ("BatchEnrichTracks", pb.BatchEnrichTracksRequest(track_ids=["x"] * 201), "track_ids"),
    ("BatchEnrichTracks", pb.BatchEnrichTracksRequest(track_ids=["x"], types=["mood"]), "types"),
    ("EnrichNewAlbums", pb.EnrichNewAlbumsRequest(), "import_id"),
    ("EnrichNewAlbums", pb.EnrichNewAlbumsRequest(import_id="1", limit=-1), "limit"),
    ("EnsureTracks", pb.EnsureTracksRequest(tracks=[AIRBAG], import_id="a b"), "import_id"),
]
WRONG_VALUES = {
    "mbid": "no id",
    "spotify_id": "short",
    "kind": "mood",
    "released": "yesterday",
    "barcode": "abc",
    "url": "x",
    "listeners": "many",
}


def test_what_can_never_be_right_is_refused_by_its_field(asking, airbag):
    for rpc, request, field in REFUSED:
        if "album" in request.DESCRIPTOR.fields_by_name:
            request.album = airbag.album_id

        refused = refusal(asking, rpc, request)

        assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, [field]), rpc


def test_a_value_of_the_wrong_shape_is_refused(asking, airbag):
    for field, value in WRONG_VALUES.items():
        given = struct_pb2.Value(string_value=value)
        request = pb.UpdateAlbumOverrideRequest(album=airbag.album_id, field=field, value=given, reason="so")

        assert refusal(asking, "UpdateAlbumOverride", request).fields == ["value"], field


def test_an_album_that_is_not_there_is_not_found(asking):
    for rpc in ("EnrichAlbum", "GetEnrichedAlbum", "RefreshAlbum", "ExplainAlbum"):
        for album in ("nobody", "a\0b", "x" * 501):
            request = getattr(pb, f"{rpc}Request")(album=album)

            assert refusal(asking, rpc, request).code is grpc.StatusCode.NOT_FOUND, rpc


def test_a_forced_album_is_asked_about_anew_and_only_of_the_kinds_wanted(asking, sandbox, airbag):
    enrich(asking, airbag.album_id)
    before = calls(sandbox)

    asking.call("RefreshAlbum", pb.RefreshAlbumRequest(album=airbag.album_id, kinds=["tags"]))
    assert calls(sandbox) - before == {"lastfm": 1}
    enrich(asking, airbag.album_id, force_refresh=True)
    assert calls(sandbox) - before == {"lastfm": 3, "spotify": 2, "musicbrainz": 2}


def test_a_change_of_the_library_makes_an_album_due(asking, sandbox, airbag):
    enrich(asking, airbag.album_id)
    before = calls(sandbox)

    answer = asking.call("InvalidateAlbums", pb.InvalidateAlbumsRequest(album_ids=[airbag.album_id, "nobody"]))
    enrich(asking, airbag.album_id)

    assert answer.invalidated_count == 1
    assert (calls(sandbox) - before)["lastfm"] == 2


def override(service: RunningAlbum, album_id: str, field: str, value: Any) -> facts_pb2.FieldExplanation:
    given = struct_pb2.Value(list_value=struct_pb2.ListValue(values=[struct_pb2.Value(string_value=each) for each in value]))
    if isinstance(value, str):
        given = struct_pb2.Value(string_value=value)
    request = pb.UpdateAlbumOverrideRequest(album=album_id, field=field, value=given, reason="I know better")
    answer: pb.UpdateAlbumOverrideResponse = service.call("UpdateAlbumOverride", request)
    return answer.explanation


def test_a_persons_genres_win_and_the_explanation_shows_what_they_beat(asking, airbag):
    enrich(asking, airbag.album_id)

    explained = override(asking, airbag.album_id, "genres", ["art rock", "space rock"])
    album = asking.call("GetEnrichedAlbum", pb.GetEnrichedAlbumRequest(album=airbag.album_id)).enriched_album

    assert explained.chosen.status == facts_pb2.CANDIDATE_STATUS_LOCKED
    assert len(explained.candidates) >= 3
    assert explained.override.differs_upstream
    assert [(genre.name, genre.stage) for genre in album.genres] == [("art rock", "person"), ("space rock", "person")]
    assert list(album.album.genres) == ["art rock", "space rock"]

    asking.call("DeleteAlbumOverride", pb.DeleteAlbumOverrideRequest(album=airbag.album_id, field="genres"))
    album = asking.call("GetEnrichedAlbum", pb.GetEnrichedAlbumRequest(album=airbag.album_id)).enriched_album
    assert {genre.stage for genre in album.genres} == {"album_tags"}
    gone = pb.DeleteAlbumOverrideRequest(album=airbag.album_id, field="genres")
    assert refusal(asking, "DeleteAlbumOverride", gone).code is grpc.StatusCode.NOT_FOUND


def test_every_field_is_explained_and_says_when_it_is_asked_again(asking, airbag):
    enrich(asking, airbag.album_id)

    explained = asking.call("ExplainAlbum", pb.ExplainAlbumRequest(album=airbag.album_id)).explanations

    by_field = {each.field: each for each in explained}
    assert set(by_field) >= {"url", "tags", "genres", "released", "labels", "images", "tracks", "description"}
    assert all(each.why for each in explained)
    assert by_field["released"].chosen.value.string_value == "1997-05-21"
    assert {each.evidence.provider for each in by_field["released"].candidates} == {"spotify", "musicbrainz"}
    assert by_field["released"].next_check_time.seconds > 0


def test_a_release_that_a_person_names_is_the_one_that_is_asked_about(asking, sandbox, airbag):
    group = enrich(asking, airbag.album_id).musicbrainz.release_group_mbid
    other = enrich(asking, asking.ensure(pb.TrackName(artist="Radiohead", title="x", album="Kid A")).tracks[0].album_id)

    override(asking, airbag.album_id, "release_group_mbid", other.musicbrainz.release_group_mbid)
    album = enrich(asking, airbag.album_id)

    assert album.musicbrainz.release_group_mbid == other.musicbrainz.release_group_mbid != group
    assert album.musicbrainz.released == other.musicbrainz.released


def test_what_was_said_of_another_release_is_gone_once_a_person_says_which_is_meant(asking, sandbox, airbag):
    before = enrich(asking, airbag.album_id)
    override(asking, airbag.album_id, "release_group_mbid", "00000000-0000-4000-8000-00000000dead")

    known = asking.call("GetEnrichedAlbum", pb.GetEnrichedAlbumRequest(album=airbag.album_id)).enriched_album
    after = enrich(asking, airbag.album_id)

    assert before.musicbrainz.labels
    for each in (known, after):
        assert each.musicbrainz.labels == []
        assert each.musicbrainz.release_mbid == ""
    assert after.lastfm == before.lastfm
    assert [note.reason for note in after.notes if note.provider == "musicbrainz"] == [facts_pb2.NOTE_REASON_ABSENT]


def test_another_language_costs_one_call_more_and_its_failure_is_asked_again_in_it(asking, sandbox, airbag, clock: FakeClock):
    sandbox.script({"provider": "lastfm", "fault": {"kind": "status", "code": 503}})
    enrich(asking, airbag.album_id, language="fr")
    sandbox.client.delete("/_sandbox/faults")
    sandbox.client.post("/_sandbox/reset", json={"journal": True})

    for _ in range(3):  # the breaker lets one question through at first, whichever comes first
        clock.advance(2 * 3600)
        asking.work()

    asked = [row["params"].get("lang") for row in sandbox.control("journal?provider=lastfm")["rows"]]
    assert sorted(filter(None, asked)) == ["fr"]


def test_overrides_that_are_deleted_while_a_provider_answers_stay_deleted(database, clock: FakeClock):
    """A write that began before the deletion must not bring it back."""
    shelf, album_id = shelf_with_album(database, clock)
    shelf.save_override(album_id, AlbumOverride(AlbumField.URL, "https://mine.example", "mine", clock.now()))
    dossier = shelf.load(album_id)
    assert dossier is not None

    assert shelf.delete_override(album_id, AlbumField.URL)
    with database.write() as connection:
        facts_of_albums.note_drift(connection, album_id, dossier.overrides)

    again = shelf.load(album_id)
    assert again is not None
    assert again.overrides == ()


def test_two_answers_at_once_are_both_shown_in_the_row(database, clock: FakeClock):
    shelf, album_id = shelf_with_album(database, clock)
    said = Evidence("lastfm", clock.now())
    facts: dict[AlbumField, AlbumValue] = {
        AlbumField.SPOTIFY_ID: "4Z8W4fKeB5YxbusRsdQVPb",
        AlbumField.URL: "https://www.last.fm/x",
        AlbumField.RELEASED: "1997",
        AlbumField.LISTENERS: 5,
    }

    with together(len(facts)) as run:
        run(lambda at: shelf.save(album_id, Learned((AlbumFact(*list(facts.items())[at], said),), ())))

    dossier = shelf.load(album_id)
    assert dossier is not None
    album = dossier.album
    assert (album.spotify_id, album.lastfm_url, album.released, album.lastfm_listeners) == tuple(facts.values())


def shelf_with_album(database: Database, clock: FakeClock) -> tuple[AlbumDossiers, str]:
    album_id = ensured(open_store(database, clock), named("Radiohead", "Airbag", "OK Computer"))[0].album_id
    assert album_id is not None
    shelf = AlbumDossiers(
        database,
        Pen(database),
        JobStore(database, clock),
        trust=Trust(("lastfm",)),
        genres=lambda _: [],
        files=lambda *_: FromFiles(),
        clock=clock,
    )
    return shelf, album_id
