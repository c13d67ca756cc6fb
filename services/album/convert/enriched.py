"""How does what providers say of albums and tracks become protobuf?"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from facts.known import Fact
from kernel.evidence import Candidate, Evidence
from services.album.batches import TrackBatch
from services.album.convert import parts, replies
from services.album.domain import AlbumField, Description, TrackField
from services.album.storing.dossiers import facts_of_albums
from services.album.view import AlbumView, Explanation, TrackView
from soniquebay.album.v1 import album_pb2 as pb
from soniquebay.facts.v1 import facts_pb2

_LASTFM, _SPOTIFY, _MUSICBRAINZ = "lastfm", "spotify", "musicbrainz"
_OF_LASTFM = (
    AlbumField.URL,
    AlbumField.LISTENERS,
    AlbumField.PLAYCOUNT,
    AlbumField.TAGS,
    AlbumField.WIKI,
    AlbumField.IMAGES,
    AlbumField.TRACKS,
)
_OF_SPOTIFY = (AlbumField.SPOTIFY_ID, AlbumField.IMAGES, AlbumField.BARCODE, AlbumField.LABELS)
_OF_MUSICBRAINZ = (
    AlbumField.MBID,
    AlbumField.RELEASE_GROUP_MBID,
    AlbumField.KIND,
    AlbumField.RELEASED,
    AlbumField.LABELS,
    AlbumField.GENRES,
)


def enriched_album(view: AlbumView) -> pb.EnrichedAlbum:
    dossier = view.dossier
    return pb.EnrichedAlbum(
        album=replies.album(dossier.album),
        lastfm=_lastfm(view),
        spotify=_spotify(view),
        musicbrainz=_musicbrainz(view),
        genres=[pb.Genre(name=each.name, weight=each.weight, stage=each.stage, read_from=each.read_from) for each in view.genres],
        description=_description(view),
        notes=[parts.note(each) for each in view.missing],
        stale=view.stale,
        retrieved_at=dossier.retrieved_at(),
    )


def enriched_track(view: TrackView) -> pb.EnrichedTrack:
    dossier = view.dossier
    return pb.EnrichedTrack(
        track=replies.track(dossier.track),
        lastfm=_lastfm_track(dossier.facts),
        notes=[parts.note(each) for each in view.missing],
        stale=view.stale,
        retrieved_at=dossier.retrieved_at(),
    )


def explanation(known: Explanation) -> facts_pb2.FieldExplanation:
    return parts.explanation(known, facts_of_albums.plain)


def track_batch(batch: TrackBatch) -> pb.TrackBatch:
    return pb.TrackBatch(
        batch_id=batch.id,
        total=batch.total,
        done=batch.done,
        failed=batch.failed,
        ended=batch.is_over,
        failures=[pb.BatchFailure(kind=each.kind, id=each.id, reason=each.reason) for each in batch.failures],
    )


def _lastfm(view: AlbumView) -> pb.LastfmAlbum | None:
    said = _said(view, _LASTFM, _OF_LASTFM)
    if not said:
        return None
    values = {field: each.value for field, each in said.items()}
    wiki = values.get(AlbumField.WIKI)
    return pb.LastfmAlbum(
        url=values.get(AlbumField.URL, ""),
        listeners=values.get(AlbumField.LISTENERS),
        playcount=values.get(AlbumField.PLAYCOUNT),
        tags=map(parts.tag, values.get(AlbumField.TAGS, ())),
        wiki=parts.text(wiki) if wiki else None,
        images=map(parts.image, values.get(AlbumField.IMAGES, ())),
        tracks=[
            pb.AlbumTrack(position=each.position, title=each.title, duration=each.duration)
            for each in values.get(AlbumField.TRACKS, ())
        ],
        evidence=_evidence(said),
    )


def _spotify(view: AlbumView) -> pb.SpotifyAlbum | None:
    said = _said(view, _SPOTIFY, _OF_SPOTIFY)
    if AlbumField.SPOTIFY_ID not in said:
        return None
    values = {field: each.value for field, each in said.items()}
    spotify_id = str(values[AlbumField.SPOTIFY_ID])
    return pb.SpotifyAlbum(
        id=spotify_id,
        url=f"https://open.spotify.com/album/{spotify_id}",
        images=map(parts.image, values.get(AlbumField.IMAGES, ())),
        barcode=values.get(AlbumField.BARCODE, ""),
        label=next(iter(values.get(AlbumField.LABELS, ())), ""),
        evidence=_evidence(said),
    )


def _musicbrainz(view: AlbumView) -> pb.MusicbrainzAlbum | None:
    said = _said(view, _MUSICBRAINZ, _OF_MUSICBRAINZ)
    if AlbumField.RELEASE_GROUP_MBID not in said:
        return None
    values = {field: each.value for field, each in said.items()}
    return pb.MusicbrainzAlbum(
        release_mbid=values.get(AlbumField.MBID, ""),
        release_group_mbid=values[AlbumField.RELEASE_GROUP_MBID],
        kind=values.get(AlbumField.KIND, ""),
        released=values.get(AlbumField.RELEASED, ""),
        labels=values.get(AlbumField.LABELS, ()),
        genres=values.get(AlbumField.GENRES, ()),
        evidence=_evidence(said),
    )


def _description(view: AlbumView) -> pb.Description | None:
    shown = view.shown.get(AlbumField.DESCRIPTION)
    if shown is None or not isinstance(shown.value, Description):
        return None
    written = shown.value
    return pb.Description(
        language=written.language,
        content=written.content,
        model=written.model,
        prompt_version=written.prompt_version,
        facts=written.facts,
        write_time=shown.evidence.retrieved_at,
        evidence=parts.evidence(shown.evidence),
    )


def _lastfm_track(facts: Sequence[Fact[TrackField, Any]]) -> pb.LastfmTrack | None:
    said = {fact.field: fact for fact in facts if fact.evidence.provider == _LASTFM}
    if not said:
        return None
    values = {field: fact.value for field, fact in said.items()}
    return pb.LastfmTrack(
        url=values.get(TrackField.URL, ""),
        listeners=values.get(TrackField.LISTENERS),
        playcount=values.get(TrackField.PLAYCOUNT),
        tags=map(parts.tag, values.get(TrackField.TAGS, ())),
        duration=timedelta(milliseconds=values[TrackField.DURATION]) if TrackField.DURATION in values else None,
        evidence={field.value: parts.evidence(fact.evidence) for field, fact in said.items()},
    )


def _said(view: AlbumView, provider: str, fields: Sequence[AlbumField]) -> dict[AlbumField, Candidate[Any]]:
    found = ((field, view.of_provider(provider, field)) for field in fields)
    return {field: each for field, each in found if each is not None}


def _evidence(said: dict[AlbumField, Candidate[Any]]) -> dict[str, facts_pb2.Evidence]:
    def of(evidence: Evidence) -> facts_pb2.Evidence:
        return parts.evidence(evidence)

    return {field.value: of(each.evidence) for field, each in said.items()}
