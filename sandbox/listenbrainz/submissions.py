"""Where do submitted listens go? To the account whose token brought them, and to no other service."""

from collections.abc import Callable

from sandbox.listenbrainz.submitting import Told, parse_submission
from sandbox.listenbrainz.tokens import Tokens
from sandbox.listeners.accounts import Account
from sandbox.listeners.plays import Play
from sandbox.listeners.submitted import Announced, Listen
from sandbox.wire import Answer, Request, json_answer

_PLAYS_FOR = 600


class Submissions:
    """The call `submit-listens`; `clock` is seconds since 1970."""

    def __init__(self, tokens: Tokens, clock: Callable[[], float]) -> None:
        self._tokens = tokens
        self._clock = clock

    def submit(self, request: Request) -> Answer:
        """Keeps all listens of a submission or, when one is wrong, none; a listen that is there already is not kept twice."""
        account = self._tokens.need_owner(request)
        for told in parse_submission(request.body, self._clock()):
            self._keep(account, told)
        return json_answer({"status": "ok"})

    def _keep(self, account: Account, told: Told) -> None:
        now = self._clock()
        if told.listened_at is None:
            account.announced = Announced(told.metadata, now + told.duration(_PLAYS_FOR))
        elif account.history.find(Play(told.listened_at, told.artist, told.track, None)) is None:
            account.submitted.add(Listen(told.listened_at, int(now), told.artist, told.track, told.metadata))
