"""Starts the artist service: `python -m services.artist [serve | worker | migrate]`."""

import sys

from kernel.process import run
from services.artist.settings import ArtistSettings
from services.artist.wiring import build

if __name__ == "__main__":
    sys.exit(run("artist", ArtistSettings, build, sys.argv[1:]))
