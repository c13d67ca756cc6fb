"""What is a play as Koito's export writes it?"""

from services.tracker.domain import Mbids, Title
from services.tracker.files.fields import Json, Verdict, child, children, image_url, mbid, moment, text, verdict


def to_play(row: Json) -> Verdict:
    """A listen. Names are lists of aliases, of which one is primary."""
    track, album = child(row, "track"), child(row, "album")
    artists = sorted(children(row, "artists"), key=lambda artist: artist.get("is_primary") is not True)
    return verdict(
        moment(row.get("listened_at")),
        Title(artist=", ".join(filter(None, map(_name, artists))), track=_name(track), album=_name(album)),
        Mbids(
            # the id of one of several artists is not that of their credit
            artist=mbid(artists[0].get("mbid")) if len(artists) == 1 else "",
            track=mbid(track.get("mbid")),
            album=mbid(album.get("mbid")),
        ),
        image_url(album.get("image_url")),
    )


def _name(node: Json) -> str:
    aliases = children(node, "aliases")
    primary = [alias for alias in aliases if alias.get("is_primary") is True]
    return next((name for alias in (*primary, *aliases) if (name := text(alias.get("alias")))), "")
