"""Which genres do the tags of an album's files name, and how many files each?"""

from collections import Counter

import sqlalchemy as sa

from services.album.domain import AlbumId
from services.album.storing.files import index_files


def load_file_genres(connection: sa.Connection, album_id: AlbumId) -> tuple[tuple[str, int], ...]:
    """By how many files say so, most first."""
    said = connection.execute(sa.select(index_files.c.genres).where(index_files.c.album_id == album_id)).scalars()
    return tuple(Counter(genre for genres in said for genre in genres or ()).most_common(50))
