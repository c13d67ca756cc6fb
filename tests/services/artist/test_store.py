"""services/artist/store.py, on an SQLite file and on PostgreSQL: what is learnt is written down, all of it or nothing."""

import random
from datetime import date, timedelta

import pytest

from facts.known import CheckOutcome
from facts.values import Image, Tag
from kernel.database import Database
from kernel.jobs import JobState, JobStore
from services.artist.domain import ArtistField, ArtistId, ArtistName, ArtistRef, Biography, Kind, Manager, Release, SimilarName
from services.artist.dossier import Fact
from services.artist.identity.judging import Basis
from services.artist.merge import Learned
from services.artist.store import ArtistStore
from services.artist.storing.tables import artists, checks
from tests.fakes.clock import FakeClock
from tests.services.artist.known import (
    DAY,
    MBID,
    MBIDS,
    NOW,
    SPOTIFY,
    SPOTIFY_IDS,
    WIKIDATA,
    check,
    claim,
    count,
    ensured,
    evidence,
    fact,
    loaded,
    merged,
    open_store,
    save,
    save_of,
    together,
)

HERE = SPOTIFY_IDS[0]


@pytest.fixture
def store(database: Database, clock: FakeClock) -> ArtistStore:
    return open_store(database, clock)


WHOLE = Learned(
    facts=(
        fact(ArtistField.URL, "https://www.last.fm/music/Radiohead", rests_on=(MBID, MBIDS[1])),
        fact(ArtistField.LISTENERS, 2**63 - 1),
        fact(ArtistField.PLAYCOUNT, 0),
        fact(ArtistField.TAGS, (Tag("rock", 100, "https://example.org/rock"), Tag("été", 3))),
        fact(ArtistField.IMAGES, (Image("small", "https://example.org/s.jpg"),), "spotify", rests_on=(SPOTIFY, HERE)),
        fact(ArtistField.GENRES, ("art rock",), "spotify"),
        fact(ArtistField.RELEASES, (Release("1", "Kid A", date(2000, 10, 2), labels=("Parlophone",)),), "musicbrainz"),
        fact(
            ArtistField.MANAGEMENT, (Manager("Q1", {"en": "Courtyard", "fr": "Cour"}, "manager", date(1991, 1, 1)),), "wikidata"
        ),
        fact(ArtistField.BIO, Biography("en", "Short.", "Long.", "CC", "https://b", NOW), language="en"),
        fact(ArtistField.BIO, Biography("fr", "Court.", "Long, en français."), language="fr"),
    ),
    similar={"lastfm": ((SimilarName("Thom Yorke", 1.0, 1, MBIDS[2], "https://t"), evidence()),)},
    checks=(
        check(Kind.PROFILE, language="en"),
        check(Kind.PROFILE, language="fr"),
        check(Kind.TAGS),
        check(Kind.SIMILAR),
    ),
    claims=(
        claim(MBIDS[1], name="Radiohead", description="UK rock group", source="identity/by_name"),
        claim(HERE, scheme=SPOTIFY, rests_on=(MBID, MBIDS[1]), source="links"),
        claim("Q44190", "wikidata", scheme=WIKIDATA, rests_on=(SPOTIFY, HERE), basis=Basis.OFFERED, source="management"),
        merged(MBIDS[3], MBIDS[1]),
    ),
    named=ArtistName("Radiohead", MBIDS[1]),
)


def by_field(known: Fact) -> tuple[str, str]:
    return known.field, known.language


def test_what_is_saved_is_loaded_again_word_for_word(store: ArtistStore):
    dossier = loaded(store, save(store, "radiohead", WHOLE))

    assert sorted(dossier.facts, key=by_field) == sorted(WHOLE.facts, key=by_field)
    assert set(dossier.checks) == set(WHOLE.checks)
    assert set(dossier.claims) == set(WHOLE.claims or ())
    (edge,) = dossier.similar
    assert (edge.name, edge.weight, edge.rank, edge.mbid, edge.url) == ("Thom Yorke", 1.0, 1, MBIDS[2], "https://t")
    assert edge.evidence == evidence()


def test_the_columns_that_users_know_show_what_was_learnt(store: ArtistStore):
    artist = loaded(store, save(store, "radiohead", WHOLE)).artist

    assert (artist.name, artist.mbid, artist.spotify_id, artist.wikidata_id) == ("Radiohead", MBIDS[1], HERE, "Q44190")
    assert artist.lastfm_url == "https://www.last.fm/music/Radiohead"
    assert (artist.lastfm_listeners, artist.lastfm_playcount) == (2**63 - 1, 0)
    assert artist.lastfm_tags == ("rock", "été")
    assert (artist.lastfm_info_fetched_at, artist.lastfm_similar_artists_fetched) == (NOW, True)
    assert not artist.in_library


