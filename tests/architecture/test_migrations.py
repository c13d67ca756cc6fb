"""Migrations expand first, and contract a release later: so the program of the release before can go on, or come back."""

from pathlib import Path

import pytest

from tests.architecture.contractions import RELEASED, contractions, is_allowed, module_of, path_of
from tests.services.migrating import APPS, versions

BEFORE_ANY_RELEASE = {("artist", "0002"): ["artists: ['match_key'] need no longer be unique"]}
"""Nobody has a program from before it."""

FIRST = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None

def upgrade():
    op.create_table(
        "books",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.Text, nullable=False, unique=True),
        sa.Column("shelf", sa.Text),
    )
"""
NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{revision}", "{before}"
{marker}

def upgrade():
    {change}
"""
CHANGES = {
    "op.drop_table('books')": ["books is gone"],
    "op.rename_table('books', 'volumes')": ["books is gone"],
    "op.drop_column('books', 'shelf')": ["books.shelf is gone"],
    "op.alter_column('books', 'shelf', new_column_name='board')": ["books.shelf is gone"],
    "op.add_column('books', sa.Column('pages', sa.Integer))": [],
    "op.add_column('books', sa.Column('pages', sa.Integer, nullable=False, server_default='0'))": [],
    "op.create_index('by_shelf', 'books', ['shelf'])": [],
    "op.create_table('boards', sa.Column('id', sa.Integer, primary_key=True), sa.Column('name', sa.Text, nullable=False))": [],
    "op.create_index('one_a_shelf', 'books', ['shelf'], unique=True)": ["books: ['shelf'] must be unique"],
}
IN_BATCHES = {
    "books.alter_column('shelf', nullable=False)": ["books.shelf must be given"],
    "books.alter_column('shelf', nullable=False, server_default='top')": ["books.shelf must be given"],
    "books.alter_column('shelf', type_=sa.Integer)": ["books.shelf is no longer TEXT"],
    "books.create_check_constraint('named', 'length(title) > 3')": ["books: must be length(title) > 3"],
    "books.add_column(sa.Column('pages', sa.Integer, nullable=False))": ["books.pages must be given"],
}


def lay(folder: Path, *changes: str, marker: str = "") -> Path:
    """Migrations of an app of our own, the last of them marked."""
    (folder / "versions").mkdir(parents=True)
    (folder / "versions" / "0001_first.py").write_text(FIRST)
    for number, change in enumerate(changes, 2):
        text = NEXT.format(
            revision=f"{number:04}", before=f"{number - 1:04}", change=change, marker=marker if number == len(changes) + 1 else ""
        )
        (folder / "versions" / f"{number:04}_next.py").write_text(text)
    return folder


@pytest.mark.parametrize("name", APPS)
def test_no_migration_takes_away_what_the_release_before_uses(name: str, tmp_path: Path):
    found = contractions(APPS[name], tmp_path)

    taken = {
        (name, revision): lines
        for revision, lines in found.items()
        if lines and not is_allowed(name, path_of(name, revision), RELEASED)
    }
    assert len(found) == len(versions(APPS[name])) - 1
    assert taken == {key: lines for key, lines in BEFORE_ANY_RELEASE.items() if key[0] == name}


def test_each_release_names_migrations_that_there_are():
    heads = [(name, head) for release in RELEASED.values() for name, head in release.items()]

    assert [each for each in heads if each[1] not in [module_of(path).revision for path in versions(APPS[each[0]])]] == []


@pytest.mark.parametrize(("change", "taken"), CHANGES.items())
def test_what_a_migration_takes_away_is_seen(change: str, taken: list[str], tmp_path: Path):
    migrations = lay(tmp_path / "migrations", change)

    assert contractions(migrations, tmp_path) == {"0002": taken}


@pytest.mark.parametrize(("change", "taken"), IN_BATCHES.items())
def test_so_it_is_where_sqlite_writes_the_table_anew(change: str, taken: list[str], tmp_path: Path):
    migrations = lay(tmp_path / "migrations", f"with op.batch_alter_table('books') as books: {change}")

    assert contractions(migrations, tmp_path) == {"0002": taken}


@pytest.mark.parametrize(
    ("marker", "heads", "allowed"),
    [
        ('contracts = "0002"', ["0002"], True),
        ('contracts = "0001"', ["0002"], True),
        ('contracts = "0002"', ["0001"], False),  # no release yet does without
        ('contracts = "0002"', ["0003"], False),  # released already, whatever it says
        ('contracts = "0003"', ["0002"], False),  # of the same release
        ('contracts = "beyond"', ["0002"], False),
        ("", ["0002"], False),
        ('contracts = "0002"', [], False),
    ],
)
def test_a_contraction_names_a_migration_of_an_earlier_release(marker: str, heads: list[str], allowed: bool, tmp_path: Path):  # noqa: FBT001
    migrations = lay(tmp_path, "pass", "op.drop_column('books', 'shelf')", marker=marker)
    released = {f"0.{number}.0": {"library": head} for number, head in enumerate(heads)}

    assert is_allowed("library", migrations / "versions" / "0003_next.py", released) is allowed
