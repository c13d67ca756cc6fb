"""services/artist/store.py, on an SQLite file and on PostgreSQL."""

import random
import threading
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.database import Database
from kernel.evidence import Evidence
from kernel.job_table import job_table
from kernel.jobs import JobState, JobStore
from services.artist.domain import (
    Artist,
    ArtistField,
    ArtistFilter,
    ArtistId,
    ArtistName,
    ArtistRef,
    Biography,
    Image,
    Kind,
    SimilarFilter,
    SimilarName,
    Tag,
)
from services.artist.dossier import Check, CheckOutcome, Dossier, Fact, Override
from services.artist.merge import Learned
from services.artist.store import ArtistStore
from services.artist.tables import artists, checks, metadata, names
from services.artist.wiring import MIGRATIONS
from tests.fakes.clock import FakeClock

MBIDS = [f"{n:08d}-0000-4000-8000-000000000000" for n in range(10)]
DAY = timedelta(days=1)


@pytest.fixture
def store(database: Database, clock: FakeClock) -> ArtistStore:
    database.migrate(MIGRATIONS)
    return ArtistStore(database, JobStore(database, clock), clock=clock, priority=("lastfm",))


@contextmanager
def together(count: int) -> Iterator[Callable[..., list[object]]]:
    """Runs one function `count` times at once, each with its number; their results in order."""
    barrier = threading.Barrier(count)

    def run(act: Callable[[int], object]) -> list[object]:
        def begin(number: int) -> object:
            barrier.wait(10)
            return act(number)

        return list(pool.map(begin, range(count)))

    with ThreadPoolExecutor(count) as pool:
        yield run


def count(database: Database, table: sa.Table) -> int:
    with database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def evidence_at(clock: FakeClock, provider: str = "lastfm", confidence: float = 0.8) -> Evidence:
    return Evidence(provider, clock.now(), clock.now() + DAY, confidence, ("name",), "https://example.org/", "licence")


def check_at(clock: FakeClock, kind: Kind, outcome: CheckOutcome = CheckOutcome.FOUND, *, language: str = "") -> Check:
    answered = clock.now() if outcome is CheckOutcome.FOUND else None
    return Check("lastfm", kind, outcome, clock.now(), clock.now() + DAY, language, answered, message="why")


def named(store: ArtistStore, name: str, mbid: str | None = None) -> ArtistId:
    return store.ensure([ArtistName(name, mbid)]).ids[0]


def loaded(store: ArtistStore, artist_id: ArtistId) -> Dossier:
    dossier = store.load(artist_id)
    assert dossier is not None
    return dossier


def artist_of(store: ArtistStore, artist_id: ArtistId) -> Artist:
    return loaded(store, artist_id).artist


def overridden(store: ArtistStore, artist_id: ArtistId, field: ArtistField) -> Override:
    override = loaded(store, artist_id).override(field)
    assert override is not None
    return override


def save(store: ArtistStore, name: str, learned: Learned) -> ArtistId:
    asked = ArtistName(name)
    return store.save(store.find(ArtistRef(named=asked)), asked, learned)


def differences(database: Database) -> list[object]:
    wanted = sa.MetaData()
    for table in metadata.tables.values():
        table.to_metadata(wanted)
    job_table(wanted)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _is_ours})
        return list(compare_metadata(context, wanted))


def _is_ours(thing: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:  # noqa: FBT001 - alembic's
    # An index over an expression ("weight DESC") is not reflected comparably; the test below looks for it by name.
    return name not in ("alembic_version", "ix_artist_similar_weight")


def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database):
    database.migrate(MIGRATIONS)

    assert differences(database) == []
    with database.read() as connection:
        assert "ix_artist_similar_weight" in {index["name"] for index in sa.inspect(connection).get_indexes("artist_similar")}


def test_down_and_up_again_leaves_the_same_tables_and_none_in_between(database: Database):
    database.migrate(MIGRATIONS)

    database.downgrade(MIGRATIONS)
    with database.read() as connection:
        left = set(sa.inspect(connection).get_table_names())
    database.migrate(MIGRATIONS)

    assert left <= {"alembic_version"}
    assert differences(database) == []