def test_saving_again_replaces_and_keeps_what_was_not_answered(store: ArtistStore, clock: FakeClock, database: Database):
    artist_id = save(store, "Radiohead", WHOLE)
    clock.advance(60)

    save(store, "Radiohead", Learned((fact(ArtistField.LISTENERS, 7),)))

    dossier = loaded(store, artist_id)
    assert len(dossier.facts) == len(WHOLE.facts)
    assert set(dossier.claims) == set(WHOLE.claims or ())
    assert (dossier.artist.lastfm_listeners, dossier.artist.lastfm_tags) == (7, ("rock", "été"))
    assert count(database, artists) == 2


def test_claims_take_the_place_of_those_held_and_the_columns_follow(store: ArtistStore):
    artist_id = save(store, "Radiohead", WHOLE)

    save(store, "Radiohead", Learned(claims=(claim(MBIDS[1]), claim(HERE, "a", 0.35, scheme=SPOTIFY))))

    artist = loaded(store, artist_id).artist
    assert (artist.mbid, artist.spotify_id) == (MBIDS[1], None)
    assert len(loaded(store, artist_id).claims) == 2


def test_facts_about_somebody_else_leave_the_columns_once_that_is_known(store: ArtistStore):
    page = fact(ArtistField.LISTENERS, 5, rests_on=(MBID, MBIDS[1]))
    artist_id = save(store, "Nirvana", Learned((page,), claims=(claim(MBIDS[1], "lastfm", 0.3),)))
    before = loaded(store, artist_id).artist.lastfm_listeners

    save(store, "Nirvana", Learned(claims=(claim(MBIDS[2]),)))

    dossier = loaded(store, artist_id)
    assert (before, dossier.artist.lastfm_listeners) == (5, None)
    assert dossier.facts == (page,)


def test_a_provider_claims_an_id_once_a_question_and_the_surest_stays(store: ArtistStore):
    weak, strong = claim(MBIDS[1], confidence=0.2), claim(MBIDS[1], confidence=0.9)

    artist_id = save(store, "X", Learned(claims=(strong, weak, claim(MBIDS[1], confidence=0.3, source="links"))))

    assert sorted(each.evidence.confidence for each in loaded(store, artist_id).claims) == [0.3, 0.9]


def test_similar_artists_are_replaced_and_never_doubled(store: ArtistStore):
    def similar(*rows_of: SimilarName) -> Learned:
        return Learned(similar={"lastfm": tuple((row, evidence()) for row in rows_of)})

    save(store, "X", similar(SimilarName("A", 1.0, 1), SimilarName("B", 0.5, 2)))
    artist_id = save(store, "X", similar(SimilarName("B", 0.9, 1), SimilarName("b", 0.8, 2), SimilarName("X", 0.7, 3)))

    assert [(edge.name, edge.weight) for edge in loaded(store, artist_id).similar] == [("B", 0.9)]


def test_similar_artists_of_another_provider_stay(store: ArtistStore):
    save(store, "X", Learned(similar={"lastfm": ((SimilarName("A", 1.0, 1), evidence()),)}))
    artist_id = save(store, "X", Learned(similar={"other": ((SimilarName("B", 0.4, 1), evidence("other")),)}))

    edges = loaded(store, artist_id).similar

    assert [(edge.name, edge.evidence.provider) for edge in edges] == [("A", "lastfm"), ("B", "other")]


def test_an_id_in_a_list_of_similar_artists_is_worth_as_little_as_one_on_a_page(store: ArtistStore):
    save(store, "X", Learned(similar={"lastfm": ((SimilarName("A", 1.0, 1, MBIDS[4]), evidence()),)}))
    other = store.find(ArtistRef(named=ArtistName("A", MBIDS[4])))
    assert other is not None

    (known,) = loaded(store, other.id).claims

    assert (known.evidence.provider, known.evidence.confidence, known.value) == ("lastfm", 0.3, MBIDS[4])


def test_two_artists_that_are_like_each_other_can_be_saved_at_once(store: ArtistStore, database: Database):
    bands = [f"Band {number}" for number in range(8)]

    def save_one(number: int) -> object:
        others = [band for band in bands if band != bands[number]]
        others = random.Random(number).sample(others, len(others))  # noqa: S311 - an order, not a secret
        rows_of = tuple((SimilarName(other, 0.5, rank), evidence()) for rank, other in enumerate(others, 1))
        return save(store, bands[number], Learned(similar={"lastfm": rows_of}, checks=(check(Kind.SIMILAR),)))

    with together(8) as run:
        ids = run(save_one)

    assert len(set(ids)) == 8
    assert count(database, artists) == 8
    assert all(len(loaded(store, ArtistId(str(artist_id))).similar) == 7 for artist_id in ids)


