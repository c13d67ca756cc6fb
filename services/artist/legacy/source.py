"""What does an older installation's database hold? Only read, and with whichever of the known columns it has."""

import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import sqlalchemy as sa

BATCH: Final = 500
"""Artists read, and written, at a time."""

SCHEME: Final = "lastfm://"
"""How references to covers began that only the older installation could read."""

_COLUMNS: Final = (
    "id",
    "name",
    "musicbrainz_artistid",
    "mbid",
    "spotify_id",
    "spotify_artist_id",
    "lastfm_url",
    "lastfm_listeners",
    "lastfm_playcount",
    "lastfm_tags",
    "lastfm_similar_artists_fetched",
    "lastfm_info_fetched_at",
)

OldId = int | str


class Unreadable(Exception):
    """The older database cannot be read; the message says why, and shows no password."""


@dataclass(frozen=True, slots=True)
class OldArtist:
    """One row of the older installation as it stands there: any value may be missing, or of any type."""

    id: OldId
    columns: Mapping[str, Any]
    references: tuple[Any, ...] = ()
    similar: tuple[tuple[Any, Any, Any], ...] = ()
    """Name, MusicBrainz id and weight of each similar artist."""


class OldDatabase:
    """Reads in batches, in the order of ids; each batch is a transaction of its own, so nobody over there waits for us."""

    def __init__(self, address: sa.URL, *, batch: int = BATCH) -> None:
        self.name = _spoken(address)
        """Says which database this is, without its password."""
        self._batch_size = batch
        self._engine = _open(address)
        with self._reading() as connection:
            self._tables = _columns_of(connection)
        if not {"id", "name"} <= set(self._tables.get("artists", ())):
            raise Unreadable(f"{self.name} has no table of artists with an id and a name.")
        if "artist_facts" in self._tables:
            raise Unreadable(f"{self.name} is not an older installation's: it has this version's tables already.")

    @classmethod
    def at(cls, place: str, *, batch: int = BATCH) -> Self:
        """Opens what a person named: a postgresql:// or sqlite:// address, or the path of an SQLite file. Raises Unreadable."""
        try:
            address = sa.make_url(place if "://" in place else f"sqlite:///{Path(place).absolute()}")
        except sa.exc.ArgumentError:
            raise Unreadable("This is neither a path nor the address of a database.") from None
        if address.get_backend_name() not in ("sqlite", "postgresql", "postgres"):
            raise Unreadable(f"Databases of the kind {address.get_backend_name()} are not read; SQLite and PostgreSQL are.")
        return cls(address, batch=batch)

    def batches(self, after: OldId | None) -> Iterator[list[OldArtist]]:
        """The artists with an id above `after`, at most a batch at a time. Raises Unreadable when the database is lost."""
        while rows := self._batch(after):
            yield rows
            after = rows[-1].id

    def stray_references(self) -> Counter[str]:
        """How many references belong to no artist that `batches` told of, by reason."""
        if not self._url_column:
            return Counter()
        covers, ids = self._table("covers"), self._table("artists").c.id
        is_artists = sa.func.lower(covers.c.entity_type) == "artist"
        is_known = sa.cast(covers.c.entity_id, sa.Text).in_(sa.select(sa.cast(ids, sa.Text)).where(ids.is_not(None)))
        wanted = {"it is not an artist's": sa.not_(is_artists), "its artist is not there": sa.and_(is_artists, sa.not_(is_known))}
        count = sa.select(sa.func.count()).where(covers.c[self._url_column].like(f"{SCHEME}%"))
        with self._reading() as connection:
            return +Counter({reason: connection.scalar(count.where(which)) or 0 for reason, which in wanted.items()})

    def close(self) -> None:
        self._engine.dispose()

    def _batch(self, after: OldId | None) -> list[OldArtist]:
        table = self._table("artists")
        query = sa.select(*(table.c[name] for name in _COLUMNS if name in table.c)).order_by(table.c.id).limit(self._batch_size)
        query = query.where(table.c.id.is_not(None) if after is None else table.c.id > after)
        with self._reading() as connection:
            rows: Any = connection.execute(query).mappings().all()
            ids = [row["id"] for row in rows]
            references, similar = self._references(connection, ids), self._similar(connection, ids)
        return [
            OldArtist(_plain_id(row["id"]), row, tuple(references[str(row["id"])]), tuple(similar[row["id"]])) for row in rows
        ]

    def _references(self, connection: sa.Connection, ids: Sequence[Any]) -> defaultdict[str, list[Any]]:
        found: defaultdict[str, list[Any]] = defaultdict(list)
        if not self._url_column:
            return found
        covers = self._table("covers")
        url, owner = covers.c[self._url_column], sa.cast(covers.c.entity_id, sa.Text)
        query = sa.select(owner.label("owner"), url.label("url")).where(
            sa.func.lower(covers.c.entity_type) == "artist", owner.in_([str(each) for each in ids]), url.like(f"{SCHEME}%")
        )
        for row in connection.execute(query.order_by(url)):
            found[row.owner].append(row.url)
        return found

    def _similar(self, connection: sa.Connection, ids: Sequence[Any]) -> defaultdict[Any, list[tuple[Any, Any, Any]]]:
        found: defaultdict[Any, list[tuple[Any, Any, Any]]] = defaultdict(list)
        if not {"artist_id", "similar_artist_id", "weight"} <= set(self._tables.get("artist_similar", ())):
            return found
        edges, other = self._table("artist_similar"), self._table("artists").alias("other")
        mbid = next((other.c[name] for name in ("musicbrainz_artistid", "mbid") if name in other.c), sa.null())
        query = sa.select(edges.c.artist_id, other.c.name, mbid.label("mbid"), edges.c.weight).where(
            edges.c.artist_id.in_(ids), other.c.id == edges.c.similar_artist_id
        )
        for row in connection.execute(query.order_by(edges.c.weight.desc(), other.c.name)):
            found[row.artist_id].append((row.name, row.mbid, row.weight))
        return found

    @property
    def _url_column(self) -> str:
        """Where cover references are, "" when there are none."""
        columns = self._tables.get("covers", ())
        has_owner = {"entity_type", "entity_id"} <= set(columns)
        return next((name for name in ("url", "cover_url") if has_owner and name in columns), "")

    def _table(self, name: str) -> sa.TableClause:
        # Without types: what a driver hands over is judged value by value, while a column type that meets one value it cannot
        # read (a date written by hand) would fail the whole batch.
        return sa.table(name, *(sa.column(column) for column in self._tables[name]))

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise Unreadable(f"{self.name} cannot be read ({type(error).__name__}).") from error