def test_a_thousand_names_are_a_thousand_artists_and_the_same_ones_the_next_time(store: ArtistStore, database: Database):
    wanted = [ArtistName(f"Band {number}") for number in range(1000)]

    first = store.ensure(wanted).ids
    again = store.ensure(list(reversed(wanted))).ids

    assert len(set(first)) == 1000
    assert again == list(reversed(first))
    assert count(database, artists) == 1000


def test_case_unicode_form_and_white_space_do_not_make_two_artists(store: ArtistStore, database: Database):
    composed = "Sigur Rós"
    spellings = [composed, unicodedata.normalize("NFD", composed), "SIGUR RÓS", "  sigur   rós "]

    ids = store.ensure([ArtistName(spelling) for spelling in spellings]).ids

    assert len(set(ids)) == 1
    assert count(database, artists) == 1


def test_accents_and_punctuation_make_two_artists(store: ArtistStore):
    assert len(set(store.ensure([ArtistName(name) for name in ("Björk", "Bjork", "!!!", "...")]).ids)) == 4


def test_an_artist_takes_the_musicbrainz_id_it_is_later_named_with(store: ArtistStore):
    plain = named(store, "Radiohead")

    identified = named(store, "radiohead", MBIDS[1])

    assert identified == plain
    assert artist_of(store, plain).mbid == MBIDS[1]
    assert named(store, "On a Friday", MBIDS[1]) == plain


def test_homonyms_with_different_musicbrainz_ids_stay_apart(store: ArtistStore):
    first, second = (named(store, "Nirvana", mbid) for mbid in MBIDS[:2])

    assert first != second
    assert [named(store, "Nirvana", mbid) for mbid in MBIDS[:2]] == [first, second]


@pytest.mark.parametrize("is_there_before", [True, False])
def test_homonyms_named_in_one_batch_stay_apart(store: ArtistStore, is_there_before):
    plain = [named(store, "Nirvana")] if is_there_before else []
    batch = [
        ArtistName("Nirvana"),
        ArtistName("Nirvana", MBIDS[1]),
        ArtistName("nirvana", MBIDS[2]),
        ArtistName("Nirvana", MBIDS[1]),
    ]

    ids = store.ensure(batch).ids

    assert ids[1] == ids[3] != ids[2]
    assert ids[0] == ids[1]
    assert plain in ([], [ids[0]])
    assert [artist_of(store, ids[number]).mbid for number in (1, 2)] == MBIDS[1:3]


def test_a_bare_name_among_homonyms_means_the_librarys_most_heard(store: ArtistStore, clock: FakeClock):
    quiet, loud = (named(store, "Nirvana", mbid) for mbid in MBIDS[:2])
    heard = Learned((Fact(ArtistField.LISTENERS, 5_000_000, evidence_at(clock)),), named=ArtistName("Nirvana", MBIDS[1]))
    store.save(store.find(ArtistRef(id=loud)), ArtistName("Nirvana", MBIDS[1]), heard)

    assert named(store, "Nirvana") == loud != quiet


def test_eight_threads_that_ensure_the_same_names_in_any_order_make_one_row_a_name(store: ArtistStore, database: Database):
    wanted = [ArtistName(f"Band {number}") for number in range(60)]

    def ensure(number: int) -> object:
        shuffled = random.Random(number).sample(wanted, len(wanted))  # noqa: S311 - an order, not a secret
        return dict(zip([name.name for name in shuffled], store.ensure(shuffled).ids, strict=True))

    with together(8) as run:
        answers = run(ensure)

    assert all(answer == answers[0] for answer in answers)
    assert count(database, artists) == 60
    assert count(database, names) == 60


def test_two_artists_that_are_like_each_other_can_be_saved_at_once(store: ArtistStore, database: Database, clock: FakeClock):
    bands = [f"Band {number}" for number in range(8)]

    def save_one(number: int) -> object:
        others = [band for band in bands if band != bands[number]]
        others = random.Random(number).sample(others, len(others))  # noqa: S311 - an order, not a secret
        rows_of = tuple((SimilarName(other, 0.5, rank), evidence_at(clock)) for rank, other in enumerate(others, 1))
        return save(store, bands[number], Learned(similar={"lastfm": rows_of}, checks=(check_at(clock, Kind.SIMILAR),)))

    with together(8) as run:
        ids = run(save_one)

    assert len(set(ids)) == 8
    assert count(database, artists) == 8
    assert all(len(loaded(store, ArtistId(str(artist_id))).similar) == 7 for artist_id in ids)


