"""What does EurIA answer, in its right mind and as the knobs have it?"""

import hashlib
from collections.abc import Callable, Mapping
from types import MappingProxyType

from sandbox.euria.asking import Ask, EuriaError, parse_ask
from sandbox.euria.composing import compose, fit_schema
from sandbox.euria.errors import refuse_by_gateway
from sandbox.settings import Knob, Settings
from sandbox.wire import Answer, Request, json_answer

MODELS = ("mistral3", "qwen3", "gpt-oss-120b", "Mistral-Small-4", "Qwen3.5-122B", "gemma-4-31B")
# Once a model, refused ever since.
RETIRED = "mixtral"
OK, NULL, THINKING, WRAPPED, EMPTY, LONG, HTML, INVENTED = (
    "ok",
    "null",
    "thinking",
    "wrapped",
    "empty",
    "long",
    "html",
    "invented",
)
KNOBS: Mapping[str, Knob] = MappingProxyType(
    {
        "content": Knob(OK, (OK, NULL, THINKING, WRAPPED, EMPTY, LONG, HTML, INVENTED)),
        "finish_reason": Knob("stop", ("stop", "length", "content_filter", "tool_calls")),
        "retired": Knob(RETIRED, (RETIRED, *MODELS)),
        "retry_after": Knob(0),
    }
)
INVENTION = "It won the Golden Lantern of 1871 and was recorded underwater."
THOUGHT = "The user wants two sentences. Only the given facts may be in them."
_THINKERS = frozenset({"qwen3", "Qwen3.5-122B"})
_LONG_LETTERS = 200_000
_LETTERS_A_TOKEN = 4
_LISTED_AT = 1_735_689_600


class Chat:
    """The calls."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock

    def list_models(self) -> Answer:
        """Lists the models that are not retired."""
        rows = [
            {"id": model, "object": "model", "created": _LISTED_AT, "owned_by": "infomaniak"}
            for model in MODELS
            if model != self._settings.text("retired")
        ]
        return json_answer({"object": "list", "data": rows})

    def complete(self, request: Request) -> Answer:
        """Answers one question; the same question is answered the same."""
        ask = parse_ask(request)
        if ask.model not in MODELS or ask.model == self._settings.text("retired"):
            raise EuriaError(refuse_by_gateway(f"The model `{ask.model}` does not exist."))
        content, reasoning = self._speak(ask)
        content, reason = self._finish(ask, content)
        message: dict[str, object] = {"role": "assistant", "content": content, "tool_calls": []}
        if reasoning:
            message["reasoning_content"] = reasoning
        asked, said = _count_tokens(ask.whole), _count_tokens((content or "") + reasoning)
        return json_answer(
            {
                "id": f"chatcmpl-{hashlib.sha256(request.body).hexdigest()[:32]}",
                "object": "chat.completion",
                "created": int(self._clock()),
                "model": ask.model,
                "choices": [{"index": 0, "message": message, "finish_reason": reason, "logprobs": None}],
                "usage": {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said},
            }
        )

    def _speak(self, ask: Ask) -> tuple[str | None, str]:
        """Says content and reasoning; a model that thinks wraps its thoughts into the content unless told not to think."""
        how = self._settings.text("content")
        if how in {NULL, THINKING}:
            return None, THOUGHT if how == THINKING else ""
        if how == EMPTY:
            return "", ""
        text = _bend(compose(ask.prompt), how)
        content = text if ask.schema is None else fit_schema(text, ask.schema)
        thinks = ask.model in _THINKERS and ask.may_think
        return f"<think>\n{THOUGHT}\n</think>\n\n{content}" if thinks or how == WRAPPED else content, ""

    def _finish(self, ask: Ask, content: str | None) -> tuple[str | None, str]:
        """Ends as the knob says, or where the tokens that were allowed are spent; what ends by its length breaks off."""
        reason, most = self._settings.text("finish_reason"), ask.most_tokens * _LETTERS_A_TOKEN
        if reason == "length":
            return content and content[: len(content) // 2], reason
        is_cut = bool(content and most and len(content) > most) and self._settings.text("content") != LONG
        return (content and content[:most], "length") if is_cut else (content, reason)


def _bend(text: str, how: str) -> str:
    if how == LONG:
        return (f"{text} " * (_LONG_LETTERS // (len(text) + 1) + 1))[:_LONG_LETTERS]
    if how == HTML:
        return f"<!DOCTYPE html><html><body><p>{text}</p><script>alert(1)</script></body></html>"
    return f"{text} {INVENTION}" if how == INVENTED else text


def _count_tokens(text: str) -> int:
    return -(-len(text) // _LETTERS_A_TOKEN)
