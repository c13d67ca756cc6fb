"""How did an artist's numbers move? A row is a change, not an asking: the same number seen again only moves `seen_at`."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa

from kernel.database import UtcDateTime, upsert
from services.artist.domain import ArtistField, ArtistId
from services.artist.dossier import Fact
from services.artist.storing.tables import metadata

SPANS: Final = (7, 30, 90)
"""Over how many days a change is told."""

MAX_POINTS: Final = 1000
"""Points a series holds, the newest: about three years, at one question a day."""

METRICS: Final = frozenset(
    {
        ArtistField.LISTENERS,
        ArtistField.PLAYCOUNT,
        ArtistField.FOLLOWERS,
        ArtistField.POPULARITY,
        ArtistField.MONTHLY_LISTENERS,
        ArtistField.LISTENBRAINZ_LISTENERS,
        ArtistField.LISTENBRAINZ_LISTENS,
    }
)
"""The fields that are counts, and so are kept over time."""

# Nothing is ever deleted: counts are asked for once a day, so the table grows by at most one row per artist, metric and day.
numbers = sa.Table(
    "artist_numbers",
    metadata,
    sa.Column("artist_id", sa.String(36), sa.ForeignKey("artists.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("metric", sa.String(32), primary_key=True),
    sa.Column("provider", sa.String(32), primary_key=True),
    sa.Column("observed_at", UtcDateTime, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
)
_KEY = ("artist_id", "metric", "provider", "observed_at")


@dataclass(frozen=True, slots=True)
class Point:
    """From `observed_at` on, until the next point, the provider gave this value."""

    observed_at: datetime
    value: int


@dataclass(frozen=True, slots=True)
class Change:
    """Today's value minus the one that held at the beginning of a span.

    `relative` is the share of that earlier value, None where it was 0; `since` is when that value was first observed.
    """

    absolute: int
    relative: float | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Series:
    """One provider's count over time: points oldest first, the last one holding until `as_of`, when it was last confirmed.

    `changes` has every span of SPANS; None where nothing is known of its beginning, or nobody asked since.
    """

    metric: ArtistField
    provider: str
    points: tuple[Point, ...]
    as_of: datetime
    changes: Mapping[int, Change | None]

    @property
    def value(self) -> int:
        return self.points[-1].value


def record(connection: sa.Connection, artist_id: ArtistId, facts: Iterable[Fact]) -> None:
    """Writes down the counts among the facts, in the caller's write transaction.

    A fact no newer than what was last seen is ignored: a late answer must not undo a newer one, or bend the curve behind it.
    """
    record_of_many(connection, {artist_id: facts})


def record_of_many(connection: sa.Connection, facts: Mapping[ArtistId, Iterable[Fact]]) -> None:
    """The same for several artists at the price of one."""
    seen = {
        (artist_id, *key): rows for artist_id, said in facts.items() for key, rows in _seen_by_series(artist_id, said).items()
    }
    if not seen:
        return
    query = _latest({artist_id for artist_id, *_ in seen})
    latest = {(row.artist_id, row.metric, row.provider): row._asdict() for row in connection.execute(query)}
    changed = [row for key, observations in seen.items() for row in _continued(latest.get(key), observations)]
    upsert(connection, numbers, changed, key=_KEY)


def load(connection: sa.Connection, artist_id: ArtistId, now: datetime) -> list[Series]:
    """Every series of the artist, by metric and provider; at most MAX_POINTS points each, the newest."""
    rows = connection.execute(_newest(artist_id)).all()
    by_series = groupby(rows, key=lambda row: (row.metric, row.provider))
    return [_series(metric, provider, list(found), now) for (metric, provider), found in by_series]


def series_of(metric: ArtistField, provider: str, points: Sequence[Point], *, as_of: datetime, now: datetime) -> Series:
    """The series of these points, of which there is at least one, oldest first, and its changes as seen from `now`."""
    changes = {days: _change(points, now - timedelta(days=days), as_of) for days in SPANS}
    return Series(metric, provider, tuple(points[-MAX_POINTS:]), as_of, changes)


def _change(points: Sequence[Point], beginning: datetime, as_of: datetime) -> Change | None:
    if as_of <= beginning:  # "unchanged" would be a claim about a time in which nobody asked
        return None
    before = next((point for point in reversed(points) if point.observed_at <= beginning), None)
    if before is None:
        return None
    absolute = points[-1].value - before.value
    return Change(absolute, absolute / before.value if before.value else None, before.observed_at)


def _seen_by_series(artist_id: ArtistId, facts: Iterable[Fact]) -> Mapping[tuple[str, str], list[dict[str, Any]]]:
    """What the facts say as rows, oldest first: it must not matter in which order one answer's facts come."""
    seen: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for fact in facts:
        if fact.field in METRICS and isinstance(fact.value, int):
            at, key = fact.evidence.retrieved_at, (fact.field.value, fact.evidence.provider)
            seen[key].append(dict(zip((*_KEY, "value", "seen_at"), (artist_id, *key, at, fact.value, at), strict=True)))
    return {key: sorted(rows, key=lambda row: (row["seen_at"], row["value"])) for key, rows in seen.items()}


def _continued(latest: Mapping[str, Any] | None, observations: Iterable[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows to write: the latest one with its `seen_at` moved, and every change after it."""
    changed: list[Mapping[str, Any]] = []
    for each in observations:
        if latest is not None and each["seen_at"] <= latest["seen_at"]:
            continue
        is_new = latest is None or each["value"] != latest["value"]
        latest = each if latest is None or is_new else {**latest, "seen_at": each["seen_at"]}
        changed.append(latest)
    return changed


def _ranked(artist_ids: Collection[ArtistId]) -> sa.Subquery:
    """The rows of these artists, each with its place in its series, the newest being the first."""
    series = (numbers.c.artist_id, numbers.c.metric, numbers.c.provider)
    age = sa.func.row_number().over(partition_by=series, order_by=numbers.c.observed_at.desc())
    return sa.select(numbers, age.label("age")).where(numbers.c.artist_id.in_(artist_ids)).subquery()


def _latest(artist_ids: Collection[ArtistId]) -> sa.Select[Any]:
    ranked = _ranked(artist_ids)
    return sa.select(*(ranked.c[column.name] for column in numbers.c)).where(ranked.c.age == 1)


def _newest(artist_id: ArtistId) -> sa.Select[Any]:
    ranked = _ranked([artist_id])
    return sa.select(ranked).where(ranked.c.age <= MAX_POINTS).order_by(ranked.c.metric, ranked.c.provider, ranked.c.observed_at)


def _series(metric: str, provider: str, rows: Sequence[sa.Row[Any]], now: datetime) -> Series:
    points = [Point(row.observed_at, row.value) for row in rows]
    return series_of(ArtistField(metric), provider, points, as_of=rows[-1].seen_at, now=now)
