"""Starts the artist service: `python -m services.artist [serve | worker | migrate | migrate-legacy]`."""

import sys

from kernel.process import run
from services.artist.legacy import command
from services.artist.settings import ArtistSettings
from services.artist.wiring import build

if __name__ == "__main__":
    if sys.argv[1:2] == [command.COMMAND]:
        sys.exit(command.run(sys.argv[2:]))
    sys.exit(run("artist", ArtistSettings, build, sys.argv[1:]))
