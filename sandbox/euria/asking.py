"""What does a chat completion ask for?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.euria.errors import refuse_by_gateway, refuse_missing
from sandbox.wire import Answer, Request, parse_json


class EuriaError(Exception):
    """One refusal of a request that cannot be answered."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body.decode())
        self._answer = answer

    def to_answer(self) -> Answer:
        """Hands out the whole answer."""
        return self._answer


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: `prompt` is the last message of the user, `whole` the text of all messages, `schema` the JSON that is wanted.

    `most_tokens` is 0 without a limit; `may_think` is False when the reasoning was switched off.
    """

    model: str
    prompt: str
    whole: str
    schema: Mapping[str, Any] | None
    most_tokens: int
    may_think: bool


def read_token(request: Request) -> str:
    """Reads the bearer token; empty when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def parse_ask(request: Request) -> Ask:
    """Reads the body; raises EuriaError for what is missing and for what the models' gateway does not do."""
    body = parse_json(request)
    fields: dict[str, Any] = body if isinstance(body, dict) else {}
    missing = [name for name in ("model", "messages") if not fields.get(name)]
    if missing:
        raise EuriaError(refuse_missing(*missing))
    if fields.get("stream"):
        raise EuriaError(refuse_by_gateway("stream is not what the sandbox does"))
    messages = [row for row in fields["messages"] if isinstance(row, dict)] if isinstance(fields["messages"], list) else []
    asked = [_read_text(row) for row in messages if row.get("role") == "user"]
    return Ask(
        model=str(fields["model"]),
        prompt=asked[-1] if asked else "",
        whole="\n".join(map(_read_text, messages)),
        schema=_read_schema(fields.get("response_format")),
        most_tokens=_read_most(fields),
        may_think=fields.get("reasoning_effort") != "none",
    )


def _read_text(message: Mapping[str, Any]) -> str:
    """Reads a content that is a text or a list of parts."""
    content = message.get("content")
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _read_schema(wanted: object) -> Mapping[str, Any] | None:
    kind = wanted.get("type") if isinstance(wanted, dict) else "text"
    if not isinstance(wanted, dict) or kind == "text":
        return None
    named = wanted.get("json_schema")
    schema = named.get("schema") if isinstance(named, dict) else None
    if kind != "json_schema":
        raise EuriaError(refuse_by_gateway(f"response_format {kind} is not supported"))
    if not isinstance(schema, dict):
        raise EuriaError(refuse_by_gateway("response_format json_schema needs a schema"))
    return schema


def _read_most(fields: Mapping[str, Any]) -> int:
    most = fields.get("max_completion_tokens", fields.get("max_tokens"))
    return most if isinstance(most, int) and most > 0 else 0
