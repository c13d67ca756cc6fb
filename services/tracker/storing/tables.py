"""How are plays laid out in the database? The newest shape; migrations/versions/ holds the way there."""

import sqlalchemy as sa

from kernel.database import Json, UtcDateTime

metadata = sa.MetaData()

# Counted up by the database; SQLite does so for INTEGER only.
_Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source", sa.String(32), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.UniqueConstraint("source", "name", name="uq_accounts"),
)

# What was heard, once for all plays of it. `digest` stands for the three names: an index on long texts is refused by PostgreSQL.
titles = sa.Table(
    "titles",
    metadata,
    sa.Column("id", _Serial, primary_key=True),
    sa.Column("digest", sa.LargeBinary(16), nullable=False, unique=True),
    sa.Column("artist", sa.Text, nullable=False),
    sa.Column("track", sa.Text, nullable=False),
    sa.Column("album", sa.Text, nullable=False),
    sa.Column("artist_key", sa.Text, nullable=False),
    sa.Column("track_key", sa.Text, nullable=False),
    sa.Column("album_key", sa.Text, nullable=False),
    sa.Column("artist_mbid", sa.String(36), nullable=False),
    sa.Column("track_mbid", sa.String(36), nullable=False),
    sa.Column("album_mbid", sa.String(36), nullable=False),
    sa.Column("image_url", sa.Text, nullable=False),
    sa.Column("artist_id", sa.String(36)),
    sa.Column("album_id", sa.String(36)),
    sa.Column("track_id", sa.String(36)),
    sa.Column("is_named", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("first_uts", sa.BigInteger),
    sa.Column("import_id", sa.Integer),  # the one it came in by
)
sa.Index("ix_titles_artist", titles.c.artist_key, titles.c.first_uts)
sa.Index("ix_titles_album", titles.c.album_key)
sa.Index("ix_titles_artist_id", titles.c.artist_id)
sa.Index("ix_titles_album_id", titles.c.album_id)
sa.Index("ix_titles_first", titles.c.first_uts)
sa.Index(
    "ix_titles_unnamed", titles.c.id, sqlite_where=titles.c.is_named.is_(False), postgresql_where=titles.c.is_named.is_(False)
)

# The order of the key is the journal's. `ordinal` tells plays of one title in one second apart; `import_id` is null for what the
# live tracker stored; `stored_at` is in seconds. No foreign keys: accounts and titles are never deleted, and two look-ups a play
# were a fifth of an import.
plays = sa.Table(
    "plays",
    metadata,
    sa.Column("uts", sa.BigInteger, primary_key=True),
    sa.Column("account_id", sa.Integer, primary_key=True),
    sa.Column("title_id", sa.BigInteger, primary_key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True),
    sa.Column("import_id", sa.Integer),
    sa.Column("stored_at", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
sa.Index("ix_plays_title", plays.c.title_id, plays.c.uts)

# Plays that an import took out, kept so that it can be undone.
removals = sa.Table(
    "removals",
    metadata,
    sa.Column("id", _Serial, primary_key=True),
    sa.Column("removed_by", sa.Integer, nullable=False, index=True),
    sa.Column("uts", sa.BigInteger, nullable=False),
    sa.Column("account_id", sa.Integer, nullable=False),
    sa.Column("title_id", sa.BigInteger, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("import_id", sa.Integer),
    sa.Column("stored_at", sa.BigInteger, nullable=False),
)

imports = sa.Table(
    "imports",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("source", sa.String(32), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("options", Json, nullable=False),
    sa.Column("counts", Json, nullable=False),
    sa.Column("total", sa.BigInteger),
    sa.Column("walk", Json),
    sa.Column("holes", Json, nullable=False),
    sa.Column("waits", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reached", sa.BigInteger),
    sa.Column("seconds_a_play", sa.Float),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("failure", sa.String(32), nullable=False),
    sa.Column("retry_at", UtcDateTime),
    sa.Column("is_undone", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("job_id", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
)

import_log = sa.Table(
    "import_log",
    metadata,
    sa.Column("id", _Serial, primary_key=True),
    sa.Column("import_id", sa.Integer, sa.ForeignKey("imports.id", ondelete="CASCADE"), nullable=False),
    sa.Column("logged_at", UtcDateTime, nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("raw", sa.Text, nullable=False),
)
sa.Index("ix_import_log", import_log.c.import_id, import_log.c.id)

# Rows that cannot be plays, once each however often they are read.
quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("digest", sa.LargeBinary(16), primary_key=True),
    sa.Column("account_id", sa.Integer, nullable=False),
    sa.Column("import_id", sa.Integer),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("raw", sa.Text, nullable=False),
    sa.Column("stored_at", UtcDateTime, nullable=False),
)
sa.Index("ix_quarantine_account", quarantine.c.account_id)

# A file's bytes, until its import has read them.
uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("import_id", sa.Integer, sa.ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

# Seconds [since, until) of an account's history that were read whole.
coverage = sa.Table(
    "coverage",
    metadata,
    sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("since", sa.BigInteger, primary_key=True),
    sa.Column("until", sa.BigInteger, nullable=False),
)

# Seconds that a source would not answer for.
holes = sa.Table(
    "holes",
    metadata,
    sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("since", sa.BigInteger, primary_key=True),
    sa.Column("until", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

# The source's own count of an account's plays, by month; month "" is all of them.
month_counts = sa.Table(
    "month_counts",
    metadata,
    sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("month", sa.String(7), primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("counted_at", UtcDateTime, nullable=False),
)

# The live tracker: one row for each account it ever followed. It owns the seconds from `since` on.
followed = sa.Table(
    "followed",
    metadata,
    sa.Column("account_id", sa.Integer, sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("is_running", sa.Boolean, nullable=False),
    sa.Column("interval_seconds", sa.Integer, nullable=False),
    sa.Column("job_id", sa.Text, nullable=False),
    sa.Column("since", sa.BigInteger, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("polled_at", UtcDateTime),
    sa.Column("answered_at", UtcDateTime),
    sa.Column("swept_at", UtcDateTime),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("plays_stored", sa.BigInteger, nullable=False),
    sa.Column("playing", Json),
)

# What watchers are told, in order; the last hours are kept.
events = sa.Table(
    "events",
    metadata,
    sa.Column("id", _Serial, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("content", Json, nullable=False),
    sa.Column("told_at", UtcDateTime, nullable=False, index=True),
    sqlite_autoincrement=True,
)
