"""How does what is known become protobuf?"""

from collections.abc import Mapping
from dataclasses import asdict

from kernel.jobs import Job, JobState
from services.album.domain import Album, Ensured, Track
from soniquebay.album.v1 import album_pb2 as pb
from soniquebay.jobs.v1 import jobs_pb2
from soniquebay.upstreams.v1 import upstreams_pb2
from upstreams.metrics import ProviderStanding


def album(known: Album) -> pb.Album:
    return pb.Album(
        id=known.id,
        title=known.title,
        artist_id=known.artist_id,
        artist_name=known.artist_name,
        mbid=known.mbid,
        track_count=known.track_count,
        release_group_mbid=known.release_group_mbid,
        spotify_id=known.spotify_id,
        lastfm_url=known.lastfm_url,
        lastfm_listeners=known.lastfm_listeners,
        lastfm_playcount=known.lastfm_playcount,
        lastfm_tags=known.lastfm_tags,
        genres=known.genres,
        released=known.released,
        in_library=known.in_library,
        enrich_time=known.enriched_at,
        create_time=known.created_at,
        update_time=known.updated_at,
    )


def track(known: Track) -> pb.Track:
    return pb.Track(
        id=known.id,
        title=known.title,
        artist_id=known.artist_id,
        artist_name=known.artist_name,
        album_id=known.album_id,
        mbid=known.mbid,
        disc_number=known.disc_number,
        track_number=known.track_number,
        duration=known.duration,
        lastfm_url=known.lastfm_url,
        lastfm_listeners=known.lastfm_listeners,
        lastfm_playcount=known.lastfm_playcount,
        lastfm_tags=known.lastfm_tags,
        in_library=known.in_library,
        enrich_time=known.enriched_at,
        create_time=known.created_at,
        update_time=known.updated_at,
    )


def ensure_response(ensured: Ensured) -> pb.EnsureTracksResponse:
    tracks = [
        pb.EnsuredTrack(artist_id=each.artist_id, track_id=each.track_id, album_id=each.album_id) for each in ensured.tracks
    ]
    return pb.EnsureTracksResponse(tracks=tracks, new_album_ids=ensured.new_albums)


def music_file(path: bytes, has_picture: bool, folder_picture: bytes) -> pb.MusicFile:  # noqa: FBT001 - a row
    return pb.MusicFile(path=path, has_picture=has_picture, folder_picture=folder_picture)


def provider(known: ProviderStanding) -> upstreams_pb2.Provider:
    return upstreams_pb2.Provider(**asdict(known))


def dead_job(job: Job) -> jobs_pb2.DeadJob:
    return jobs_pb2.DeadJob(
        id=job.id,
        kind=job.kind,
        error=job.error or "",
        attempt_count=job.attempts,
        end_time=job.updated_at,
        subject=_subject(job),
    )


def job_counts(counts: Mapping[JobState, int]) -> jobs_pb2.JobCounts:
    return jobs_pb2.JobCounts(waiting=counts[JobState.PENDING], running=counts[JobState.RUNNING], given_up=counts[JobState.DEAD])


def _subject(job: Job) -> str:
    payload = job.payload or {}
    names = {"album_id": "albums", "track_id": "tracks"}
    return next((f"{name}/{payload[key]}" for key, name in names.items() if key in payload), "")
