"""Starts the album service: `python -m services.album [serve | worker | migrate]`."""

import sys

from kernel.process import run
from services.album.settings import AlbumSettings
from services.album.wiring import build

if __name__ == "__main__":
    sys.exit(run("album", AlbumSettings, build, sys.argv[1:]))
