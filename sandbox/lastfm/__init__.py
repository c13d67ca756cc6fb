"""Last.fm's web service 2.0, as recorded: XML by default, JSON on request, errors in the body."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from sandbox.catalogue.library import Library
from sandbox.lastfm.albums import AlbumMethods
from sandbox.lastfm.artists import ArtistMethods
from sandbox.lastfm.asking import IMAGES, Ask, parse_ask
from sandbox.lastfm.element import Element
from sandbox.lastfm.errors import HEADERS, LastfmError, build_error, format_error
from sandbox.lastfm.images import PATH, build_host
from sandbox.lastfm.recent import KNOBS, RecentTracks
from sandbox.lastfm.tracks import TrackMethods
from sandbox.lastfm.users import UserMethods
from sandbox.lastfm.writing import write_answer
from sandbox.listeners.accounts import Accounts
from sandbox.settings import Knob, Settings
from sandbox.upstream import Limit, Upstream
from sandbox.wire import Answer, Request

NAME = "lastfm"
# Five a second, averaged over two: the published number is gone, this is the historic one.
LIMIT = Limit(10, 2)
_RECENT = "user.getrecenttracks"

Method = Callable[[Ask], Answer]


def build(library: Library, accounts: Accounts) -> tuple[Upstream, Upstream]:
    """Builds the Last.fm of this catalogue and these listeners, and a host of its pictures."""
    settings = Settings({**KNOBS, "images": Knob("theirs", ("theirs", "here"))})
    methods = _list_methods(library, accounts, settings)
    service = Upstream(
        name=NAME,
        answer=lambda request: _answer(_read(request, settings), request, methods, settings),
        api_method=lambda request: parse_ask(request).method,
        caller=lambda request: request.params.get("api_key", ""),
        throttled=lambda request: _refuse(request, "29", None),
        refuse=_refuse,
        limit=LIMIT,
        settings=settings,
    )
    return service, build_host()


def _read(request: Request, settings: Settings) -> Ask:
    return parse_ask(request, request.link(PATH) if settings.text("images") == "here" else IMAGES)


def _list_methods(library: Library, accounts: Accounts, settings: Settings) -> Mapping[str, Method]:
    artists, albums, tracks = ArtistMethods(library), AlbumMethods(library), TrackMethods(library)
    written: dict[str, Callable[[Ask], Element]] = {
        "artist.getinfo": artists.get_info,
        "artist.gettoptags": artists.get_top_tags,
        "artist.getsimilar": artists.get_similar,
        "artist.search": artists.search,
        "album.getinfo": albums.get_info,
        "album.gettoptags": albums.get_top_tags,
        "track.getinfo": tracks.get_info,
        "track.gettoptags": tracks.get_top_tags,
        "user.getinfo": UserMethods(accounts).get_info,
    }
    methods = {name: _write(method) for name, method in written.items()}
    return {**methods, _RECENT: RecentTracks(accounts, settings).answer}


def _write(method: Callable[[Ask], Element]) -> Method:
    return lambda ask: write_answer(method(ask), as_json=ask.wants_json)


def _answer(ask: Ask, request: Request, methods: Mapping[str, Method], settings: Settings) -> Answer:
    if request.path.rstrip("/") != "/2.0":
        return Answer(b"<html><body><h1>404 Not Found</h1></body></html>", "text/html", 404, HEADERS)
    try:
        answer = _find_method(ask, methods)(ask)
    except LastfmError as error:
        answer = format_error(error, as_json=ask.wants_json)
    return replace(answer, after_seconds=settings.number("page_seconds")) if ask.method == _RECENT else answer


def _find_method(ask: Ask, methods: Mapping[str, Method]) -> Method:
    refused = {"invalid-key": 10, "suspended-key": 26}.get(ask.need("api_key"))
    if refused:
        raise build_error(refused)
    if ask.method not in methods:
        raise build_error(3)
    return methods[ask.method]


def _refuse(request: Request, code: str, status: int | None) -> Answer:
    return format_error(build_error(int(code) if code.isdigit() else 0, status), as_json=parse_ask(request).wants_json)
