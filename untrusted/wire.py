"""What do a reader's process and the one that asks it say to each other? Kept apart: only one of them loads what reads files."""

import struct
from typing import Final

READY: Final = b"\x01"
"""What the reader says once, when it can be asked."""
WORD_BYTES: Final = 64
"""What goes with the open files of a question: what is asked about them, filled up with NULs."""
MOST_FILES: Final = 8
LENGTH: Final = struct.Struct(">I")
"""What each answer begins with; so many bytes follow."""
NOT_ASKED: Final = 3
"""The status of a reader that was sent something that is no question: whoever wrote it was not the one that asks."""
