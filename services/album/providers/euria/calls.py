"""How is a chat completion asked for, and what does its answer mean?"""

import json
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

from kernel.clock import Clock
from kernel.errors import ProviderFault, ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.http import HttpAnswer, HttpClient, parse_retry_after
from upstreams.reading import child, children, is_server_error, parse_object, text

NAME = "euria"

UNCHARGED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})
"""Refused at the door, before any model has read a word."""

_MOST_BYTES = 1024 * 1024
_MOST_TOKENS = 600  # four sentences take 150 in English, and up to four times as many in other scripts
_TEMPERATURE = 0.2
_THROTTLE_PAUSE = timedelta(seconds=60)  # limits are per minute, and Retry-After is not promised
_STOPPED, _CUT_OFF = "stop", "length"
_REFUSALS: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "the request is refused, perhaps because the model has been retired; check EURIA_MODEL",
    HTTPStatus.UNAUTHORIZED: "the token is refused; check EURIA_TOKEN",
    HTTPStatus.FORBIDDEN: "the token has no right to this product; check EURIA_TOKEN, and the product's number in EURIA_URL",
    HTTPStatus.NOT_FOUND: "no such product or model; check EURIA_URL and EURIA_MODEL",
    HTTPStatus.UNPROCESSABLE_ENTITY: "the request is refused; check EURIA_MODEL and EURIA_URL",
}


class ChatCalls:
    """Chat completions of one model."""

    def __init__(self, http: HttpClient, *, token: str, url: str, model: str, timeout: timedelta, clock: Clock) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept": "application/json"}
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._model = model
        self._timeout = timeout
        self._clock = clock

    def send(self, system: str, message: str) -> HttpAnswer:
        """One call; what its status means is for `read` to say. Raises ProviderFault.

        Plain text is asked for, not a JSON schema: a text that breaks off is still whole sentences, a JSON that does is nothing,
        and not every model that can be chosen knows schemas. Thinking costs tokens and comes back in the text, so it is off.
        """
        asked = {
            "model": self._model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": message}],
            "temperature": _TEMPERATURE,
            "max_tokens": _MOST_TOKENS,
            "reasoning_effort": "none",
        }
        return self._http.request(
            "POST",
            self._url,
            provider=NAME,
            headers=self._headers,
            content=json.dumps(asked).encode(),
            timeout=self._timeout,
            max_bytes=_MOST_BYTES,
        )

    def read(self, answer: HttpAnswer) -> tuple[str, bool]:
        """What the model said, and whether it came to its end. Raises ProviderFault."""
        if answer.status != HTTPStatus.OK:
            raise self._fault_of(answer)
        choice = next(children(parse_object(answer, NAME), "choices"), {})
        content = child(choice, "message").get("content")
        if not isinstance(content, str):  # null: every token went into thinking, or into a tool nobody offered
            raise ProviderMalformed(NAME, "the answer holds no text")
        reason = text(choice, "finish_reason")
        if reason not in (_STOPPED, _CUT_OFF):
            raise ProviderMalformed(NAME, "the text was not finished")
        return content, reason == _STOPPED

    def _fault_of(self, answer: HttpAnswer) -> ProviderFault:
        status = answer.status
        if is_server_error(answer):
            return ProviderUnavailable(NAME, f"temporarily unavailable (HTTP {status})")
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            asked = parse_retry_after(answer.headers.get("retry-after"), self._clock.now())
            return ProviderThrottled(NAME, "too many requests", retry_after=asked or _THROTTLE_PAUSE)
        if status in _REFUSALS and _is_complaint(answer):
            return ProviderRejected(NAME, _REFUSALS[status])
        return ProviderMalformed(NAME, f"an answer we do not understand (HTTP {status})")


def _is_complaint(answer: HttpAnswer) -> bool:
    """Whether it is an error object, Infomaniak's or the models' gateway's; a page in HTML is a proxy's perhaps."""
    error = child(parse_object(answer, NAME), "error")
    return any(text(error, key, longest=10_000) for key in ("code", "description", "message"))
