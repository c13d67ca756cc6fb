"""Where are answers to keyed requests kept? In one table of the gateway's own schema, so that they outlive a restart."""

from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from gateway.idempotency import KEPT, Claim, Saved
from kernel import deadline
from kernel.clock import Clock
from kernel.database import Database, Json, UtcDateTime, dialect_insert

MIGRATIONS = Path(__file__).parent / "migrations"
_LONGEST = timedelta(seconds=5)

ANSWERS = sa.Table(
    "idempotent_answers",
    sa.MetaData(),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("lease_until", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
    sa.Column("status", sa.Integer),
    sa.Column("headers", Json),
    sa.Column("body", sa.LargeBinary),
)


class DatabaseLedger:
    """Satisfies gateway.idempotency.Ledger."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def claim(self, name: str, fingerprint: str, lease: timedelta) -> Saved | Claim:
        now = self._clock.now()
        row = {"name": name, "fingerprint": fingerprint, "lease_until": now + lease, "expires_at": now + KEPT}
        with deadline.within(_LONGEST), self._database.write() as connection:
            connection.execute(sa.delete(ANSWERS).where(ANSWERS.c.expires_at < now))
            insert = dialect_insert(connection, ANSWERS).values(row).on_conflict_do_nothing(index_elements=["name"])
            if connection.execute(insert).rowcount:
                return Claim.MINE
            return _judge(connection, name, fingerprint, now, now + lease)

    def keep(self, name: str, answer: Saved) -> None:
        values = {"status": answer.status, "headers": dict(answer.headers), "body": answer.body}
        values["expires_at"] = self._clock.now() + KEPT
        with deadline.within(_LONGEST), self._database.write() as connection:
            connection.execute(sa.update(ANSWERS).where(ANSWERS.c.name == name).values(**values))

    def release(self, name: str) -> None:
        with deadline.within(_LONGEST), self._database.write() as connection:
            connection.execute(sa.delete(ANSWERS).where(ANSWERS.c.name == name, ANSWERS.c.status.is_(None)))


def _judge(connection: sa.Connection, name: str, fingerprint: str, now: datetime, lease_until: datetime) -> Saved | Claim:
    found = connection.execute(sa.select(ANSWERS).where(ANSWERS.c.name == name)).one()
    if found.fingerprint != fingerprint:
        return Claim.OTHER
    if found.status is not None:
        return Saved(found.status, found.headers, found.body)
    lapsed = sa.update(ANSWERS).where(ANSWERS.c.name == name, ANSWERS.c.status.is_(None), ANSWERS.c.lease_until < now)
    return Claim.MINE if connection.execute(lapsed.values(lease_until=lease_until)).rowcount else Claim.TAKEN
