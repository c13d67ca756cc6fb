"""`python -m services.cover migrate-legacy`: has the lastfm:// covers of an older installation looked for anew."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from kernel.auth import TokenVerifier
from kernel.clock import SystemClock
from kernel.database import Database
from kernel.errors import OwnFault, StoreUnavailable
from kernel.jobs import JobStore
from kernel.neighbours import Neighbour
from kernel.settings import SettingsError, load
from services.cover.legacy.owners import Owners
from services.cover.legacy.report import Report
from services.cover.legacy.source import OldCovers
from services.cover.legacy.walk import Walk
from services.cover.settings import CoverSettings
from services.cover.store import CoverStore
from services.cover.wiring import MIGRATIONS
from upstreams.older import Unreadable

COMMAND = "migrate-legacy"


def run(arguments: Sequence[str]) -> int:
    """Answers the exit status: 0 when all was gone through, 1 when rows failed or it was cut short, 2 when it could not begin."""
    wanted = _parser().parse_args(arguments)
    with ExitStack() as ending:
        try:
            old = OldCovers.at(wanted.source)
            ending.callback(old.close)
            settings = load(CoverSettings)
            database = Database.for_app(settings.database_url, settings.data_dir, f"{settings.realm}cover")
            ending.callback(database.close)
            database.migrate(MIGRATIONS)
            owners = _owners(settings, ending)
        except (Unreadable, SettingsError, StoreUnavailable) as error:
            return _complain(f"Cannot begin: {error}", status=2)
        clock = SystemClock()
        store = CoverStore(database, JobStore(database, clock, lease=settings.job_lease), clock=clock)
        try:
            report = Walk(old, owners, store, database, is_dry=wanted.dry_run).run(_tell_progress)
        except (Unreadable, OwnFault) as error:
            return _complain(f"Cut short: {error} Run it again to go on.", status=1)
    sys.stdout.writelines(f"{line}\n" for line in report.lines())
    return 1 if report.failed else 0


def _owners(settings: CoverSettings, ending: ExitStack) -> Owners:
    verifier = TokenVerifier.from_settings(settings)
    albums = Neighbour("album", settings.album_target, verifier)
    artists = Neighbour("artist", settings.artist_target, verifier)
    for neighbour in (albums, artists):
        ending.callback(neighbour.channel.close)
    return Owners(albums, artists)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m services.cover {COMMAND}",
        description="Has the covers looked for, behind all other work, that an older installation knew by lastfm:// references "
        "only. The artist and album services must be running. It may be stopped and run again; that also tells how far all is.",
    )
    place = "the older database: a path to an SQLite file, or a postgresql:// address; it is only read"
    parser.add_argument("--from", dest="source", metavar="DATABASE", required=True, help=place)
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing of it")
    return parser


def _tell_progress(report: Report) -> None:
    sys.stderr.write(f"{report.read} cover references read\n")


def _complain(message: str, *, status: int) -> int:
    sys.stderr.write(f"{message}\n")
    return status
