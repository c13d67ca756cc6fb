"""How are plays written down, each once, and taken out again? All of it inside the caller's transaction."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from facts.naming import match_key
from kernel.database import dialect_insert
from kernel.errors import FailedPrecondition
from services.tracker.domain import (
    AccountId,
    ImportId,
    Play,
    Reject,
    Title,
    fault_of_date,
    fault_of_title,
    numbered,
)
from services.tracker.providers.reading import raw
from services.tracker.storing.tables import accounts, plays, quarantine, removals, titles
from services.tracker.storing.titles import digest_of, find_titles, forget_first_plays, write_titles

_MOST_REMOVED = 20
_REMOVED_SHARE = 0.1
"""Of a page's plays that may be taken out without a person: a source that forgets more has a bad day."""

Key = tuple[int, int, int]
"""Second, title and ordinal of one play of an account."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Plays to be written down for an account. `whole`: the seconds that they are all the plays of, at `asked_at`."""

    account_id: AccountId
    plays: Sequence[Play]
    rejects: Sequence[Reject] = ()
    import_id: ImportId | None = None
    whole: tuple[int, int] | None = None
    asked_at: int = 0


@dataclass(slots=True)
class Written:
    """What became of an entry. `kept` are plays the source no longer has, but too many to be taken out unasked; `unfit` are plays
    that were set aside, `rejects` the rows of those, and of others, that were not set aside before.
    """

    stored: list[Play] = field(default_factory=list)
    title_ids: set[int] = field(default_factory=set)
    edited: int = 0
    removed: int = 0
    kept: int = 0
    unfit: int = 0
    rejects: list[Reject] = field(default_factory=list)


def sift(told: Iterable[Play], rejects: Sequence[Reject], now: datetime) -> tuple[list[Play], list[Reject]]:
    """What can be plays, and what cannot, with the reason."""
    good: list[Play] = []
    bad = list(rejects)
    for play in told:
        fault = fault_of_title(play.title) or fault_of_date(play.uts, now)
        if fault:
            bad.append(Reject(fault, raw({"uts": play.uts, **{name: getattr(play.title, name) for name in Title.__slots__}})))
        else:
            good.append(play)
    return good, bad


def write_plays(connection: sa.Connection, entry: Entry, now: datetime, *, repairs: bool, settles_first: bool = True) -> Written:
    """Stores what is not stored yet. With `repairs`, what the source has changed or taken out of `whole` is followed here.

    Without `settles_first`, `settle_first_plays` is the caller's to call at the end.
    """
    lock_accounts(connection)
    good, bad = sift(entry.plays, entry.rejects, now)
    written = Written(unfit=len(entry.plays) - len(good), rejects=_quarantine(connection, entry, bad, now))
    title_ids = write_titles(connection, good, entry.import_id, settles_first=settles_first)
    rows = {(play.uts, title_ids[play.title], ordinal): play for play, ordinal in numbered(good)}
    rows = _without_others(connection, entry.account_id, rows)
    new = _insert(connection, entry, rows, int(now.timestamp()))
    written.stored = [rows[key] for key in sorted(new)]
    written.title_ids = {title_id for _, title_id, _ in new}
    if repairs and entry.whole is not None:
        _follow(connection, entry, rows.keys(), new, written)
    return written


def lock_accounts(connection: sa.Connection) -> None:
    """One writer of plays at a time: only so is what is counted as new new, and one listening told by two sources stored once."""
    connection.execute(sa.select(accounts.c.id).order_by(accounts.c.id).with_for_update())


def count_new(connection: sa.Connection, entry: Entry, now: datetime) -> tuple[int, int]:
    """How many plays `write_plays` would store, and how many rows it would set aside; for a dry run."""
    good, bad = sift(entry.plays, entry.rejects, now)
    known = find_titles(connection, {play.title for play in good})
    unknown = {title: -number for number, title in enumerate({play.title for play in good} - known.keys(), 1)}
    ids = known | unknown
    rows = {(play.uts, ids[play.title], ordinal): play for play, ordinal in numbered(good)}
    rows = _without_others(connection, entry.account_id, rows)
    held = _held(connection, entry.account_id, {uts for uts, _, _ in rows})
    return sum(key not in held for key in rows), len(bad)


def take_back(connection: sa.Connection, import_id: ImportId) -> None:
    """Undoes an import: what it stored goes, what it took out comes back.

    Raises FailedPrecondition while a later import holds plays of this one that it took out: brought back later, they would be
    there beside what stands for them now.
    """
    lock_accounts(connection)
    later = sa.select(removals.c.removed_by).where(removals.c.import_id == import_id, removals.c.removed_by != import_id)
    in_the_way = connection.execute(later.order_by(removals.c.removed_by.desc()).limit(1)).scalar_one_or_none()
    if in_the_way is not None:
        raise FailedPrecondition(f"Import {in_the_way} has changed plays of this one since: undo that first.")
    gone = connection.execute(sa.delete(plays).where(plays.c.import_id == import_id).returning(plays.c.title_id)).scalars()
    changed = set(gone)
    held = connection.execute(sa.delete(removals).where(removals.c.removed_by == import_id).returning(*removals.c)).all()
    back = [{name: getattr(row, name) for name in plays.c.keys()} for row in held]  # noqa: SIM118 - columns, not a mapping
    if back:
        connection.execute(dialect_insert(connection, plays).on_conflict_do_nothing(), back)
    forget_first_plays(connection, changed.union(row["title_id"] for row in back))


