"""How are times and numbers said to a person?"""

from datetime import UTC, datetime

from services.tracker.domain import Hole


def moment(seconds: int) -> str:
    """A second, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def span(hole: Hole) -> str:
    """From when to when, in UTC."""
    return f"{moment(hole.since)} to {moment(hole.until)} UTC"


def counted(count: int, noun: str) -> str:
    """`1 hole`, `3 holes`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
