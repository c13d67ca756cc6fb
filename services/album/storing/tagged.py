"""What do the tags of an album's files say of it?"""

from collections import Counter

import sqlalchemy as sa

from kernel.evidence import Evidence
from services.album.domain import AlbumField, AlbumId
from services.album.dossier import AlbumFact
from services.album.storing.dossiers import FromFiles
from services.album.storing.files import IS_THERE, index_files

FILES = "files"
"""The provider of what files say."""

_BY_DATE = 0.7
"""What a date is worth: of the edition at hand, which need not be the first."""
_BY_ID = 0.9


def read_files(connection: sa.Connection, album_id: AlbumId) -> FromFiles:
    """Of the files that are there, by how many say so."""
    columns = index_files.c
    query = sa.select(columns.genres, columns.released, columns.release_group_mbid, columns.scanned_at)
    found = connection.execute(query.where(columns.album_id == album_id, IS_THERE)).all()
    if not found:
        return FromFiles()
    seen_at = max(row.scanned_at for row in found)
    said = (
        (AlbumField.RELEASED, Counter(row.released for row in found if row.released), _BY_DATE),
        (AlbumField.RELEASE_GROUP_MBID, Counter(row.release_group_mbid for row in found if row.release_group_mbid), _BY_ID),
    )
    facts = []
    for field, counts, confidence in said:
        for value, count in counts.most_common(1):
            words = (f"tags of {count} of {len(found)} files",)
            facts.append(AlbumFact(field, value, Evidence(FILES, seen_at, confidence=confidence, matched_on=words)))
    genres = Counter(genre for row in found for genre in row.genres or ())
    return FromFiles(tuple(genres.most_common(50)), tuple(facts))
