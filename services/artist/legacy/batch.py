"""How is a batch of older rows written beside what is known by now? Nothing newer is touched: a second time changes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from facts.known import CheckOutcome
from facts.storing import parse_evidence, plain_evidence
from kernel.database import upsert
from kernel.evidence import Evidence
from services.artist.domain import ArtistField, ArtistId, ArtistName, Kind
from services.artist.dossier import Check, Fact
from services.artist.identity.judging import PAGE_OF_THE_NAME
from services.artist.identity.naming import Source, resolve
from services.artist.legacy.naming import IMPORT, claim_spotify_ids, safely_named
from services.artist.legacy.reading import CONFIDENCE, NEVER, PROVIDER, WORDS, Imported
from services.artist.storing import numbers
from services.artist.storing.tables import artists, checks, facts, overrides, similar
from services.artist.storing.values import facts_of_artists

_COLUMNS: Final = {
    ArtistField.URL: "lastfm_url",
    ArtistField.LISTENERS: "lastfm_listeners",
    ArtistField.PLAYCOUNT: "lastfm_playcount",
    ArtistField.TAGS: "lastfm_tags",
}
"""The columns of our own that users' queries read."""

_SIMILAR: Final = Source(PROVIDER, PAGE_OF_THE_NAME, "its list of similar artists")

_FactKey = tuple[ArtistId, ArtistField, str]


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch changed; `references` are the cover references that became images.

    `made` are artists of the rows themselves, `made_similar` those that so far are only named in a list of similar artists.
    """

    made: int
    made_similar: int
    facts: int
    similar: int
    references: int


def write(connection: sa.Connection, batch: Sequence[Imported], *, language: str, now: datetime) -> Written:
    """Inside a write transaction of storing.writing. `language` is that of the pages the older installation read."""
    before = _count_artists(connection)
    ids = resolve(connection, safely_named(connection, batch), now, IMPORT)
    made = _count_artists(connection) - before
    by_artist = list(zip(ids, batch, strict=True))
    claim_spotify_ids(connection, by_artist)
    fresh = _fresh_facts(connection, by_artist)
    _write_facts(connection, fresh)
    _write_checks(connection, by_artist, language)
    edges = _write_similar(connection, by_artist, now)
    made_similar = _count_artists(connection) - before - made
    references = sum(each.references for artist_id, each in by_artist if _took_images(fresh, artist_id, each))
    return Written(made, made_similar, len(fresh), edges, references)


def _count_artists(connection: sa.Connection) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(artists)) or 0


def _fresh_facts(connection: sa.Connection, batch: Sequence[tuple[ArtistId, Imported]]) -> dict[_FactKey, Fact]:
    """Those of the facts of which nothing as new is held; of two rows about one artist, the newer one's."""
    held = sa.select(facts).where(facts.c.provider == PROVIDER, facts.c.artist_id.in_({artist_id for artist_id, _ in batch}))
    newest = {(row.artist_id, ArtistField(row.field), row.language): _retrieved_at(row) for row in connection.execute(held)}
    fresh: dict[_FactKey, Fact] = {}
    for artist_id, each in batch:
        for fact in each.facts:
            key, at = (artist_id, fact.field, fact.language), fact.evidence.retrieved_at
            if key not in newest or newest[key] < at:
                newest[key], fresh[key] = at, fact
    return fresh


def _retrieved_at(row: sa.Row[Any]) -> datetime:
    return parse_evidence(row.evidence).retrieved_at


def _write_facts(connection: sa.Connection, fresh: Mapping[_FactKey, Fact]) -> None:
    """The facts, the columns that show them, and the counts as the beginning of their curves."""
    written = [row for (artist_id, *_), fact in fresh.items() for row in facts_of_artists.rows_of_facts(artist_id, (fact,))]
    upsert(connection, facts, written, key=("artist_id", "field", "language", "provider"))
    own = sa.exists().where(overrides.c.artist_id == artists.c.id)
    for field, column in _COLUMNS.items():
        shown = {artist_id: _shown(fact) for (artist_id, said, _), fact in fresh.items() if said is field}
        _update(connection, column, shown, sa.not_(own.where(overrides.c.field == field)))
    dated: defaultdict[ArtistId, list[Fact]] = defaultdict(list)
    for (artist_id, *_), fact in fresh.items():
        if fact.evidence.retrieved_at > NEVER:
            dated[artist_id].append(fact)
    numbers.record_of_many(connection, dated)


