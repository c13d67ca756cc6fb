"""What is a play as ListenBrainz writes it: in its export, its older JSON list, and the answers of its API?"""

from services.tracker.domain import Mbids, Title
from services.tracker.files.fields import Json, Verdict, child, mbid, moment, only_mbid, text, verdict


def to_play(row: Json) -> Verdict:
    """A listen. Ids that the player sent come before those that ListenBrainz found by the names."""
    track = child(row, "track_metadata")
    sent, mapped = child(track, "additional_info"), child(track, "mbid_mapping")
    at = moment(row.get("listened_at"))
    if at is None and row.get("playing_now") is True:
        return None
    return verdict(
        at,
        Title(
            artist=text(track.get("artist_name")),
            track=text(track.get("track_name")),
            album=text(track.get("release_name")) or text(sent.get("release_name")),
        ),
        Mbids(
            artist=only_mbid(sent.get("artist_mbids")) or only_mbid(mapped.get("artist_mbids")),
            track=mbid(sent.get("recording_mbid")) or mbid(mapped.get("recording_mbid")),
            album=mbid(sent.get("release_mbid")) or mbid(mapped.get("release_mbid")),
        ),
    )
