"""Which tags of an artist or a record are genres, and how many votes has each?"""

import re
from collections.abc import Mapping

from sandbox.catalogue.reading import make_up_mbid

# Places, times, instruments and whatever else people tag with; the rest of the catalogue's tags are genres.
_NO_GENRE = re.compile(
    r"\d0s|african|alaska|argentina|australian|belgian|birmingham|brasil|brazilian|bristol|british|canadian|compton|eurovision|"
    r"female vocalists|french|gay icon|german|icelandic|irish|japanese|league of legends|manchester|minneapolis|mistagged artist|"
    r"mysterious|new york|nigeria|odd future|oldies|piano|saxophone|scottish|seattle|seen live|soundtrack|spanish|st\. louis|"
    r"supergroup|tribute|trumpet|unknown|violin|virtual|vocal|west coast",
    re.IGNORECASE,
)
# Weights a vote stands for: fewer people vote on one release than on the record.
PER_GROUP, PER_RELEASE = 10, 25


def build_votes(tags: Mapping[str, int], inc: frozenset[str], *, per_vote: int = PER_GROUP) -> dict[str, object]:
    """Writes the genres and tags that are to be included, by name and not by votes; what has no whole vote is left out."""
    votes = {name: weight // per_vote for name, weight in sorted(tags.items()) if weight >= per_vote}
    genres = [build_genre(name, count) for name, count in votes.items() if not _NO_GENRE.fullmatch(name)]
    written: dict[str, object] = {"genres": genres, "tags": [{"count": count, "name": name} for name, count in votes.items()]}
    return {kind: rows for kind, rows in written.items() if kind in inc}


def build_genre(name: str, count: int) -> dict[str, object]:
    """Writes one genre with its votes."""
    return {"id": make_up_mbid("genre", name), "name": name, "count": count, "disambiguation": ""}
