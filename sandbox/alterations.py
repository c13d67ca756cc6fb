"""Faults of content: another answer in place of the real one, sent in the ordinary way."""

import gzip
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from sandbox.faults import Options
from sandbox.options import number, text, texts
from sandbox.upstream import Upstream
from sandbox.wire import Answer, Request

WEB_PAGE = b"<!DOCTYPE html><html><head><title>We'll be right back</title></head><body><h1>Back soon</h1></body></html>"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that meets a fault, with what is needed to make up an answer."""

    upstream: Upstream
    request: Request
    random: random.Random
    options: Options


Alteration = Callable[[Asked], Answer]


def answer_status(asked: Asked) -> Answer:
    """Any status; options code, body, content_type, headers, retry_after."""
    code = int(number(asked.options, "code", 500))
    headers = texts(asked.options, "headers")
    if "retry_after" in asked.options:
        headers["Retry-After"] = str(asked.options["retry_after"])
    body = text(asked.options, "body", f"<html><body><h1>{code}</h1></body></html>")
    return Answer(body.encode(), text(asked.options, "content_type", "text/html"), code, headers)


def answer_own_error(asked: Asked) -> Answer:
    """The upstream's own error body; options code and, when not the usual ones, status and retry_after."""
    status = int(number(asked.options, "status", number(asked.options, "http_status", 0))) or None
    answer = asked.upstream.refuse(asked.request, str(asked.options.get("code", 0)), status)
    if "retry_after" not in asked.options:
        return answer
    others = {name: value for name, value in answer.headers.items() if name.lower() != "retry-after"}
    return replace(answer, headers={**others, "Retry-After": str(asked.options["retry_after"])})


def answer_html(asked: Asked) -> Answer:
    """A web page with status 200, as a captive portal or a maintenance page would send; option body."""
    return Answer(text(asked.options, "body", WEB_PAGE.decode()).encode(), "text/html; charset=UTF-8")


def answer_truncated(asked: Asked) -> Answer:
    """The real body cut short in a well-formed answer; option keep, the part that stays (0.5)."""
    answer = asked.upstream.answer(asked.request)
    return replace(answer, body=answer.body[: int(len(answer.body) * number(asked.options, "keep", 0.5))])


def answer_wrong_type(asked: Asked) -> Answer:
    """A well-formed document of a type nobody asked for: a JSON list; options body, content_type."""
    body = text(asked.options, "body", '["not", "what", "you", "asked", "for"]')
    return Answer(body.encode(), text(asked.options, "content_type", "application/json"))


def answer_empty(asked: Asked) -> Answer:
    """The real status and headers without a body."""
    return replace(asked.upstream.answer(asked.request), body=b"")


def answer_redirect(asked: Asked) -> Answer:
    """A redirect to option location; option code (302)."""
    return Answer(b"", "text/html", int(number(asked.options, "code", 302)), {"Location": text(asked.options, "location", "/")})


def answer_redirect_loop(asked: Asked) -> Answer:
    """A redirect back to the same address that keeps verb and body (307)."""
    return Answer(b"", "text/html", 307, {"Location": asked.request.target})


def answer_gzip_bomb(asked: Asked) -> Answer:
    """A small body that unpacks to option bytes (100 million)."""
    blocks = int(number(asked.options, "bytes", 100_000_000)) // _CHUNK + 1
    # Members of a gzip stream may repeat: one compressed megabyte, many times, costs nothing to make.
    return Answer(
        gzip.compress(bytes(_CHUNK)) * blocks,
        asked.upstream.answer(asked.request).content_type,
        headers={"Content-Encoding": "gzip"},
    )


def answer_garbage(asked: Asked) -> Answer:
    """Random bytes under the real content type; option bytes (2,048)."""
    content_type = asked.upstream.answer(asked.request).content_type
    return Answer(asked.random.randbytes(int(number(asked.options, "bytes", 2048))), content_type)


ALTERATIONS: Mapping[str, Alteration] = MappingProxyType(
    {
        "status": answer_status,
        "html": answer_html,
        "truncated": answer_truncated,
        "wrong_type": answer_wrong_type,
        "empty": answer_empty,
        "redirect": answer_redirect,
        "redirect_loop": answer_redirect_loop,
        "gzip_bomb": answer_gzip_bomb,
        "garbage": answer_garbage,
    }
)


def find_alteration(kind: str) -> Alteration | None:
    """Finds the maker of a fault's answer; None for faults of delivery."""
    return answer_own_error if kind.endswith("_error") else ALTERATIONS.get(kind)
