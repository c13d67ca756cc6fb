"""What does a player call the tracks of the catalogue, and which identifiers does it know?"""

from dataclasses import replace

from sandbox.catalogue.library import Library
from sandbox.catalogue.model import Album, Artist, Track
from sandbox.catalogue.reading import make_up_number
from sandbox.listeners.generator import Side
from sandbox.listeners.history import Played

_UNKNOWN_LENGTH = 200


def list_titles(library: Library) -> tuple[list[Played], list[Side]]:
    """Lists every track of the real artists' albums, and per album where its tracks stand in that list."""
    titles: list[Played] = []
    sides: list[Side] = []
    for artist, album in library.albums():
        first = len(titles)
        titles += [_to_played(artist, album, track) for track in album.tracks]
        lengths = [track.seconds or _UNKNOWN_LENGTH for track in album.tracks]
        if lengths:
            sides.append(list(enumerate(lengths, first)))
    return titles, sides


def recognise(library: Library, artist: str, track: str, album: str) -> Played:
    """Adds the catalogue's identifiers where it has that track on that album; the names stay as they were written."""
    known = library.find_artist(artist)
    found = library.find_track(known, track) if known else None
    if known is None or found is None or found[0].title != album:
        return Played(artist, track, album)
    return replace(_to_played(known, *found), artist=artist, track=track)


def _to_played(artist: Artist, album: Album, track: Track) -> Played:
    # Last.fm leaves many identifiers empty: here every seventh track and every fifth album.
    knows_track = make_up_number(0, 6, artist.name, track.title) > 0
    knows_album = make_up_number(0, 4, artist.name, album.title) > 0
    return Played(
        artist=artist.name,
        track=track.title,
        album=album.title,
        artist_mbid=artist.mbid,
        track_mbid=track.mbid if knows_track else "",
        album_mbid=album.mbid if knows_album else "",
    )
