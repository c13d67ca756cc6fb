"""Imports the history of the configured Last.fm account, and shows how far it is: `scripts/import_lastfm_history.py 1000`.

The system must be running (`make run`): it does the work, and Ctrl-C or a lost connection ends only the watching.
Exit status: 0 when all is there, 1 when it is not, 2 for arguments that cannot be used, 3 when there are holes, 130 after Ctrl-C.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from scripts.history.display import display_on
from scripts.history.following import follow
from scripts.history.gateway import Away, Gateway, Refused, Unreachable, open_gateway
from scripts.history.progress import FAILED, SUCCEEDED, Import
from scripts.history.words import Curl, leaving, outcome, progress_line, remark

DONE, NOT_DONE, WITH_HOLES, LEFT = 0, 1, 3, 130


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person asked for."""

    limit: int
    skip_existing: bool
    url: str
    token: str
    curl: Curl


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status."""
    wanted = _parse(arguments)
    with open_gateway(wanted.url, wanted.token) as gateway:
        try:
            begun = gateway.create_import(limit=wanted.limit, skip_existing=wanted.skip_existing)
        except Refused as refused:
            return _fail(str(refused))
        except Unreachable as away:
            return _fail(f"Nothing answers at {wanted.url} ({away}): start the system with `make run`, or name it with --url.")
        except Away as away:
            return _fail(f"No import could be begun now: {away}\nWhether one runs all the same: {wanted.curl.spell_list()}")
        except KeyboardInterrupt:
            _say(f"\nLeft before it was known whether the import has begun; to look: {wanted.curl.spell_list()}")
            return LEFT
        return _watch(gateway, begun, wanted.curl)


def _watch(gateway: Gateway, begun: Import, curl: Curl) -> int:
    _say(f"Import {begun.id} of the history at Last.fm has begun; Ctrl-C leaves it running.")
    try:
        ended = _follow(gateway, begun, curl)
    except Refused as refused:
        return _fail(f"{refused}\n{leaving(begun.id, curl)}")
    except KeyboardInterrupt:
        _say(f"\n{leaving(begun.id, curl)}")
        return LEFT
    print(outcome(ended, curl))
    if ended.state == FAILED:
        _say(ended.error)
    if ended.state != SUCCEEDED:
        return NOT_DONE
    return WITH_HOLES if ended.holes else DONE


def _follow(gateway: Gateway, begun: Import, curl: Curl) -> Import:
    """The import as it ended."""
    display = display_on(sys.stderr)
    seen, said = begun, ""
    try:
        for seen in follow(gateway, begun.id, display.note):
            why = remark(seen, curl)
            if why and why != said:
                display.note(why)
            said = why
            display.show(seen, progress_line(seen))
    finally:
        display.close()
    return seen


def _parse(arguments: Sequence[str] | None) -> Wanted:
    parser = argparse.ArgumentParser(
        description="Imports the history of the configured Last.fm account; the system must be running."
    )
    parser.add_argument(
        "limit", nargs="?", type=_count, default=0, help="at most so many plays, from the newest; all if left out"
    )
    parser.add_argument(
        "--no-skip-existing", action="store_true", help="read again what is stored, and follow edits and removals"
    )
    parser.add_argument("--url", type=_url, default="http://localhost:8000", help="the gateway (default: %(default)s)")
    parser.add_argument("--token-file", default="", metavar="FILE", help="holds the token, where the gateway wants one")
    given = parser.parse_args(arguments)
    try:
        token = Path(given.token_file).read_text("utf-8").strip() if given.token_file else ""
    except (OSError, UnicodeDecodeError) as error:
        parser.error(f"--token-file cannot be read: {error}")
    if given.token_file and not (token and token.isascii() and token.isprintable()):
        parser.error("--token-file holds no token: one line of plain text is wanted")
    return Wanted(given.limit, not given.no_skip_existing, given.url, token, Curl(given.url, given.token_file))


def _count(text: str) -> int:
    if not (text.isdecimal() and int(text) >= 1):
        raise argparse.ArgumentTypeError("must be a whole number from 1")
    return int(text)


def _url(text: str) -> str:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment or url.userinfo:
        raise argparse.ArgumentTypeError("must be like http://localhost:8000")
    return text.rstrip("/")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _fail(text: str) -> int:
    _say(text)
    return NOT_DONE


if __name__ == "__main__":
    sys.exit(main())
