"""Spotify's Web API with client credentials, in the reduced shape of 2026 or the one of extended quota."""

import re
from collections.abc import Callable

from sandbox.catalogue.directory import Directory
from sandbox.settings import Knob, Settings
from sandbox.spotify.accounts import Tokens, build_accounts
from sandbox.spotify.artists import Artists
from sandbox.spotify.asking import DEVMODE, EXTENDED, Ask, SpotifyError, parse_ask
from sandbox.spotify.errors import REFUSALS
from sandbox.spotify.search import Search
from sandbox.upstream import Limit, Upstream, name_by_path
from sandbox.wire import Answer, Request, json_answer

NAME = "spotify"
# The service publishes only that a window of 30 seconds rolls; the number is a guess.
LIMIT = Limit(180, 30)
_PATHS = (
    ("search", re.compile(r"/v1/search")),
    ("artists.get", re.compile(r"/v1/artists/(?P<id>[^/]+)")),
    ("artists.albums", re.compile(r"/v1/artists/(?P<id>[^/]+)/albums")),
    ("albums.get", re.compile(r"/v1/albums/(?P<id>[^/]+)")),
    ("albums.tracks", re.compile(r"/v1/albums/(?P<id>[^/]+)/tracks")),
    ("artists.batch", re.compile(r"/v1/artists")),
    ("albums.batch", re.compile(r"/v1/albums")),
    (
        "removed",
        re.compile(r"/v1/(artists/[^/]+/(top-tracks|related-artists)|recommendations|audio-features.*|browse/.*|markets|tracks)"),
    ),
)
_DEVMODE_FORBIDS = frozenset({"artists.batch", "albums.batch", "removed"})

Method = Callable[[Ask], object]


def build(directory: Directory, clock: Callable[[], float]) -> tuple[Upstream, Upstream]:
    """Builds the Web API and the accounts service that gives out its tokens; `clock` is seconds since 1970."""
    settings = Settings(
        {
            "profile": Knob(DEVMODE, (DEVMODE, EXTENDED)),
            "retry_after": Knob(7),
            "token_seconds": Knob(3600),
        }
    )
    tokens = Tokens(settings, clock)
    artists, search = Artists(directory), Search(directory)
    methods: dict[str, Method] = {
        "search": search.search,
        "artists.get": artists.get,
        "artists.albums": artists.list_albums,
        "albums.get": artists.get_album,
        "albums.tracks": artists.list_tracks,
        "artists.batch": artists.get_many,
        "albums.batch": artists.get_many_albums,
    }
    api = Upstream(
        name=NAME,
        answer=lambda request: _answer(request, methods, tokens, settings),
        api_method=lambda request: _name_method(request) or name_by_path(request),
        throttled=lambda request: _throttle(request, settings),
        refuse=REFUSALS.refuse,
        limit=LIMIT,
        settings=settings,
    )
    return api, build_accounts(tokens)


def _answer(request: Request, methods: dict[str, Method], tokens: Tokens, settings: Settings) -> Answer:
    if not tokens.is_valid(request.headers.get("authorization", "")):
        return REFUSALS.refuse(request, "expired_token", None)
    name = _name_method(request)
    profile = settings.text("profile")
    if profile == DEVMODE and name in _DEVMODE_FORBIDS:
        return REFUSALS.refuse(request, "forbidden", None)
    if name not in methods:
        return REFUSALS.refuse(request, "unknown", None)
    try:
        return json_answer(methods[name](parse_ask(request, _find_id(request), profile)))
    except SpotifyError as error:
        return json_answer(error.to_json(), error.status)


def _throttle(request: Request, settings: Settings) -> Answer:
    refusal = REFUSALS.refuse(request, "rate_limit", None)
    return Answer(refusal.body, status=refusal.status, headers={"retry-after": f"{settings.number('retry_after'):.0f}"})


def _name_method(request: Request) -> str:
    """Names a call as the journal has it; empty for addresses the sandbox does not know."""
    return next((name for name, path in _PATHS if path.fullmatch(request.path)), "")


def _find_id(request: Request) -> str:
    found = next((match for _, path in _PATHS if (match := path.fullmatch(request.path))), None)
    return found.groupdict().get("id", "") if found else ""
