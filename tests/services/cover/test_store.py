"""What the store keeps of covers, on SQLite and PostgreSQL."""

import threading
from datetime import timedelta

import sqlalchemy as sa

from kernel.jobs import Lane
from services.cover.choosing import Settled
from services.cover.domain import CoverRef, Grade, ImageId, Kind, Outcome, Shown, SourceName, State, Subject, Tried
from services.cover.store import FIND
from services.cover.storing.tables import images
from tests.services.cover.covers import A, B, artist, image


def test_somebody_who_waits_makes_it_the_most_urgent_and_is_noted_once_a_minute(store, jobs, clock):
    store.request([A], Lane.LOW)

    store.await_one(A, None)
    first = jobs.find_unfinished(f"{FIND}:{A}")
    clock.advance(30)
    store.await_one(A, store.load(A))
    asked_at = store.load(A).asked_at
    clock.advance(31)
    store.await_one(A, store.load(A))

    assert first.lane is Lane.HIGH
    assert asked_at == clock.now() - timedelta(seconds=61)
    assert store.load(A).asked_at == clock.now()


def test_what_is_known_is_requested_again_only_when_it_has_changed(store, put):
    put(A, "a")

    assert store.request([A, B], Lane.LOW) == 1
    assert store.request([A, B], Lane.NORMAL, is_changed=True) == 2
    store.choose(A, store.load(A).shown)
    assert store.request([A, B], Lane.NORMAL, is_changed=True) == 1


def test_what_is_replaced_becomes_a_version_and_only_the_last_five_are_kept(store, put, clock):
    for name in "abcdefg":
        put(A, name)
        clock.advance(1)

    found = store.load(A)

    assert found.shown.image_id == "g" * 64
    assert [shown.image_id[0] for shown, _ in found.versions] == list("fedcb")


def test_what_is_shown_again_is_a_version_no_more(store, put, clock):
    for name in "aba":
        put(A, name)
        clock.advance(1)

    assert [shown.image_id[0] for shown, _ in store.load(A).versions] == ["b"]


def test_a_persons_choice_is_not_overwritten_by_a_job_that_began_before_it(store, put, database, clock):
    first = put(A, "a")
    store.keep_image(image("b"))
    chosen = Shown(ImageId("b" * 64), SourceName.UPLOAD, Grade.OWN, "uploaded", "", "", "b" * 64, clock.now())

    store.choose(A, chosen)
    store.settle(database.write(), A, Settled(State.FOUND, first, False, False, clock.now()), [])

    assert (store.load(A).shown.source, store.load(A).is_locked) == (SourceName.UPLOAD, True)


def test_a_lock_holds_what_is_shown_against_a_job_that_began_before_it(store, put, database, clock):
    put(A, "a")
    other = put(B, "b")

    store.lock(A)
    store.settle(database.write(), A, Settled(State.FOUND, other, False, False, clock.now()), [])

    locked = store.load(A)
    assert (locked.shown.image_id, locked.is_locked, locked.next_check_at) == ("a" * 64, True, None)


def test_where_nothing_is_shown_nothing_is_locked(store):
    store.request([A], Lane.LOW)

    store.lock(A)

    assert not store.load(A).is_locked


def test_a_picture_that_suddenly_belongs_to_many_is_taken_from_all_of_them(store, put, jobs):
    for number in range(4):
        put(artist(number), "a")
        store.name(Subject(artist(number), f"Artist {number}"))
        assert store.quarantine_if_common(store.load(artist(number)).shown, 5) == []
    last = put(artist(4), "a")
    store.name(Subject(artist(4), "Artist 4"))

    assert store.quarantine_if_common(last, 5) == [artist(each) for each in range(5)]
    assert store.is_poisoned("a" * 64)
    assert {store.load(artist(each)).state for each in range(5)} == {State.PENDING}
    assert all(not store.load(artist(each)).versions for each in range(5))
    assert store.count().quarantined == 1
    assert all(jobs.find_unfinished(f"{FIND}:{artist(each)}") for each in range(5))


def test_one_record_under_the_names_of_many_is_one_record(store, put):
    for number in range(6):
        ref = CoverRef(Kind.ALBUM, f"00000000-0000-4000-8000-{number:012d}")
        shown = put(ref, "a", source=SourceName.LASTFM)
        store.name(Subject(ref, "The Soundtrack", artist_name=f"Artist {number}"))

    assert store.quarantine_if_common(shown, 5) == []


def test_pictures_of_ones_own_are_never_taken_for_everybodys(store, put):
    for number in range(6):
        ref = CoverRef(Kind.ALBUM, f"00000000-0000-4000-8000-{number:012d}")
        shown = put(ref, "a", source=SourceName.EMBEDDED, grade=Grade.OWN)
        store.name(Subject(ref, f"Album {number}", artist_name=f"Artist {number}"))

    assert store.quarantine_if_common(shown, 5) == []


def test_images_that_nothing_shows_are_found_after_a_while_and_the_least_used_first(store, put, clock):
    put(A, "a")
    clock.advance(10)
    put(A, "b")
    store.keep_image(image("c"))
    clock.advance(10)
    put(B, "d")
    store.note_accesses({ImageId("b" * 64): clock.now() + timedelta(days=1)})

    assert store.list_unused(clock.now(), 10) == ["c" * 64]
    assert store.list_unused(clock.now() - timedelta(hours=1), 10) == []
    assert [each[0] for each in store.list_least_used(10)] == list("acdb")


def test_a_cover_whose_bytes_were_taken_away_is_looked_for_when_somebody_wants_it(store, put, jobs):
    put(A, "a")
    revision = store.load(A).revision

    store.forget_images([ImageId("a" * 64)])

    found = store.load(A)
    assert (found.state, found.shown, found.next_check_at) == (State.PENDING, None, None)
    assert found.revision > revision
    assert store.request_due() == 0


def test_counts_keep_faults_apart(store, put, database, clock):
    put(artist(1), "a")
    for number, outcome in ((2, Outcome.MISS), (3, Outcome.FAULT), (4, Outcome.SKIPPED)):
        store.request([artist(number)], Lane.LOW)
        settled = Settled(State.PENDING, None, False, False, clock.now())
        store.settle(database.write(), artist(number), settled, [Tried(SourceName.DEEZER, outcome, "")])

    counted = store.count()

    assert counted.external_ratio == 0.5
    assert counted.outcomes[Kind.ARTIST, SourceName.DEEZER] == dict.fromkeys(
        (Outcome.HIT, Outcome.MISS, Outcome.FAULT, Outcome.SKIPPED), 1
    )
    assert counted.embedded_ratio is None


def test_what_does_not_exist_is_forgotten_after_a_day(store, clock):
    store.request([A], Lane.LOW)
    store.bury(A)

    store.forget_gone(clock.now() - timedelta(days=1))
    assert store.load(A).state is State.GONE
    clock.advance(86_401)
    store.forget_gone(clock.now() - timedelta(days=1))

    assert store.load(A) is None


def test_many_who_ask_for_the_same_cover_at_once_make_one_job(store, jobs):
    barrier = threading.Barrier(8)

    def ask():
        barrier.wait()
        store.await_one(A, None)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(store.count_queue().by_lane.values()) == 1


def test_a_cover_whose_image_has_no_row_shows_none(store, put, database):
    put(A, "a")
    with database.write() as connection:
        connection.execute(sa.delete(images))

    assert (store.load(A).shown, store.load(A).image) == (None, None)
    assert store.load_many([A])[A].shown is None
