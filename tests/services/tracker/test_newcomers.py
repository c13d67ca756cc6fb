"""What an import brought in is handed over to be enriched, and counted until it is."""

from services.tracker.domain import ImportState, Play, Title
from services.tracker.storing.runs import ImportRun
from tests.services.tracker.workshop import Workshop

START = 1_700_000_000


def listening(albums: int) -> list[Play]:
    return [
        Play(START + 200 * number, Title("Somebody", f"Song {number}", f"Album {number % albums}"))
        for number in range(2 * albums)
    ]


def counted(run: ImportRun) -> tuple[int, int, int]:
    return run.counts.new_albums, run.counts.albums_to_enrich, run.counts.albums_enriched


def enriching(workshop: Workshop, run: ImportRun, looks: int = 20) -> list[tuple[int, int, int]]:
    """The counts at each look, a little later each time, until nobody looks any more."""
    seen = [counted(run)]
    for _ in range(looks):
        workshop.clock.advance(60)
        workshop.work()
        found = counted(workshop.store.get_import(run.id))
        if found != seen[-1]:
            seen.append(found)
    return seen


def test_new_albums_are_handed_over_when_an_import_ends_and_counted_as_they_are_enriched(workshop: Workshop):
    workshop.history.plays = listening(3)

    run = workshop.run()

    assert run.state is ImportState.SUCCEEDED
    assert counted(run) == (3, 3, 0)
    assert enriching(workshop, run) == [(3, 3, 0), (3, 3, 1), (3, 3, 2), (3, 3, 3)]


def test_at_most_fifty_unless_more_are_asked_for(workshop: Workshop):
    workshop.history.plays = listening(70)
    assert counted(workshop.run())[:2] == (70, 50)

    workshop.history.plays += [Play(START + 10_000_000 + at, Title("Else", "Song", f"Other {at}")) for at in range(70)]
    assert counted(workshop.run(albums_limit=60))[:2] == (70, 60)


def test_what_was_known_before_is_not_handed_over(workshop: Workshop):
    workshop.history.plays = listening(3)
    workshop.run()

    assert counted(workshop.run()) == (0, 0, 0)


def test_a_dry_run_and_one_that_does_not_want_it_hand_nothing_over(workshop: Workshop):
    workshop.history.plays = listening(3)

    assert counted(workshop.run(dry_run=True)) == (0, 0, 0)
    assert counted(workshop.run(enrich_albums=False))[1:] == (0, 0)


def test_while_the_album_service_is_down_an_import_ends_and_a_job_hands_over_later(workshop: Workshop):
    workshop.history.plays = listening(3)
    workshop.tracks.is_down = True
    run = workshop.run()
    assert (run.state, counted(run)) == (ImportState.SUCCEEDED, (0, 0, 0))

    workshop.tracks.is_down = False

    assert enriching(workshop, run, looks=40)[-1] == (3, 3, 3)


def test_what_one_import_brings_in_is_never_counted_as_anothers(workshop: Workshop):
    """The look of the first names what the second has written and not named yet."""
    workshop.history.plays = listening(3)
    first = workshop.run()
    workshop.history.plays += [Play(START + 10_000_000 + at, Title("Else", "Song", f"Other {at}")) for at in range(20)]
    workshop.tracks.is_down = True
    second = workshop.run().id
    workshop.tracks.is_down = False

    enriching(workshop, first)

    assert counted(workshop.store.get_import(first.id))[:2] == (3, 3)
    assert counted(workshop.store.get_import(second))[:2] == (20, 20)
