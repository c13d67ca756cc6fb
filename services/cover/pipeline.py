"""What is answered about a cover, and what is set off by asking? Reads touch this service's own tables and files alone."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from io import BytesIO
from typing import BinaryIO, Final

import structlog

from kernel.errors import FailedPrecondition, InvalidArgument, NotFound, OwnFault
from kernel.jobs import Lane
from kernel.waiting import Waiting
from services.cover.accesses import Accesses
from services.cover.chain import KeepsPictures, Sources
from services.cover.domain import Attempt, Cover, CoverRef, Grade, Kind, Picture, Shown, SourceName, State
from services.cover.imaging.looks import Rejected
from services.cover.imaging.placeholder import MEDIA_TYPE, Placeholders
from services.cover.keeping import Held, ImageStore
from services.cover.store import CoverStore

_POLL: Final = 0.5
_NAMED: Final = 32
"""So many characters of an image's id name its content in URLs."""
_UPLOADED: Final = "uploaded"
PLACEHOLDER: Final = "placeholder"
"""The source of what is drawn while there is no image."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Served:
    """Bytes to be shown. `tag` names them; that of a placeholder is empty. `file` belongs to the caller."""

    file: BinaryIO
    length: int
    media_type: str
    tag: str
    source: str
    is_expected: bool
    """Whether these are the bytes that the caller named."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One source of a cover, its place in the order of asking, and what came of it, if it was asked."""

    source: SourceName
    attempt: Attempt | None


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pipeline is made of."""

    store: CoverStore
    images: ImageStore
    keeper: KeepsPictures
    placeholders: Placeholders
    sources: Mapping[Kind, Sources]
    accesses: Accesses
    waiting: Waiting


class CoverPipeline:
    """Answers from what is known, and has the rest looked for. Any thread may call it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._store = parts.store

    def serve(self, ref: CoverRef, size: int, expected: str) -> Served:
        """The image, or a placeholder while it is looked for. Raises NotFound."""
        cover = self._load(ref)
        try:
            opened = self._open(ref, cover, size)
        except OwnFault as error:  # a placeholder needs neither the folder of images nor anything written
            _log.warning("image_not_served", cover=str(ref), error=str(error))
            opened = None
        if opened is None:
            drawn = self._parts.placeholders.draw(cover.name if cover else "", str(ref), size)
            return Served(BytesIO(drawn), len(drawn), MEDIA_TYPE, "", PLACEHOLDER, is_expected=False)
        shown, held = opened
        return self._served(shown, held, is_expected=expected == name_of(shown))

    def serve_version(self, ref: CoverRef, size: int, version: str) -> Served:
        """One of its images, shown or older; nothing is looked for. Raises NotFound and OwnFault."""
        cover = self._load(ref)
        if cover is None:
            raise NotFound("No such album or artist is known.")
        shown = next((each for each in _images_of(cover) if _is_named(each, version)), None)
        held = self._parts.images.open(shown.image_id, size) if shown else None
        if shown is None or held is None:
            if shown is not None:  # somebody took the file away
                self._store.forget_images([shown.image_id])
            raise NotFound("This cover has had no such image, or it is not kept any more.")
        return self._served(shown, held, is_expected=True)

    def get(self, ref: CoverRef) -> Cover:
        """What is known of the cover. Raises NotFound."""
        cover = self._look(ref) or self._store.load(ref)
        if cover is None:
            raise NotFound("No such album or artist is known.")
        return cover

    def explain(self, ref: CoverRef) -> list[Explained]:
        """Every source in the order of asking. Raises NotFound."""
        cover = self.get(ref)
        attempts = {source: _as_planned(attempt, cover) for source, attempt in self._store.list_attempts(ref).items()}
        return [Explained(source, attempts.get(source)) for source in self._parts.sources[ref.kind].order]

    def refresh(self, ref: CoverRef) -> Cover:
        """Raises NotFound and FailedPrecondition."""
        if self.get(ref).is_locked:
            raise FailedPrecondition("A person has chosen this image; delete its lock first.")
        self._store.refresh(ref)
        return self.get(ref)

    def upload(self, ref: CoverRef, content: bytes) -> Cover:
        """Shows and locks it. Raises InvalidArgument for what cannot be shown, NotFound, OwnFault."""
        self.get(ref)
        with closing(Picture.of_bytes(SourceName.UPLOAD, Grade.OWN, content, _UPLOADED)) as picture:
            try:
                shown, _ = self._parts.keeper.keep(picture)
            except Rejected as error:
                raise InvalidArgument.of("image", str(error)) from error
        self._store.choose(ref, shown)
        return self.get(ref)

    def lock(self, ref: CoverRef) -> Cover:
        """What is shown stays. Raises NotFound and FailedPrecondition."""
        if self.get(ref).shown is not None:
            self._store.lock(ref)
        cover = self.get(ref)
        if not cover.is_locked:
            raise FailedPrecondition("There is no image to be locked yet.")
        return cover

    def unlock(self, ref: CoverRef) -> None:
        """Raises NotFound."""
        if not self.get(ref).is_locked:
            raise NotFound("This cover is not locked.")
        self._store.unlock(ref)

    def revert(self, ref: CoverRef, image_id: str) -> Cover:
        """To its last version, or to this one; locked from then on. Raises NotFound and FailedPrecondition."""
        versions = [shown for shown, _ in self.get(ref).versions if not image_id or _is_named(shown, image_id)]
        if not versions:
            raise FailedPrecondition("It has had no such image, or that is not kept any more.")
        self._store.choose(ref, versions[0])
        return self.get(ref)

    def watch(self, refs: Sequence[CoverRef]) -> Iterator[list[Cover]]:
        """All of them, then those that have changed. Raises Overloaded and DeadlineSpent."""
        known = self._store.load_many(refs)
        for ref in refs:
            if ref not in known:
                self._store.await_one(ref, None)
        seen: dict[CoverRef, int] = {}
        for _ in self._parts.waiting.rounds(_POLL):
            found = self._store.load_many(refs)
            changed = [found[ref] for ref in refs if ref in found and seen.get(ref) != found[ref].revision]
            if changed:
                seen |= {cover.ref: cover.revision for cover in changed}
                yield self._store.with_versions(changed)

    def request(self, refs: Sequence[CoverRef], lane: Lane, *, is_changed: bool) -> int:
        return self._store.request(refs, lane, is_changed=is_changed)

    def _served(self, shown: Shown, held: Held, *, is_expected: bool) -> Served:
        self._parts.accesses.note(shown.image_id)
        tag = f"{name_of(shown)}.{held.size}"
        return Served(held.file, held.length, held.media_type, tag, str(shown.source), is_expected)

    def _look(self, ref: CoverRef) -> Cover | None:
        """What is known; has it looked for where somebody ought to wait no longer. Raises NotFound."""
        cover = self._load(ref)
        if cover is None or _is_missed(cover):
            self._store.await_one(ref, cover)
        return cover

    def _load(self, ref: CoverRef) -> Cover | None:
        cover = self._store.load(ref)
        if cover is not None and cover.state is State.GONE:
            raise NotFound("There is no such album or artist.")
        return cover

    def _open(self, ref: CoverRef, cover: Cover | None, size: int) -> tuple[Shown, Held] | None:
        """The image, or none: then it is looked for where it ought to be. Raises OwnFault."""
        if cover is None or cover.shown is None:
            if cover is None or _is_missed(cover):
                self._store.await_one(ref, cover)
            return None
        held = self._parts.images.open(cover.shown.image_id, size)
        if held is not None:
            return cover.shown, held
        # Somebody took the file away: it is looked for as if it had never been.
        self._store.forget_images([cover.shown.image_id])
        self._store.await_one(ref, None)
        return None


def _is_missed(cover: Cover) -> bool:
    """Whether there is no image, though there might be one. Who an artist is was not asked as long as nobody waited."""
    is_settled = cover.state is State.ABSENT and (cover.ref.kind is Kind.ALBUM or cover.asked_at is not None)
    return cover.shown is None and not is_settled


def _as_planned(attempt: Attempt, cover: Cover) -> Attempt:
    """Without a time where its source is not asked then: a person has chosen since, or its turn did not come last time."""
    is_planned = cover.next_check_at is not None and attempt.at == cover.checked_at
    return attempt if is_planned else replace(attempt, asked_again_at=None)


def _images_of(cover: Cover) -> Iterator[Shown]:
    if cover.shown is not None:
        yield cover.shown
    yield from (shown for shown, _ in cover.versions)


def _is_named(shown: Shown, name: str) -> bool:
    """By its whole name; a part of it might be another's."""
    return name in (name_of(shown), shown.image_id)


def name_of(shown: Shown) -> str:
    """What names the content in URLs."""
    return shown.image_id[:_NAMED]
