"""What does a Spotify request ask for, and which shape does the app's quota give it?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.spotify.errors import error_body
from sandbox.wire import Request

DEVMODE, EXTENDED = "devmode2026", "extended"
_BASE62 = re.compile(r"[0-9A-Za-z]{22}", re.ASCII)
_DEVMODE_MOST, _EXTENDED_MOST = 10, 50


class SpotifyError(Exception):
    """One refusal of a request that cannot be answered."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def to_json(self) -> dict[str, object]:
        """Writes the body."""
        return error_body(self.status, self.message)


@dataclass(frozen=True, slots=True)
class Ask:
    """The parameters of one call, with the readers that raise Spotify's own errors; `api` is the address of the API as asked."""

    id: str
    params: Mapping[str, str]
    api: str
    is_extended: bool

    def need_id(self) -> str:
        """Reads the identifier of the path; raises 400 when it cannot be one."""
        return check_id(self.id)

    def read_limit(self, usual: int) -> int:
        """Reads `limit`: at most 10 for a development mode app, 50 with extended quota; raises 400."""
        most = _EXTENDED_MOST if self.is_extended else _DEVMODE_MOST
        return self._read_whole("limit", min(usual, most), lowest=1, highest=most)

    def read_offset(self) -> int:
        """Reads `offset`; raises 400."""
        return self._read_whole("offset", 0, lowest=0, highest=100_000)

    def _read_whole(self, name: str, usual: int, *, lowest: int, highest: int) -> int:
        written = self.params.get(name, str(usual))
        if not written.isdecimal() or not lowest <= int(written) <= highest:
            raise SpotifyError(400, f"Invalid {name}")
        return int(written)


def check_id(written: str) -> str:
    """Passes an identifier on; raises 400 when it is not 22 base62 letters."""
    if not _BASE62.fullmatch(written):
        raise SpotifyError(400, "Invalid base62 id")
    return written


def parse_ask(request: Request, identifier: str, profile: str) -> Ask:
    """Reads one request; `identifier` is what stood in its path."""
    return Ask(identifier, request.query, f"http://{request.host}/spotify/v1", profile == EXTENDED)