def whole(clock: FakeClock) -> Learned:
    evidence = evidence_at(clock)
    return Learned(
        facts=(
            Fact(ArtistField.URL, "https://www.last.fm/music/Radiohead", evidence),
            Fact(ArtistField.LISTENERS, 2**63 - 1, evidence),
            Fact(ArtistField.PLAYCOUNT, 0, evidence),
            Fact(ArtistField.TAGS, (Tag("rock", 100, "https://example.org/rock"), Tag("été", 3)), evidence),
            Fact(ArtistField.IMAGES, (Image("small", "https://example.org/s.jpg"),), evidence),
            Fact(ArtistField.BIO, Biography("en", "Short.", "Long.", "CC", "https://b", clock.now()), evidence, "en"),
            Fact(ArtistField.BIO, Biography("fr", "Court.", "Long, en français."), evidence, "fr"),
            Fact(ArtistField.MBID, MBIDS[1], evidence),
        ),
        similar={"lastfm": ((SimilarName("Thom Yorke", 1.0, 1, MBIDS[2], "https://t"), evidence),)},
        checks=(
            check_at(clock, Kind.PROFILE, language="en"),
            check_at(clock, Kind.PROFILE, language="fr"),
            check_at(clock, Kind.TAGS),
            check_at(clock, Kind.SIMILAR),
        ),
        named=ArtistName("Radiohead", MBIDS[1]),
    )


def test_what_is_saved_is_loaded_again_word_for_word(store: ArtistStore, clock: FakeClock):
    learned = whole(clock)

    dossier = loaded(store, save(store, "radiohead", learned))

    assert set(dossier.facts) == set(learned.facts)
    assert set(dossier.checks) == set(learned.checks)
    (edge,) = dossier.similar
    assert (edge.name, edge.weight, edge.rank, edge.mbid, edge.url) == ("Thom Yorke", 1.0, 1, MBIDS[2], "https://t")
    assert edge.evidence == evidence_at(clock)


def test_the_columns_that_users_know_show_what_was_learnt(store: ArtistStore, clock: FakeClock):
    artist = loaded(store, save(store, "radiohead", whole(clock))).artist

    assert (artist.name, artist.mbid) == ("Radiohead", MBIDS[1])
    assert artist.lastfm_url == "https://www.last.fm/music/Radiohead"
    assert (artist.lastfm_listeners, artist.lastfm_playcount) == (2**63 - 1, 0)
    assert artist.lastfm_tags == ("rock", "été")
    assert (artist.lastfm_info_fetched_at, artist.lastfm_similar_artists_fetched) == (clock.now(), True)
    assert not artist.in_library


def test_saving_again_replaces_and_keeps_what_was_not_answered(store: ArtistStore, clock: FakeClock, database: Database):
    artist_id = save(store, "Radiohead", whole(clock))
    clock.advance(60)

    save(store, "Radiohead", Learned((Fact(ArtistField.LISTENERS, 7, evidence_at(clock)),)))

    dossier = loaded(store, artist_id)
    assert len(dossier.facts) == len(whole(clock).facts)
    assert dossier.artist.lastfm_listeners == 7
    assert dossier.artist.lastfm_tags == ("rock", "été")
    assert count(database, artists) == 2


def test_similar_artists_are_replaced_and_never_doubled(store: ArtistStore, clock: FakeClock):
    evidence = evidence_at(clock)

    def similar(*rows_of: SimilarName) -> Learned:
        return Learned(similar={"lastfm": tuple((row, evidence) for row in rows_of)})

    save(store, "X", similar(SimilarName("A", 1.0, 1), SimilarName("B", 0.5, 2)))
    artist_id = save(store, "X", similar(SimilarName("B", 0.9, 1), SimilarName("b", 0.8, 2), SimilarName("X", 0.7, 3)))

    assert [(edge.name, edge.weight) for edge in loaded(store, artist_id).similar] == [("B", 0.9)]


