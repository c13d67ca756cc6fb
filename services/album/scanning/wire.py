"""What do the reader's process and the one that asks it say to each other? Kept apart, so that only one of them loads mutagen."""

import struct
from typing import Final

READY: Final = b"\x01"
"""What the reader says once, when it can be asked."""
SUFFIX_BYTES: Final = 8
"""What goes with each open file: its suffix, such as `.flac`, filled up with NULs."""
LENGTH: Final = struct.Struct(">I")
"""What each answer begins with; so many bytes of JSON follow."""
TEXTS: Final = ("title", "artist", "album", "album_artist", "track", "disc", "date", "genre", "compilation")
IDS: Final = ("recording", "release", "release_group", "artist_id", "album_artist_id")
"""Both are lists of texts, as they stand in the file. Beside them an answer has `duration_ms` and `picture`."""
MOST_VALUES: Final = 16
