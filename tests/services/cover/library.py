"""Music for covers to be found by: files with pictures that can be told apart, and names the sandbox knows."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from soniquebay.album.v1 import album_pb2
from tests.fakes.music_folder import Song, write
from tests.services.album.running import RunningAlbum

RED, GREEN, BLUE, WHITE = "#c81e1e", "#1ea01e", "#1e1ec8", "#f0f0f0"
AIRBAG = album_pb2.TrackName(artist="Radiohead", title="Airbag", album="OK Computer")


def is_like(image: bytes, colour: str) -> bool:
    """Whether the middle of the image has that colour, give or take what JPEG takes."""
    shown = Image.open(io.BytesIO(image)).convert("RGB")
    pixel: Any = shown.getpixel((shown.width // 2, shown.height // 2))
    wanted = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return all(abs(one - other) < 12 for one, other in zip(pixel, wanted, strict=True))


class Library:
    """Writes files into the music folder, and has the album service scan it."""

    def __init__(self, albums: RunningAlbum, music: Path) -> None:
        self._albums = albums
        self.music = music

    def add(
        self, folder: str, *pictures: bytes, album: str = "", artist: str = "The Painted", suffix: str = ".flac", kind: int = 3
    ) -> None:
        """One file a picture (none, where it is empty), numbered, of an album that has the folder's name unless it is named."""
        title = album or folder.rpartition("/")[2]
        song = Song(artist=artist, album_artist=artist, album=title, kind=kind)
        for number, content in enumerate(pictures, 1):
            path = self.music / folder / f"{number:02d}{suffix}"
            write(path, replace(song, title=f"{title} {number}", number=number, picture=content))

    def scan(self) -> dict[str, str]:
        """Album ids by title, of all there are, after a scan."""
        self._albums.call("CreateScan", album_pb2.CreateScanRequest())
        self._albums.work()
        listed = self._albums.call("ListAlbums", album_pb2.ListAlbumsRequest(page_size=200)).albums
        return {album.title: album.id for album in listed}

    def artist_of(self, album_id: str) -> str:
        found: str = self._albums.call("GetAlbum", album_pb2.GetAlbumRequest(album=album_id)).album.artist_id
        return found

    def played(self, *names: album_pb2.TrackName) -> list[Any]:
        """Tracks that came in by being played: nothing of them lies in the folder."""
        return list(self._albums.ensure(*names).tracks)
