"""What do Last.fm's answers say of an album or a track? Lengths are in seconds on albums, in milliseconds on tracks."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from xml.dom.minidom import Element

from facts.naming import MAX_NAME, sort_key
from facts.values import Image, Tag, Text, heaviest_tags
from kernel.errors import ProviderMalformed
from services.album.domain import AlbumIdentity, AlbumProfile, AlbumTrack, TrackIdentity, TrackProfile
from upstreams.lastfm import NAME, reading
from upstreams.lastfm.reading import child, children, count, images, mbid, parse_text, path, text
from upstreams.reading import https_url

_MOST_TRACKS = 500
_LONGEST_TEXT = 100_000
_LONGEST_URL = 2000
_LONGEST_TRACK = timedelta(days=7)
_UNWEIGHED = 100  # the tags of a track come heaviest first, but without their weights


def parse_album(node: Element, language: str) -> AlbumProfile:
    """An `<album>` of album.getInfo. Raises ProviderMalformed when it names none."""
    return AlbumProfile(
        title=_name(node),
        artist=_artist(node),
        url=_address(node),
        mbid=mbid(node),
        listeners=count(text(node, "listeners")),
        playcount=count(text(node, "playcount")),
        wiki=_wiki(node, language),
        images=_images(node),
        tracks=tuple(_tracks(child(node, "tracks"))),
    )


def parse_tags(node: Element, what: AlbumIdentity) -> tuple[Tag, ...]:
    """A `<toptags>` of album.getTopTags; of the tags those worth showing."""
    return _heaviest(reading.parse_tags(node), what)


def parse_track(node: Element, what: TrackIdentity) -> TrackProfile:
    """A `<track>` of track.getInfo. Raises ProviderMalformed when it names none."""
    return TrackProfile(
        title=_name(node),
        artist=_artist(node),
        url=_address(node),
        mbid=mbid(node),
        listeners=count(text(node, "listeners")),
        playcount=count(text(node, "playcount")),
        tags=_heaviest(_unweighed_tags(child(node, "toptags")), what),
        duration=_duration(text(node, "duration"), timedelta(milliseconds=1)),
    )


def _name(node: Element) -> str:
    name = text(node, "name")
    if not 0 < len(name) <= MAX_NAME:
        raise ProviderMalformed(NAME, "the answer has no title")
    return name


def _artist(node: Element) -> str:
    """Albums have it as a text, tracks as an element with a name."""
    artist = path(node, "artist", "name") or text(node, "artist")
    if not 0 < len(artist) <= MAX_NAME:
        raise ProviderMalformed(NAME, "the answer has no artist")
    return artist


def _address(node: Element) -> str:
    return https_url({"url": text(node, "url")}, "url")


def _wiki(node: Element, language: str) -> Text | None:
    wiki = parse_text(child(node, "wiki"), language)
    return wiki if wiki and len(wiki.content) <= _LONGEST_TEXT and len(wiki.url) <= _LONGEST_URL else None


def _images(node: Element) -> tuple[Image, ...]:
    return tuple(image for image in images(node) if len(image.url) <= _LONGEST_URL)


def _tracks(node: Element | None) -> Iterator[AlbumTrack]:
    """In Last.fm's order; those without a usable title are left out, and keep their place."""
    rows = list(children(node, "track"))[:_MOST_TRACKS] if node is not None else []
    for position, row in enumerate(rows, 1):
        title = text(row, "name")
        if 0 < len(title) <= MAX_NAME:
            yield AlbumTrack(position, title, _duration(text(row, "duration"), timedelta(seconds=1)))


def _duration(written: str, unit: timedelta) -> timedelta | None:
    """None for zero, which means that Last.fm does not know, and for longer than any track is."""
    units = count(written) or 0
    return units * unit if 0 < units <= _LONGEST_TRACK / unit else None


def _unweighed_tags(node: Element | None) -> list[Tag]:
    rows = children(node, "tag") if node is not None else iter(())
    return [Tag(text(row, "name"), _UNWEIGHED, text(row, "url")) for row in rows]


def _heaviest(tags: Iterable[Tag], what: AlbumIdentity | TrackIdentity) -> tuple[Tag, ...]:
    """The tags worth showing: neither the record's name nor its artist's."""
    artist = sort_key(what.artist)  # the tags have the accents that a request may lack
    usable = (tag for tag in tags if len(tag.name) <= MAX_NAME and len(tag.url) <= _LONGEST_URL)
    return heaviest_tags((tag for tag in usable if sort_key(tag.name) != artist), what.title)
