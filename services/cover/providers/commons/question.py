"""Which SPARQL asks Wikidata for the picture of one artist? Standard SPARQL only, with the prefix spelt out."""

from facts.naming import is_uuid
from services.cover.domain import Subject
from upstreams.wikidata import is_item_id

_QUERY = """
PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
SELECT DISTINCT ?artist ?image WHERE {
  %s
  ?artist wdt:P18 ?image .
}"""


def write_query(subject: Subject) -> str:
    """By Wikidata's own id where it is known: not every item has the MusicBrainz id. Empty where there is no id at all.

    What is not exactly an id never gets into it.
    """
    mbid = subject.artist_mbid.lower()
    if is_item_id(subject.wikidata_id):
        return _QUERY % f"VALUES ?artist {{ wd:{subject.wikidata_id} }}"
    return _QUERY % f'?artist wdt:P434 "{mbid}" .' if is_uuid(mbid) else ""
