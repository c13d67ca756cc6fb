"""Plays as a test writes them, stored as the service stores them, and the same plays as a list to reckon with by hand."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from hypothesis import strategies as st

from facts.naming import match_key
from kernel.database import Database
from services.tracker.storing.tables import accounts, plays, titles

MIGRATIONS = Path(__file__).parents[4] / "services" / "tracker" / "migrations"
SOURCES = ("lastfm", "maloja_json")


@dataclass(frozen=True, slots=True)
class Heard:
    """One play of a test."""

    uts: int
    artist: str = "Burial"
    track: str = "Archangel"
    album: str = ""
    account: int = 0

    @property
    def title(self) -> tuple[str, str, str]:
        return self.artist, self.track, self.album


@dataclass(frozen=True, slots=True)
class Stored:
    """A play with where it stands, and the keys of its names."""

    heard: Heard
    position: tuple[int, int, int, int]
    keys: tuple[str, str, str]

    @property
    def uts(self) -> int:
        return self.heard.uts


class Shelf:
    """A database with the tracker's tables, and what was put into it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.stored: list[Stored] = []
        self._ids: dict[tuple[str, str, str], int] = {}
        database.migrate(MIGRATIONS)
        with database.write() as connection:
            rows = [{"id": number, "source": source, "name": "me"} for number, source in enumerate(SOURCES, 1)]
            connection.execute(sa.insert(accounts), rows)

    def refill(self, heard: Iterable[Heard], known: Iterable[str] = ()) -> None:
        """Nothing but these plays; of artists whose key is `known`, every second title has its ids and a picture."""
        self.stored, self._ids = [], {}
        with self.database.write() as connection:
            connection.execute(sa.delete(plays))
            connection.execute(sa.delete(titles))
            self._put(connection, list(heard), set(known))

    def put(self, heard: Iterable[Heard]) -> None:
        """These plays too."""
        with self.database.write() as connection:
            self._put(connection, list(heard), set())

    def journal(self) -> list[Stored]:
        """All of it, newest first."""
        return sorted(self.stored, key=lambda each: each.position, reverse=True)

    def _put(self, connection: sa.Connection, some: Sequence[Heard], known: set[str]) -> None:
        if not some:
            return
        self._put_titles(connection, some, known)
        taken = Counter((each.heard.title, each.uts, each.heard.account) for each in self.stored)
        new = []
        for each in some:
            alike = (each.title, each.uts, each.account)
            position = each.uts, each.account + 1, self._ids[each.title], taken[alike]
            taken[alike] += 1
            new.append(Stored(each, position, keys_of(each.title)))
        connection.execute(sa.insert(plays), [_row(each.position) for each in new])
        first = sa.select(sa.func.min(plays.c.uts)).where(plays.c.title_id == titles.c.id).scalar_subquery()
        connection.execute(sa.update(titles).values(first_uts=first))
        self.stored += new

    def _put_titles(self, connection: sa.Connection, some: Sequence[Heard], known: set[str]) -> None:
        rows = []
        for title in dict.fromkeys(each.title for each in some if each.title not in self._ids):
            self._ids[title] = title_id = len(self._ids) + 1
            rows.append(_title_row(title_id, title, is_known=match_key(title[0]) in known and title_id % 2 == 0))
        if rows:
            connection.execute(sa.insert(titles), rows)


def keys_of(title: tuple[str, str, str]) -> tuple[str, str, str]:
    artist, track, album = map(match_key, title)
    return artist, track, album


def on_the_wall(uts: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(uts, zone)


def seconds(text: str) -> int:
    """Of a time in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def id_of(kind: str, *keys: str) -> str:
    return f"{kind}-{hashlib.md5('/'.join(keys).encode(), usedforsecurity=False).hexdigest()[:12]}"


NAMES = {
    "artist": st.sampled_from(["Burial", "BURIAL", "burial", "Björk", "björk ", "100% Real", "A_B", "AxB", "Μοῦσα", "ΜΟῦΣΑ"]),
    "track": st.sampled_from(["Archangel", "ARCHANGEL", "Near Dark", "100%", "1000", "a\\b", "a/b"]),
    "album": st.sampled_from(["", "Untrue", "untrue", "Kindred_EP", "Kindred EP"]),
}
# The days around which clocks were changed, or days left out; the hours of Kathmandu begin at a quarter to.
CHANGES = [
    ("Europe/Paris", "2026-03-29"),
    ("Europe/Paris", "2026-10-25"),
    ("America/New_York", "2025-03-09"),
    ("America/New_York", "2025-11-02"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Asia/Kathmandu", "2026-01-01"),
    ("America/Sao_Paulo", "2018-11-04"),
    ("Africa/Cairo", "2010-09-10"),
    ("Pacific/Apia", "2011-12-30"),
    ("UTC", "2024-02-29"),
]


@st.composite
def around(draw: st.DrawFn, *, days: int = 2, most: int = 40) -> tuple[ZoneInfo, datetime, list[Heard]]:
    """A zone, a day on which something happens to its clocks, and plays of the days around it."""
    zone_name, day = draw(st.sampled_from(CHANGES))
    noon = seconds(f"{day} 12:00")
    moments = st.integers(noon - days * 86_400, noon + days * 86_400)
    # Several in a second, and by several accounts.
    moments = st.one_of(moments, st.sampled_from([noon, noon + 1]))
    heard = draw(st.lists(st.builds(Heard, moments, **NAMES, account=st.integers(0, 1)), max_size=most))
    return ZoneInfo(zone_name), datetime.fromisoformat(day), heard


def _row(position: tuple[int, int, int, int]) -> dict[str, Any]:
    uts, account_id, title_id, ordinal = position
    key = {"uts": uts, "account_id": account_id, "title_id": title_id, "ordinal": ordinal}
    return {**key, "import_id": None, "stored_at": 0}


def _title_row(title_id: int, title: tuple[str, str, str], *, is_known: bool) -> dict[str, Any]:
    artist, track, album = keys_of(title)
    return {
        "id": title_id,
        "digest": hashlib.md5("\0".join(title).encode(), usedforsecurity=False).digest(),
        "artist": title[0],
        "track": title[1],
        "album": title[2],
        "artist_key": artist,
        "track_key": track,
        "album_key": album,
        "artist_mbid": "",
        "track_mbid": "",
        "album_mbid": "",
        "image_url": f"https://pictures.test/{title_id}.jpg" if is_known else "",
        "artist_id": id_of("artist", artist) if is_known else None,
        "album_id": id_of("album", artist, album) if is_known and album else None,
        "track_id": id_of("track", artist, track) if is_known else None,
    }