def test_similar_artists_of_another_provider_stay(store: ArtistStore, clock: FakeClock):
    save(store, "X", Learned(similar={"lastfm": ((SimilarName("A", 1.0, 1), evidence_at(clock)),)}))
    artist_id = save(store, "X", Learned(similar={"other": ((SimilarName("B", 0.4, 1), evidence_at(clock, "other")),)}))

    edges = loaded(store, artist_id).similar

    assert [(edge.name, edge.evidence.provider) for edge in edges] == [("A", "lastfm"), ("B", "other")]


def test_similar_artists_are_listed_by_weight_in_pages_and_filtered(store: ArtistStore, clock: FakeClock):
    found = tuple((SimilarName(f"S{n}", 1 - n / 10, n + 1), evidence_at(clock)) for n in range(5))
    artist_id = save(store, "X", Learned(similar={"lastfm": found}))
    store.ensure([ArtistName("S3")])

    def listed(wanted: SimilarFilter, offset: int = 0, limit: int = 50) -> list[str]:
        return [edge.name for edge in store.list_similar(artist_id, wanted, offset=offset, limit=limit)]

    assert listed(SimilarFilter(), 0, 2) + listed(SimilarFilter(), 2, 2) + listed(SimilarFilter(), 4, 2) == [
        f"S{n}" for n in range(5)
    ]
    assert listed(SimilarFilter(min_weight=0.8)) == ["S0", "S1", "S2"]
    assert listed(SimilarFilter(in_library=True)) == ["S3"]
    assert listed(SimilarFilter(in_library=False)) == ["S0", "S1", "S2", "S4"]


def test_an_artist_is_found_by_every_name_it_was_asked_by(store: ArtistStore, clock: FakeClock):
    corrected = Learned(checks=(check_at(clock, Kind.TAGS),), named=ArtistName("Guns N' Roses", MBIDS[3]))
    artist_id = save(store, "Guns and Roses", corrected)

    found = [store.find(ArtistRef(named=ArtistName(name))) for name in ("guns and roses", "GUNS N' ROSES")]

    assert found == [artist_of(store, artist_id)] * 2
    assert artist_of(store, artist_id).name == "Guns N' Roses"


def test_a_musicbrainz_id_that_another_artist_has_is_not_taken_from_it(store: ArtistStore, clock: FakeClock):
    owner = named(store, "Owner", MBIDS[4])
    other = named(store, "Other")

    learned = Learned(checks=(check_at(clock, Kind.TAGS),), named=ArtistName("Other", MBIDS[4]))
    store.save(store.find(ArtistRef(id=other)), ArtistName("Other"), learned)

    assert artist_of(store, owner).mbid == MBIDS[4]
    assert artist_of(store, other).mbid is None


def test_an_override_is_kept_wins_the_column_and_goes(store: ArtistStore, clock: FakeClock):
    artist_id = save(store, "Radiohead", whole(clock))
    override = Override(ArtistField.LISTENERS, 5, "counted them", clock.now())

    store.save_override(artist_id, override)

    assert artist_of(store, artist_id).lastfm_listeners == 5
    assert overridden(store, artist_id, ArtistField.LISTENERS).reason == "counted them"
    assert store.delete_override(artist_id, ArtistField.LISTENERS)
    assert artist_of(store, artist_id).lastfm_listeners == 2**63 - 1
    assert not store.delete_override(artist_id, ArtistField.LISTENERS)


def test_an_override_tells_since_when_the_provider_says_otherwise(store: ArtistStore, clock: FakeClock):
    artist_id = save(store, "X", Learned((Fact(ArtistField.LISTENERS, 5, evidence_at(clock)),)))

    def drift() -> object:
        return overridden(store, artist_id, ArtistField.LISTENERS).differs_since

    store.save_override(artist_id, Override(ArtistField.LISTENERS, 5, "because", clock.now()))
    agreed = drift()
    clock.advance(3600)
    since = clock.now()
    save(store, "X", Learned((Fact(ArtistField.LISTENERS, 6, evidence_at(clock)),)))
    clock.advance(3600)
    save(store, "X", Learned((Fact(ArtistField.LISTENERS, 7, evidence_at(clock)),)))
    differing = drift()
    save(store, "X", Learned((Fact(ArtistField.LISTENERS, 5, evidence_at(clock)),)))

    assert (agreed, differing, drift()) == (None, since, None)


