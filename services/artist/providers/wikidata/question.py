"""Which SPARQL asks for the managers of many artists at once?

Standard SPARQL only, with every prefix spelt out and no label service: the public query service is changing its engine.
"""

from collections.abc import Iterable

from services.artist.domain import Identity
from services.artist.ids import is_mbid, is_spotify_id

# Every optional value multiplies the rows; answers.py folds them again. Labels in "mul" hold in all languages: Wikidata drops the
# English label where the two are equal. `wdt:` are the statements of best rank, `p:` are all, deprecated ones too.
_QUERY = """
PREFIX p: <http://www.wikidata.org/prop/>
PREFIX pq: <http://www.wikidata.org/prop/qualifier/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX ps: <http://www.wikidata.org/prop/statement/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
PREFIX wikibase: <http://wikiba.se/ontology#>
SELECT DISTINCT ?entity ?entityLabel ?sid ?mbid ?held ?role ?rank ?manager ?managerLabel ?started ?ended ?reference WHERE {
  %s
  OPTIONAL { ?entity wdt:P1902 ?sid . }
  OPTIONAL { ?entity wdt:P434 ?mbid . }
  OPTIONAL { ?entity rdfs:label ?entityLabel . FILTER(LANG(?entityLabel) IN ("en", "mul")) }
  OPTIONAL {
    { ?entity p:P1037 ?held . ?held ps:P1037 ?manager . BIND("manager" AS ?role) }
    UNION
    { ?entity p:P1875 ?held . ?held ps:P1875 ?manager . BIND("representation" AS ?role) }
    ?held wikibase:rank ?rank .
    OPTIONAL { ?held pq:P580 ?started . }
    OPTIONAL { ?held pq:P582 ?ended . }
    OPTIONAL { ?held prov:wasDerivedFrom ?reference . }
    OPTIONAL { ?manager rdfs:label ?managerLabel . FILTER(LANG(?managerLabel) IN ("en", "fr", "mul")) }
  }
}"""


def write_query(many: Iterable[Identity]) -> str:
    """The query for these, or "" where nobody has an id to ask by. What is not exactly an id never gets into it."""
    asked = tuple(many)
    sides = [
        _side("askedSid", "P1902", {who.spotify_id for who in asked if who.spotify_id and is_spotify_id(who.spotify_id)}),
        _side("askedMbid", "P434", {who.mbid for who in asked if who.mbid and is_mbid(who.mbid)}),
    ]
    written = "\n  UNION\n  ".join(side for side in sides if side)
    return _QUERY % written if written else ""


def _side(variable: str, property_id: str, ids: Iterable[str]) -> str:
    values = " ".join(f'"{each}"' for each in sorted(ids))
    return f"{{ VALUES ?{variable} {{ {values} }} ?entity wdt:{property_id} ?{variable} . }}" if values else ""