def test_numbers_are_kept_over_time(store: ArtistStore, clock: FakeClock):
    artist_id = save(store, "X", Learned((fact(ArtistField.LISTENERS, 5), fact(ArtistField.FOLLOWERS, 1, "spotify"))))
    clock.advance(DAY.total_seconds())
    save(store, "X", Learned((fact(ArtistField.LISTENERS, 6, at=clock.now()),)))

    (series,) = store.list_numbers(artist_id, ArtistField.LISTENERS)

    assert [point.value for point in series.points] == [5, 6]
    assert {each.metric for each in store.list_numbers(artist_id, None)} == {ArtistField.LISTENERS, ArtistField.FOLLOWERS}


@pytest.mark.parametrize("named", [ArtistName("Nobody Àt All"), ArtistName("", spotify_id=HERE), ArtistName("Nobody", MBIDS[1])])
def test_an_absence_is_believed_for_so_long(store: ArtistStore, clock: FakeClock, named):
    store.remember_absent(named, DAY)
    believed = store.is_remembered_absent(named)
    clock.advance(DAY.total_seconds())

    assert (believed, store.is_remembered_absent(named)) == (True, False)
    store.remember_absent(named, DAY)
    assert store.is_remembered_absent(named)


def test_an_absence_is_believed_under_every_spelling_and_of_no_other(store: ArtistStore):
    store.remember_absent(ArtistName("Nobody Àt All"), DAY)

    assert store.is_remembered_absent(ArtistName("  NOBODY àt all"))
    assert not store.is_remembered_absent(ArtistName("Nobody at all"))
    assert not store.is_remembered_absent(ArtistName("Nobody Àt All", MBIDS[1]))


def test_marking_due_makes_everything_due_and_says_who_is_known(store: ArtistStore, clock: FakeClock, database: Database):
    artist_id = save(store, "Radiohead", WHOLE)
    bystander = save(store, "Bystander", Learned(checks=(check(Kind.TAGS),)))

    known = store.mark_due([artist_id, ArtistId("nobody")])

    asked = {(each.kind, each.language) for each in loaded(store, artist_id).checks if each.next_check_at <= clock.now()}
    assert known == [artist_id]
    assert asked == {(Kind.PROFILE, "en"), (Kind.PROFILE, "fr"), (Kind.TAGS, ""), (Kind.SIMILAR, "")}
    left_alone = loaded(store, bystander).check("lastfm", Kind.TAGS, "en")
    assert left_alone is not None
    assert left_alone.next_check_at > clock.now()
    assert count(database, checks) == 5


def test_what_was_not_answered_is_planned_once_for_when_it_is_due(store: ArtistStore, clock: FakeClock, database: Database):
    jobs = JobStore(database, clock)
    unanswered = Learned(checks=(check(Kind.TAGS, CheckOutcome.FAULT), check(Kind.SIMILAR)))

    for _ in range(3):
        save(store, "X", unanswered)

    assert jobs.count_by_state()[JobState.PENDING] == 1
    assert jobs.reserve(10) == []
    clock.advance(DAY.total_seconds())
    assert len(jobs.reserve(10)) == 1


def test_what_was_left_for_leisure_is_planned_for_now(store: ArtistStore, clock: FakeClock, database: Database):
    save(store, "X", Learned(checks=(check(Kind.TAGS),)), more=True)

    assert len(JobStore(database, clock).reserve(10)) == 1


def test_what_was_answered_is_not_planned(store: ArtistStore, clock: FakeClock, database: Database):
    save(store, "X", WHOLE)

    assert JobStore(database, clock).count_by_state().get(JobState.PENDING, 0) == 0


def test_a_provider_s_spelling_is_taken_over_where_it_is_the_same_name(store: ArtistStore, clock: FakeClock):
    artist_id = ensured(store, "guns n' roses")
    clock.advance(timedelta(hours=1).total_seconds())

    save_of(store, artist_id, Learned(named=ArtistName("Guns N' Roses")))
    save_of(store, artist_id, Learned(named=ArtistName("Guns & Roses")))

    artist = loaded(store, artist_id).artist
    assert (artist.name, artist.updated_at, artist.created_at) == ("Guns N' Roses", clock.now(), NOW)
