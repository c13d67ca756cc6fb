"""What may a tester set on one upstream, and to which values?"""

from collections.abc import Mapping
from dataclasses import dataclass

Value = str | float


class BadSettingError(ValueError):
    """A setting that does not exist or cannot have that value; the text says what to correct."""


@dataclass(frozen=True, slots=True)
class Knob:
    """One setting: the value it starts with and, for texts, the values it may have. Numbers are zero or more."""

    default: Value
    allowed: tuple[str, ...] = ()

    def is_fit(self, value: object) -> bool:
        """Tells whether the setting may have this value."""
        if self.allowed:
            return value in self.allowed
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0

    def wish(self) -> str:
        """Says what the setting may be."""
        return f"one of {', '.join(self.allowed)}" if self.allowed else "a number, 0 or more"


class Settings:
    """The settings of one upstream by name; one event loop, so no lock."""

    def __init__(self, knobs: Mapping[str, Knob]) -> None:
        self._knobs = dict(knobs)
        self._values: dict[str, Value] = {}
        self.reset()

    def reset(self) -> None:
        """Puts every setting back to the value it started with."""
        self._values = {name: knob.default for name, knob in self._knobs.items()}

    def change(self, wanted: Mapping[str, object]) -> None:
        """Sets what is named, all or nothing; raises BadSettingError."""
        accepted = {name: self._check(name, value) for name, value in wanted.items()}
        self._values.update(accepted)

    def text(self, name: str) -> str:
        """Reads a text."""
        return str(self._values[name])

    def number(self, name: str) -> float:
        """Reads a number."""
        return float(self._values[name])

    def to_json(self) -> dict[str, Value]:
        """Shows every setting as it is now."""
        return dict(self._values)

    def _check(self, name: str, value: object) -> Value:
        knob = self._knobs.get(name)
        if knob is None:
            raise BadSettingError(f"{name}: not among {', '.join(self._knobs)}")
        if not isinstance(value, str | int | float) or not knob.is_fit(value):
            raise BadSettingError(f"{name}: {knob.wish()}")
        return value
