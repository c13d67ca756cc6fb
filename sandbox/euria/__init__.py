"""Infomaniak's AI ("EurIA"), OpenAI compatible: chat completions that say only what they were told, and the list of models."""

import re
from collections.abc import Callable

from sandbox.euria.answering import KNOBS, Chat
from sandbox.euria.asking import EuriaError, read_token
from sandbox.euria.errors import REFUSALS
from sandbox.settings import Settings
from sandbox.upstream import Limit, Upstream, name_by_path
from sandbox.wire import Answer, Request

NAME = "euria"
# The service publishes no number; this is a guess.
LIMIT = Limit(60, 60)
# The one product the sandbox has, and a token for it: every other token that begins like this one is as good.
PRODUCT, TOKEN = "101", "sandbox-euria-token"
_TOKENS = "sandbox-"
_PATH = re.compile(r"/2/ai/(?P<product>\d+)/openai/v1/(?P<call>chat/completions|models)")
_CALLS = {("POST", "chat/completions"): "chat.completions", ("GET", "models"): "models"}


def build(clock: Callable[[], float]) -> Upstream:
    """Builds the service; `clock` is seconds since 1970."""
    settings = Settings(KNOBS)
    chat = Chat(settings, clock)
    return Upstream(
        name=NAME,
        answer=lambda request: _answer(request, chat),
        api_method=lambda request: _name_method(request) or name_by_path(request),
        caller=read_token,
        throttled=lambda request: _throttle(request, settings),
        refuse=REFUSALS.refuse,
        limit=LIMIT,
        settings=settings,
    )


def _answer(request: Request, chat: Chat) -> Answer:
    if not read_token(request).startswith(_TOKENS):
        return REFUSALS.refuse(request, "bad_token", None)
    name, found = _name_method(request), _PATH.fullmatch(request.path)
    if not name or found is None:
        return REFUSALS.refuse(request, "unknown", None)
    if found["product"] != PRODUCT:
        return REFUSALS.refuse(request, "wrong_product", None)
    try:
        return chat.complete(request) if name == "chat.completions" else chat.list_models()
    except EuriaError as error:
        return error.to_answer()


def _throttle(request: Request, settings: Settings) -> Answer:
    refusal, seconds = REFUSALS.refuse(request, "rate_limit", None), settings.number("retry_after")
    return Answer(refusal.body, status=refusal.status, headers={"Retry-After": f"{seconds:.0f}"} if seconds else {})


def _name_method(request: Request) -> str:
    """Names a call as the journal has it; empty for addresses the sandbox does not know."""
    found = _PATH.fullmatch(request.path)
    return _CALLS.get((request.http_method, found["call"]), "") if found else ""
