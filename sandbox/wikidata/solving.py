"""Which bindings answer a query about artists? Artists are picked by the query's lists, then each variable by its role."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from urllib.parse import quote

from sandbox.catalogue.directory import Directory
from sandbox.catalogue.identity import Identity, Manager
from sandbox.catalogue.photos import list_photos
from sandbox.wikidata.query import BOUND, OUTERMOST, Query, Triple

Binding = dict[str, dict[str, str]]
_IDENTIFIERS = ("P1902", "P434")
_ROLES = ("P1037", "P1875")
_PHOTO = "P18"
_FILES = "http://commons.wikimedia.org/wiki/Special:FilePath/"
_QUALIFIERS = {"P580": "start", "P582": "end"}
_ENTITY = "http://www.wikidata.org/entity/"
_REFERENCE = "http://www.wikidata.org/reference/"
_NORMAL_RANK = "http://wikiba.se/ontology#NormalRank"
_DATE_TIME = "http://www.w3.org/2001/XMLSchema#dateTime"


@dataclass(frozen=True, slots=True)
class Post:
    """One manager variable: the roles it may stand for, its statement variable, and whether an artist may lack it."""

    variable: str
    roles: frozenset[str]
    is_optional: bool


def solve(query: Query, directory: Directory) -> dict[str, object]:
    """Answers the query as SPARQL results in JSON."""
    rows = [row for identity in _pick(query, directory) for row in _solve_artist(query, identity)]
    shown = [{name: row[name] for name in query.selected if name in row} for row in rows]
    if query.is_distinct:
        shown = [row for place, row in enumerate(shown) if row not in shown[:place]]
    return {"head": {"vars": list(query.selected)}, "results": {"bindings": shown[: query.limit]}}


def _pick(query: Query, directory: Directory) -> list[Identity]:
    """Picks the artists that the query's lists and literals name, all of them when it names none; the sides of a UNION add up."""
    named = list(_name_artists(query, directory))
    if not named:
        return [one for one in directory.identities if one.wikidata_id]
    groups = [group for block, group in named if block == OUTERMOST]
    sides = {block: [group for other, group in named if other == block] for block, _ in named if block != OUTERMOST}
    if sides:
        groups.append([one for side in sides.values() for one in _intersect(side)])
    return _intersect(groups)


def _name_artists(query: Query, directory: Directory) -> Iterator[tuple[int, list[Identity]]]:
    """Whom each list or literal names, with the block it stands in."""
    for triple in query.triples:
        for prop in _IDENTIFIERS:
            given = _given(triple.object, query) if prop in _properties(triple) else frozenset()
            find = directory.find_by_spotify_id if prop == "P1902" else directory.find_by_mbid
            if given:
                yield triple.block, _with_item(_exactly(find(one), prop, one) for one in sorted(given))
    for block, subject in dict.fromkeys((triple.block, triple.subject) for triple in query.triples):
        if given := _given(subject, query):
            yield block, _with_item(directory.find_by_wikidata_id(one) for one in sorted(given))


def _with_item(found: Iterable[Identity | None]) -> list[Identity]:
    return [one for one in found if one and one.wikidata_id]


def _intersect(groups: list[list[Identity]]) -> list[Identity]:
    return [one for one in groups[0] if all(one in group for group in groups[1:])]


def _exactly(identity: Identity | None, prop: str, value: str) -> Identity | None:
    """Passes on only an artist that has this very value: Wikidata does not follow merged identifiers."""
    return identity if identity and _identifier(identity, prop) == value else None


def _solve_artist(query: Query, identity: Identity) -> Iterator[Binding]:
    known: Binding = {}
    for triple in query.triples:
        for prop in _IDENTIFIERS:
            if prop in _properties(triple) and _identifier(identity, prop):
                known[_name(triple.subject)] = _uri(identity.wikidata_id)
                known[_name(triple.object)] = {"type": "literal", "value": _identifier(identity, prop)}
        if triple.subject == f"wd:{identity.wikidata_id}" or identity.wikidata_id in query.values.get(_name(triple.subject), ()):
            known[_name(triple.subject)] = _uri(identity.wikidata_id)
    choices = [list(_choose(query, post, identity)) for post in _find_posts(query.triples)]
    choices += [_choose_photo(triple, identity) for triple in query.triples if _PHOTO in _properties(triple)]
    for chosen in product(*choices):
        row = known.copy()
        for part in chosen:
            row |= part
        yield from _add_labels(query, row, identity)


def _find_posts(triples: Iterable[Triple]) -> list[Post]:
    posts: dict[str, Post] = {}
    for triple in triples:
        roles = {prop for form, prop in _forms(triple) if form in {"wdt", "ps"} and prop in _ROLES}
        if roles:
            variable = _name(triple.object)
            before = posts.get(variable, Post(variable, frozenset(), is_optional=False))
            posts[variable] = Post(variable, before.roles | roles, before.is_optional or triple.is_optional)
    return list(posts.values())


