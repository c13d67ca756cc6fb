"""Meters that satisfy kernel.guard.CallMeter."""

from dataclasses import dataclass, field


class NullMeter:
    """Counts nothing."""

    def called(self, provider: str, operation: str, outcome_kind: str, seconds: float) -> None:
        pass

    def state(self, provider: str, state: str) -> None:
        pass


@dataclass
class ListMeter:
    """Remembers what it was told, oldest first."""

    calls: list[tuple[str, str, str, float]] = field(default_factory=list)
    states: list[tuple[str, str]] = field(default_factory=list)

    def called(self, provider: str, operation: str, outcome_kind: str, seconds: float) -> None:
        self.calls.append((provider, operation, outcome_kind, seconds))

    def state(self, provider: str, state: str) -> None:
        self.states.append((provider, state))
