"""How do rows become what the domain speaks of, and back?"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from kernel.evidence import Evidence
from services.artist.domain import Artist, ArtistField, ArtistId, IdScheme, Kind
from services.artist.dossier import Check, CheckOutcome, Fact, Override, SimilarArtist
from services.artist.identity.judging import Basis, Claim
from services.artist.merge import Learned
from services.artist.storing import values

_EVIDENCE = TypeAdapter(Evidence)
CLAIM_KEY = ("artist_id", "provider", "source", "scheme", "value")


def artist_of(row: sa.Row[Any]) -> Artist:
    return Artist(
        id=ArtistId(row.id),
        name=row.name,
        created_at=row.created_at,
        updated_at=row.updated_at,
        mbid=row.mbid,
        spotify_id=row.spotify_id,
        wikidata_id=row.wikidata_id,
        in_library=row.in_library,
        lastfm_url=row.lastfm_url,
        lastfm_listeners=row.lastfm_listeners,
        lastfm_playcount=row.lastfm_playcount,
        lastfm_tags=tuple(row.lastfm_tags or ()),
        lastfm_info_fetched_at=row.lastfm_info_fetched_at,
        lastfm_similar_artists_fetched=row.lastfm_similar_artists_fetched,
    )


def fact_of(row: sa.Row[Any]) -> Fact:
    field = ArtistField(row.field)
    evidence = _EVIDENCE.validate_python(row.evidence)
    return Fact(field, values.parse(field, row.value), evidence, row.language, _parse_id(row.rests_on))


def claim_of(row: sa.Row[Any]) -> Claim:
    return Claim(
        scheme=IdScheme(row.scheme),
        value=row.value,
        evidence=_EVIDENCE.validate_python(row.evidence),
        basis=Basis(row.basis),
        name=row.name,
        description=row.description,
        rests_on=_parse_id(row.rests_on),
        now=row.now,
        source=row.source,
    )


def override_of(row: sa.Row[Any]) -> Override:
    field = ArtistField(row.field)
    return Override(field, values.parse(field, row.value), row.reason, row.created_at, row.differs_since)


def check_of(row: sa.Row[Any]) -> Check:
    return Check(
        provider=row.provider,
        kind=Kind(row.kind),
        outcome=CheckOutcome(row.outcome),
        checked_at=row.checked_at,
        next_check_at=row.next_check_at,
        language=row.language,
        answered_at=row.answered_at,
        faults=row.faults,
        message=row.message,
    )


def similar_of(row: sa.Row[Any]) -> SimilarArtist:
    return SimilarArtist(
        artist_id=ArtistId(row.similar_artist_id),
        name=row.name,
        weight=row.weight,
        rank=row.rank,
        evidence=_EVIDENCE.validate_python(row.evidence),
        mbid=row.mbid,
        url=row.url,
        in_library=row.in_library,
    )


def rows_of_facts(artist_id: ArtistId, facts: tuple[Fact, ...]) -> list[dict[str, Any]]:
    return [
        {
            "artist_id": artist_id,
            "field": fact.field,
            "language": fact.language,
            "provider": fact.evidence.provider,
            "value": values.plain(fact.field, fact.value),
            "evidence": plain_evidence(fact.evidence),
            "rests_on": _format_id(fact.rests_on),
        }
        for fact in facts
    ]


def rows_of_claims(artist_id: ArtistId, claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """Of several claims of one provider for one id, in answer to one question, the surest."""
    kept: dict[tuple[str, ...], dict[str, Any]] = {}
    for claim in sorted(claims, key=lambda claim: claim.evidence.confidence):
        key = (claim.evidence.provider, claim.source, claim.scheme, claim.value)
        kept[key] = {
            "artist_id": artist_id,
            "provider": claim.evidence.provider,
            "source": claim.source,
            "scheme": claim.scheme,
            "value": claim.value,
            "basis": claim.basis,
            "name": claim.name,
            "description": claim.description,
            "rests_on": _format_id(claim.rests_on),
            "now": claim.now,
            "evidence": plain_evidence(claim.evidence),
        }
    return list(kept.values())


def rows_of_checks(artist_id: ArtistId, learned: Learned) -> list[dict[str, Any]]:
    return [
        {
            "artist_id": artist_id,
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
        for check in learned.checks
    ]


def row_of_override(artist_id: ArtistId, override: Override) -> dict[str, Any]:
    return {
        "artist_id": artist_id,
        "field": override.field,
        "value": values.plain(override.field, override.value),
        "reason": override.reason,
        "created_at": override.created_at,
        "differs_since": override.differs_since,
    }


def _format_id(known: tuple[IdScheme, str] | None) -> str:
    return f"{known[0]}:{known[1]}" if known else ""


def _parse_id(text: str) -> tuple[IdScheme, str] | None:
    scheme, _, value = text.partition(":")
    return (IdScheme(scheme), value) if value else None


def plain_evidence(evidence: Evidence) -> Any:
    return _EVIDENCE.dump_python(evidence, mode="json")
