"""Imports: every play once, whatever happens meanwhile; told as it is."""

from datetime import timedelta

import pytest

from kernel.errors import FailedPrecondition, ProviderThrottled
from services.tracker.domain import Account, Counts, ImportOptions, ImportState, Play, Title
from services.tracker.storing.runs import ImportRun
from services.tracker.storing.tables import coverage, plays, titles
from tests.services.tracker.histories import NAME
from tests.services.tracker.workshop import Killed, Workshop

SONGS = [Title("Air", "La Femme d'argent", "Moon Safari"), Title("Air", "Sexy Boy", "Moon Safari"), Title("Can", "Vitamin C")]
START = 1_600_000_000


def wait_of(run: ImportRun, workshop: Workshop) -> timedelta:
    assert run.retry_at is not None
    return run.retry_at - workshop.clock.now()


def listening(count: int, *, start: int = START, pause: int = 200) -> list[Play]:
    return [Play(start + pause * number, SONGS[number % 3]) for number in range(count)]


def test_a_first_import_stores_every_play_and_counts_it(workshop: Workshop):
    workshop.history.plays = listening(2500)

    run = workshop.run()

    assert run.state is ImportState.SUCCEEDED
    assert workshop.stored() == workshop.history.multiset()
    assert run.counts == Counts(seen=2500, imported=2500, requests=3, new_albums=1, albums_to_enrich=1)
    assert (run.total, run.holes, run.error) == (2500, (), "")


def test_a_second_import_adds_nothing_and_asks_once(workshop: Workshop):
    workshop.history.plays = listening(2500)
    workshop.run()
    workshop.history.asked.clear()

    run = workshop.run()

    assert len(workshop.history.asked) == 1
    assert (run.counts.imported, run.counts.known, run.counts.seen) == (0, 2500, 2500)
    assert run.total == 2500
    assert workshop.stored() == workshop.history.multiset()


def test_what_is_new_since_is_added_and_the_rest_is_not_read_again(workshop: Workshop):
    workshop.history.plays = listening(2500)
    workshop.run()
    workshop.history.asked.clear()
    workshop.history.plays += listening(5, start=START + 10_000_000)

    run = workshop.run()

    assert len(workshop.history.asked) == 1
    assert run.counts.imported == 5
    assert workshop.stored() == workshop.history.multiset()


@pytest.mark.parametrize("limit", [1, 500, 1000, 1500])
def test_a_limit_counts_plays_from_the_newest(workshop: Workshop, limit: int):
    workshop.history.plays = listening(2000)

    run = workshop.run(limit=limit)

    assert run.counts.imported == limit
    assert workshop.stored().total() == limit
    assert min(uts for uts, _ in workshop.stored()) == workshop.history.plays[-limit].uts


