"""Which plays does an exported history hold? Read as a stream, whatever its size and whoever sent it.

archives.py opens what was sent, streams.py makes text of it, shapes.py tells its kind; documents.py, lines.py and tables.py find
the rows, and one module for each family says what a row means.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from kernel.errors import InvalidArgument
from services.tracker.domain import Play, Reject
from services.tracker.files import flat, koito, lastfm, listenbrainz, maloja
from services.tracker.files.archives import open_members
from services.tracker.files.fields import Json, Verdict
from services.tracker.files.shapes import READ, Document, find_shape, read_shape
from services.tracker.files.streams import MAX_RAW, Member, Stopped
from services.tracker.files.tables import Table

_TO_PLAY: dict[str, Callable[[Json], Verdict]] = {
    "lastfm_json": lastfm.to_play,
    "lastfm_csv": flat.to_play,
    "listenbrainz_json": listenbrainz.to_play,
    "maloja_json": maloja.to_play,
    "koito_json": koito.to_play,
    "soniquebay_jsonl": flat.to_play,
    "soniquebay_csv": flat.to_play,
}
_NO_HISTORY = "is a zip archive without a history of plays in its JSON, JSONL or CSV files"
_SMALL = 1 << 16
"""Once the kind of an archive is known, only files up to this size are asked whom it speaks of."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is: its kind, and whom it speaks of, empty when it does not say."""

    kind: str
    account: str


def recognise(file: BinaryIO) -> Recognised:
    """Tells what a file is by what is inside it: plain, in a gzip, or in a zip, where the first history decides.

    Raises InvalidArgument, saying what was found and what is read, for anything else.
    """
    kind = account = looks_like = ""
    for member in open_members(file):
        if kind and (account or (member.size or 0) > _SMALL):
            continue
        finding = find_shape(member)
        kind = kind or (finding.shape.kind if finding.shape else "")
        account = account or finding.account
        looks_like = _NO_HISTORY if member.name and not member.fault else finding.looks_like
    if not kind:
        raise InvalidArgument.of("file", f"{looks_like or _NO_HISTORY}. {READ}")
    return Recognised(kind, account)


def read_rows(file: BinaryIO, kind: str) -> Iterator[Play | Reject]:
    """The plays of a file and the rows that cannot be plays, in the file's order, holding one row at a time.

    A row without a usable time, artist or track is a Reject; so is the place where the file is cut off or damaged, and, last,
    each file of an archive that is another kind of history. What plays now is passed over. Raises InvalidArgument when it is
    not of this kind, or, perhaps after many rows, when it turns out to be what archives.py or streams.py refuse.
    """
    found = False
    others: list[Reject] = []
    for member in open_members(file):
        shape = find_shape(member).shape
        if shape and shape.kind == kind:
            found = True
            yield from _read_member(member, shape)
        elif shape or member.fault:
            reason = "is another kind of history; send it by itself" if shape else member.fault
            others.append(Reject(reason, _raw([member.name])))
    if not found:
        raise InvalidArgument.of("file", f"is no longer what it was when it was recognised. {READ}")
    yield from others


def _read_member(member: Member, shape: Document | Table) -> Iterator[Play | Reject]:
    to_play = _TO_PLAY[shape.kind]
    try:
        for row in read_shape(member, shape):
            outcome = row.problem or (to_play(row.value) if isinstance(row.value, dict) else "is no row with named fields")
            if isinstance(outcome, str):
                yield Reject(outcome, _raw(row.raw))
            elif outcome:
                yield outcome
    except Stopped as stop:
        yield Reject(member.fault or stop.reason, _raw([stop.rest]))
    else:
        if member.fault:
            yield Reject(member.fault, _raw([member.name]))


def _raw(raw: str | list[str]) -> str:
    """The text of a row as JSON, cut to what is kept of it."""
    written = raw if isinstance(raw, str) else json.dumps([each[:MAX_RAW] for each in raw], ensure_ascii=False)
    return written if len(written) <= MAX_RAW else written[: MAX_RAW - 1] + "…"
