"""A person's own values in services/artist/store.py: they win, they are kept, and they tell when providers say otherwise."""

import pytest

from kernel.database import Database
from kernel.errors import AlreadyExists
from services.artist.domain import ArtistField, ArtistId, Kind, SimilarName
from services.artist.dossier import Override
from services.artist.identity.judging import Claim
from services.artist.merge import Learned
from services.artist.store import ArtistStore
from tests.fakes.clock import FakeClock
from tests.services.artist.known import (
    MBID,
    MBIDS,
    NOW,
    SPOTIFY,
    SPOTIFY_IDS,
    check,
    claim,
    ensured,
    evidence,
    fact,
    loaded,
    open_store,
    save,
    save_of,
)

ONE, OTHER = MBIDS[:2]
HERE, ELSEWHERE = SPOTIFY_IDS[:2]


@pytest.fixture
def store(database: Database, clock: FakeClock) -> ArtistStore:
    return open_store(database, clock)


def set_by_person(field: ArtistField, value: str | int) -> Override:
    return Override(field, value, "I know them", NOW)


def known_ids(store: ArtistStore, artist_id: ArtistId) -> tuple[str | None, str | None]:
    artist = loaded(store, artist_id).artist
    return artist.mbid, artist.spotify_id


def links() -> tuple[Claim, ...]:
    return (
        claim(ONE, "lastfm"),
        claim(HERE, scheme=SPOTIFY, rests_on=(MBID, ONE)),
        claim(ELSEWHERE, scheme=SPOTIFY, rests_on=(MBID, OTHER), source="links"),
    )


def test_an_override_is_kept_wins_the_column_and_goes(store: ArtistStore):
    artist_id = save(store, "Radiohead", Learned((fact(ArtistField.LISTENERS, 9),)))

    store.save_override(artist_id, set_by_person(ArtistField.LISTENERS, 5))
    shown, kept = loaded(store, artist_id).artist.lastfm_listeners, loaded(store, artist_id).override(ArtistField.LISTENERS)

    assert shown == 5
    assert kept is not None
    assert kept.reason == "I know them"
    assert store.delete_override(artist_id, ArtistField.LISTENERS)
    assert loaded(store, artist_id).artist.lastfm_listeners == 9
    assert not store.delete_override(artist_id, ArtistField.LISTENERS)


def test_an_override_tells_since_when_the_provider_says_otherwise(store: ArtistStore, clock: FakeClock):
    artist_id = save(store, "X", Learned((fact(ArtistField.LISTENERS, 5),)))

    def drift() -> object:
        override = loaded(store, artist_id).override(ArtistField.LISTENERS)
        return override and override.differs_since

    store.save_override(artist_id, set_by_person(ArtistField.LISTENERS, 5))
    agreed = drift()
    clock.advance(3600)
    since = clock.now()
    save(store, "X", Learned((fact(ArtistField.LISTENERS, 6),)))
    clock.advance(3600)
    save(store, "X", Learned((fact(ArtistField.LISTENERS, 7),)))
    differing = drift()
    save(store, "X", Learned((fact(ArtistField.LISTENERS, 5),)))

    assert (agreed, differing, drift()) == (None, since, None)


def test_a_person_s_id_is_the_artists_with_all_that_hangs_on_it(store: ArtistStore):
    artist_id = save(store, "Nirvana", Learned(claims=links()))
    before = known_ids(store, artist_id)

    store.save_override(artist_id, set_by_person(ArtistField.MBID, OTHER))

    assert (before, known_ids(store, artist_id)) == ((ONE, HERE), (OTHER, ELSEWHERE))


def test_a_person_s_id_taken_back_leaves_what_is_claimed(store: ArtistStore):
    artist_id = save(store, "Nirvana", Learned(claims=links()))
    store.save_override(artist_id, set_by_person(ArtistField.MBID, OTHER))

    store.delete_override(artist_id, ArtistField.MBID)

    assert known_ids(store, artist_id) == (ONE, HERE)


def test_a_person_s_id_taken_back_leaves_none_where_nobody_claims_any(store: ArtistStore):
    artist_id = save(store, "Nirvana", Learned())
    store.save_override(artist_id, set_by_person(ArtistField.MBID, ONE))
    before = known_ids(store, artist_id)

    store.delete_override(artist_id, ArtistField.MBID)

    assert (before, known_ids(store, artist_id)) == ((ONE, None), (None, None))


def test_a_person_s_id_stays_whatever_the_providers_claim_later(store: ArtistStore):
    artist_id = save(store, "Nirvana", Learned())
    store.save_override(artist_id, set_by_person(ArtistField.MBID, ONE))

    save_of(store, artist_id, Learned(claims=(claim(OTHER), claim(OTHER, "wikidata"))))

    override = loaded(store, artist_id).override(ArtistField.MBID)
    assert known_ids(store, artist_id) == (ONE, None)
    assert override is not None
    assert override.differs_since == NOW


def test_an_id_settled_by_a_person_makes_everything_due_and_drops_the_namesakes_list(store: ArtistStore, clock: FakeClock):
    similar = {"lastfm": ((SimilarName("Hole", 1.0, 1), evidence()),)}
    artist_id = save(store, "Nirvana", Learned(similar=similar, checks=(check(Kind.TAGS), check(Kind.SIMILAR))))
    clock.advance(60)

    store.save_override(artist_id, set_by_person(ArtistField.SPOTIFY_ID, HERE))

    dossier = loaded(store, artist_id)
    assert dossier.similar == ()
    assert {each.next_check_at for each in dossier.checks} == {clock.now()}


@pytest.mark.parametrize(("field", "value"), [(ArtistField.MBID, ONE), (ArtistField.SPOTIFY_ID, HERE)])
def test_an_id_that_another_artist_has_cannot_be_given_to_this_one(store: ArtistStore, field, value):
    owner, other = ensured(store, "Owner", ONE, HERE), ensured(store, "Other")

    with pytest.raises(AlreadyExists):
        store.save_override(other, set_by_person(field, value))

    assert known_ids(store, owner) == (ONE, HERE)
    assert loaded(store, other).overrides == ()
