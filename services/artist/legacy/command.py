"""`python -m services.artist migrate-legacy`: takes over what an older installation knew of its artists."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from kernel.clock import SystemClock
from kernel.database import Database
from kernel.errors import StoreUnavailable
from kernel.settings import SettingsError, load
from services.artist.legacy.report import Report
from services.artist.legacy.source import OldArtists
from services.artist.legacy.walk import Walk
from services.artist.settings import ArtistSettings
from services.artist.wiring import MIGRATIONS
from upstreams.older import Unreadable

COMMAND = "migrate-legacy"


def run(arguments: Sequence[str]) -> int:
    """Answers the exit status: 0 when all was taken over, 1 when rows failed or it was cut short, 2 when it could not begin."""
    wanted = _parser().parse_args(arguments)
    with ExitStack() as ending:
        try:
            old = OldArtists.at(wanted.source)
            ending.callback(old.close)
            settings = load(ArtistSettings)
            database = Database.for_app(settings.database_url, settings.data_dir, f"{settings.realm}artist")
            ending.callback(database.close)
            database.migrate(MIGRATIONS)
        except (Unreadable, SettingsError, StoreUnavailable) as error:
            return _complain(f"Cannot begin: {error}", status=2)
        walk = Walk(old, database, clock=SystemClock(), language=settings.enrichment_language, is_dry=wanted.dry_run)
        try:
            report = walk.run(_tell_progress)
        except (Unreadable, StoreUnavailable) as error:
            return _complain(f"Cut short: {error} Run it again to go on.", status=1)
    sys.stdout.writelines(f"{line}\n" for line in report.lines())
    return 1 if report.failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m services.artist {COMMAND}",
        description="Takes over artists, Last.fm columns and lastfm:// cover references of an older installation. "
        "It may be stopped and run again; what is known by now and newer stays.",
    )
    place = "the older database: a path to an SQLite file, or a postgresql:// address; it is only read"
    parser.add_argument("--from", dest="source", metavar="DATABASE", required=True, help=place)
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing of it")
    return parser


def _tell_progress(report: Report) -> None:
    sys.stderr.write(f"{report.read} artists read\n")


def _complain(message: str, *, status: int) -> int:
    sys.stderr.write(f"{message}\n")
    return status
