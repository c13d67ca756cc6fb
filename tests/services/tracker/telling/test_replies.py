from datetime import date

from google.protobuf.json_format import MessageToDict

from services.tracker.convert import telling
from services.tracker.telling.journal import PlayFilter
from tests.services.tracker.telling.shelf import Heard, id_of, seconds

NOON = seconds("2025-06-15 12:00")


def test_a_play_shows_what_is_known_and_leaves_out_what_is_not(shelf, history):
    shelf.refill([Heard(NOON, "Kode9"), Heard(NOON + 1, "Burial", "Archangel", "Untrue", account=1)], known=["burial"])
    full, plain = history.list_plays(PlayFilter(), after=None, limit=5)

    reply = MessageToDict(telling.plays_response([full, plain], "on"), preserving_proto_field_name=True)

    assert reply["next_page_token"] == "on"
    assert reply["plays"] == [
        {
            "play_time": "2025-06-15T12:00:01Z",
            "uts": str(NOON + 1),
            "artist": "Burial",
            "track": "Archangel",
            "album": "Untrue",
            "artist_id": id_of("artist", "burial"),
            "album_id": id_of("album", "burial", "untrue"),
            "track_id": id_of("track", "burial", "archangel"),
            "image_url": "https://pictures.test/2.jpg",
            "source": "maloja_json",
        },
        {"play_time": "2025-06-15T12:00:00Z", "uts": str(NOON), "artist": "Kode9", "track": "Archangel", "source": "lastfm"},
    ]


def test_a_day_shows_its_hours_and_neighbours(shelf, history):
    shelf.refill([Heard(NOON), Heard(NOON + 86_400)])

    reply = telling.timeline_response(history.timeline("2025-06-15", ""))

    assert (reply.date, reply.time_zone, reply.play_count, reply.next_date) == ("2025-06-15", "Europe/Paris", 1, "2025-06-16")
    assert not reply.HasField("previous_date")
    assert [(hour.hour, hour.start_time.seconds, len(hour.plays)) for hour in reply.hours] == [(14, NOON, 1)]


def test_analytics_show_all_of_it(shelf, history):
    shelf.refill([Heard(NOON, "Burial", "Archangel", "Untrue"), Heard(NOON + 5, "Burial", "Other")], known=["burial"])

    told = MessageToDict(
        telling.analytics_response(history.analytics("2025-06-14", "2025-06-16", "", 0)), preserving_proto_field_name=True
    )

    picture, artist = "https://pictures.test/2.jpg", {"artist": "Burial"}
    ids = [id_of("artist", "burial"), id_of("album", "burial", "untrue"), id_of("track", "burial", "other")]
    streak = {"from": "2025-06-15", "to": "2025-06-15", "days": 1}
    assert told == {
        "from": "2025-06-14",
        "to": "2025-06-16",
        "time_zone": "Europe/Paris",
        "play_count": "2",
        "artist_count": "1",
        "album_count": "1",
        "track_count": "2",
        "top_artists": [artist | {"id": ids[0], "artist_id": ids[0], "play_count": "2", "image_url": picture}],
        "top_albums": [artist | {"title": "Untrue", "artist_id": ids[0], "play_count": "1"}],
        "top_tracks": [
            artist | {"title": "Archangel", "artist_id": ids[0], "play_count": "1"},
            artist | {"title": "Other", "id": ids[2], "artist_id": ids[0], "play_count": "1", "image_url": picture},
        ],
        "days": [{"date": "2025-06-15", "play_count": 2}],
        "heat_map": [{"weekday": 7, "hour": 14, "play_count": "2"}],
        "longest_streak": streak,
        "current_streak": streak,
        "new_artists": [artist | {"artist_id": ids[0], "first_play_time": "2025-06-15T12:00:00Z"}],
        "new_artist_count": "1",
    }


def test_what_was_heard_most_says_whose_it_is_and_where_it_is_from(shelf, history):
    shelf.refill([Heard(NOON, "Kode9"), Heard(NOON + 1, "Burial", "Archangel", "Untrue")], known=["burial"])

    reply = telling.analytics_response(history.analytics("2025-06-14", "2025-06-16", "", 0))

    ids = id_of("artist", "burial"), id_of("album", "burial", "untrue")
    assert [(each.artist_id, each.album_id) for each in reply.top_albums] == [ids]
    assert {each.artist: (each.artist_id, each.album_id) for each in reply.top_tracks} == {"Burial": ids, "Kode9": ("", "")}
    assert {each.artist: each.HasField("artist_id") for each in reply.top_tracks} == {"Burial": True, "Kode9": False}
    assert not reply.top_artists[0].HasField("album_id")


def test_nothing_heard_leaves_streaks_out(history):
    reply = telling.analytics_response(history.analytics("2025-06-14", "2025-06-16", "", 0))

    assert not reply.HasField("longest_streak")
    assert not reply.HasField("current_streak")
    assert getattr(reply, "from") == date(2025, 6, 14).isoformat()
