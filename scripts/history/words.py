"""What is a person told about an import?"""

import shlex
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from scripts.history import progress
from scripts.history.gateway import IMPORTS
from scripts.history.progress import Hole, Import


@dataclass(frozen=True, slots=True)
class Curl:
    """Spells the commands that reach the same gateway with the same token."""

    url: str
    token_file: str = ""

    def spell(self, import_id: str, verb: str = "", *, options: str = "") -> str:
        """`verb` is what follows the import's address: `/events`, `:pause`, …; those with a colon are done by POST."""
        return self._spell(f"/{quote(import_id, safe='')}{verb}", "-X POST" if verb.startswith(":") else options)

    def spell_list(self) -> str:
        """Lists the imports, newest first."""
        return self._spell("", "")

    def _spell(self, path: str, options: str) -> str:
        token = f'-H "authorization: Bearer $(cat {shlex.quote(self.token_file)})"' if self.token_file else ""
        parts = ["curl -s", options, token, shlex.quote(f"{self.url}{IMPORTS}{path}")]
        return " ".join(part for part in parts if part)


def progress_line(seen: Import) -> str:
    """Where it is: `12,000 of 100,000 plays (12 %), 850 a second, 1 min 43 s left`."""
    if seen.state == progress.PENDING:
        return seen.summary or "waiting for its turn"
    of_total = f" of {seen.total:,}" if seen.total is not None else ""
    share = f" ({100 * seen.counts.seen // seen.total} %)" if seen.total else ""
    parts = [f"{seen.counts.seen:,}{of_total} plays{share}"]
    if seen.state == progress.PAUSED:
        parts.append("paused")
    elif seen.retry_at is not None:
        parts.append("waiting")
    else:
        parts += [f"{seen.plays_per_second:,.0f} a second"] if seen.plays_per_second else []
        parts += [f"{spell_span(seen.time_left)} left"] if seen.time_left is not None else []
    return ", ".join(parts)


def remark(seen: Import, curl: Curl) -> str:
    """Why it does not get on, where it does not; else nothing."""
    if seen.state == progress.PAUSED:
        return f"The import is paused. To go on: {curl.spell(seen.id, ':resume')}"
    if seen.state == progress.RUNNING and (seen.error or seen.retry_at is not None):
        again = f" It goes on by itself at {spell_moment(seen.retry_at)}." if seen.retry_at is not None else ""
        return f"The import waits for Last.fm: {_sentence(seen.error)}{again}"
    return ""


def outcome(seen: Import, curl: Curl) -> str:
    """What an import that has ended came to."""
    took = ""
    if seen.ended_at is not None and seen.created_at is not None:
        took = f" in {spell_span(seen.ended_at - seen.created_at)}"
    head = f"Import {seen.id} {_ending(seen)}{took}."
    counts = _counts(seen, curl)
    retry = f"What is missing can be tried again: {curl.spell(seen.id, ':retry')}"
    is_whole = seen.state == progress.SUCCEEDED and not seen.holes
    return "\n".join([head, *counts, *_holes(seen), *([] if is_whole else [retry])])


def leaving(import_id: str, curl: Curl) -> str:
    """What can be done with an import that nobody follows any more."""
    return "\n".join(
        [
            f"Import {import_id} goes on without this command.",
            f"  follow  {curl.spell(import_id, '/events', options='-N')}",
            f"  look    {curl.spell(import_id)}",
            f"  pause   {curl.spell(import_id, ':pause')}",
            f"  resume  {curl.spell(import_id, ':resume')}",
            f"  cancel  {curl.spell(import_id, ':cancel')}",
        ]
    )


def spell_span(span: timedelta) -> str:
    """The two largest units: `1 h 5 min`, `43 s`; below 10 s a tenth of one."""
    seconds = span.total_seconds()
    if seconds < 10:  # noqa: PLR2004 - see above
        return f"{max(seconds, 0):.1f} s"
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def spell_moment(moment: datetime) -> str:
    """By the clock on the wall here."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


def _ending(seen: Import) -> str:
    if seen.state == progress.CANCELLED:
        return "was cancelled"
    if seen.state == progress.FAILED:
        return "failed"
    return f"is complete with {_counted(len(seen.holes), 'hole')}" if seen.holes else "is complete"


def _counts(seen: Import, curl: Curl) -> list[str]:
    counts = seen.counts
    lines = [f"  {_counted(counts.imported, 'play')} imported", f"  {_counted(counts.known, 'play')} already there"]
    if counts.quarantined:
        why = curl.spell(seen.id, "/log?kind=quarantined")
        lines.append(f"  {_counted(counts.quarantined, 'row')} could not be taken; why: {why}")
    else:
        lines.append("  0 rows could not be taken")
    if counts.edited:
        lines.append(f"  {_counted(counts.edited, 'play')} edited at Last.fm, brought up to date")
    if counts.removed:
        lines.append(f"  {_counted(counts.removed, 'play')} removed at Last.fm, taken out")
    if counts.new_albums:
        rest = f", {counts.albums_to_enrich:,} of them enriched in the background" if counts.albums_to_enrich else ""
        lines.append(f"  {_counted(counts.new_albums, 'new album')}{rest}")
    return [*lines, f"  {_counted(counts.requests, 'request')} to Last.fm"]


def _holes(seen: Import) -> list[str]:
    return ["Last.fm would not answer for:", *(f"  {_hole(hole)}" for hole in seen.holes)] if seen.holes else []


def _hole(hole: Hole) -> str:
    begin = spell_moment(hole.begins_at) if hole.begins_at is not None else "the beginning"
    end = spell_moment(hole.ends_at - timedelta(seconds=1)) if hole.ends_at is not None else "the end"
    return f"{begin} to {end}" + (f": {_sentence(hole.reason)}" if hole.reason else "")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text or 'it says nothing'}."
