"""How does it become protobuf who an artist is elsewhere?"""

from services.artist.convert.parts import STATUSES, evidence
from services.artist.domain import IdScheme
from services.artist.dossier import standing_of
from services.artist.identity.judging import Rival, Verdict
from services.artist.view import View
from soniquebay.artist.v1 import artist_pb2 as pb

_PAGES = {
    IdScheme.MBID: "https://musicbrainz.org/artist/",
    IdScheme.SPOTIFY: "https://open.spotify.com/artist/",
    IdScheme.WIKIDATA: "https://www.wikidata.org/wiki/",
}


def identity(view: View) -> pb.ArtistIdentity:
    known = [(scheme, verdict) for scheme, verdict in view.verdicts.items() if verdict.value or verdict.rivals]
    return pb.ArtistIdentity(
        ids=[_external_id(scheme, verdict) for scheme, verdict in known],
        ambiguous=view.verdicts[IdScheme.MBID].is_ambiguous,
    )


def _external_id(scheme: IdScheme, verdict: Verdict) -> pb.ExternalId:
    paths = next((rival.claims for rival in verdict.rivals if rival.value == verdict.value), ())
    return pb.ExternalId(
        scheme=scheme,
        value=verdict.value or "",
        confidence=verdict.confidence,
        evidence=[evidence(claim.evidence) for claim in paths],
        candidates=[_candidate(scheme, rival, verdict) for rival in verdict.rivals if rival.value != verdict.value],
    )


def _candidate(scheme: IdScheme, rival: Rival, verdict: Verdict) -> pb.IdentityCandidate:
    best = max(rival.claims, key=lambda claim: (bool(claim.description), bool(claim.name), claim.evidence.confidence))
    return pb.IdentityCandidate(
        value=rival.value,
        name=best.name,
        description=best.description,
        confidence=rival.confidence,
        status=STATUSES[standing_of(rival, verdict)],
        provider=best.evidence.provider,
        url=f"{_PAGES[scheme]}{rival.value}",
    )
