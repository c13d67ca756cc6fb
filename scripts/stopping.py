"""Has somebody asked us to stop, and have they lost patience?"""

import signal
from types import FrameType


class Stopping:
    """What Ctrl-C, `kill` and a closing terminal ask for.

    Signals are only noted: an exception out of one would tear a start or an end apart and leave processes behind.
    """

    def __init__(self) -> None:
        self._asked: list[int] = []

    def listen(self) -> None:
        """From now on signals end nothing by themselves; what `nohup` shields from a closing terminal stays shielded."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._note)

    def is_asked(self) -> bool:
        return bool(self._asked)

    def is_urgent(self) -> bool:
        """Whether we were asked a second time."""
        return len(self._asked) > 1

    @property
    def exit_status(self) -> int:
        """0 after an orderly end, as shells count signals after one in a hurry."""
        return 128 + self._asked[-1] if self.is_urgent() else 0

    def _note(self, number: int, _frame: FrameType | None) -> None:
        # A closing terminal tells us more than once, by the shell and by the kernel, and never means it as a hurry.
        if not (self._asked and number == signal.SIGHUP):
            self._asked.append(number)