def test_an_absence_is_believed_for_so_long_under_every_spelling(store: ArtistStore, clock: FakeClock):
    store.remember_absent(ArtistName("Nobody Àt All"), DAY)

    assert store.is_remembered_absent(ArtistName("  NOBODY àt all"))
    assert not store.is_remembered_absent(ArtistName("Nobody at all"))

    clock.advance(DAY.total_seconds())
    assert not store.is_remembered_absent(ArtistName("Nobody Àt All"))
    store.remember_absent(ArtistName("Nobody Àt All"), DAY)
    assert store.is_remembered_absent(ArtistName("Nobody Àt All"))


def test_marking_due_makes_everything_due_and_says_who_is_known(store: ArtistStore, clock: FakeClock, database: Database):
    artist_id, bystander = save(store, "Radiohead", whole(clock)), save(store, "Bystander", whole_of_tags(clock))

    known = store.mark_due([artist_id, ArtistId("nobody")])

    assert known == [artist_id]
    assert set(loaded(store, artist_id).due("lastfm", Kind, "fr", clock.now())) == set(Kind)
    assert Kind.TAGS not in loaded(store, bystander).due("lastfm", Kind, "en", clock.now())
    assert count(database, checks) == 5


def whole_of_tags(clock: FakeClock) -> Learned:
    return Learned((Fact(ArtistField.TAGS, (Tag("rock", 1),), evidence_at(clock)),), checks=(check_at(clock, Kind.TAGS),))


def test_what_was_not_answered_is_planned_once(store: ArtistStore, clock: FakeClock, database: Database):
    jobs = JobStore(database, clock)
    unanswered = Learned(checks=(check_at(clock, Kind.TAGS, CheckOutcome.FAULT), check_at(clock, Kind.SIMILAR)))

    for _ in range(3):
        save(store, "X", unanswered)

    assert jobs.count_by_state()[JobState.PENDING] == 1
    assert jobs.reserve(10) == []
    clock.advance(DAY.total_seconds())
    assert len(jobs.reserve(10)) == 1


def test_what_was_answered_is_not_planned(store: ArtistStore, clock: FakeClock, database: Database):
    save(store, "X", whole(clock))

    assert JobStore(database, clock).count_by_state().get(JobState.PENDING, 0) == 0


def test_names_longer_than_an_index_entry_are_kept(store: ArtistStore):
    alphabet = [chr(0x4E00 + n * 37) for n in range(500)]

    artist_id = named(store, "".join(alphabet))

    assert [artist.id for _, artist in store.list_artists(ArtistFilter(), after=None, limit=2)] == [artist_id]


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("bj", ["Björk"]),
        ("BJÖ", ["Björk"]),
        ("ac/", ["AC/DC"]),
        ("bei", ["北京乐队"]),
        ("北", ["北京乐队"]),
        ("%", []),
        ("_", []),
        ("", ["AC/DC", "北京乐队", "Björk", "Zz"]),
        ("zzz", []),
    ],
)
def test_names_are_found_by_their_beginning_case_and_accents_aside(store: ArtistStore, prefix, found):
    store.ensure([ArtistName(name) for name in ("Zz", "Björk", "AC/DC", "北京乐队")])

    listed = store.list_artists(ArtistFilter(name_prefix=prefix), after=None, limit=10)

    assert [artist.name for _, artist in listed] == found


def walk(store: ArtistStore, size: int) -> list[tuple[str, str]]:
    seen: list[tuple[str, str]] = []
    after: tuple[str, str] | None = None
    while page := store.list_artists(ArtistFilter(), after=after, limit=size):
        seen += [(key, artist.id) for key, artist in page]
        after = seen[-1]
    return seen


NAMES = st.lists(st.text(st.characters(codec="utf-8", min_codepoint=33), min_size=1, max_size=6), min_size=1, max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=NAMES, size=st.integers(1, 5))
def test_walking_the_pages_meets_every_artist_once_in_order(store: ArtistStore, database: Database, wanted, size):
    store.ensure([ArtistName(name) for name in wanted if name.split()])

    seen = walk(store, size)

    assert len(seen) == len(set(seen)) == count(database, artists)
    assert all(one < other for one, other in pairwise((key.encode(), artist_id) for key, artist_id in seen))
