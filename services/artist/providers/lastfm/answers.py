"""What do Last.fm's answers say of an artist?"""

from xml.dom.minidom import Element

from services.artist.domain import MAX_NAME, Profile, SimilarName
from upstreams.lastfm.reading import child, children, count, fraction, images, mbid, parse_text, path, text


def parse_profile(node: Element, language: str) -> Profile:
    """An `<artist>` of artist.getInfo."""
    return Profile(
        name=text(node, "name"),
        url=text(node, "url"),
        mbid=mbid(node),
        listeners=count(path(node, "stats", "listeners")),
        playcount=count(path(node, "stats", "playcount")),
        biography=parse_text(child(node, "bio"), language),
        images=tuple(images(node)),
    )


def parse_similar(node: Element) -> tuple[SimilarName, ...]:
    """A `<similarartists>`, in its order; rows without a usable name or with a match outside 0–1 are left out."""
    rows = ((artist, text(artist, "name"), fraction(text(artist, "match"))) for artist in children(node, "artist"))
    kept = [(artist, name, weight) for artist, name, weight in rows if is_name(name) and weight is not None]
    return tuple(
        SimilarName(name, weight, rank, mbid(artist), text(artist, "url")) for rank, (artist, name, weight) in enumerate(kept, 1)
    )


def is_name(text: str) -> bool:
    """Whether this can be an artist's name: what is longer than any would not fit the databases' indexes."""
    return 0 < len(text) <= MAX_NAME
