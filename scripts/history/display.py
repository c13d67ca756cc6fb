"""Where is progress shown: as a bar on a terminal, or as lines in a file?"""

from datetime import timedelta
from typing import NoReturn, Protocol, TextIO

from tqdm import tqdm

from scripts.history.progress import Import

_BETWEEN_LINES = timedelta(seconds=5)


class Display(Protocol):
    """Shows how far an import is."""

    def show(self, seen: Import, line: str) -> None:
        """`line` says in words how far it is."""
        ...

    def note(self, sentence: str) -> None:
        """Something that stays to be read."""
        ...

    def close(self) -> None: ...


def display_on(stream: TextIO) -> Display:
    """What suits this stream."""
    return Bar(stream) if stream.isatty() else Lines(stream)


class Bar:
    """One line that is painted over, at every event."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar: tqdm[NoReturn] = tqdm(file=stream, bar_format="{desc}", leave=False, dynamic_ncols=True)

    def show(self, seen: Import, line: str) -> None:
        if seen.total:
            self._bar.bar_format = "|{bar}| {desc}"
            self._bar.total = seen.total
            self._bar.n = min(seen.counts.seen, seen.total)
        self._bar.set_description_str(line)

    def note(self, sentence: str) -> None:
        self._bar.write(sentence, file=self._stream)

    def close(self) -> None:
        self._bar.close()


class Lines:
    """A line every few seconds, by the clock of the events; and whenever the import is in another state."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last: Import | None = None

    def show(self, seen: Import, line: str) -> None:
        if self._is_due(seen):
            self._last = seen
            self.note(line)

    def note(self, sentence: str) -> None:
        self._stream.write(f"{sentence}\n")
        self._stream.flush()

    def close(self) -> None: ...

    def _is_due(self, seen: Import) -> bool:
        if seen.has_ended:
            return False  # the summary says more
        if self._last is None or self._last.state != seen.state:
            return True
        if self._last.updated_at is None or seen.updated_at is None:
            return self._last.updated_at != seen.updated_at
        return seen.updated_at - self._last.updated_at >= _BETWEEN_LINES
