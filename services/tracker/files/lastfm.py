"""What is a play as Last.fm's own answers and lastfm-stats-web write it?"""

from services.tracker.domain import Mbids, Title
from services.tracker.files.fields import Json, Verdict, child, children, image_url, mbid, moment, text, verdict

_SIZES = ("small", "medium", "large", "extralarge", "mega")


def to_play(row: Json) -> Verdict:
    """A row of getRecentTracks, plain or extended; or one of lastfm-stats-web, which is flat and dated in milliseconds."""
    date = row.get("date")
    if isinstance(date, dict):
        at = moment(date.get("uts"))
        at = moment(date.get("#text"), is_utc=True) if at is None else at
    else:
        at = moment(date)
    if at is None and text(child(row, "@attr").get("nowplaying")).lower() == "true":
        return None
    return verdict(
        at,
        Title(artist=_name(row, "artist"), track=text(row.get("name")) or text(row.get("track")), album=_name(row, "album")),
        Mbids(
            artist=mbid(child(row, "artist").get("mbid")),
            track=mbid(row.get("mbid")),
            album=mbid(child(row, "album").get("mbid")),
        ),
        _largest_image(row),
    )


def _name(row: Json, key: str) -> str:
    node = child(row, key)
    return text(node.get("#text")) or text(node.get("name")) or text(node.get("title")) or text(row.get(key))


def _largest_image(row: Json) -> str:
    images = {text(image.get("size")): image.get("#text") for image in children(row, "image")}
    return next((url for size in reversed(_SIZES) if (url := image_url(images.get(size)))), "")
