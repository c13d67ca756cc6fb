"""How do facts, checks and overrides lie in a database? The same for every sort of thing; only the tables' names differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

import sqlalchemy as sa
from pydantic import TypeAdapter

from facts.known import Check, CheckOutcome, F, Fact, K, Override, V
from kernel.database import Json, UtcDateTime, upsert
from kernel.evidence import Evidence

_EVIDENCE = TypeAdapter(Evidence)


@dataclass(frozen=True, slots=True)
class FactTables:
    """Where the facts, checks and overrides of one sort of thing lie; `key` is the column that says whose they are."""

    key: str
    facts: sa.Table
    checks: sa.Table
    overrides: sa.Table


def fact_tables(metadata: sa.MetaData, sort: str) -> FactTables:
    """Tables of what is said of the rows of `{sort}s`."""
    key = f"{sort}_id"

    def owner() -> sa.Column[Any]:
        return sa.Column(key, sa.String(36), sa.ForeignKey(f"{sort}s.id", ondelete="CASCADE"), primary_key=True)

    facts = sa.Table(
        f"{sort}_facts",
        metadata,
        owner(),
        sa.Column("field", sa.String(32), primary_key=True),
        sa.Column("language", sa.String(8), primary_key=True),
        sa.Column("provider", sa.String(32), primary_key=True),
        sa.Column("value", Json, nullable=False),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("rests_on", sa.String(64), nullable=False, server_default=""),
    )
    checks = sa.Table(
        f"{sort}_checks",
        metadata,
        owner(),
        sa.Column("provider", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("language", sa.String(8), primary_key=True),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("checked_at", UtcDateTime, nullable=False),
        sa.Column("next_check_at", UtcDateTime, nullable=False),
        sa.Column("answered_at", UtcDateTime),
        sa.Column("faults", sa.Integer, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
    )
    overrides = sa.Table(
        f"{sort}_overrides",
        metadata,
        owner(),
        sa.Column("field", sa.String(32), primary_key=True),
        sa.Column("value", Json, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("differs_since", UtcDateTime),
    )
    return FactTables(key, facts, checks, overrides)


class FactShelf(Generic[F, V, K]):
    """Writes and reads what is said of one sort of thing, always within the caller's transaction."""

    def __init__(self, tables: FactTables, shapes: Mapping[F, TypeAdapter[Any]], kinds: type[K]) -> None:
        """`shapes` are those of the fields' values."""
        self.tables = tables
        self._shapes = shapes
        self._fields: Mapping[str, F] = {str(field): field for field in shapes}
        self._kinds = kinds

    def plain(self, field: F, value: V) -> Any:
        """The value as JSON holds it."""
        return self._shapes[field].dump_python(value, mode="json")

    def parse(self, field: F, json_value: Any) -> V:
        """The value that `plain` wrote."""
        value: V = self._shapes[field].validate_python(json_value)
        return value

    def rows_of_facts(self, owner: str, facts: Iterable[Fact[F, V]]) -> list[dict[str, Any]]:
        return [
            {
                self.tables.key: owner,
                "field": fact.field,
                "language": fact.language,
                "provider": fact.evidence.provider,
                "value": self.plain(fact.field, fact.value),
                "evidence": plain_evidence(fact.evidence),
                "rests_on": format_id(fact.rests_on),
            }
            for fact in facts
        ]

    def rows_of_checks(self, owner: str, checks: Iterable[Check[K]]) -> list[dict[str, Any]]:
        return [
            {
                self.tables.key: owner,
                "provider": check.provider,
                "kind": check.kind,
                "language": check.language,
                "outcome": check.outcome,
                "checked_at": check.checked_at,
                "next_check_at": check.next_check_at,
                "answered_at": check.answered_at,
                "faults": check.faults,
                "message": check.message,
            }
            for check in checks
        ]

    def write_facts(self, connection: sa.Connection, owner: str, facts: Iterable[Fact[F, V]]) -> None:
        upsert(
            connection,
            self.tables.facts,
            self.rows_of_facts(owner, facts),
            key=(self.tables.key, "field", "language", "provider"),
        )

    def write_checks(self, connection: sa.Connection, owner: str, checks: Iterable[Check[K]]) -> None:
        upsert(
            connection,
            self.tables.checks,
            self.rows_of_checks(owner, checks),
            key=(self.tables.key, "provider", "kind", "language"),
        )

    def write_overrides(self, connection: sa.Connection, owner: str, overrides: Sequence[Override[F, V]]) -> None:
        key = self.tables.key
        rows = [
            {
                key: owner,
                "field": override.field,
                "value": self.plain(override.field, override.value),
                "reason": override.reason,
                "created_at": override.created_at,
                "differs_since": override.differs_since,
            }
            for override in overrides
        ]
        upsert(connection, self.tables.overrides, rows, key=(key, "field"))

    def note_drift(self, connection: sa.Connection, owner: str, overrides: Sequence[Override[F, V]]) -> None:
        """Since when each differs from what the providers say; what was deleted meanwhile stays deleted."""
        table = self.tables.overrides
        for override in overrides:
            its_own = table.c[self.tables.key] == owner, table.c.field == override.field
            connection.execute(sa.update(table).where(*its_own).values(differs_since=override.differs_since))

    def forget(self, connection: sa.Connection, owner: str, provider: str) -> None:
        """All that the provider said, and that it was asked."""
        for table in (self.tables.facts, self.tables.checks):
            its_own = table.c[self.tables.key] == owner, table.c.provider == provider
            connection.execute(sa.delete(table).where(*its_own))

    def delete_override(self, connection: sa.Connection, owner: str, field: F) -> bool:
        """Whether there was one."""
        table = self.tables.overrides
        chosen = sa.and_(table.c[self.tables.key] == owner, table.c.field == field)
        return connection.execute(sa.delete(table).where(chosen)).rowcount > 0

    def load_facts(self, connection: sa.Connection, owner: str) -> tuple[Fact[F, V], ...]:
        return tuple(map(self.fact_of, self._of(connection, self.tables.facts, owner)))

    def load_checks(self, connection: sa.Connection, owner: str) -> tuple[Check[K], ...]:
        return tuple(map(self._check_of, self._of(connection, self.tables.checks, owner)))

    def load_overrides(self, connection: sa.Connection, owner: str) -> tuple[Override[F, V], ...]:
        return tuple(map(self._override_of, self._of(connection, self.tables.overrides, owner)))

    def make_due(self, connection: sa.Connection, owners: Sequence[str], now: datetime, kind: K | None = None) -> None:
        """Everything about these, or all of one kind, is asked for again when it is next read."""
        table = self.tables.checks
        due = sa.update(table).where(table.c[self.tables.key].in_(owners)).values(next_check_at=now)
        connection.execute(due if kind is None else due.where(table.c.kind == kind))

    def _of(self, connection: sa.Connection, table: sa.Table, owner: str) -> sa.CursorResult[Any]:
        return connection.execute(sa.select(table).where(table.c[self.tables.key] == owner))

    def fact_of(self, row: sa.Row[Any]) -> Fact[F, V]:
        field = self._fields[row.field]
        evidence = parse_evidence(row.evidence)
        return Fact(field, self.parse(field, row.value), evidence, row.language, parse_id(row.rests_on))

    def _override_of(self, row: sa.Row[Any]) -> Override[F, V]:
        field = self._fields[row.field]
        return Override(field, self.parse(field, row.value), row.reason, row.created_at, row.differs_since)

    def _check_of(self, row: sa.Row[Any]) -> Check[K]:
        return Check(
            provider=row.provider,
            kind=self._kinds(row.kind),
            outcome=CheckOutcome(row.outcome),
            checked_at=row.checked_at,
            next_check_at=row.next_check_at,
            language=row.language,
            answered_at=row.answered_at,
            faults=row.faults,
            message=row.message,
        )


def plain_evidence(evidence: Evidence) -> Any:
    """Evidence as JSON holds it."""
    return _EVIDENCE.dump_python(evidence, mode="json")


def parse_evidence(json_value: Any) -> Evidence:
    """What `plain_evidence` wrote."""
    return _EVIDENCE.validate_python(json_value)


def format_id(known: tuple[str, str] | None) -> str:
    """An id of some scheme as one text."""
    return f"{known[0]}:{known[1]}" if known else ""


def parse_id(text: str) -> tuple[str, str] | None:
    """What `format_id` wrote."""
    scheme, _, value = text.partition(":")
    return (scheme, value) if value else None
