"""Who manages an artist, according to Wikidata? Asked by ids only, in one SPARQL query for up to fifty artists.

Most artists have no manager there. The item found is worth as much: it links the artist's ids by a path of its own.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from kernel.clock import Clock
from kernel.evidence import Answer
from kernel.http import HttpClient
from services.artist.domain import Identity, Management
from services.artist.providers.wikidata.answers import parse_items
from services.artist.providers.wikidata.choosing import choose
from services.artist.providers.wikidata.question import write_query
from upstreams.wikidata import NAME, Door

__all__ = ["MOST_AT_ONCE", "NAME", "WikidataProvider"]

MOST_AT_ONCE = 50
"""Artists in one query; more and it comes near the service's sixty seconds."""


class WikidataProvider:
    """Satisfies FindsManagement."""

    def __init__(self, http: HttpClient, *, url: str, timeout: timedelta, clock: Clock) -> None:
        """`url` is the SPARQL endpoint; `timeout` bounds one query from first byte to last."""
        self._door = Door(http, url=url, timeout=timeout, clock=clock)

    def find_management(self, who: Identity) -> Answer[Management]:
        """One query. Found without managers when the item has none. Raises ProviderFault."""
        return self.find_management_of_many([who])[who]

    def find_management_of_many(self, many: Sequence[Identity]) -> Mapping[Identity, Answer[Management]]:
        """One query for all, none where nobody has an id. Raises ProviderFault; ValueError for more than MOST_AT_ONCE."""
        if len(many) > MOST_AT_ONCE:
            raise ValueError(f"at most {MOST_AT_ONCE} artists fit one query")
        query = write_query(many)
        items = parse_items(self._door.ask(query)) if query else ()
        return {who: choose(who, items) for who in many}
