"""What kind of history is a text? Told by what is inside it, never by its name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from services.tracker.files.documents import Outline, outline, read_document
from services.tracker.files.fields import text
from services.tracker.files.lines import parse_line, read_lines
from services.tracker.files.streams import Member, Row
from services.tracker.files.tables import Table, read_table, recognise_table

READ = (
    "Read are those of Last.fm (JSON, CSV), ListenBrainz (zip, JSON, JSONL), Maloja, Koito (JSON) and SoniqueBay (CSV, JSONL), "
    "plain, in a gzip or in a zip."
)


@dataclass(frozen=True, slots=True)
class Document:
    """JSON with its rows at some paths; on lines of their own where there are no paths."""

    kind: str
    at: frozenset[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a member is: how to read it, or else what it looks like; and whom it speaks of, empty when it does not say."""

    shape: Document | Table | None
    account: str = ""
    looks_like: str = ""


class _Form(NamedTuple):
    """Rows with these keys, at one of these paths or in a list there, are of this kind."""

    kind: str
    keys: set[str]
    paths: tuple[str, ...]


_FORMS = (
    _Form("listenbrainz_json", {"listened_at", "track_metadata"}, ("", "payload", "payload.listens", "listens")),
    _Form("koito_json", {"listened_at", "track", "artists"}, ("listens", "")),
    _Form(
        "lastfm_json",
        {"artist", "name", "date"},
        ("recenttracks.track", "item.recenttracks.track", "item.track", "track", "item", ""),
    ),
    _Form("lastfm_json", {"artist", "track", "date"}, ("scrobbles", "")),
    _Form("maloja_json", {"time", "track"}, ("scrobbles", "list", "")),
    _Form("maloja_json", {"time", "artists", "title"}, ("scrobbles", "list", "")),
    _Form("soniquebay_jsonl", {"uts", "artist", "track"}, ("",)),
)
_EMPTY = (
    _Form("lastfm_json", {"recenttracks"}, ("recenttracks.track",)),
    _Form("lastfm_json", {"username", "scrobbles"}, ("scrobbles",)),
    _Form("maloja_json", {"maloja", "scrobbles"}, ("scrobbles",)),
    _Form("koito_json", {"version", "user", "listens"}, ("listens",)),
)
"""Documents that say what they are even without a row."""

_ACCOUNTS = (
    "username",
    "user",
    "user_name",
    "item.user_name",
    "payload.user_id",
    *(f"{path}@attr.user" for path in ("recenttracks.", "item.recenttracks.", "item.", "")),
)
_MAX_ACCOUNT = 100
_SPOTIFY = {"msPlayed", "ms_played"}
_LOOK = 20


def find_shape(member: Member) -> Finding:
    """What a member is, by its first bytes. Raises InvalidArgument when they are no text."""
    head = member.head().decode(errors="ignore")
    start = head.lstrip()
    if not start:
        return Finding(None, looks_like="is an archive that is cut off or damaged" if member.fault else "is empty")
    found = outline(start.encode()) if start[0] in "[{" else Outline()
    account = _account(found.texts[path] for path in _ACCOUNTS if path in found.texts)
    document = _document(found)
    if document is None or document.at == {""}:
        document = _on_lines(start) or document or _empty_document(found)
    if document:
        return Finding(document, account)
    table = recognise_table(head)
    if table:
        return Finding(table, _account([table.account]))
    return Finding(None, account, _looks_like(start, found))


def read_shape(member: Member, shape: Document | Table) -> Iterator[Row]:
    """The rows of a member."""
    if isinstance(shape, Table):
        return read_table(member, shape)
    return read_document(member.stream, shape.at) if shape.at else read_lines(member)


def _looks_like(start: str, found: Outline) -> str:
    if any(keys & _SPOTIFY for keys in found.keys.values()):
        return "is a history of Spotify"
    if start[0] in "[{":
        return "is JSON, but its rows are not those of a history of plays"
    return "is neither JSON nor a table with the columns of a history of plays"


def _document(found: Outline) -> Document | None:
    for form in _FORMS:
        for path in form.paths:
            at = {path, f"{path}.item"} if path else {"", "item"}
            full = {each for each in at if form.keys <= found.keys.get(each, set())}
            if full:
                return Document(form.kind, frozenset(at if path else full))
    return None


def _empty_document(found: Outline) -> Document | None:
    keys = found.keys.get("", set())
    form = next((form for form in _EMPTY if form.keys <= keys), None)
    return Document(form.kind, frozenset((form.paths[0], f"{form.paths[0]}.item"))) if form else None


def _on_lines(start: str) -> Document | None:
    """A text with a row on each line. One that is no JSON, be it the first, then spoils only itself."""
    lines = (line for line in start.split("\n", _LOOK)[:_LOOK] if line.strip())
    keys: set[str] = set().union(*(row.value for row in map(parse_line, lines) if isinstance(row.value, dict)))
    kind = next((form.kind for form in _FORMS if "" in form.paths and form.keys <= keys), "")
    return Document(kind, frozenset()) if kind else None


def _account(texts: Iterable[str]) -> str:
    names = (text(each) for each in texts)
    return next((name for name in names if 0 < len(name) <= _MAX_ACCOUNT and name.isprintable()), "")
