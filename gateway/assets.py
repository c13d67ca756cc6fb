"""Which files does a browser get? Those in a folder at start, by exact name: no path a caller makes up is ever opened."""

import gzip
import hashlib
import mimetypes
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gateway.exchange import Exchange

_PACKED = ("text/", "application/json", "image/svg", "application/javascript", "application/manifest")
_NONCE = b"__CSP_NONCE__"
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


@dataclass(frozen=True)
class Asset:
    """One file, read once when first asked for. `named_by_content`: its name changes with it, so it may be kept for ever."""

    path: Path
    named_by_content: bool

    @cached_property
    def content(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def packed(self) -> bytes | None:
        """gzip, for the types that shrink."""
        return gzip.compress(self.content, 6, mtime=0) if self.media_type.startswith(_PACKED) else None

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'

    @property
    def media_type(self) -> str:
        kind = mimetypes.guess_type(self.path.name)[0] or "application/octet-stream"
        return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind

    async def send(self, exchange: Exchange, headers: Mapping[str, str]) -> None:
        """Answers with the file: 304 where the browser has it, gzip where it takes it."""
        kept = _FOREVER if self.named_by_content else _ASK_AGAIN
        common = {"etag": self.etag, "cache-control": kept, "vary": "accept-encoding", **headers}
        if exchange.headers.get("if-none-match") == self.etag:
            await exchange.start(304, common)
            await exchange.piece(b"", is_last=True)
            return
        if self.packed is not None and "gzip" in exchange.headers.get("accept-encoding", ""):
            packed = {"content-type": self.media_type, "content-encoding": "gzip", **common}
            await exchange.answer(200, packed, self.packed)
            return
        await exchange.answer(200, {"content-type": self.media_type, **common}, self.content)


class Folder:
    """The files of one folder, by their path below it with `/`. Those in `forever` (a folder below) are named by content."""

    def __init__(self, root: Path, *, forever: str = "") -> None:
        paths = sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else []
        self._assets = {
            str(path.relative_to(root).as_posix()): Asset(path, bool(forever) and forever in path.relative_to(root).parts)
            for path in paths
        }

    def get(self, name: str) -> Asset | None:
        return self._assets.get(name)


class WebApp:
    """The built web app: its files, and its one page for every address that is no file, as the app finds its own way."""

    def __init__(self, root: Path) -> None:
        self._folder = Folder(root, forever="assets")
        self._page = self._folder.get("index.html")

    @property
    def is_there(self) -> bool:
        return self._page is not None

    async def show(self, exchange: Exchange) -> None:
        """Answers with a file, or with the page under a policy that lets only our own scripts and styles run."""
        asset = self._folder.get(exchange.path.lstrip("/"))
        if asset is not None and asset is not self._page:
            await asset.send(exchange, {})
        elif self._page is not None:
            nonce = secrets.token_urlsafe(16)
            headers = {"content-type": "text/html; charset=utf-8", "cache-control": _ASK_AGAIN}
            headers["content-security-policy"] = _app_policy(nonce)
            await exchange.answer(200, headers, self._page.content.replace(_NONCE, nonce.encode()))


def _app_policy(nonce: str) -> str:
    """Component libraries add style elements at run time: those carry the nonce the page was given in place of __CSP_NONCE__."""
    return (
        f"default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