def _shown(fact: Fact) -> Any:
    return [tag.name for tag in fact.value] if fact.field is ArtistField.TAGS else fact.value  # type: ignore[union-attr]


def _update(connection: sa.Connection, column: str, values: Mapping[ArtistId, Any], where: sa.ColumnElement[bool]) -> None:
    if values:
        one = sa.update(artists).where(artists.c.id == sa.bindparam("artist"), where).values({column: sa.bindparam("new")})
        connection.execute(one, [{"artist": artist_id, "new": value} for artist_id, value in values.items()])


def _write_checks(connection: sa.Connection, batch: Sequence[tuple[ArtistId, Imported]], language: str) -> None:
    """That the provider was asked, and when: all of it is due at once, and shown until the provider answers anew."""
    query = sa.select(checks.c.artist_id, checks.c.kind, checks.c.language).where(
        checks.c.provider == PROVIDER, checks.c.artist_id.in_({artist_id for artist_id, _ in batch})
    )
    held = {tuple(row) for row in connection.execute(query)}
    wanted = [(artist_id, each, check) for artist_id, each in batch for check in _checks(each, language)]
    new = [(artist_id, each, check) for artist_id, each, check in wanted if (artist_id, check.kind, check.language) not in held]
    # Of two rows about one artist the newer one's last, since the last one stays.
    new.sort(key=lambda each: each[2].checked_at)
    written = [row for artist_id, _, check in new for row in facts_of_artists.rows_of_checks(artist_id, (check,))]
    upsert(connection, checks, written, key=("artist_id", "provider", "kind", "language"))
    fetched = {artist_id: each.fetched_at for artist_id, each, check in new if check.kind is Kind.PROFILE and each.fetched_at}
    _update(connection, "lastfm_info_fetched_at", fetched, sa.true())
    with_similar = {artist_id: True for artist_id, _, check in new if check.kind is Kind.SIMILAR}
    _update(connection, "lastfm_similar_artists_fetched", with_similar, sa.true())


def _checks(each: Imported, language: str) -> Iterator[Check]:
    asked = {
        Kind.PROFILE: each.fetched_at is not None or bool(each.facts),
        Kind.TAGS: any(fact.field is ArtistField.TAGS for fact in each.facts),
        Kind.SIMILAR: each.has_similar,
    }
    at = each.retrieved_at
    for kind in (kind for kind, was_asked in asked.items() if was_asked):
        spoken = language if kind is Kind.PROFILE else ""
        yield Check(PROVIDER, kind, CheckOutcome.FOUND, at, at, spoken, answered_at=at, message=WORDS)


def _write_similar(connection: sa.Connection, batch: Sequence[tuple[ArtistId, Imported]], now: datetime) -> int:
    """Similar artists, where the provider's own list is not held; how many."""
    mine = {artist_id for artist_id, _ in batch}
    query = sa.select(similar.c.artist_id).where(similar.c.provider == PROVIDER, similar.c.artist_id.in_(mine)).distinct()
    held = set(connection.execute(query).scalars())
    lists = {artist_id: each for artist_id, each in batch if each.similar and artist_id not in held}
    found = [(artist_id, each, row) for artist_id, each in lists.items() for row in each.similar]
    others = resolve(connection, [ArtistName(row.name, row.mbid) for _, _, row in found], now, _SIMILAR)
    edges: dict[tuple[ArtistId, ArtistId], dict[str, Any]] = {}
    for (artist_id, each, row), other in zip(found, others, strict=True):
        if other != artist_id:
            evidence = plain_evidence(Evidence(PROVIDER, each.retrieved_at, confidence=CONFIDENCE, matched_on=(WORDS,)))
            edge = {"artist_id": artist_id, "provider": PROVIDER, "similar_artist_id": other, "name": row.name}
            shown = {"url": row.url, "weight": row.weight, "rank": row.rank, "evidence": evidence}
            edges.setdefault((artist_id, other), edge | shown)
    upsert(connection, similar, list(edges.values()), key=("artist_id", "provider", "similar_artist_id"))
    return len(edges)


def _took_images(fresh: Mapping[_FactKey, Fact], artist_id: ArtistId, each: Imported) -> bool:
    taken = fresh.get((artist_id, ArtistField.IMAGES, ""))
    return taken is not None and any(fact is taken for fact in each.facts)
