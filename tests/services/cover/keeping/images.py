"""Images without pictures: renditions of any bytes, put as a workshop would have put them."""

import os
from collections.abc import Callable

from services.cover.domain import Image, ImageId
from services.cover.imaging.looks import Look, Rendition
from services.cover.keeping import ImageStore

SIZES = (600, 300, 150)


def look_of(contents: list[bytes]) -> Look:
    renditions = tuple(Rendition(size, len(content)) for size, content in zip(SIZES, contents, strict=False))
    return Look(600, 400, "image/jpeg", "#000000", "AAAA", "0" * 64, renditions)


def put(store: ImageStore, name: bytes, *, size: int = 1000, during: Callable[[], object] = lambda: None) -> Image:
    """One whose largest rendition has so many bytes, and the others a half and a quarter of them."""
    contents = [name * (size // len(name)), name * (size // len(name) // 2), name * (size // len(name) // 4)]
    with store.stage() as stage:
        for descriptor, content in zip(stage.descriptors, contents, strict=False):
            os.write(descriptor, content)
        during()
        return stage.keep(look_of(contents))


def content_of(store: ImageStore, image_id: ImageId, size: int) -> bytes | None:
    held = store.open(image_id, size)
    if held is None:
        return None
    with held.file as file:
        content = file.read()
    assert len(content) == held.length
    return content
