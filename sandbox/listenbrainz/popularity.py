"""How often are artists listened to, many at once by MBID?"""

import uuid

from sandbox.catalogue.directory import Directory
from sandbox.catalogue.reading import make_up_number
from sandbox.listenbrainz.errors import LARGEST_BODY, REFUSALS, ListenBrainzError
from sandbox.wire import Answer, Request, json_answer, parse_json

_MOST = 1000
_MISSING = "artist_mbids JSON element must be present and contain a list of artist_mbids"


class Popularity:
    """The call `popularity/artist`."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def answer(self, request: Request) -> Answer:
        """Answers with one row per identifier in the order asked; raises ListenBrainzError for a body that makes no sense."""
        if len(request.body) > LARGEST_BODY:
            return REFUSALS.refuse(request, "too_large", None)
        body = parse_json(request)
        if body is None:
            raise ListenBrainzError("Cannot parse JSON document")
        mbids = body.get("artist_mbids") if isinstance(body, dict) else None
        if not isinstance(mbids, list):
            raise ListenBrainzError(_MISSING)
        bad = next((mbid for mbid in mbids if not is_mbid(mbid)), None)
        if bad is not None:
            raise ListenBrainzError(f"artist_mbid {bad} is not valid.")
        if len(mbids) > _MOST:
            raise ListenBrainzError(f"Too many artist_mbids, at most {_MOST}")
        return json_answer([self._count(str(mbid)) for mbid in mbids])

    def _count(self, mbid: str) -> dict[str, object]:
        """Counts one artist's listens and listeners; null for the unknown, and for those with too few listeners to be counted."""
        identity = self._directory.find_by_mbid(mbid)
        counted: dict[str, object] = {"artist_mbid": mbid, "total_listen_count": None, "total_user_count": None}
        if identity is None or identity.artist.mbid != mbid:
            return counted
        users = identity.artist.listeners // make_up_number(150, 320, mbid, "listenbrainz")
        if not users:
            return counted
        return {**counted, "total_listen_count": users * make_up_number(20, 90, mbid, "listens"), "total_user_count": users}


def is_mbid(value: object) -> bool:
    """Tells whether this is an identifier as MusicBrainz writes them."""
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False
