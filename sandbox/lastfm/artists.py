"""What does Last.fm answer about artists?"""

from sandbox.catalogue.library import Library
from sandbox.catalogue.model import Artist, Similar
from sandbox.lastfm.asking import Ask
from sandbox.lastfm.element import Element
from sandbox.lastfm.parts import STAR, build_images, build_leaf, build_tag, build_text, build_top_tags, music_url

_SHOWN = 5
_NEVER = "01 Jan 1970, 00:00"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"


class ArtistMethods:
    """The methods whose names begin with `artist.`."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def get_info(self, ask: Ask) -> Element:
        """Answers with five similar artists and five tags, both without weights; a missing identifier is an absent element."""
        artist = ask.find_artist(self._library)
        stats = [build_leaf("listeners", artist.listeners), build_leaf("playcount", artist.playcount)]
        if ask.has_username:
            stats.append(build_leaf("userplaycount", 0))
        return Element(
            "artist",
            children=(
                build_leaf("name", artist.name),
                *_mbid(artist.mbid),
                build_leaf("url", music_url(artist.name)),
                *build_images(ask.images, STAR if artist.tags else ""),
                build_leaf("streamable", 0),
                build_leaf("ontour", 0),
                Element("stats", children=tuple(stats)),
                Element(
                    "similar", children=tuple(_mentioned(link, ask.images) for link in artist.similar[:_SHOWN]), items="artist"
                ),
                Element("tags", children=tuple(build_tag(tag) for tag in list(artist.tags)[:_SHOWN]), items="tag"),
                _bio(artist, ask.language),
            ),
        )

    def get_top_tags(self, ask: Ask) -> Element:
        """Answers with all tags and their weights; there is no limit parameter."""
        artist = ask.find_artist(self._library)
        return build_top_tags(artist.tags, {"artist": artist.name})

    def get_similar(self, ask: Ask) -> Element:
        """Answers with up to `limit` (100) artists, the closest first with match 1."""
        artist = ask.find_artist(self._library)
        links = artist.similar[: ask.read_bounded("limit", 100)]
        return Element(
            "similarartists",
            attributes={"artist": artist.name},
            children=tuple(self._similar(link, ask.images) for link in links),
            items="artist",
        )

    def search(self, ask: Ask) -> Element:
        """Answers with the artists whose name holds the words, in OpenSearch's envelope."""
        words, limit, page = ask.need("artist"), ask.read_bounded("limit", 30), ask.read_page()
        found = self._library.search_artists(words)
        shown = found[(page - 1) * limit : page * limit]
        asked: dict[str, str | int] = {"role": "request", "searchTerms": words, "startPage": str(page)}
        return Element(
            "results",
            attributes={"for": words, "xmlns:opensearch": _OPENSEARCH},
            children=(
                Element("opensearch:Query", attributes=asked),
                build_leaf("opensearch:totalResults", len(found)),
                build_leaf("opensearch:startIndex", (page - 1) * limit),
                build_leaf("opensearch:itemsPerPage", limit),
                Element("artistmatches", children=tuple(_match(artist, ask.images) for artist in shown), items="artist"),
            ),
        )

    def _similar(self, link: Similar, images: str) -> Element:
        known = self._library.find_artist(link.name)
        return Element(
            "artist",
            children=(
                build_leaf("name", link.name),
                *_mbid(known.mbid if known else ""),
                build_leaf("match", "1" if link.match == 1 else f"{link.match:.6f}"),
                build_leaf("url", music_url(link.name)),
                *build_images(images, STAR),
                build_leaf("streamable", 0),
            ),
        )


def _mbid(mbid: str) -> tuple[Element, ...]:
    return (build_leaf("mbid", mbid),) if mbid else ()


def _mentioned(link: Similar, images: str) -> Element:
    name, url = build_leaf("name", link.name), build_leaf("url", music_url(link.name))
    return Element("artist", children=(name, url, *build_images(images, STAR)))


def _match(artist: Artist, images: str) -> Element:
    return Element(
        "artist",
        children=(
            build_leaf("name", artist.name),
            build_leaf("listeners", artist.listeners),
            build_leaf("mbid", artist.mbid),
            build_leaf("url", music_url(artist.name)),
            build_leaf("streamable", 0),
            *build_images(images, STAR)[:5],
        ),
    )


def _bio(artist: Artist, language: str) -> Element:
    url, text = music_url(artist.name), artist.biographies.get(language, "")
    original = {"rel": "original", "href": f"{url.replace('www.', '')}/+wiki"}
    links = Element("links", children=(Element("link", attributes=original),))
    return build_text("bio", text, artist.bio_published if text else _NEVER, url, before=[links])
