"""What does Last.fm answer about tracks?"""

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


class TrackMethods:
    """The methods whose names begin with `track.`."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def get_info(self, ask: Ask) -> Element:
        """Answers with the length in milliseconds, 0 when unknown; every seventh track has no identifier and no wiki."""
        artist, album, track = ask.find_track(self._library)
        url = music_url(artist.name, "_", track.title)
        is_bare = make_up_number(0, 6, artist.name, track.title) == 0
        listeners = max(1, album.listeners * make_up_number(20, 95, artist.name, track.title, "listeners") // 100)
        return Element(
            "track",
            children=(
                build_leaf("name", track.title),
                *(() if is_bare else (build_leaf("mbid", track.mbid),)),
                build_leaf("url", url),
                build_leaf("duration", (tell_seconds(artist, track) or 0) * 1000),
                Element("streamable", "0", {"fulltrack": "0"}),
                build_leaf("listeners", listeners),
                build_leaf("playcount", listeners * make_up_number(3, 12, artist.name, track.title, "plays")),
                _artist(artist, has_mbid=not is_bare),
                *_linked_album(artist, album, track, ask.images),
                *((build_leaf("userplaycount", 0), build_leaf("userloved", 0)) if ask.has_username else ()),
                Element("toptags", children=() if is_bare else _tags(album), items="tag"),
                *(() if is_bare else (_wiki(artist, album, track, url),)),
            ),
        )

    def get_top_tags(self, ask: Ask) -> Element:
        """Answers with the tags of the track's album."""
        artist, album, track = ask.find_track(self._library)
        return build_top_tags(album.tags, {"artist": artist.name, "track": track.title})


def _artist(artist: Artist, *, has_mbid: bool) -> Element:
    mbid = (build_leaf("mbid", artist.mbid),) if has_mbid and artist.mbid else ()
    name, url = build_leaf("name", artist.name), build_leaf("url", music_url(artist.name))
    return Element("artist", children=(name, *mbid, url))


def _linked_album(artist: Artist, album: Album, track: Track, images: str) -> tuple[Element, ...]:
    if artist.is_fictional and track is album.tracks[-1]:  # Last.fm has tracks that belong to no album
        return ()
    children = (
        build_leaf("artist", artist.name),
        build_leaf("title", album.title),
        build_leaf("url", music_url(artist.name, album.title)),
        *build_images(images, album_image(artist.name, album.title), has_mega=False),
    )
    return (Element("album", children=children),)


def _tags(album: Album) -> tuple[Element, ...]:
    return tuple(build_tag(tag) for tag in list(album.tags)[:_SHOWN_TAGS])


def _wiki(artist: Artist, album: Album, track: Track, url: str) -> Element:
    text = f'"{track.title}" is a track by {artist.name} from the album {album.title} ({album.released[:4]}).'
    return build_wiki(text, "23 Jul 2008, 20:09", url)
