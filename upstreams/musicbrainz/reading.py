"""How are MusicBrainz's records read: lists, kinds, labels, genres?"""

from collections.abc import Callable, Collection, Iterable

from kernel.errors import ProviderMalformed
from upstreams.musicbrainz import NAME
from upstreams.reading import Json, child, children, count, text, texts

SITE = "https://musicbrainz.org"
LICENCE = "CC0"
GENRE_LICENCE = "CC0; genres CC BY-NC-SA 3.0"
MAX_LABELS = 10

_MAX_GENRES = 10
_MAX_URL = 2000
_NO_LABEL = "157afde4-4bf5-4039-8ad2-5a15acc85176"  # stands for "the artists brought it out themselves"
_PRIMARY_KINDS = {"Album": "album", "EP": "ep", "Single": "single", "Broadcast": "other", "Other": "other"}
# By what weighs more: a live compilation is a compilation. Those not listed (soundtrack, demo, mixtape) stay what they are.
_SECONDARY_KINDS = {
    "Compilation": "compilation",
    "Live": "live",
    "Remix": "remix",
    "DJ-mix": "remix",
    "Interview": "other",
    "Spokenword": "other",
    "Audiobook": "other",
    "Audio drama": "other",
    "Field recording": "other",
}


def rows(node: Json, key: str) -> list[Json]:
    """The objects of a list that must be there. Raises ProviderMalformed: without it the answer says nothing, not "none"."""
    if not isinstance(node.get(key), list):
        raise ProviderMalformed(NAME, f"the answer has no {key}")
    return list(children(node, key))


def labels_of(release: Json) -> tuple[str, ...]:
    """Those printed on a release, imprints first."""
    return once((_label(child(info, "label")) for info in children(release, "label-info")), MAX_LABELS)


def kind_of(group: Json) -> str:
    secondary = texts(group, "secondary-types")
    heaviest = next((kind for word, kind in _SECONDARY_KINDS.items() if word in secondary), "")
    return heaviest or _PRIMARY_KINDS.get(text(group, "primary-type"), "")


def genres_of(node: Json) -> tuple[str, ...]:
    """Most votes first; what was voted down to nothing is left out."""
    voted = sorted(children(node, "genres"), key=lambda genre: -(count(genre, "count") or 0))
    return once((text(genre, "name") for genre in voted if count(genre, "count")), _MAX_GENRES)


def once(names: Iterable[str], most: int | None = None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))[:most]


def linked_id(node: Json, types: Collection[str], read: Callable[[str], str | None]) -> str | None:
    """The id that all current links of these types agree on: of several, none is known to be the main one."""
    links = (relation for relation in children(node, "relations") if text(relation, "type") in types and is_current(relation))
    ids = {found for link in links if (found := read(text(child(link, "url"), "resource", _MAX_URL)))}
    return ids.pop() if len(ids) == 1 else None


def is_current(relation: Json) -> bool:
    """Whether the relation holds still."""
    return relation.get("ended") is not True


def _label(node: Json) -> str:
    return "[no label]" if text(node, "id").lower() == _NO_LABEL else text(node, "name")
