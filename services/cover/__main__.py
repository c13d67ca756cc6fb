"""Starts the cover service: `python -m services.cover [serve | worker | migrate | migrate-legacy]`."""

import sys

from kernel.process import run
from services.cover.legacy import command
from services.cover.settings import CoverSettings
from services.cover.wiring import build

if __name__ == "__main__":
    if sys.argv[1:2] == [command.COMMAND]:
        sys.exit(command.run(sys.argv[2:]))
    sys.exit(run("cover", CoverSettings, build, sys.argv[1:]))
