"""How are SPARQL's rows read? One row is one combination of an item's values; here they become items again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from services.artist.domain import Manager
from services.artist.ids import is_mbid, is_spotify_id
from upstreams.reading import Json, child, partial_date, text
from upstreams.wikidata import is_item_id, item_id, value

_PAGE = "https://www.wikidata.org/wiki/"
_RANK = "http://wikiba.se/ontology#"
_ROLES = frozenset({"manager", "representation"})
_LANGUAGES = ("en", "fr")
_ANY_LANGUAGE = "mul"
_MOST_MANAGERS = 20


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of Wikidata: its ids elsewhere, all of best rank, and who manages or managed it, most to the point first."""

    id: str
    name: str
    spotify_ids: frozenset[str]
    mbids: frozenset[str]
    managers: tuple[Manager, ...]

    @property
    def url(self) -> str:
        return page_url(self.id)


def page_url(item_id: str) -> str:
    return f"{_PAGE}{item_id}"


def parse_items(rows: Iterable[Json]) -> tuple[Item, ...]:
    """The items of an answer in their order; rows without an item are passed over."""
    return tuple(_item(found, own) for found, own in _group(rows, "entity").items())


def _item(number: str, rows: list[Json]) -> Item:
    labels = _labels(rows, "entityLabel")
    return Item(
        id=number,
        name=labels.get("en", ""),
        spotify_ids=frozenset(found for found in _values(rows, "sid") if is_spotify_id(found)),
        mbids=frozenset(found for found in _values(rows, "mbid") if is_mbid(found)),
        managers=_managers(rows),
    )


def _managers(rows: list[Json]) -> tuple[Manager, ...]:
    """Every engagement once; deprecated ones are errors that Wikidata keeps on show, and left out."""
    engagements: dict[tuple[str, str, str], list[Json]] = {}
    for manager_id, found in _group(rows, "manager").items():
        for row in found:
            role = value(row, "role")
            if role in _ROLES and _rank(row) != "DeprecatedRank":
                engagements.setdefault((manager_id, role, value(row, "held")), []).append(row)
    read = [(_manager(manager_id, role, found), found[0]) for (manager_id, role, _), found in engagements.items()]
    read.sort(key=lambda pair: _by_relevance(pair[0], is_preferred=_rank(pair[1]) == "PreferredRank"))
    return tuple(manager for manager, _ in read[:_MOST_MANAGERS])


def _manager(manager_id: str, role: str, rows: list[Json]) -> Manager:
    return Manager(
        id=manager_id,
        names=_labels(rows, "managerLabel"),
        role=role,
        started=min(_dates(rows, "started"), default=None),
        ended=max(_dates(rows, "ended"), default=None),
        references=len({found for found in _values(rows, "reference") if found}),
        url=page_url(manager_id),
    )


def _by_relevance(manager: Manager, *, is_preferred: bool) -> tuple[bool, bool, int, str, str]:
    """Present before former, the editors' preference next, then the latest to begin."""
    began = manager.started.toordinal() if manager.started else 0
    return (manager.ended is not None, not is_preferred, -began, manager.role, manager.id)


def _labels(rows: Iterable[Json], key: str) -> dict[str, str]:
    """Labels by language. One without a language is the item's bare number, which is how "no label" looks."""
    cells = [child(row, key) for row in rows]
    found = {text(cell, "xml:lang"): text(cell, "value") for cell in cells}
    everywhere = found.get(_ANY_LANGUAGE, "")
    labels = {language: found.get(language) or everywhere for language in _LANGUAGES}
    return {language: label for language, label in labels.items() if label and not is_item_id(label)}


def _group(rows: Iterable[Json], key: str) -> dict[str, list[Json]]:
    """Rows by the item in a column; those without one are left out."""
    groups: dict[str, list[Json]] = {}
    for row in rows:
        if found := item_id(row, key):
            groups.setdefault(found, []).append(row)
    return groups


def _dates(rows: Iterable[Json], key: str) -> Iterator[date]:
    """Days of xsd:dateTime; "some time" is a blank node, and years before our era have a sign: neither is a date here."""
    for moment in _values(rows, key):
        day, _ = partial_date(moment[:10])
        if day is not None:
            yield day


def _rank(row: Json) -> str:
    return value(row, "rank").removeprefix(_RANK)


def _values(rows: Iterable[Json], key: str) -> Iterator[str]:
    return (value(row, key) for row in rows)
