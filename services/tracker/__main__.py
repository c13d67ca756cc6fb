"""Starts the tracker service: `python -m services.tracker [serve | worker | migrate]`."""

import sys

from kernel.process import run
from services.tracker.settings import TrackerSettings
from services.tracker.wiring import build

if __name__ == "__main__":
    sys.exit(run("tracker", TrackerSettings, build, sys.argv[1:]))
