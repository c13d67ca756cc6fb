"""What does an artist's own row show of all that is known?"""

from collections.abc import Mapping
from typing import Any

from facts.known import CheckOutcome
from services.artist.domain import Artist, ArtistField, ArtistName, IdScheme, clean_name, match_key
from services.artist.dossier import Dossier, Trust


def columns_of(dossier: Dossier, trust: Trust) -> Mapping[str, Any]:
    """The columns that users' own queries read, as chosen now."""

    def shown(field: ArtistField) -> Any:
        best = dossier.chosen(field, trust=trust)
        return best.value if best else None

    lastfm = [check for check in dossier.checks if check.provider == "lastfm" and check.outcome is not CheckOutcome.ABSENT]
    return {
        "lastfm_url": shown(ArtistField.URL),
        "lastfm_listeners": shown(ArtistField.LISTENERS),
        "lastfm_playcount": shown(ArtistField.PLAYCOUNT),
        "lastfm_tags": [tag.name for tag in shown(ArtistField.TAGS) or ()],
        "lastfm_info_fetched_at": max((c.answered_at for c in lastfm if c.answered_at), default=None),
        "lastfm_similar_artists_fetched": any(c.kind == "similar" and c.answered_at for c in dossier.checks),
    }


def accepted_ids(dossier: Dossier) -> dict[str, str | None]:
    """The ids the artist has elsewhere, by column. What nobody claimed anything about stays as it is."""
    spoken_of = {claim.scheme for claim in dossier.claims} | dossier.locked_ids.keys()
    verdicts = dossier.verdicts()
    return {scheme.value: verdicts[scheme].value for scheme in IdScheme if scheme in spoken_of}


def spelling(artist: Artist, named: ArtistName | None) -> dict[str, str]:
    """The provider's spelling where it is the same name."""
    is_same = named is not None and match_key(named.name) == match_key(artist.name)
    return {"name": clean_name(named.name)} if named is not None and is_same else {}
