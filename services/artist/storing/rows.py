"""How do rows become what the domain speaks of, and back?"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from facts.storing import format_id, parse_evidence, parse_id, plain_evidence
from services.artist.domain import Artist, ArtistId, IdScheme
from services.artist.dossier import SimilarArtist
from services.artist.identity.judging import Basis, Claim

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


def claim_of(row: sa.Row[Any]) -> Claim:
    return Claim(
        scheme=IdScheme(row.scheme),
        value=row.value,
        evidence=parse_evidence(row.evidence),
        basis=Basis(row.basis),
        name=row.name,
        description=row.description,
        rests_on=_parse_id(row.rests_on),
        now=row.now,
        source=row.source,
    )


def similar_of(row: sa.Row[Any]) -> SimilarArtist:
    return SimilarArtist(
        artist_id=ArtistId(row.similar_artist_id),
        name=row.name,
        weight=row.weight,
        rank=row.rank,
        evidence=parse_evidence(row.evidence),
        mbid=row.mbid,
        url=row.url,
        in_library=row.in_library,
    )


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
            "rests_on": format_id(claim.rests_on),
            "now": claim.now,
            "evidence": plain_evidence(claim.evidence),
        }
    return list(kept.values())


def _parse_id(text: str) -> tuple[IdScheme, str] | None:
    found = parse_id(text)
    return (IdScheme(found[0]), found[1]) if found else None
