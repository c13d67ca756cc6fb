"""Reads and submits listens as a client of ListenBrainz does."""

from typing import Any

from tests.sandbox.running import RunningSandbox

SUBMIT = "/listenbrainz/1/submit-listens"
LISTENED_AT = 1_600_000_000

Row = dict[str, Any]


def ask(sandbox: RunningSandbox, user: str, what: str = "listens", **params: int | str) -> Any:
    return sandbox.client.get(f"/listenbrainz/1/user/{user}/{what}", params=params)


def read(sandbox: RunningSandbox, user: str, **params: int) -> list[Row]:
    rows: list[Row] = ask(sandbox, user, "listens", **params).json()["payload"]["listens"]
    return rows


def times(rows: list[Row]) -> list[int]:
    return [row["listened_at"] for row in rows]


def listen(track: str = "Airbag", at: int | None = LISTENED_AT, **more: object) -> dict[str, object]:
    metadata = {"artist_name": "Radiohead", "track_name": track, **more}
    return {"track_metadata": metadata} if at is None else {"listened_at": at, "track_metadata": metadata}


def submit(sandbox: RunningSandbox, user: str, *listens: object, kind: str = "import") -> Any:
    headers = {"Authorization": f"Token listener-token:{user}"}
    return sandbox.client.post(SUBMIT, json={"listen_type": kind, "payload": list(listens)}, headers=headers)
