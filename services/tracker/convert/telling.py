"""How does what is told of plays become replies?"""

from collections.abc import Iterable, Sequence
from datetime import date

from google.protobuf.timestamp_pb2 import Timestamp

from services.tracker.telling.analytics import Analytics, Streak
from services.tracker.telling.plays import ToldPlay
from services.tracker.telling.timeline import Timeline, TimelineHour
from services.tracker.telling.tops import NewArtist, TopEntry
from soniquebay.tracker.v1 import tracker_pb2 as pb


def plays_response(plays: Iterable[ToldPlay], next_page_token: str) -> pb.ListPlaysResponse:
    return pb.ListPlaysResponse(plays=map(play, plays), next_page_token=next_page_token)


def timeline_response(day: Timeline) -> pb.GetTimelineResponse:
    return pb.GetTimelineResponse(
        date=day.day.isoformat(),
        time_zone=day.time_zone,
        play_count=day.play_count,
        hours=map(_hour, day.hours),
        previous_date=_date(day.previous_day),
        next_date=_date(day.next_day),
    )


def analytics_response(known: Analytics) -> pb.GetAnalyticsResponse:
    return pb.GetAnalyticsResponse(
        **{"from": known.first.isoformat()},
        to=known.last.isoformat(),
        time_zone=known.time_zone,
        play_count=known.play_count,
        artist_count=known.artist_count,
        album_count=known.album_count,
        track_count=known.track_count,
        top_artists=_entries(known.top_artists),
        top_albums=_entries(known.top_albums),
        top_tracks=_entries(known.top_tracks),
        days=[pb.DayCount(date=each.day.isoformat(), play_count=each.play_count) for each in known.days],
        heat_map=[pb.HeatCell(weekday=cell.weekday, hour=cell.hour, play_count=cell.play_count) for cell in known.heat_map],
        longest_streak=_streak(known.longest_streak),
        current_streak=_streak(known.current_streak),
        new_artists=map(_new_artist, known.new_artists),
        new_artist_count=known.new_artist_count,
    )


def play(told: ToldPlay) -> pb.Play:
    return pb.Play(
        play_time=Timestamp(seconds=told.uts),
        uts=told.uts,
        artist=told.artist,
        track=told.track,
        album=told.album,
        artist_id=told.artist_id,
        album_id=told.album_id,
        track_id=told.track_id,
        image_url=told.image_url or None,
        source=told.source,
        import_id=None if told.import_id is None else str(told.import_id),
    )


def _hour(known: TimelineHour) -> pb.TimelineHour:
    return pb.TimelineHour(hour=known.hour, start_time=Timestamp(seconds=known.since), plays=map(play, known.plays))


def _entries(known: Sequence[TopEntry]) -> list[pb.TopEntry]:
    return [
        pb.TopEntry(
            artist=each.artist,
            title=each.title,
            id=each.id,
            play_count=each.play_count,
            image_url=each.image_url or None,
            artist_id=each.artist_id,
            album_id=each.album_id,
        )
        for each in known
    ]


def _streak(known: Streak | None) -> pb.Streak | None:
    if known is None:
        return None
    return pb.Streak(**{"from": known.first.isoformat()}, to=known.last.isoformat(), days=known.days)


def _new_artist(known: NewArtist) -> pb.NewArtist:
    return pb.NewArtist(artist=known.artist, artist_id=known.artist_id, first_play_time=Timestamp(seconds=known.first_uts))


def _date(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
