"""What journeys about plays share: the whole system with an account's history before it, and what is told of both."""

import json
from collections import Counter
from collections.abc import Collection, Generator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from sandbox.environment import settings_for
from tests.fakes.nursery import Nursery
from tests.fakes.patience import eventually
from tests.fakes.servers import free_service_port
from tests.journeys.running import RunningSystem

IMPORT_HISTORY = "/api/v1/services/lastfm/import-history"
IMPORTS = "/api/v1/imports"
LISTENING = ("album", "artist", "tracker")
"""The services that plays need."""
PATIENT = 60.0
"""Seconds for what takes one or two, on a machine that does other things too."""

FAST = {
    "LASTFM_RATE_PER_SECOND": "100000",
    "GATEWAY_RATE_READ_PER_MINUTE": "0",
    "GATEWAY_RATE_WRITE_PER_MINUTE": "0",
}
UNLIMITED = {
    f"{provider}_RATE_PER_SECOND": "100000"
    for provider in (
        "LASTFM",
        "MUSICBRAINZ",
        "SPOTIFY",
        "LISTENBRAINZ",
        "WIKIDATA",
        "COVERARTARCHIVE",
        "COMMONS",
        "DEEZER",
        "COVER_IMAGES",
        "EURIA",
    )
}
"""Every provider may be asked as often as one likes."""
_LARGEST_PAGE = 1000
_EVERYTHING = {"journal": True, "faults": True, "settings": True}

Heard = tuple[int, str, str, str]
"""Second, artist, track, album."""
Plays = Counter[Heard]


class Listener:
    """An account of the sandbox, and the system that follows it: the questions of journeys about plays, to both."""

    account: str
    client: httpx.Client
    sandbox: httpx.Client

    def lift_limits(self) -> None:
        """Nor does any upstream of the sandbox mind."""
        self.sandbox.put("/_sandbox/limits", json=dict.fromkeys(self.sandbox.get("/_sandbox/limits").json()))

    def calls(self) -> int:
        """How many calls the sandbox has had for what was played; albums are asked about in the background meanwhile."""
        counted = self.sandbox.get("/_sandbox/counters").json().get("lastfm", {})
        return sum(count for method, count in counted.items() if method.startswith("user."))

    def get(self, path: str, **params: Any) -> Any:
        """The answer, which must be a good one."""
        answer = self.client.get(path, params=params, timeout=PATIENT)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        """The answer, which must be a good one."""
        answer = self.client.post(path, json=body, timeout=PATIENT)
        assert answer.is_success, answer.text
        return answer.json()

    def import_history(self, **params: Any) -> httpx.Response:
        """Imports, and waits for the end of it."""
        return self.client.post(IMPORT_HISTORY, params=params, timeout=4 * PATIENT)

    def begin(self, **body: Any) -> str:
        """The address of a new import."""
        return f"{IMPORTS}/{self.post(IMPORTS, **body)['id']}"

    def newest_import(self) -> str:
        """The address of the import that was asked for last."""
        return f"{IMPORTS}/{self.get(IMPORTS, page_size=1)['imports'][0]['id']}"

    def finish(self, address: str) -> Any:
        """The import as it ended, after having watched it."""
        told = [content["progress"] for name, content in events(self.client, f"{address}/events") if name == "progress"]
        return told[-1]

    def stored(self) -> Plays:
        """Every play of the export."""
        lines = self.client.get("/api/v1/plays:export", timeout=PATIENT).text.splitlines()
        return Counter(tuple(json.loads(line)[name] for name in ("uts", "artist", "track", "album")) for line in lines)

    def unnamed(self) -> int:
        """Plays of the export whose artist, track or album has no id of ours yet."""
        lines = self.client.get("/api/v1/plays:export", timeout=PATIENT).text.splitlines()
        return sum(not is_named(json.loads(line)) for line in lines)

    @cached_property
    def history(self) -> Plays:
        """Every play of the account, as the source tells it."""
        asked = {"method": "user.getrecenttracks", "user": self.account, "api_key": "any", "format": "json"}
        heard: Plays = Counter()
        page, last = 0, 1
        while page < last:
            page += 1
            answer = self.sandbox.get("/lastfm/2.0/", params={**asked, "limit": _LARGEST_PAGE, "page": page})
            recent = answer.json()["recenttracks"]
            last = int(recent["@attr"]["totalPages"])
            heard.update(map(_heard, recent["track"]))
        return heard

    def newest(self, count: int) -> list[Heard]:
        """The newest plays of the history, newest first."""
        return sorted(self.history.elements(), reverse=True)[:count]

    def pages_asked(self) -> int:
        """How many pages of a history the sandbox was asked for."""
        counters = self.sandbox.get("/_sandbox/counters").json()
        return int(counters.get("lastfm", {}).get("user.getrecenttracks", 0))

    def arrange(self, **settings: Any) -> None:
        """How the sandbox answers for histories."""
        assert self.sandbox.put("/_sandbox/lastfm", json=settings).status_code == 200

    def empty(self) -> None:
        """Takes back every import, and whatever was arranged."""
        self.sandbox.post("/_sandbox/reset", json=_EVERYTHING)
        for each in self.get(IMPORTS, page_size=200)["imports"]:
            address = f"{IMPORTS}/{each['id']}"
            if not each["is_undone"]:
                self.client.post(f"{address}:cancel")
                self.post(f"{address}:undo")
        assert self.get("/api/v1/plays")["plays"] == []