def _spoken(address: sa.URL) -> str:
    return str(address.database) if address.get_backend_name() == "sqlite" else address.render_as_string(hide_password=True)


def _open(address: sa.URL) -> sa.Engine:
    if address.get_backend_name() != "sqlite":
        wanted = address.set(drivername="postgresql+psycopg2")
        return sa.create_engine(wanted, execution_options={"postgresql_readonly": True}, connect_args={"connect_timeout": 3})
    path = Path(str(address.database))
    if not path.is_file():
        raise Unreadable(f"{path} is not there.")
    # Read-only, so that a wrong path makes no file and a right one stays as it is for the version that wrote it.
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=f"{path.absolute().as_uri()}", query={"mode": "ro", "uri": "true"})
    )
    sa.event.listen(engine, "connect", _read_any_text)
    return engine


def _read_any_text(connection: Any, _record: object) -> None:
    # SQLite keeps whatever bytes it is given; the driver's own way is to fail the whole batch for one of them.
    connection.text_factory = lambda written: written.decode("utf-8", "replace")


def _columns_of(connection: sa.Connection) -> dict[str, list[str]]:
    """The columns of every table."""
    inspector = sa.inspect(connection)
    with warnings.catch_warnings():  # of column types it does not know, which are none of ours
        warnings.simplefilter("ignore", sa.exc.SAWarning)
        return {table: [column["name"] for column in inspector.get_columns(table)] for table in inspector.get_table_names()}


def _plain_id(value: Any) -> OldId:
    return value if isinstance(value, int) else str(value)
