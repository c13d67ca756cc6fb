"""Who artists are elsewhere and who says so, numbers over time, what was spent, and rows that became one."""

import sqlalchemy as sa
from alembic import op

from kernel.database import Json, UtcDateTime

revision = "0002"
down_revision = "0001"

_KNOWN_BEFORE = (
    '{"provider": "library", "retrieved_at": "2026-01-01T00:00:00Z", "confidence": 0.9, "matched_on": ["known before"]}'
)
_UNIDENTIFIED = sa.text("mbid IS NULL")


def upgrade() -> None:
    op.drop_index("uq_artists_unidentified_name", table_name="artists")
    op.add_column("artists", sa.Column("wikidata_id", sa.String(16)))
    op.add_column("artist_names", sa.Column("is_enough", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("artist_facts", sa.Column("rests_on", sa.String(64), nullable=False, server_default=""))
    _create_claims()
    _create_the_rest()
    _keep_known_ids()


def _create_claims() -> None:
    op.create_table(
        "artist_claims",
        _artist(),
        sa.Column("provider", sa.String(32), primary_key=True),
        sa.Column("source", sa.String(64), primary_key=True),
        sa.Column("scheme", sa.String(16), primary_key=True),
        sa.Column("value", sa.String(64), primary_key=True),
        sa.Column("basis", sa.String(16), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("rests_on", sa.String(64), nullable=False),
        sa.Column("now", sa.String(64), nullable=False),
        sa.Column("evidence", Json, nullable=False),
    )
    op.create_index("ix_artist_claims_value", "artist_claims", ["scheme", "value"])


def _create_the_rest() -> None:
    op.create_table(
        "artist_numbers",
        _artist(),
        sa.Column("metric", sa.String(32), primary_key=True),
        sa.Column("provider", sa.String(32), primary_key=True),
        sa.Column("observed_at", UtcDateTime, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "artist_redirects",
        sa.Column("old_id", sa.String(36), primary_key=True),
        sa.Column("artist_id", sa.String(36), sa.ForeignKey("artists.id", ondelete="CASCADE"), nullable=False),
    )
    op.create_index("ix_artist_redirects_artist", "artist_redirects", ["artist_id"])
    op.create_table(
        "provider_spending",
        sa.Column("provider", sa.String(32), primary_key=True),
        sa.Column("period", sa.String(10), primary_key=True),
        sa.Column("asked", sa.Integer, nullable=False),
    )
    op.create_table("legacy_progress", sa.Column("source", sa.Text, primary_key=True), sa.Column("last_id", Json, nullable=False))
    op.create_table(
        "artist_batches",
        sa.Column("batch_id", sa.String(64), primary_key=True),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("artist_ids", Json, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )


def _keep_known_ids() -> None:
    """Ids that artists have already came from files, requests and pages; on whose word was not written down then."""
    for column in ("mbid", "spotify_id"):
        op.execute(
            f"""
            INSERT INTO artist_claims
                (artist_id, provider, source, scheme, value, basis, name, description, rests_on, now, evidence)
            SELECT id, 'library', '', '{column}', {column}, 'stated', '', '', '', '',
                '{_KNOWN_BEFORE}'
            FROM artists WHERE {column} IS NOT NULL
            """  # noqa: S608 - both are written above
        )
    op.execute("DELETE FROM artist_facts WHERE field = 'mbid'")


def downgrade() -> None:
    """One row a name is kept: those that only an id told apart are let go with it."""
    for table in (
        "artist_batches",
        "legacy_progress",
        "provider_spending",
        "artist_redirects",
        "artist_numbers",
        "artist_claims",
    ):
        op.drop_table(table)
    _let_namesakes_go()
    fields = "('url', 'listeners', 'playcount', 'tags', 'bio', 'images', 'mbid')"
    op.execute(f"DELETE FROM artist_facts WHERE field NOT IN {fields}")  # noqa: S608 - our own words
    op.execute(f"DELETE FROM artist_overrides WHERE field NOT IN {fields}")  # noqa: S608 - our own words
    op.execute("DELETE FROM artist_checks WHERE kind NOT IN ('profile', 'tags', 'similar')")
    op.drop_column("artist_facts", "rests_on")
    op.drop_column("artist_names", "is_enough")
    op.drop_column("artists", "wikidata_id")
    op.create_index(
        "uq_artists_unidentified_name",
        "artists",
        ["match_key"],
        unique=True,
        sqlite_where=_UNIDENTIFIED,
        postgresql_where=_UNIDENTIFIED,
    )


def _let_namesakes_go() -> None:
    """The library's own stays before others. Children are named: on SQLite, migrations run with foreign keys off."""
    leading = "(other.in_library AND NOT artists.in_library OR other.in_library = artists.in_library AND other.id < artists.id)"
    gone = (
        "SELECT id FROM artists WHERE mbid IS NULL AND EXISTS (SELECT 1 FROM artists AS other "  # noqa: S608 - our own words
        f"WHERE other.match_key = artists.match_key AND other.mbid IS NULL AND {leading})"
    )
    op.execute(f"DELETE FROM artist_similar WHERE similar_artist_id IN ({gone})")  # noqa: S608 - our own words
    for table in ("artist_overrides", "artist_similar", "artist_checks", "artist_facts", "artist_names"):
        op.execute(f"DELETE FROM {table} WHERE artist_id IN ({gone})")  # noqa: S608 - our own words
    op.execute(f"DELETE FROM artists WHERE id IN ({gone})")  # noqa: S608 - our own words


def _artist() -> sa.Column[str]:
    return sa.Column("artist_id", sa.String(36), sa.ForeignKey("artists.id", ondelete="CASCADE"), primary_key=True)
