"""What does the reader of tags answer? Kept apart, so that only its own process loads mutagen."""

from typing import Final

TEXTS: Final = ("title", "artist", "album", "album_artist", "track", "disc", "date", "genre", "compilation")
IDS: Final = ("recording", "release", "release_group", "artist_id", "album_artist_id")
"""Both are lists of texts, as they stand in the file. Beside them an answer has `duration_ms` and `picture`."""
MOST_VALUES: Final = 16
