"""MusicBrainz' web service 2 in JSON: search, look-ups and browsing, one request a second, and often busy."""

import re
from collections.abc import Callable

from sandbox.catalogue.directory import Directory
from sandbox.musicbrainz.artists import Artists
from sandbox.musicbrainz.asking import Ask, MusicbrainzError, parse_ask
from sandbox.musicbrainz.errors import REFUSALS
from sandbox.musicbrainz.releases import Releases
from sandbox.musicbrainz.searching import Searches
from sandbox.settings import Knob, Settings
from sandbox.upstream import Limit, Upstream, name_by_path
from sandbox.user_agents import is_identified
from sandbox.wire import Answer, Request, json_answer

NAME = "musicbrainz"
LIMIT = Limit(1, 1)
# The service's own default is XML; a client that forgets to ask for JSON gets a document it cannot read.
_XML = b'<?xml version="1.0" encoding="UTF-8"?><metadata xmlns="http://musicbrainz.org/ns/mmd-2.0#"/>'
_PATH = re.compile(r"/ws/2/(?P<entity>artist|url|release|release-group)(?:/(?P<mbid>[^/]*))?/?")

Method = Callable[[Ask], Answer]


def build(directory: Directory) -> Upstream:
    """Builds the MusicBrainz of this directory."""
    settings = Settings({"merged": Knob("answer", ("answer", "redirect"))})
    artists, releases, searches = Artists(directory, settings), Releases(directory, settings), Searches(directory)
    methods: dict[str, Method] = {
        "artist.search": artists.search,
        "artist.lookup": artists.look_up,
        "url.lookup": artists.look_up_url,
        "release.search": searches.search_releases,
        "release.lookup": releases.look_up,
        "release.browse": releases.browse,
        "release-group.search": searches.search_groups,
        "release-group.browse": releases.browse_groups,
        "release-group.lookup": releases.look_up_group,
    }
    return Upstream(
        name=NAME,
        answer=lambda request: _answer(request, methods),
        api_method=lambda request: _name_method(request) or name_by_path(request),
        throttled=lambda request: REFUSALS.refuse(request, "over_rate", None),
        refuse=REFUSALS.refuse,
        limit=LIMIT,
        settings=settings,
    )


def _answer(request: Request, methods: dict[str, Method]) -> Answer:
    if not is_identified(request):
        return REFUSALS.refuse(request, "not_identified", None)
    method = methods.get(_name_method(request))
    if method is None:
        return REFUSALS.refuse(request, "unknown", None)
    if request.query.get("fmt") != "json" and "json" not in request.headers.get("accept", ""):
        return Answer(_XML, "application/xml; charset=utf-8")
    found = _PATH.fullmatch(request.path)
    try:
        return method(parse_ask(request, found["mbid"] or "" if found else ""))
    except MusicbrainzError as error:
        return json_answer(error.to_json(), error.status)


def _name_method(request: Request) -> str:
    """Names a call as the journal has it; empty for addresses the sandbox does not know."""
    found = _PATH.fullmatch(request.path)
    if found is None:
        return ""
    if found["mbid"]:
        return f"{found['entity']}.lookup"
    if found["entity"] == "url":
        return "url.lookup"
    return f"{found['entity']}.{'search' if 'query' in request.query else 'browse'}"