def _insert(connection: sa.Connection, entry: Entry, rows: Mapping[Key, Play], stored_at: int) -> set[Key]:
    new = rows.keys() - _held(connection, entry.account_id, {uts for uts, _, _ in rows})
    if new:
        same = {"account_id": entry.account_id, "import_id": entry.import_id, "stored_at": stored_at}
        values = [{"uts": uts, "title_id": title_id, "ordinal": ordinal, **same} for uts, title_id, ordinal in sorted(new)]
        connection.execute(sa.insert(plays), values)
    return new


def _without_others(connection: sa.Connection, account_id: AccountId, rows: Mapping[Key, Play]) -> dict[Key, Play]:
    """Leaves out what another account of the listener has to the second: the same listening, told by two sources."""
    others = connection.execute(sa.select(accounts.c.id).where(accounts.c.id != account_id)).scalars().all()
    if not others or not rows:
        return dict(rows)
    seconds = [uts for uts, _, _ in rows]
    told = (
        sa.select(plays.c.uts, titles.c.artist_key, titles.c.track_key)
        .join(titles, titles.c.id == plays.c.title_id)
        .where(plays.c.account_id.in_(others), plays.c.uts.between(min(seconds), max(seconds)))
    )
    heard = Counter((row.uts, row.artist_key, row.track_key) for row in connection.execute(told))
    held = _held(connection, account_id, set(seconds)) if heard else set()
    left: dict[Key, Play] = {}
    for key, play in rows.items():
        same = play.uts, match_key(play.title.artist), match_key(play.title.track)
        if key not in held and heard[same] > 0:
            heard[same] -= 1
        else:
            left[key] = play
    return left


def _held(connection: sa.Connection, account_id: AccountId, seconds: set[int]) -> set[Key]:
    if not seconds:
        return set()
    found = sa.select(plays.c.uts, plays.c.title_id, plays.c.ordinal)
    found = found.where(plays.c.account_id == account_id, plays.c.uts.between(min(seconds), max(seconds)))
    return {(row.uts, row.title_id, row.ordinal) for row in connection.execute(found)}


def _follow(connection: sa.Connection, entry: Entry, told: Iterable[Key], new: set[Key], written: Written) -> None:
    """Takes out what the source no longer has. One that is gone and one that is new in the same second are one play, edited."""
    since, until = entry.whole or (0, 0)
    held = connection.execute(
        sa.select(plays).where(plays.c.account_id == entry.account_id, plays.c.uts >= since, plays.c.uts < until)
    ).all()
    wanted = set(told)
    gone: defaultdict[int, list[sa.Row[Any]]] = defaultdict(list)
    for row in held:
        if (row.uts, row.title_id, row.ordinal) not in wanted and row.stored_at < entry.asked_at:
            gone[row.uts].append(row)
    came = Counter(uts for uts, _, _ in new)
    edited = [row for uts, rows in gone.items() for row in rows[: came[uts]]]
    removed = [row for uts, rows in gone.items() for row in rows[came[uts] :]]
    if len(removed) > max(_MOST_REMOVED, _REMOVED_SHARE * len(held)):
        written.kept, removed = len(removed), []
    _take_out(connection, [*edited, *removed], entry.import_id)
    written.edited, written.removed = len(edited), len(removed)


def _take_out(connection: sa.Connection, rows: Sequence[sa.Row[Any]], import_id: ImportId | None) -> None:
    if not rows:
        return
    if import_id is not None:
        connection.execute(sa.insert(removals), [{**row._asdict(), "removed_by": import_id} for row in rows])
    for row in rows:
        key = plays.c.uts == row.uts, plays.c.account_id == row.account_id, plays.c.title_id == row.title_id
        connection.execute(sa.delete(plays).where(*key, plays.c.ordinal == row.ordinal))
    forget_first_plays(connection, {row.title_id for row in rows})


def _quarantine(connection: sa.Connection, entry: Entry, bad: Sequence[Reject], now: datetime) -> list[Reject]:
    """Sets rows aside, each once however often it is read; those that were not there yet."""
    by_digest = {digest_of(str(entry.account_id), each.reason, each.raw): each for each in bad}
    if not by_digest:
        return []
    rows = [
        {
            "digest": digest,
            "account_id": entry.account_id,
            "import_id": entry.import_id,
            "reason": each.reason,
            "raw": each.raw,
            "stored_at": now,
        }
        for digest, each in sorted(by_digest.items())
    ]
    new = dialect_insert(connection, quarantine).on_conflict_do_nothing().returning(quarantine.c.digest)
    return [by_digest[digest] for digest in connection.execute(new, rows).scalars()]
