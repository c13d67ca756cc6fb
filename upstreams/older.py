"""How is an older installation's database read? Only read, and with whichever of the known tables and columns it has."""

import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

import sqlalchemy as sa

BATCH: Final = 500
"""Rows read, and written, at a time."""

SCHEME: Final = "lastfm://"
"""How references to covers began that only the older installation could read; in any case of letters."""

_SECRETS: Final = ("password", "sslpassword")
"""Of what may stand behind the "?" of an address."""

OldId = int | str


class Unreadable(Exception):
    """The older database cannot be read; the message says why, and shows no password."""


class OldDatabase:
    """Reads in batches, in the order of ids; each batch is a transaction of its own, so nobody over there waits for us."""

    def __init__(self, address: sa.URL, *, batch: int = BATCH) -> None:
        self.name = _spoken(address)
        """Says which database this is, without its password."""
        self._batch_size = batch
        self._engine = _open(address)
        with self.reading() as connection:
            self._tables = _tables_of(connection)

    @classmethod
    def at(cls, place: str, *, batch: int = BATCH) -> Self:
        """Opens what a person named: a postgresql:// or sqlite:// address, or the path of an SQLite file. Raises Unreadable."""
        try:
            address = sa.make_url(place if "://" in place else f"sqlite:///{Path(place).absolute()}")
        except (sa.exc.ArgumentError, ValueError):
            raise Unreadable("This is neither a path nor the address of a database.") from None
        if address.get_backend_name() not in ("sqlite", "postgresql", "postgres"):
            raise Unreadable(f"Databases of the kind {address.get_backend_name()} are not read; SQLite and PostgreSQL are.")
        return cls(address, batch=batch)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One transaction over there. Raises Unreadable when the database is lost."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except (sa.exc.SQLAlchemyError, ValueError) as error:  # the driver's own for dates and text that it cannot read
            raise Unreadable(f"{self.name} cannot be read ({type(error).__name__}).") from error

    def has(self, table: str, *columns: str) -> bool:
        return table in self._tables and set(columns) <= set(self._tables[table].c.keys())

    def table(self, name: str) -> sa.TableClause:
        return self._tables[name]

    def page(
        self, connection: sa.Connection, query: sa.Select[Any], key: sa.ColumnElement[Any], after: OldId | None
    ) -> Sequence[sa.RowMapping]:
        """A batch of a query's rows, which have their `key` as "id": those that follow `after`, one of each id."""
        query = query.where(self._is_id(key) if after is None else sa.and_(self._is_id(key), key > after))
        found = connection.execute(query.order_by(key).limit(self._batch_size)).mappings()
        return list({row["id"]: row for row in found}.values())

    @property
    def has_references(self) -> bool:
        """Whether there is a table of covers that says whose they are."""
        return bool(self._reference_columns)

    def references(self, connection: sa.Connection, owner: str, ids: Sequence[Any]) -> defaultdict[str, list[Any]]:
        """What begins with SCHEME among the covers of these artists, albums …, whichever `owner` names, by id."""
        found: defaultdict[str, list[Any]] = defaultdict(list)
        if not self.has_references:
            return found
        entity_id, reference = self._entity_id, self._reference
        query = sa.select(entity_id.label("owner"), reference.label("reference"))
        query = query.where(self._is_of(owner), entity_id.in_([str(each) for each in ids]), reference.is_not(None))
        for row in connection.execute(query.order_by(reference)):
            found[row.owner].append(row.reference)
        return found

    def owners_of_references(self, owner: str) -> sa.Select[Any]:
        """Ids, as text, of those that `references` would tell of."""
        return sa.select(self._entity_id).where(self._is_of(owner), self._reference.is_not(None))

    def count_strays(self, tables: Mapping[str, str]) -> Counter[str]:
        """How many references belong to no owner that can be read, by whose they claim to be; "" for all that is no key of
        `tables`, which says where the owners of each kind are, or "" where they cannot be read.
        """
        if not self.has_references:
            return Counter()
        wanted = {owner: sa.and_(self._is_of(owner), self._is_lost(table)) for owner, table in tables.items()}
        wanted[""] = sa.not_(sa.or_(*map(self._is_of, tables)))
        count = sa.select(sa.func.count()).select_from(self.table("covers")).where(self._reference.is_not(None))
        with self.reading() as connection:
            return +Counter({owner: connection.scalar(count.where(which)) or 0 for owner, which in wanted.items()})

    @property
    def _reference_columns(self) -> list[str]:
        has_owner = self.has("covers", "entity_type", "entity_id")
        return [name for name in ("url", "cover_url") if has_owner and self.has("covers", name)]

    @property
    def _reference(self) -> sa.ColumnElement[Any]:
        """Of a cover: what begins with SCHEME, or NULL."""
        columns = [self.table("covers").c[name] for name in self._reference_columns]
        begins = [sa.func.lower(sa.func.substr(sa.cast(column, sa.Text), 1, len(SCHEME))) == SCHEME for column in columns]
        return sa.case(*zip(begins, columns, strict=True))

    @property
    def _entity_id(self) -> sa.ColumnElement[str]:
        return sa.func.coalesce(sa.cast(self.table("covers").c.entity_id, sa.Text), "")

    def _is_of(self, owner: str) -> sa.ColumnElement[bool]:
        # As text, since PostgreSQL has an enumeration there, and neither NULL nor that has small letters.
        return sa.func.lower(sa.func.coalesce(sa.cast(self.table("covers").c.entity_type, sa.Text), "")) == owner

    def _is_lost(self, table: str) -> sa.ColumnElement[bool]:
        if not table:
            return sa.true()
        key = self.table(table).c.id
        return self._entity_id.not_in(sa.select(sa.cast(key, sa.Text)).where(self._is_id(key)))

    def _is_id(self, key: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """Whether rows can be walked by it. SQLite keeps bytes there as well, and text that is none: read as text those are
        others, before or after themselves, and the walk would turn in circles.
        """
        if self._engine.dialect.name != "sqlite":
            return key.is_not(None)
        kind = sa.func.typeof(key)
        return sa.or_(kind == "integer", sa.and_(kind == "text", sa.not_(key.op("GLOB")("*[^ -~]*"))))


def plain_id(value: Any) -> OldId:
    """As it can be written down, and compared again."""
    return value if isinstance(value, int) else str(value)


def _spoken(address: sa.URL) -> str:
    if address.get_backend_name() == "sqlite":
        return str(address.database)
    return address.difference_update_query(_SECRETS).render_as_string(hide_password=True)


def _open(address: sa.URL) -> sa.Engine:
    if address.get_backend_name() != "sqlite":
        wanted = address.set(drivername="postgresql+psycopg2")
        return sa.create_engine(wanted, execution_options={"postgresql_readonly": True}, connect_args={"connect_timeout": 3})
    path = Path(str(address.database))
    if not _is_there(path):
        raise Unreadable(f"{path} is not there.")
    # Read-only, so that a wrong path makes no file and a right one stays as it is for the version that wrote it.
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=f"{path.absolute().as_uri()}", query={"mode": "ro", "uri": "true"})
    )
    sa.event.listen(engine, "connect", _read_any_text)
    return engine


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # as good as not there, for us
        return False


def _read_any_text(connection: Any, _record: object) -> None:
    # SQLite keeps whatever bytes it is given; the driver's own way is to fail the whole batch for one of them.
    connection.text_factory = lambda written: written.decode("utf-8", "replace")


def _tables_of(connection: sa.Connection) -> dict[str, sa.TableClause]:
    """Every table, its columns without types: what a driver hands over is judged value by value, while a type that meets one
    value it cannot read (a date written by hand) would fail the whole batch.
    """
    inspector = sa.inspect(connection)
    with warnings.catch_warnings():  # of column types it does not know, which are none of ours
        warnings.simplefilter("ignore", sa.exc.SAWarning)
        columns = {name: inspector.get_columns(name) for name in inspector.get_table_names()}
    return {name: sa.table(name, *(sa.column(column["name"]) for column in found)) for name, found in columns.items()}
