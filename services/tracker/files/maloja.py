"""What is a play as Maloja writes it: in its export, in the answers of its API, and before its version 3?"""

from services.tracker.domain import Title
from services.tracker.files.fields import Json, Verdict, child, moment, text, verdict


def to_play(row: Json) -> Verdict:
    """A scrobble. Before version 3 the track's fields stood in the scrobble itself."""
    track = child(row, "track") or row
    album = child(track, "album")
    return verdict(
        moment(row.get("time")),
        Title(
            artist=_credit(track.get("artists")),
            track=text(track.get("title")),
            album=text(album.get("albumtitle")) or text(album.get("name")) or text(track.get("album")),
        ),
    )


def _credit(artists: object) -> str:
    """All of them, joined as Maloja shows them: it splits what players send and keeps no order, so the first may be a guest."""
    return ", ".join(filter(None, map(text, artists))) if isinstance(artists, list) else text(artists)