def test_a_limit_is_kept_when_plays_share_a_second(workshop: Workshop):
    workshop.history.plays = [Play(START + number // 7, SONGS[number % 3]) for number in range(2000)]

    run = workshop.run(limit=500)

    assert run.counts.imported == workshop.stored().total() == 500


def test_a_larger_limit_goes_on_below_the_smaller_one(workshop: Workshop):
    workshop.history.plays = listening(2000)
    workshop.run(limit=500)

    run = workshop.run(limit=800)

    assert (run.counts.imported, run.counts.known) == (300, 500)
    assert workshop.stored().total() == 800


def test_alike_plays_of_one_second_are_all_kept(workshop: Workshop):
    workshop.history.plays = [*listening(40), *[Play(START + 400, SONGS[0])] * 3, *[Play(START + 400, SONGS[1])] * 2]

    workshop.run()

    assert workshop.stored() == workshop.history.multiset()


def test_a_second_of_more_plays_than_a_page_is_read_whole(workshop: Workshop):
    crowd = [Play(START + 1000, Title("Crowd", f"Song {number % 1300}")) for number in range(2600)]
    workshop.history.plays = [*listening(20), *crowd]

    run = workshop.run()

    assert workshop.stored() == workshop.history.multiset()
    assert run.counts.seen == 2620


def test_plays_of_clocks_that_were_never_set_are_set_aside_with_their_reason(workshop: Workshop):
    workshop.history.plays = [*listening(10), Play(0, SONGS[0]), Play(0, SONGS[1]), Play(4_000_000_000, SONGS[2])]

    run = workshop.run()
    again = workshop.run(skip_existing=False)

    log = workshop.store.list_log(run.id, kind="quarantined", after=0, limit=10)
    assert workshop.stored().total() == 10
    assert run.counts.quarantined == 3
    assert {entry.message.split(",")[0] for entry in log} == {"dated before 2002-10-01", "dated in the future"}
    assert all('"artist"' in entry.raw for entry in log)
    assert (again.counts.quarantined, again.counts.imported) == (0, 0)


def test_a_dry_run_counts_and_stores_nothing(workshop: Workshop):
    workshop.history.plays = listening(30)
    workshop.run(limit=10)

    run = workshop.run(dry_run=True)

    assert (run.counts.imported, run.counts.known) == (20, 10)
    assert workshop.stored().total() == 10


def test_reading_again_follows_edits_and_removals(workshop: Workshop):
    workshop.history.plays = listening(300)
    workshop.run()
    workshop.clock.advance(10)
    workshop.history.plays[7] = Play(workshop.history.plays[7].uts, Title("Air", "Sexy Boy", "Moon Safari (Deluxe)"))
    del workshop.history.plays[20:23]

    run = workshop.run(skip_existing=False)

    assert workshop.stored() == workshop.history.multiset()
    assert (run.counts.edited, run.counts.removed, run.counts.imported) == (1, 3, 0)
    assert run.counts.known == 296


def test_a_source_that_forgets_most_of_a_page_is_not_followed(workshop: Workshop):
    workshop.history.plays = listening(300)
    workshop.run()
    workshop.clock.advance(10)
    whole = workshop.history.multiset()
    del workshop.history.plays[10:250]

    run = workshop.run(skip_existing=False)

    assert workshop.stored() == whole
    assert run.counts.removed == 0
    assert [entry.kind for entry in workshop.store.list_log(run.id, kind="note", after=0, limit=5)] == ["note"]


def test_an_undone_import_is_as_if_it_had_never_been(workshop: Workshop):
    workshop.history.plays = listening(100)
    workshop.run()
    before = workshop.stored()
    workshop.clock.advance(10)
    workshop.history.plays = [*workshop.history.plays[3:], *listening(5, start=START + 1_000_000)]
    run = workshop.run(skip_existing=False)

    undone = workshop.store.undo_import(run.id)

    assert undone.is_undone
    assert workshop.stored() == before
    assert workshop.run(skip_existing=False).counts.imported == 5


def test_a_paused_import_stops_at_its_page_and_goes_on_there(workshop: Workshop):
    workshop.history.plays = listening(2500)
    import_id = workshop.begin()
    workshop.history.before = lambda _: workshop.store.pause_import(import_id) if len(workshop.history.asked) == 2 else None

    paused = workshop.run(import_id)
    workshop.history.before = lambda _: None
    workshop.store.resume_import(import_id)
    run = workshop.run(import_id)

    assert (paused.state, paused.counts.imported) == (ImportState.PAUSED, 999)
    assert run.state is ImportState.SUCCEEDED
    assert run.counts.imported == 2500
    assert workshop.stored() == workshop.history.multiset()


def test_a_cancelled_import_keeps_what_it_stored_and_can_be_taken_up(workshop: Workshop):
    workshop.history.plays = listening(2500)
    import_id = workshop.begin()
    workshop.history.before = lambda _: workshop.store.cancel_import(import_id) if len(workshop.history.asked) == 2 else None

    cancelled = workshop.run(import_id)
    workshop.history.before = lambda _: None
    workshop.store.retry_import(import_id)
    run = workshop.run(import_id)

    assert (cancelled.state, workshop.store.get_import(import_id).state) == (ImportState.CANCELLED, ImportState.SUCCEEDED)
    assert run.counts.imported == 2500
    assert workshop.stored() == workshop.history.multiset()


def test_a_window_that_is_refused_for_ever_becomes_one_hole_which_a_retry_closes(workshop: Workshop):
    workshop.history.plays = listening(5000)
    workshop.history.poison = (START + 400_000, START + 405_000)

    run = workshop.run()
    without = workshop.stored()
    workshop.history.poison = (0, 0)
    workshop.store.retry_import(run.id)
    retried = workshop.run(run.id)

    assert run.state is ImportState.SUCCEEDED
    assert len(run.holes) == 1
    assert run.holes[0].since <= START + 400_000
    assert run.holes[0].until >= START + 404_801
    assert (workshop.history.multiset() - without).total() == 25
    assert (retried.state, retried.holes) == (ImportState.SUCCEEDED, ())
    assert workshop.stored() == workshop.history.multiset()


def test_a_source_that_is_down_is_waited_for(workshop: Workshop):
    workshop.history.plays = listening(2500)
    workshop.history.is_down = True
    import_id = workshop.begin()

    waiting = [workshop.run(import_id)]
    first_wait = wait_of(waiting[0], workshop)
    workshop.clock.advance(60)
    waiting.append(workshop.run(import_id))
    second_wait = wait_of(waiting[1], workshop)
    workshop.history.is_down = False
    workshop.clock.advance(60)
    run = workshop.run(import_id)

    assert [each.state for each in waiting] == [ImportState.RUNNING] * 2
    assert (first_wait, second_wait) == (timedelta(seconds=5), timedelta(seconds=10))
    assert run.state is ImportState.SUCCEEDED
    assert (run.error, run.retry_at) == ("", None)
    assert workshop.stored() == workshop.history.multiset()


def test_titles_get_their_ids_and_those_that_nobody_named_get_them_later(workshop: Workshop):
    workshop.history.plays = listening(1500)
    workshop.tracks.is_down = True

    run = workshop.run()
    workshop.tracks.is_down = False
    workshop.work()

    with workshop.database.read() as connection:
        rows = connection.execute(titles.select()).all()
    assert run.state is ImportState.SUCCEEDED
    assert all(row.artist_id and row.track_id and bool(row.album_id) == bool(row.album) for row in rows)


def test_a_title_that_nobody_takes_costs_no_other_title_its_ids(workshop: Workshop):
    workshop.history.plays = [*listening(10), Play(START + 5, Title("Odd", "One")), Play(START + 6, Title("Even", "Two"))]
    workshop.tracks.refused = "Odd"

    run = workshop.run()

    with workshop.database.read() as connection:
        rows = {row.artist: row for row in connection.execute(titles.select())}
    assert run.state is ImportState.SUCCEEDED
    assert (rows["Odd"].track_id, rows["Odd"].is_named) == (None, True)
    assert all(row.track_id for name, row in rows.items() if name != "Odd")


@pytest.mark.parametrize("table", [titles, plays, coverage], ids=lambda table: table.name)
def test_a_process_killed_in_the_middle_of_a_page_loses_and_doubles_nothing(workshop: Workshop, table):
    workshop.history.plays = [Play(START + 200 * number, Title("Air", f"Song {number}")) for number in range(2500)]
    import_id = workshop.begin()
    recover = lambda: None  # noqa: E731

    def strike(_ask: object) -> None:
        nonlocal recover
        if len(workshop.history.asked) == 2:
            recover = workshop.die_at(table)

    workshop.history.before = strike
    with pytest.raises(Killed):
        workshop.run(import_id)
    recover()
    workshop.history.before = lambda _: None
    workshop.clock.advance(120)
    run = workshop.finish(import_id)

    assert run.counts.imported == 2500
    assert workshop.stored() == workshop.history.multiset()


def test_an_answer_that_says_there_is_more_and_shows_nothing_is_no_answer(workshop: Workshop):
    workshop.history.plays = listening(300)
    workshop.history.hides = True

    run = workshop.run()
    workshop.history.hides = False
    workshop.store.retry_import(run.id)
    retried = workshop.run(run.id)

    assert len(run.holes) == 1
    assert "shows nothing of it" in run.holes[0].reason
    assert retried.holes == ()
    assert workshop.stored() == workshop.history.multiset()


def test_an_import_cannot_be_undone_before_the_later_one_that_changed_its_plays(workshop: Workshop):
    workshop.history.plays = listening(30)
    first = workshop.run()
    whole = workshop.stored()
    workshop.clock.advance(10)
    workshop.history.plays[3] = Play(workshop.history.plays[3].uts, Title("Air", "Edited"))
    second = workshop.run(skip_existing=False)

    with pytest.raises(FailedPrecondition) as refused:
        workshop.store.undo_import(first.id)
    workshop.store.undo_import(second.id)
    after_one = workshop.stored()
    workshop.store.undo_import(first.id)

    assert str(second.id) in str(refused.value)
    assert after_one == whole
    assert workshop.stored().total() == 0


def test_what_two_accounts_told_comes_back_from_the_other_one_when_one_is_undone(workshop: Workshop):
    workshop.history.plays = listening(20)
    first = workshop.run()
    other = Account("listenbrainz", "rj")
    second = workshop.store.create_import(other, NAME, ImportOptions())
    told = workshop.run(second.id)

    workshop.store.undo_import(first.id)
    again = workshop.run(workshop.store.create_import(other, NAME, ImportOptions()).id)

    assert (told.counts.imported, told.counts.known) == (0, 20)
    assert again.counts.imported == 20
    assert workshop.stored() == workshop.history.multiset()


def test_a_resumed_import_does_not_wait_for_what_it_waited_for_before(workshop: Workshop):
    workshop.history.plays = listening(20)
    workshop.history.before = throttle
    import_id = workshop.begin()
    waiting = workshop.run(import_id)
    workshop.history.before = lambda _: None

    workshop.store.pause_import(import_id)
    workshop.store.resume_import(import_id)
    workshop.work()

    assert wait_of(waiting, workshop) == timedelta(days=7)
    assert workshop.store.get_import(import_id).state is ImportState.SUCCEEDED


def throttle(_ask: object) -> None:
    raise ProviderThrottled(NAME, "too many requests", retry_after=timedelta(days=7))


def test_an_import_that_waits_for_its_source_holds_up_nobody_and_waits_its_turn_afterwards(workshop: Workshop):
    workshop.history.plays = listening(20)
    workshop.history.is_down = True
    first = workshop.begin()
    workshop.run(first)
    workshop.history.is_down = False
    second = workshop.begin()

    def come_back(_ask: object) -> None:
        workshop.clock.advance(60)
        workshop.attempt(workshop.store.get_import(first).job_id)

    workshop.history.before = come_back
    workshop.run(second)
    workshop.history.before = lambda _: None
    still_waiting = workshop.store.get_import(first)
    finished = workshop.finish(first)

    assert workshop.store.get_import(second).state is ImportState.SUCCEEDED
    assert still_waiting.retry_at is not None
    assert finished.state is ImportState.SUCCEEDED


def test_a_dry_run_knows_what_another_account_has_told(workshop: Workshop):
    workshop.history.plays = listening(20)
    workshop.run()

    run = workshop.run(workshop.store.create_import(Account("maloja", "rj"), NAME, ImportOptions(dry_run=True)).id)

    assert (run.counts.imported, run.counts.known) == (0, 20)
