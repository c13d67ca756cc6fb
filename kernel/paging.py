"""How does a list go on where the last page ended, without trusting what the caller hands back?"""

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from filelock import FileLock
from google.protobuf.message import Message

from kernel.errors import InvalidArgument
from kernel.settings import AppSettings

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
_KEY_BYTES = 32

Cursor = tuple[str | int | float | None, ...]
"""Where a page ended: the sort columns of its last row. It is signed, not hidden: callers can read it."""


def page_size(asked: int) -> int:
    """How many rows to answer: 50 when the caller leaves it open, never over 200. Raises InvalidArgument below zero."""
    if asked < 0:
        raise InvalidArgument.of("page_size", "must be 0 (the default) or more")
    return min(asked or DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)


class PageTokens:
    """Signs cursors. A token is good only for the request it was made for: same type, same other fields; page_size may change.

    A cursor from another query would be a position in another order: rows skipped or shown twice without anyone noticing.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def from_settings(cls, settings: AppSettings) -> "PageTokens":
        """Keyed from the token secret where there is one, so that every replica reads the others' tokens; else from a file."""
        secret = settings.jwt_secret.get_secret_value().encode()
        if secret:
            return cls(hmac.digest(secret, b"page tokens", "sha256"))
        return cls(load_or_create_key(settings.data_dir / "page.key"))

    def issue(self, cursor: Cursor, request: Message) -> str:
        """The `next_page_token` that leads `request` on from `cursor`; URL-safe."""
        position = urlsafe_b64encode(json.dumps(cursor, separators=(",", ":")).encode()).decode()
        return f"{position}.{self._signature(position, request)}"

    def read(self, token: str, request: Message) -> Cursor | None:
        """The cursor in `token`; None for an empty one (the first page). Raises InvalidArgument for any not ours."""
        if not token:
            return None
        position, _, signature = token.partition(".")
        # compared as text, so that no second spelling of the same base64 passes
        if not hmac.compare_digest(signature.encode("utf-8", "replace"), self._signature(position, request).encode()):
            raise InvalidArgument.of("page_token", "is not one this list gave for the same other fields")
        return tuple(json.loads(urlsafe_b64decode(position)))

    def _signature(self, position: str, request: Message) -> str:
        query = type(request)()
        query.CopyFrom(request)
        query.ClearField("page_token")
        query.ClearField("page_size")
        scope = hashlib.sha256(query.SerializeToString(deterministic=True)).digest()
        signed = b"\0".join([request.DESCRIPTOR.full_name.encode(), scope, position.encode("utf-8", "replace")])
        return urlsafe_b64encode(hmac.digest(self._key, signed, "sha256")).decode().rstrip("=")


def load_or_create_key(path: Path) -> bytes:
    """The 32 bytes kept at `path`, made on first use and readable by the owner only; the same for all who start together."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        key = path.read_bytes() if path.exists() else b""
        if len(key) != _KEY_BYTES:  # none yet, or one that a power cut left empty: old tokens are refused, nothing else is lost
            key = secrets.token_bytes(_KEY_BYTES)
            path.touch(mode=0o600)
            path.write_bytes(key)
    return key
