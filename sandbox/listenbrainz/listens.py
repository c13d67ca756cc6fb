"""What has an account listened to, and what does it play now?"""

from collections.abc import Callable
from operator import itemgetter

from sandbox.listenbrainz.errors import ListenBrainzError
from sandbox.listenbrainz.rows import Heard, Rows
from sandbox.listeners.accounts import Account, Accounts
from sandbox.wire import Answer, Request, json_answer

_MOST, _USUAL = 1000, 25
_second = itemgetter(0)


class Listens:
    """The calls below `user/<name>/`; `clock` is seconds since 1970."""

    def __init__(self, accounts: Accounts, rows: Rows, clock: Callable[[], float]) -> None:
        self._accounts = accounts
        self._rows = rows
        self._clock = clock

    def list_listens(self, request: Request, name: str) -> Answer:
        """Lists listens, newest first: those before `max_ts`, or those that follow upon `min_ts`."""
        account = self._need(name)
        after, before = _read_whole(request, "min_ts", 0), _read_whole(request, "max_ts", 0)
        if after and before:
            raise ListenBrainzError("You may only specify max_ts or min_ts, not both.")
        count = min(_read_whole(request, "count", _USUAL), _MOST)
        if count < 0:
            raise ListenBrainzError("Number of items requested should be positive")
        # As with the real service, zero counts as not given.
        heard = _read_oldest(account, count, after) if after else _read_newest(account, count, before or None)
        newest, oldest = _read_newest(account, 1, None), _read_oldest(account, 1, -1)
        return _payload(
            {
                "count": len(heard),
                "latest_listen_ts": newest[0][0] if newest else 0,
                "listens": [self._rows.write(account.name, one) for one in heard],
                "oldest_listen_ts": oldest[0][0] if oldest else 0,
                "user_id": name,
            }
        )

    def count_listens(self, request: Request, name: str) -> Answer:  # noqa: ARG002 - the shape of a method
        """Counts all listens."""
        account = self._need(name)
        return _payload({"count": len(account.history) + len(account.submitted)})

    def get_playing_now(self, request: Request, name: str) -> Answer:  # noqa: ARG002 - the shape of a method
        """Tells what plays: what was announced here until it is over, else what plays on Last.fm too."""
        account = self._need(name)
        told = None
        if account.announced and account.announced.until > self._clock():
            told = self._rows.complete(account.announced.metadata)
        elif account.playing:
            told = self._rows.tell(account.playing)
        listens = [{"playing_now": True, "track_metadata": told}] if told else []
        return _payload({"count": len(listens), "listens": listens, "playing_now": True, "user_id": name})

    def _need(self, name: str) -> Account:
        account = self._accounts.find(name)
        if account is None:
            raise ListenBrainzError(f"Cannot find user: {name}", 404)
        return account


def _read_newest(account: Account, count: int, before: int | None) -> list[Heard]:
    told: list[Heard] = [(one.listened_at, one) for one in account.submitted.read_newest(count, until=before)]
    # Of the same second, what was submitted is the newer: the order in which `_read_oldest` has them, backwards.
    return sorted([*told, *account.history.read_page(1, count, until=before).plays], key=_second, reverse=True)[:count]


def _read_oldest(account: Account, count: int, after: int) -> list[Heard]:
    told: list[Heard] = [(one.listened_at, one) for one in account.submitted.read_oldest(count, since=after + 1)]
    return sorted([*account.history.read_oldest(count, since=after + 1), *told], key=_second)[:count][::-1]


def _read_whole(request: Request, name: str, usual: int) -> int:
    written = request.query.get(name, "")
    try:
        return int(written) if written else usual
    except ValueError as error:
        raise ListenBrainzError(f"Invalid {name} argument: {written}") from error


def _payload(payload: dict[str, object]) -> Answer:
    return json_answer({"payload": payload})
