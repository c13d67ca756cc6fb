"""Which files does a browser get? Those of one folder, as they are now: read again once they change, never through a link."""

import errno
import gzip
import hashlib
import mimetypes
import os
import secrets
import stat
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gateway.exchange import Exchange
from gateway.problems import Problem

_PACKED = ("text/", "application/json", "image/svg", "application/javascript", "application/manifest")
_PAGE = "index.html"
_NAMED_BY_CONTENT = "assets/"
_NONCE = b"__CSP_NONCE__"
_POLICY = "content-security-policy"
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_WRITTEN = 2.0
"""Seconds after which a file that has not changed is taken for whole."""
_ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # opening a pipe would wait for ever

_Stamp = tuple[int, int, int]
"""What changes with a file: its inode, its size, and when it was last touched, which nobody can set as they like."""


@dataclass(frozen=True)
class Asset:
    """One file, as it was when it was read."""

    name: str
    content: bytes
    written_at: float = 0.0
    """Seconds since 1970."""

    @cached_property
    def packed(self) -> bytes | None:
        """gzip, for the types that shrink."""
        return gzip.compress(self.content, 6, mtime=0) if self.media_type.startswith(_PACKED) else None

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'

    @property
    def media_type(self) -> str:
        kind = mimetypes.guess_type(self.name)[0] or "application/octet-stream"
        return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind

    @property
    def kept(self) -> str:
        """For how long: what is named by its content for ever, unless it may still be half written."""
        is_whole = time.time() - self.written_at > _WRITTEN
        return _FOREVER if self.name.startswith(_NAMED_BY_CONTENT) and is_whole else _ASK_AGAIN

    async def send(self, exchange: Exchange) -> None:
        """Answers with the file: 304 where the browser has it, gzip where it takes it."""
        common = {"etag": self.etag, "cache-control": self.kept, "vary": "accept-encoding"}
        if exchange.has(self.etag):
            await exchange.start(304, common)
            await exchange.piece(b"", is_last=True)
            return
        if self.packed is not None and "gzip" in exchange.headers.get("accept-encoding", ""):
            packed = {"content-type": self.media_type, "content-encoding": "gzip", **common}
            await exchange.answer(200, packed, self.packed)
            return
        await exchange.answer(200, {"content-type": self.media_type, **common}, self.content)


class Folder:
    """The files of one folder and those below it, by their path with `/`; it may itself be a link, nothing in it is.

    What was read stays in memory as long as the file is what it was.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[str, tuple[_Stamp, Asset]] = {}

    def get(self, name: str) -> Asset | None:
        """The file, or None where there is none; what begins with a dot is none."""
        parts = name.split("/")
        if any(not part or part.startswith(".") or "\0" in part for part in parts):
            return None
        try:
            descriptor = _open_below(self._root, parts)
        except OSError as error:
            if error.errno not in _ABSENT:
                raise
            return None
        try:
            state = os.fstat(descriptor)
            if not stat.S_ISREG(state.st_mode):
                return None
            stamp = (state.st_ino, state.st_size, state.st_ctime_ns)
            known = self._read.get(name)
            if known is not None and known[0] == stamp:
                return known[1]
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                asset = Asset(name, file.read(), state.st_mtime)
        finally:
            os.close(descriptor)
        # What an older build had is let go of.
        self._read = {each: read for each, read in self._read.items() if (self._root / each).exists()}
        self._read[name] = stamp, asset
        return asset


class WebApp:
    """The built web app: its files, and its one page for every address that is no file, as the app finds its own way.

    It may be built anew at any time.
    """

    def __init__(self, root: Path) -> None:
        self._folder = Folder(root)
        self._was_there = False

    @property
    def is_there(self) -> bool:
        """Also while it is built anew, when its folder is empty for a moment."""
        self._was_there = self._was_there or self._folder.get(_PAGE) is not None
        return self._was_there

    async def show(self, exchange: Exchange) -> None:
        """Answers with a file, or with the page for who goes to an address of the app. Raises Problem."""
        name = exchange.path.lstrip("/")
        asset = self._folder.get(name) if name != _PAGE else None
        if asset is not None:
            await asset.send(exchange)
            return
        if name != _PAGE and (name.startswith(_NAMED_BY_CONTENT) or "." in name.rpartition("/")[2]):
            raise Problem("not-found", "The web app has no such file.")
        # Browsers say so of all that is no navigation: a page in the place of a script or a picture would be kept as that.
        if exchange.headers.get("sec-fetch-mode", "navigate") != "navigate":
            raise Problem("not-found", "There is nothing at this address but a page.")
        await self._show_page(exchange)

    async def _show_page(self, exchange: Exchange) -> None:
        """Under a policy that lets only our own scripts and styles run."""
        page = self._folder.get(_PAGE)
        if page is None:
            raise Problem("unavailable", "The web app is being built anew.", headers={"retry-after": "1"})
        headers = {"etag": page.etag, "cache-control": _ASK_AGAIN}
        if exchange.has(page.etag):
            # The browser goes on with the page and the policy it has, which share a nonce; any other would replace that policy.
            exchange.added.pop(_POLICY, None)
            await exchange.start(304, headers)
            await exchange.piece(b"", is_last=True)
            return
        nonce = secrets.token_urlsafe(16)
        headers |= {"content-type": page.media_type, _POLICY: _app_policy(nonce)}
        await exchange.answer(200, headers, page.content.replace(_NONCE, nonce.encode()))


def _open_below(root: Path, parts: list[str]) -> int:
    """A descriptor of this file; each name is looked up in the folder above, never through a link. Raises OSError."""
    *folders, name = parts
    above = os.open(root, _FOLDER)
    try:
        for folder in folders:
            below = os.open(folder, _FOLDER | os.O_NOFOLLOW, dir_fd=above)
            os.close(above)
            above = below
        return os.open(name, _FILE, dir_fd=above)
    finally:
        os.close(above)


def _app_policy(nonce: str) -> str:
    """Component libraries add style elements at run time: those carry the nonce the page was given in place of __CSP_NONCE__."""
    return (
        f"default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
