"""One workshop for all tests that look into pictures, and what it makes of them."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from PIL import Image

from services.cover.imaging.looks import Look
from services.cover.imaging.workshop import Workshop


@contextmanager
def in_memory(content: bytes = b"") -> Iterator[int]:
    descriptor = os.memfd_create("test")
    try:
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(content)
        yield descriptor
    finally:
        os.close(descriptor)


@dataclass(frozen=True)
class Made:
    """What was made of a picture: the look, and the bytes of each file for a rendition."""

    look: Look
    files: list[bytes]

    @property
    def largest(self) -> Image.Image:
        return Image.open(io.BytesIO(self.files[0]))


LooksInto = Callable[[bytes], Made]


def look_into(workshop: Workshop, content: bytes, count: int = 4) -> Made:
    outputs = [os.memfd_create("rendition") for _ in range(count)]
    try:
        with in_memory(content) as picture:
            look = workshop.look_into(picture, outputs)
        return Made(look, [os.pread(each, 2**25, 0) for each in outputs])
    finally:
        for each in outputs:
            os.close(each)


@pytest.fixture(scope="session")
def workshop() -> Iterator[Workshop]:
    with Workshop() as running:
        yield running


@pytest.fixture
def look(workshop: Workshop) -> LooksInto:
    return lambda content: look_into(workshop, content)
