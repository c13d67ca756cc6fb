"""A Spotify on loopback that gives out tokens and answers what the test lays in."""

import json
import threading
from dataclasses import dataclass

from tests.fakes.raw_server import Conversation, RawServer, answer

UNKNOWN = {"error": {"status": 404, "message": "Resource not found"}}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its path with the query, and the token or pair it carried."""

    path: str
    authorization: str


class CannedSpotify:
    """Answers what is laid in for a path (its beginning; the longest wins), 404 for any other, and `token-1`, `token-2` … for
    every wish for a token. Keeps what it was asked.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards what follows: connections are played in threads of their own
        self._contents: dict[str, bytes] = {}
        self._refused: set[str] = set()
        self._tokens = 0
        self.expires_in = 3600
        self.token_answer: bytes | None = None
        self.asked: list[Asked] = []
        self.server = RawServer(self._act)

    def says(self, path: str, body: object, *, status: str = "200 OK", headers: tuple[str, ...] = ()) -> None:
        """Lays an answer in; anything but bytes goes out as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        with self._lock:
            self._contents[path] = answer(content, status=status, headers=headers)

    def forget(self) -> None:
        """All that was laid in and all that was asked; tokens stay good."""
        with self._lock:
            self._contents.clear()
            self.asked.clear()

    def refuse(self, *tokens: str) -> None:
        """Answers 401 to these from now on."""
        with self._lock:
            self._refused |= {f"Bearer {token}" for token in tokens}

    def paths(self) -> list[str]:
        """What was asked of the Web API, in order."""
        with self._lock:
            return [asked.path for asked in self.asked if asked.path.startswith("/v1/")]

    def tokens_given(self) -> int:
        with self._lock:
            return self._tokens

    def _act(self, peer: Conversation) -> None:
        while request := peer.read_request():
            peer.send(self._reply(_parse(request)))

    def _reply(self, asked: Asked) -> bytes:
        with self._lock:
            self.asked.append(asked)
            if asked.path == "/api/token":
                return self._give_token()
            if asked.authorization in self._refused:
                return answer(b'{"error":{"status":401,"message":"The access token expired"}}', status="401 Unauthorized")
            fitting = [path for path in self._contents if asked.path.startswith(f"/v1/{path}")]
            if not fitting:
                return answer(json.dumps(UNKNOWN).encode(), status="404 Not Found")
            return self._contents[max(fitting, key=len)]

    def _give_token(self) -> bytes:
        self._tokens += 1
        granted = {"access_token": f"token-{self._tokens}", "token_type": "Bearer", "expires_in": self.expires_in}
        return self.token_answer or answer(json.dumps(granted).encode())


def _parse(request: bytes) -> Asked:
    first, *lines = request.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Asked(first.split(" ")[1], headers.get("authorization", ""))


def artist(spotify_id: str, name: str, **more: object) -> dict[str, object]:
    """An artist object in the shape of development mode, and whatever else."""
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/artist/{spotify_id}"},
        "id": spotify_id,
        "name": name,
        "images": [],
        "type": "artist",
        **more,
    }


def album(album_id: str, title: str, released: str = "2020-01-01", **more: object) -> dict[str, object]:
    """An album object as lists have it."""
    return {"id": album_id, "name": title, "album_type": "album", "release_date": released, "type": "album", **more}


def page(*items: object) -> dict[str, object]:
    """A page of a list."""
    return {"items": list(items), "limit": 10, "offset": 0, "total": len(items), "next": None}
