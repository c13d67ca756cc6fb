import contextlib
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa

from kernel import deadline
from kernel.database import Database, Json, UtcDateTime, upsert
from kernel.errors import DeadlineSpent, StoreUnavailable
from kernel.settings import SettingsError
from tests.fakes.servers import PostgresServer, find_free_port

METADATA = sa.MetaData()
THINGS = sa.Table(
    "things",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("seen_at", UtcDateTime),
    sa.Column("details", Json),
)


@pytest.fixture
def things(database: Database) -> Database:
    with database.write() as connection:
        METADATA.create_all(connection)
    return database


def count(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(THINGS)).scalar_one()


def test_what_a_write_block_did_is_there_afterwards(things: Database) -> None:
    with things.write() as connection:
        connection.execute(sa.insert(THINGS).values(id="one"))

    assert count(things) == 1


def test_a_write_block_that_raises_leaves_nothing(things: Database) -> None:
    with contextlib.suppress(ZeroDivisionError), things.write() as connection:
        connection.execute(sa.insert(THINGS).values(id="one"))
        _ = 1 / 0

    assert count(things) == 0


def test_a_read_block_cannot_write(things: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError), things.read() as connection:
        connection.execute(sa.insert(THINGS).values(id="one"))

    assert count(things) == 0


def test_forty_threads_that_read_then_write_lose_no_update_and_none_is_refused(things: Database) -> None:
    with things.write() as connection:
        connection.execute(sa.insert(THINGS).values(id="one", count=0))
    start = threading.Barrier(40)

    def read_then_write() -> None:
        start.wait()
        with things.write() as connection:
            known = connection.execute(sa.select(THINGS.c.count).with_for_update()).scalar_one()
            connection.execute(sa.update(THINGS).values(count=known + 1))

    threads = [threading.Thread(target=read_then_write) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with things.read() as connection:
        assert connection.execute(sa.select(THINGS.c.count)).scalar_one() == 40


def test_six_that_open_a_new_file_together_are_all_let_in(tmp_path: Path) -> None:
    refused: list[StoreUnavailable] = []

    def open_and_write(database: Database, start: threading.Barrier) -> None:
        start.wait()
        try:
            with database.write() as connection:
                connection.execute(sa.text("CREATE TABLE IF NOT EXISTS t (n)"))
        except StoreUnavailable as error:
            refused.append(error)
        database.close()

    for n in range(50):
        openers = [Database(f"sqlite:///{tmp_path / str(n)}.sqlite", schema="x") for _ in range(6)]
        start = threading.Barrier(6)
        threads = [threading.Thread(target=open_and_write, args=(opener, start)) for opener in openers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert refused == []


def test_an_sqlite_file_is_safe_for_acknowledged_rows(tmp_path: Path) -> None:
    database = Database.for_app("", tmp_path / "data", "shop")

    with database.read() as connection:
        found = [
            connection.execute(sa.text(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert found == ["wal", 2, 1]
    assert (tmp_path / "data" / "shop.sqlite").exists()


@pytest.mark.parametrize("url", ["mysql://someone:hunter2@db/x", "hunter2", "sqlite:///x.sqlite"])
def test_an_unusable_database_url_is_refused_without_being_shown(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as refusal:
        Database.for_app(url, tmp_path, "shop")

    assert "hunter2" not in str(refusal.value)


def test_nothing_listening_is_store_unavailable_and_says_nothing_of_the_host() -> None:
    database = Database(f"postgres://someone:hunter2@127.0.0.1:{find_free_port()}/x", schema="x")

    with pytest.raises(StoreUnavailable) as failure, database.read():
        pass

    assert str(failure.value) == "The database does not answer."
    assert isinstance(failure.value.__cause__, sa.exc.OperationalError)


def test_a_restarted_postgres_costs_the_transaction_in_flight_and_no_other(postgres_server: PostgresServer) -> None:
    with postgres_server.fresh_database() as url:
        database = Database(url, schema="public")
        with pytest.raises(StoreUnavailable), database.read() as connection:  # noqa: PT012 - the block is what breaks
            postgres_server.drop_connections()
            connection.execute(sa.text("SELECT 1"))

        with database.read() as connection:
            assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
        database.close()


def test_a_lock_somebody_else_keeps_is_store_unavailable_or_the_end_of_the_callers_time(things: Database) -> None:
    with things.write() as connection:
        connection.execute(sa.insert(THINGS).values(id="one"))
    with things.write() as first:
        first.execute(sa.update(THINGS).values(count=1))

        with (
            pytest.raises(DeadlineSpent),
            deadline.within(timedelta(milliseconds=50)),
            things.write() as second,
        ):
            second.execute(sa.update(THINGS).values(count=2))


def test_no_transaction_is_begun_once_the_time_is_up(things: Database) -> None:
    with deadline.within(timedelta(0)), pytest.raises(DeadlineSpent), things.read():
        pytest.fail("the block must not run")


def test_a_constraint_and_a_misspelt_column_are_not_taken_for_an_outage(things: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError), things.write() as connection:
        connection.execute(sa.insert(THINGS), [{"id": "one"}, {"id": "one"}])
    with pytest.raises(sa.exc.DBAPIError), things.read() as connection:
        connection.execute(sa.text("SELECT colour FROM things"))


def test_times_come_back_as_the_same_moment_in_utc(things: Database) -> None:
    moment = datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    with things.write() as connection:
        connection.execute(sa.insert(THINGS).values(id="one", seen_at=moment))

    with things.read() as connection:
        (found,) = connection.execute(sa.select(THINGS.c.seen_at).where(THINGS.c.seen_at == moment)).scalars()

    assert found == moment
    assert found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(things: Database) -> None:
    with pytest.raises(sa.exc.StatementError, match="time zone"), things.write() as connection:
        connection.execute(sa.insert(THINGS).values(id="one", seen_at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_json_keeps_whatever_an_upstream_sends(things: Database) -> None:
    details: dict[str, object] = {"nul": "a\x00b", "lone": "\ud800", "deep": [[None, 1.5, "é", {}]]}
    with things.write() as connection:
        connection.execute(sa.insert(THINGS), [{"id": "one", "details": details}, {"id": "two", "details": None}])

    with things.read() as connection:
        found = connection.execute(sa.select(THINGS.c.details).order_by(THINGS.c.id)).scalars().all()
        nulls = connection.execute(sa.select(THINGS.c.id).where(THINGS.c.details.is_(None))).scalars().all()

    assert found == [details, None]
    assert nulls == ["two"]


def test_upsert_overwrites_the_columns_given_and_the_last_of_equals_wins(things: Database) -> None:
    seen = datetime(2026, 1, 1, tzinfo=UTC)
    with things.write() as connection:
        upsert(connection, THINGS, [{"id": "one", "count": 1, "seen_at": seen}], key=["id"])

        upsert(
            connection,
            THINGS,
            [
                {"id": "one", "count": 2},
                {"id": "two", "count": 5},
                {"id": "one", "count": 3},
            ],
            key=["id"],
        )
        upsert(connection, THINGS, [{"id": "two"}], key=["id"])
        upsert(connection, THINGS, [], key=["id"])

        rows = connection.execute(sa.select(THINGS.c.id, THINGS.c.count, THINGS.c.seen_at).order_by(THINGS.c.id)).all()

    assert [tuple(row) for row in rows] == [("one", 3, seen), ("two", 5, None)]
