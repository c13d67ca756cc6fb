"""What a person wants, what a job has found and what is taken away meanwhile meet in the store, on SQLite and PostgreSQL."""

import threading
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest

from kernel.errors import FailedPrecondition, OwnFault
from kernel.jobs import Lane
from services.cover.choosing import Settled
from services.cover.domain import Grade, ImageId, Outcome, Shown, SourceName, State, Subject, Tried
from services.cover.store import FIND
from tests.services.cover.covers import A, B, artist, image

BRIEFLY = 0.4
"""Seconds that who was told to wait is given to do otherwise."""
THRESHOLD = 5


def found(shown, clock):
    return Settled(State.FOUND, shown, False, False, clock.now() + timedelta(days=30))


@pytest.fixture
def claimed(jobs):
    """The job that looks for a cover, begun."""

    def claimed(ref):
        job = jobs.find_unfinished(f"{FIND}:{ref}")
        assert job is not None
        claim = jobs.claim(job.id)
        assert claim is not None
        return claim

    return claimed


@pytest.mark.parametrize("wish", ["await_one", "request", "refresh", "lock", "unlock", "quarantine"])
def test_who_wants_a_cover_and_the_job_that_settles_it_do_not_wait_for_each_other(wish, store, put, jobs, claimed, clock):
    for number in range(THRESHOLD):
        shown = put(artist(number), "a")
        store.name(Subject(artist(number), f"Artist {number}"))
    ref = artist(0)
    claim, troubles = claimed(ref), []
    wishes = {
        "await_one": lambda: store.await_one(ref, None),
        "request": lambda: store.request([ref, B], Lane.NORMAL, is_changed=True),
        "refresh": lambda: store.refresh(ref),
        "lock": lambda: store.lock(ref),
        "unlock": lambda: store.unlock(ref),
        "quarantine": lambda: store.quarantine_if_common(shown, THRESHOLD),
    }

    def want():
        try:
            wishes[wish]()
        except OwnFault as error:
            troubles.append(error)

    other = threading.Thread(target=want)

    @contextmanager
    def commit():
        with jobs.database.write() as connection:
            jobs.save_progress(connection, claim, {})
            other.start()
            other.join(BRIEFLY)
            yield connection

    store.settle(commit(), ref, found(shown, clock), [])
    other.join(10)

    assert not other.is_alive()
    assert troubles == []


def test_what_a_person_went_back_to_is_not_taken_away_with_what_is_everybodys(store, put, clock):
    for number in range(THRESHOLD):
        shown = put(artist(number), "a")
        store.name(Subject(artist(number), f"Artist {number}"))
    store.choose(artist(0), shown)

    others = store.quarantine_if_common(shown, THRESHOLD)

    assert others == [artist(number) for number in range(1, THRESHOLD)]
    kept = store.load(artist(0))
    assert (kept.is_locked, kept.shown, kept.state) == (True, shown, State.FOUND)


def test_who_settles_after_a_picture_was_found_to_be_everybodys_shows_it_no_more(store, put):
    for number in range(THRESHOLD):
        shown = put(artist(number), "a")
        store.name(Subject(artist(number), f"Artist {number}"))
    store.quarantine_if_common(shown, THRESHOLD)
    late = put(artist(THRESHOLD), "a")

    assert store.quarantine_if_common(late, THRESHOLD) == [artist(THRESHOLD)]
    assert store.load(artist(THRESHOLD)).shown is None
    assert store.count().quarantined == 1


def test_what_a_person_chose_makes_no_room_whatever_its_source(store, put, clock):
    store.choose(A, put(A, "a"))
    put(B, "b")
    clock.advance(86_400)

    assert store.list_least_used(10) == ["b" * 64]


def test_a_chosen_image_whose_bytes_are_gone_leaves_no_lock_behind(store, put, jobs):
    store.choose(A, put(A, "a"))

    store.forget_images([ImageId("a" * 64)])

    assert (store.load(A).is_locked, store.load(A).state) == (False, State.PENDING)
    store.await_one(A, None)
    assert jobs.find_unfinished(f"{FIND}:{A}") is not None


def test_what_is_not_kept_any_more_can_neither_be_chosen_nor_settled_on(store, put, claimed, jobs, clock):
    put(A, "a")
    put(A, "b")
    older, _ = store.load(A).versions[0]
    store.forget_images([older.image_id])

    with pytest.raises(FailedPrecondition):
        store.choose(A, older)
    with pytest.raises(OwnFault):
        store.settle(jobs.database.write(), A, found(older, clock), [])
    assert (store.load(A).shown.image_id, store.load(A).is_locked) == ("b" * 64, False)


def test_an_image_taken_away_while_it_is_chosen_is_missed_at_once(store, put, jobs):
    put(A, "a")
    put(A, "b")
    older, _ = store.load(A).versions[0]
    forgetting = threading.Thread(target=store.forget_images, args=([older.image_id],))

    forgetting.start()
    with suppress(FailedPrecondition):
        store.choose(A, older)
    forgetting.join()

    cover = store.load(A)
    assert cover.shown is None or cover.shown.image_id == "b" * 64
    assert not cover.is_locked


def test_a_cover_that_is_forgotten_while_it_is_looked_for_is_no_bug(store, put, jobs, clock):
    shown = put(B, "b")
    store.settle(jobs.database.write(), A, found(shown, clock), [Tried(SourceName.LASTFM, Outcome.MISS, "")])

    assert store.load(A) is None


def test_an_upload_for_a_cover_outlives_a_job_that_found_something_else(store, put, jobs, claimed, clock):
    first = put(A, "a")
    store.keep_image(image("b"))
    mine = Shown(ImageId("b" * 64), SourceName.UPLOAD, Grade.OWN, "uploaded", "", "", "b" * 64, clock.now())
    choosing = threading.Thread(target=store.choose, args=(A, mine))
    claim = claimed(A)

    @contextmanager
    def commit():
        with jobs.database.write() as connection:
            jobs.save_progress(connection, claim, {})
            choosing.start()
            choosing.join(BRIEFLY)
            yield connection

    store.settle(commit(), A, found(first, clock), [])
    choosing.join(10)

    assert (store.load(A).shown, store.load(A).is_locked) == (mine, True)