def _choose(query: Query, post: Post, identity: Identity) -> Iterator[Binding]:
    found = [one for one in identity.managers if one.role in post.roles and not (query.excludes_ended and one.end)]
    for manager in found:
        about = {**dict(_add_statement(query, post, identity, manager)), **dict(_add_qualifiers(query, post, manager))}
        yield {post.variable: _uri(manager.wikidata_id), **about}
    if not found and post.is_optional:
        yield {}


def _choose_photo(triple: Triple, identity: Identity) -> list[Binding]:
    """One choice for each photo, named by an address that nobody should fetch: it is that of a page."""
    found = [quote(photo.name, safe="") for photo in list_photos(identity)]
    chosen: list[Binding] = [{_name(triple.object): {"type": "uri", "value": f"{_FILES}{name}"}} for name in found]
    return chosen or ([{}] if triple.is_optional else [])


def _add_statement(query: Query, post: Post, identity: Identity, manager: Manager) -> Iterator[tuple[str, dict[str, str]]]:
    """The statement itself, its rank, and the source it cites: made up, one where the engagement has a beginning."""
    name = f"{identity.wikidata_id}-{manager.role}-{manager.wikidata_id}"
    statements = {triple.subject for triple in query.triples if _name(triple.object) == post.variable}
    for triple in query.triples:
        if ("p", manager.role) in _forms(triple) and triple.object in statements:
            yield _name(triple.object), {"type": "uri", "value": f"{_ENTITY}statement/{name}"}
        elif triple.subject in statements and triple.predicate == "wikibase:rank":
            yield _name(triple.object), {"type": "uri", "value": _NORMAL_RANK}
        elif triple.subject in statements and triple.predicate == "prov:wasDerivedFrom" and manager.start:
            yield _name(triple.object), {"type": "uri", "value": f"{_REFERENCE}{name.lower()}"}


def _add_qualifiers(query: Query, post: Post, manager: Manager) -> Iterator[tuple[str, dict[str, str]]]:
    statements = {triple.subject for triple in query.triples if _name(triple.object) == post.variable}
    last_role = ""
    for triple in query.triples:
        last_role = next((prop for form, prop in _forms(triple) if prop in _ROLES and form != "pq"), last_role)
        if triple.predicate == BOUND and last_role == manager.role:
            yield _name(triple.subject), {"type": "literal", "value": triple.object.strip('"')}
        for form, prop in _forms(triple):
            moment = getattr(manager, _QUALIFIERS[prop]) if form == "pq" and prop in _QUALIFIERS else ""
            if moment and triple.subject in statements:
                yield _name(triple.object), {"datatype": _DATE_TIME, "type": "literal", "value": f"{moment}T00:00:00Z"}


def _add_labels(query: Query, row: Binding, identity: Identity) -> Iterator[Binding]:
    """Adds what the label service gives, and a row for each language that a label was asked in by rdfs:label."""
    for name in [name for name in row if query.label_languages and row[name]["type"] == "uri"]:
        row[f"{name}Label"] = _label(row[name]["value"].removeprefix(_ENTITY), query.label_languages, identity)
    choices: list[list[Binding]] = []
    for triple in query.triples:
        bound = row.get(_name(triple.subject), {})
        if triple.predicate == "rdfs:label" and bound.get("type") == "uri":
            variable = _name(triple.object)
            wanted = query.languages_of.get(variable, frozenset())
            labels = _labels_of(bound["value"].removeprefix(_ENTITY), identity)
            texts = [{variable: _text(text, tag)} for tag, text in labels.items() if not wanted or tag in wanted]
            choices.append([*texts] or ([{}] if triple.is_optional else []))
    for chosen in product(*choices):
        yield {**row, **{name: value for part in chosen for name, value in part.items()}}


def _label(item: str, languages: Iterable[str], identity: Identity) -> dict[str, str]:
    labels = _labels_of(item, identity)
    found = next((tag for tag in languages if tag in labels), None)
    return _text(labels[found], found) if found else {"type": "literal", "value": item}


def _labels_of(item: str, identity: Identity) -> Mapping[str, str]:
    if item == identity.wikidata_id:
        return {"en": identity.artist.name, "fr": identity.artist.name}
    return next((one.labels for one in identity.managers if one.wikidata_id == item), {})


def _identifier(identity: Identity, prop: str) -> str:
    return identity.spotify_id if prop == "P1902" else identity.artist.mbid


def _given(term: str, query: Query) -> frozenset[str]:
    if term.startswith("wd:"):
        return frozenset({term.removeprefix("wd:")})
    if term.startswith('"'):
        return frozenset({term.strip('"')})
    return query.values.get(_name(term), frozenset())


def _forms(triple: Triple) -> list[tuple[str, str]]:
    return re.findall(r"\b(wdt|ps|pq|p):(P\d+)", triple.predicate)


def _properties(triple: Triple) -> set[str]:
    return {prop for form, prop in _forms(triple) if form in {"wdt", "ps"}}


def _name(term: str) -> str:
    return term.removeprefix("?")


def _uri(item: str) -> dict[str, str]:
    return {"type": "uri", "value": f"{_ENTITY}{item}"}


def _text(text: str, tag: str) -> dict[str, str]:
    return {"xml:lang": tag, "type": "literal", "value": text}
