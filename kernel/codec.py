"""How does a value get into a cache and out again? As JSON of whatever shape pydantic understands."""

from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

_adapter_of = cache(TypeAdapter)  # what it makes of a shape takes many milliseconds, and does not change


class JsonCodec(Generic[T]):
    """For frozen dataclasses, unions and collections of them."""

    def __init__(self, shape: Any) -> None:
        self._shape: TypeAdapter[T] = _adapter_of(shape)

    def encode(self, value: T) -> bytes:
        return self._shape.dump_json(value)

    def decode(self, content: bytes) -> T:
        """Raises ValueError for what `encode` did not write."""
        return self._shape.validate_json(content)
