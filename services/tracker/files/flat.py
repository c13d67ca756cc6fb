"""What is a play where every field has a column or key of its own: in tables, and in our own export?"""

from services.tracker.domain import Mbids, Title
from services.tracker.files.fields import Json, Verdict, mbid, moment, text, verdict


def to_play(row: Json) -> Verdict:
    """A row with the names of tables.py; of several times the exact one counts. Ids of our own mean nothing in another house."""
    times = moment(row.get("uts")), moment(row.get("date")), moment(row.get("utc_time"), is_utc=True)
    return verdict(
        next((at for at in times if at is not None), None),
        Title(artist=text(row.get("artist")), track=text(row.get("track")), album=text(row.get("album"))),
        Mbids(artist=mbid(row.get("artist_mbid")), track=mbid(row.get("track_mbid")), album=mbid(row.get("album_mbid"))),
    )
