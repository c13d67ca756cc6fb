"""Which listens does a submission bring, and what is wrong with it?"""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from sandbox.listenbrainz.errors import LARGEST_BODY, ListenBrainzError
from sandbox.listenbrainz.popularity import is_mbid

PLAYING_NOW = "playing_now"
_TYPES = ("single", "import", PLAYING_NOW)
_MOST, _LARGEST_LISTEN = 1000, 10_240
_OLDEST, _SKEW = 1_033_430_400, 3600
_TOO_LOW = (
    "Value for key listened_at is too low. listened_at timestamp should be greater than 1033410600 (2002-10-01 00:00:00 UTC)."
)
_MBIDS = ("release_mbid", "recording_mbid", "release_group_mbid", "track_mbid", "artist_mbids", "work_mbids")
_LONGEST = {"duration": 2_073_600, "duration_ms": 2_073_600_000}


@dataclass(frozen=True, slots=True)
class Told:
    """One listen that passed; `listened_at` is None for what plays now."""

    listened_at: int | None
    artist: str
    track: str
    metadata: Mapping[str, object]

    def duration(self, usual: float) -> float:
        """Reads how many seconds it lasts, `usual` where the player did not say."""
        info = self.metadata.get("additional_info")
        said = info if isinstance(info, dict) else {}
        return float(said["duration"]) if "duration" in said else float(said.get("duration_ms", usual * 1000)) / 1000


def parse_submission(body: bytes, now: float) -> list[Told]:
    """Reads a whole submission; raises ListenBrainzError with the real service's words for the first thing wrong."""
    if len(body) > LARGEST_BODY:
        raise ListenBrainzError(f"Payload too large. Payload cannot exceed {LARGEST_BODY} bytes")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ListenBrainzError(f"Cannot parse JSON document: {error}") from error
    listens, kind = _parse_envelope(document, len(body))
    return [_parse_listen(listen, kind, now) for listen in listens]


def _parse_envelope(document: object, size: int) -> tuple[list[object], str]:
    if not isinstance(document, dict):
        raise ListenBrainzError("Invalid JSON document submitted. Top level of JSON document should be a json object.")
    if "payload" not in document or "listen_type" not in document:
        raise ListenBrainzError("Invalid JSON document submitted.")
    listens, kind = document["payload"], document["listen_type"]
    if not isinstance(listens, list):
        raise ListenBrainzError("The payload in the JSON document should be a list of listens.")
    if not listens:
        raise ListenBrainzError("JSON document does not contain any listens")
    if len(listens) > _MOST:
        raise ListenBrainzError(f"Too many listens. You may not submit more than {_MOST} listens at once.")
    if size > len(listens) * _LARGEST_LISTEN:
        raise ListenBrainzError(f"JSON document is too large. Each listens may not be larger than {_LARGEST_LISTEN} bytes.")
    if kind not in _TYPES:
        raise ListenBrainzError("JSON document requires a valid listen_type key.")
    if kind != "import" and len(listens) > 1:
        raise ListenBrainzError("JSON document contains more than listen for a single/playing_now. It should contain only one.")
    return listens, kind


def _parse_listen(listen: object, kind: str, now: float) -> Told:
    if not isinstance(listen, dict):
        raise ListenBrainzError("Listen is empty and cannot be validated.")
    at = None
    if kind == PLAYING_NOW:
        _refuse_if(listen, "listened_at" in listen, "JSON document must not contain listened_at while submitting playing_now.")
    else:
        at = _parse_time(listen, now)
    metadata = listen.get("track_metadata")
    _refuse_if(listen, "track_metadata" not in listen, "JSON document must contain the key track_metadata at the top level.")
    if kind == PLAYING_NOW:
        only = "JSON document may only contain track_metadata as top level key when submitting playing_now."
    else:
        only = "JSON document may only contain listened_at and track_metadata top level keys"
    _refuse_if(listen, bool(listen.keys() - {"listened_at", "track_metadata"}), only)
    if not isinstance(metadata, dict):
        raise ListenBrainzError("JSON document may not have track_metadata with null value.", about=listen)
    names = {name: _parse_name(listen, metadata, name) for name in ("track_name", "artist_name")}
    if "release_name" in metadata:
        names["release_name"] = _parse_name(listen, metadata, "release_name")
    info = _parse_info(listen, metadata.get("additional_info") or {})
    return Told(at, names["artist_name"], names["track_name"], {**metadata, **names, "additional_info": info})


def _parse_time(listen: Mapping[str, object], now: float) -> int:
    _refuse_if(listen, "listened_at" not in listen, "JSON document must contain the key listened_at at the top level.")
    written = listen["listened_at"]
    try:
        at = int(written if isinstance(written, int | float) and not isinstance(written, bool) else str(written))
    except ValueError as error:
        raise ListenBrainzError("JSON document must contain an int value for listened_at.", about=listen) from error
    _refuse_if(listen, at >= int(now) + _SKEW, "Value for key listened_at is too high.")
    _refuse_if(listen, at < _OLDEST, _TOO_LOW)
    return at


def _parse_name(listen: Mapping[str, object], metadata: Mapping[str, object], name: str) -> str:
    _refuse_if(listen, name not in metadata, f"JSON document does not contain required field track_metadata.{name}.")
    written = metadata[name]
    if not isinstance(written, str):
        raise ListenBrainzError(f"track_metadata.{name} must be a single string.", about=listen)
    _refuse_if(listen, not written.strip(), f"field track_metadata.{name} is empty.")
    return written.strip()


def _parse_info(listen: Mapping[str, object], info: object) -> dict[str, object]:
    """Checks durations and identifiers and leaves out empty identifiers; whatever else a player adds is kept."""
    if not isinstance(info, dict):
        raise ListenBrainzError("track_metadata.additional_info must be an object.", about=listen)
    both = "JSON document should not contain both duration and duration_ms."
    _refuse_if(listen, _LONGEST.keys() <= info.keys(), both)
    for name, longest in _LONGEST.items():
        whole = info.get(name, 1)
        is_fit = isinstance(whole, int) and not isinstance(whole, bool) and whole > 0
        _refuse_if(listen, not is_fit, f"Value for {name} is invalid, should be a positive integer.")
        _refuse_if(listen, whole > longest, f"Value for {name} is too large, max permitted value is {longest}")
    for name in _MBIDS:
        given = info.get(name)
        mbids = given if isinstance(given, list) else [given]
        _refuse_if(listen, not all(is_mbid(mbid) for mbid in mbids if mbid), f"{name} MBID format invalid.")
    return {name: value for name, value in info.items() if value or name not in _MBIDS}


def _refuse_if(listen: Mapping[str, object], is_wrong: bool, words: str) -> None:  # noqa: FBT001 - reads as a sentence
    if is_wrong:
        raise ListenBrainzError(words, about=listen)
