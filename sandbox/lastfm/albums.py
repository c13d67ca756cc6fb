"""What does Last.fm answer about albums?"""

from sandbox.catalogue.library import Library
from sandbox.catalogue.model import Album, Artist, Track
from sandbox.catalogue.reading import make_up_number
from sandbox.lastfm.asking import Ask
from sandbox.lastfm.element import Element
from sandbox.lastfm.parts import (
    album_image,
    build_images,
    build_leaf,
    build_tag,
    build_top_tags,
    build_wiki,
    music_url,
    tell_seconds,
)

_SHOWN_TAGS = 5


class AlbumMethods:
    """The methods whose names begin with `album.`."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def get_info(self, ask: Ask) -> Element:
        """Answers with lengths in seconds; every sixth album has neither identifier nor wiki, one without tracks no picture."""
        artist, album = ask.find_album(self._library)
        is_forgotten = make_up_number(0, 5, artist.name, album.title, "bare") == 0 and not album.is_mbid_real
        is_bare = is_forgotten or not album.tracks
        tracks = tuple(_track(artist, album, track, rank) for rank, track in enumerate(album.tracks, 1))
        return Element(
            "album",
            children=(
                build_leaf("name", album.title),
                build_leaf("artist", artist.name),
                build_leaf("mbid", "" if is_bare else album.mbid),
                build_leaf("url", music_url(artist.name, album.title)),
                *build_images(ask.images, album_image(artist.name, album.title) if album.tracks else ""),
                build_leaf("listeners", album.listeners),
                build_leaf("playcount", album.playcount),
                *((build_leaf("userplaycount", 0),) if ask.has_username else ()),
                *((Element("tracks", children=tracks),) if tracks else ()),
                Element("tags", children=tuple(build_tag(tag) for tag in list(album.tags)[:_SHOWN_TAGS])),
                *(() if is_bare else (_wiki(artist, album),)),
            ),
        )

    def get_top_tags(self, ask: Ask) -> Element:
        """Answers with all tags of an album and their weights."""
        artist, album = ask.find_album(self._library)
        return build_top_tags(album.tags, {"artist": artist.name, "album": album.title})


def _track(artist: Artist, album: Album, track: Track, rank: int) -> Element:
    seconds = tell_seconds(artist, track)
    return Element(
        "track",
        attributes={"rank": rank},
        children=(
            build_leaf("name", track.title),
            build_leaf("url", music_url(artist.name, album.title, track.title)),
            Element("duration", "" if seconds is None else str(seconds), is_number=True),
            Element("streamable", "0", {"fulltrack": "0"}),
            Element(
                "artist",
                children=(
                    build_leaf("name", artist.name),
                    build_leaf("mbid", artist.mbid),
                    build_leaf("url", music_url(artist.name)),
                ),
            ),
        ),
    )


def _wiki(artist: Artist, album: Album) -> Element:
    text = f"{album.title} is an album by {artist.name}, released in {album.released[:4]}"
    text += f" on {album.label}." if album.label else "."
    text += f" It has {len(album.tracks)} tracks." if len(album.tracks) > 1 else ""
    return build_wiki(text, "11 Nov 2022, 15:31", music_url(artist.name, album.title))