class ListeningSystem(Listener, RunningSystem):
    """Follows `listener_<plays>`, and may ask its sandbox as often as it likes."""

    def __init__(
        self, folder: Path, plays: int, settings: Mapping[str, str] | None = None, *, services: Collection[str] = LISTENING
    ) -> None:
        self.account = f"listener_{plays}"
        super().__init__(folder, {**FAST, "LASTFM_USERNAME": self.account, **(settings or {})}, services=services)

    def start(self) -> None:
        super().start()
        self.sandbox.put("/_sandbox/limits", json={"lastfm": None})


class OwnTracker:
    """A tracker service that nobody revives but the test; its system has none, and the gateway asks this one."""

    def __init__(self, folder: Path, plays: int) -> None:
        self._port = free_service_port()
        elsewhere = {"GATEWAY_SERVICES": f"soniquebay.tracker.v1=127.0.0.1:{self._port}"}
        self.system = ListeningSystem(folder, plays, elsewhere, services=["album", "artist"])
        self._nursery = Nursery("services.tracker", self.system.environment)
        self.start("first")

    def start(self, folder: str, **settings: str) -> None:
        """With the data of `folder`: what another one has kept, this one does not know."""
        system, self.folder = self.system, folder
        data = system.folder / folder
        data.mkdir(exist_ok=True)
        environment = {
            **system.environment,
            **settings_for(f"http://127.0.0.1:{system.sandbox_port}"),
            "LASTFM_USERNAME": system.account,
            "TRACKER_PORT": str(self._port),
            "DATA_DIR": str(data),
            "JOB_LEASE": "2s",
            **settings,
        }
        self._process = self._nursery.start(environment, data / "tracker.log")

    def replace(self, folder: str, **settings: str) -> None:
        """Another one in its place, and nothing arranged in the sandbox; answers are those of the new one afterwards."""
        self.system.sandbox.post("/_sandbox/reset", json=_EVERYTHING)
        self.kill()
        self.start(folder, **settings)
        self.await_ready()

    def await_ready(self) -> None:
        assert eventually(lambda: self.system.client.get(IMPORTS).status_code == 200, within=PATIENT)

    def kill(self) -> None:
        """`kill -9`."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self._nursery.close()


def events(client: httpx.Client, path: str) -> Generator[tuple[str, Any], None, None]:
    """Name and content of each event, until the stream ends."""
    name = ""
    with client.stream("GET", path, timeout=4 * PATIENT) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)


def is_named(play: Mapping[str, Any]) -> bool:
    """Whether all there is of a play has an id of ours."""
    return bool(play["artist_id"] and play["track_id"] and (play["album_id"] or not play["album"]))


def _heard(row: Mapping[str, Any]) -> Heard:
    return int(row["date"]["uts"]), row["artist"]["#text"], row["name"], row["album"]["#text"]
