"""How is an import kept: what was asked, how far it is, and what happened on the way?"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kernel.codec import JsonCodec
from services.tracker.domain import Account, AccountId, Counts, Hole, ImportId, ImportOptions, ImportState
from services.tracker.storing.tables import accounts, import_log, imports, uploads
from services.tracker.walking import Walk

_UPLOAD_PART = 256 * 1024
_WALK: JsonCodec[Walk] = JsonCodec(Walk)


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One import as it was read. `failure` is the kind of error it failed with, empty while it has not."""

    id: ImportId
    account_id: AccountId
    account: Account
    source: str
    state: ImportState
    options: ImportOptions
    counts: Counts
    total: int | None
    walk: Walk | None
    holes: tuple[Hole, ...]
    waits: int
    reached: int | None
    seconds_a_play: float | None
    error: str
    failure: str
    retry_at: datetime | None
    is_undone: bool
    job_id: str
    revision: int
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing that happened during an import."""

    id: int
    logged_at: datetime
    kind: str
    message: str
    raw: str


def account_id_of(connection: sa.Connection, account: Account) -> AccountId:
    """The account's row, made where there is none. Names are compared without regard to case, as sources do."""
    name = account.name.strip().casefold()
    known = sa.select(accounts.c.id).where(accounts.c.source == account.source, accounts.c.name == name)
    found = connection.execute(known).scalar_one_or_none()
    if found is None:
        row = {"source": account.source, "name": name}
        found = connection.execute(sa.insert(accounts).values(row).returning(accounts.c.id)).scalar_one()
    return AccountId(found)


def find_account_id(connection: sa.Connection, account: Account) -> AccountId | None:
    """The account's row, if there is one."""
    name = account.name.strip().casefold()
    known = sa.select(accounts.c.id).where(accounts.c.source == account.source, accounts.c.name == name)
    found = connection.execute(known).scalar_one_or_none()
    return None if found is None else AccountId(found)


def add_run(connection: sa.Connection, account_id: AccountId, source: str, options: ImportOptions, now: datetime) -> ImportId:
    """A new import, PENDING, without a job yet."""
    row = {
        "account_id": account_id,
        "source": source,
        "state": ImportState.PENDING,
        "options": asdict(options),
        "counts": asdict(Counts()),
        "holes": [],
        "error": "",
        "failure": "",
        "job_id": "",
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }
    return ImportId(connection.execute(sa.insert(imports).values(row).returning(imports.c.id)).scalar_one())


def load_run(connection: sa.Connection, import_id: ImportId) -> ImportRun | None:
    found = connection.execute(_runs().where(imports.c.id == import_id)).one_or_none()
    return None if found is None else _run_of(found)


def list_runs(connection: sa.Connection, *, before: int | None, limit: int) -> list[ImportRun]:
    """Newest first, those older than the import `before`."""
    wanted = _runs().order_by(imports.c.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(imports.c.id < before)
    return [_run_of(row) for row in connection.execute(wanted)]


def is_another_running(connection: sa.Connection, import_id: ImportId) -> bool:
    """Whether another import is at work, or an older one is next: they take turns. Who waits for a source holds up nobody."""
    is_at_work = sa.and_(imports.c.state == ImportState.RUNNING, imports.c.retry_at.is_(None), imports.c.id != import_id)
    is_next = sa.and_(imports.c.state == ImportState.PENDING, imports.c.id < import_id)
    return connection.execute(sa.select(imports.c.id).where(sa.or_(is_at_work, is_next)).limit(1)).first() is not None


def lock_run(connection: sa.Connection, import_id: ImportId) -> None:
    """Until the transaction ends nobody else changes the import."""
    connection.execute(sa.select(imports.c.id).where(imports.c.id == import_id).with_for_update())


def change_run(
    connection: sa.Connection,
    import_id: ImportId,
    now: datetime,
    *,
    only_in: Sequence[ImportState],
    walk: Walk | None = None,
    **values: Any,
) -> bool:
    """Whether the import was in one of the states, and now has these values. What watches it sees a new revision."""
    if walk is not None:
        values["walk"] = _WALK.encode(walk).decode()
    plain = {name: asdict(value) if isinstance(value, Counts) else value for name, value in values.items()}
    if "holes" in plain:
        plain["holes"] = [asdict(hole) for hole in values["holes"]]
    is_meant = imports.c.id == import_id, imports.c.state.in_(only_in)
    changed = sa.update(imports).where(*is_meant).values(**plain, updated_at=now, revision=imports.c.revision + 1)
    return connection.execute(changed).rowcount > 0


def add_to_log(connection: sa.Connection, import_id: ImportId, now: datetime, entries: Iterable[tuple[str, str, str]]) -> None:
    """Entries are (kind, message, raw)."""
    rows = [
        {"import_id": import_id, "logged_at": now, "kind": kind, "message": message, "raw": raw} for kind, message, raw in entries
    ]
    if rows:
        connection.execute(sa.insert(import_log), rows)


def list_log(connection: sa.Connection, import_id: ImportId, *, kind: str, after: int, limit: int) -> list[LogEntry]:
    """Oldest first, those after the entry `after`; of one kind only, if given."""
    wanted = sa.select(import_log).where(import_log.c.import_id == import_id, import_log.c.id > after)
    if kind:
        wanted = wanted.where(import_log.c.kind == kind)
    rows = connection.execute(wanted.order_by(import_log.c.id).limit(limit))
    return [LogEntry(row.id, row.logged_at, row.kind, row.message, row.raw) for row in rows]


def save_upload(connection: sa.Connection, import_id: ImportId, content: bytes) -> None:
    """Keeps a file's bytes until its import has read them."""
    starts = range(0, len(content), _UPLOAD_PART)
    rows = [{"import_id": import_id, "part": at, "content": content[start:][:_UPLOAD_PART]} for at, start in enumerate(starts)]
    connection.execute(sa.insert(uploads), rows)


def load_upload(connection: sa.Connection, import_id: ImportId) -> Iterable[bytes]:
    """The parts of a file, in order."""
    wanted = sa.select(uploads.c.content).where(uploads.c.import_id == import_id).order_by(uploads.c.part)
    return connection.execute(wanted).scalars()


def drop_upload(connection: sa.Connection, import_id: ImportId) -> None:
    """After the file was read to its end."""
    connection.execute(sa.delete(uploads).where(uploads.c.import_id == import_id))


def _runs() -> sa.Select[Any]:
    named = accounts.c.source.label("account_source"), accounts.c.name.label("account_name")
    return sa.select(imports, *named).join(accounts, accounts.c.id == imports.c.account_id)


def _run_of(row: sa.Row[Any]) -> ImportRun:
    values = row._asdict()
    plain = {name: values[name] for name in ImportRun.__dataclass_fields__ if name in values}
    return ImportRun(
        **plain
        | {
            "id": ImportId(row.id),
            "account_id": AccountId(row.account_id),
            "account": Account(row.account_source, row.account_name),
            "state": ImportState(row.state),
            "options": ImportOptions(**row.options),
            "counts": Counts(**row.counts),
            "walk": _WALK.decode(row.walk.encode()) if row.walk else None,
            "holes": tuple(Hole(**hole) for hole in row.holes),
        }
    )
