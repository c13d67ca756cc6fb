"""Did a benchmark reach its bars?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One figure and what it must not fall below or rise above."""

    name: str
    figure: float
    at_least: float = -math.inf
    at_most: float = math.inf

    @property
    def is_met(self) -> bool:
        return self.at_least <= self.figure <= self.at_most

    def __str__(self) -> str:
        bounds = (("at least", self.at_least), ("at most", self.at_most))
        said = ", ".join(f"{side} {bound:g}" for side, bound in bounds if math.isfinite(bound))
        return f"{'met   ' if self.is_met else 'MISSED'} {self.name} {self.figure:.2f} (bar: {said})"


def report(bars: Sequence[Bar]) -> int:
    """Prints every bar; answers the exit status, 1 when any was missed."""
    for bar in bars:
        print(bar)
    return int(not all(bar.is_met for bar in bars))
