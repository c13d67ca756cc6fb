"""The live tracker: what is played is stored within one look, what came late too, and what only plays now never is."""

from datetime import timedelta

from kernel.errors import FailedPrecondition, ProviderUnavailable
from services.tracker.domain import Account, Play, Title
from services.tracker.planning import plan_catch_up
from services.tracker.storing import live
from services.tracker.storing.live import PLAY, PLAYING, STATUS, Followed
from services.tracker.walking import Ask, Window
from tests.services.tracker.histories import NAME
from tests.services.tracker.test_importing import throttle
from tests.services.tracker.workshop import Workshop

SONG = Title("Air", "Sexy Boy", "Moon Safari")
OTHER = Title("Can", "Vitamin C")


def now(workshop: Workshop) -> int:
    return int(workshop.clock.now().timestamp())


def followed(workshop: Workshop) -> Followed:
    tracker = workshop.switch.status().tracker
    assert tracker is not None
    return tracker


def tick(workshop: Workshop, seconds: int = 121) -> None:
    workshop.clock.advance(seconds)
    workshop.work()


def events(workshop: Workshop) -> list[str]:
    with workshop.database.read() as connection:
        return [event.kind for event in live.list_events(connection, 0)]


def test_a_play_is_stored_at_the_next_look_and_told(workshop: Workshop):
    workshop.switch.start(None)
    workshop.work()
    workshop.history.plays.append(Play(now(workshop) + 30, SONG))

    tick(workshop)

    assert workshop.stored() == workshop.history.multiset()
    assert events(workshop) == [STATUS, STATUS, PLAY]
    assert len(workshop.history.asked) == 2
    assert workshop.switch.status().state == "following"


def test_what_plays_now_is_told_once_and_never_stored(workshop: Workshop):
    workshop.history.playing = SONG
    workshop.switch.start(None)
    workshop.work()
    tick(workshop)
    playing = followed(workshop).playing
    workshop.history.playing = None
    tick(workshop)

    assert playing is not None
    assert playing["track"] == "Sexy Boy"
    assert events(workshop).count(PLAYING) == 2
    assert workshop.stored().total() == 0
    assert followed(workshop).playing is None


def test_three_hours_switched_off_are_caught_up(workshop: Workshop):
    workshop.switch.start(None)
    workshop.work()
    tick(workshop)
    workshop.switch.stop()
    tick(workshop)
    workshop.history.plays += [Play(now(workshop) + 180 * number, SONG) for number in range(60)]
    workshop.clock.advance(3 * 3600)

    workshop.switch.start(None)
    workshop.work()

    assert workshop.stored() == workshop.history.multiset()


def test_more_than_a_page_is_caught_up_even_when_the_source_fails_in_between(workshop: Workshop):
    workshop.switch.start(None)
    workshop.work()
    workshop.history.largest = 100
    workshop.history.plays += [Play(now(workshop) + number, OTHER) for number in range(5000, 5500)]
    workshop.clock.advance(6000)
    asked = len(workshop.history.asked)
    workshop.history.before = lambda _: setattr(workshop.history, "is_down", len(workshop.history.asked) == asked + 3)

    workshop.work()
    partly = workshop.stored().total()
    tick(workshop, 6 * 3600)

    assert 0 < partly < 500
    assert workshop.stored() == workshop.history.multiset()


def test_a_source_that_gives_no_more_at_once_than_it_documents_is_followed(workshop: Workshop):
    def refuse(ask: Ask) -> None:
        if ask.size > 200:
            raise ProviderUnavailable(NAME, "an answer we do not understand (code 6)")

    workshop.history.before = refuse
    workshop.switch.start(None)
    workshop.work()
    workshop.history.plays += [Play(now(workshop) + number, OTHER) for number in range(1500)]
    workshop.clock.advance(1500)

    tick(workshop, 3600)

    assert workshop.stored() == workshop.history.multiset()
    assert followed(workshop).error == ""


def test_a_play_that_comes_days_late_is_found_by_the_sweep(workshop: Workshop):
    workshop.switch.start(None)
    workshop.work()
    tick(workshop, 10 * 86_400)
    workshop.history.plays.append(Play(now(workshop) - 5 * 86_400, SONG))

    tick(workshop)
    before = workshop.stored().total()
    tick(workshop, 6 * 3600)

    assert before == 0
    assert workshop.stored() == workshop.history.multiset()


def test_edits_of_the_last_days_are_followed_by_the_sweep(workshop: Workshop):
    workshop.switch.start(None)
    workshop.work()
    workshop.history.plays = [Play(now(workshop) + 60, SONG), Play(now(workshop) + 90, OTHER)]
    tick(workshop)
    workshop.history.plays[0] = Play(workshop.history.plays[0].uts, Title("Air", "Sexy Boy", ""))
    del workshop.history.plays[1]

    tick(workshop, 6 * 3600 + 200)

    assert workshop.stored() == workshop.history.multiset()


def test_a_look_that_fails_says_so_and_the_next_one_makes_good(workshop: Workshop):
    workshop.switch.start(None)
    workshop.work()
    workshop.history.is_down = True
    workshop.history.plays.append(Play(now(workshop) + 10, SONG))

    tick(workshop)
    failing, error = workshop.switch.status(), followed(workshop).error
    workshop.history.is_down = False
    tick(workshop)

    assert (failing.state, error) == ("failing", "lastfm: does not answer")
    assert failing.lag_seconds == 121
    assert workshop.switch.status().state == "following"
    assert workshop.stored() == workshop.history.multiset()


def test_a_tracker_that_looks_no_more_is_seen_to_have_stalled(workshop: Workshop):
    workshop.switch.start(None)
    workshop.work()

    workshop.clock.advance(361)

    assert workshop.switch.status().state == "stalled"


def test_it_stays_started_over_a_restart_and_stopped_too(workshop: Workshop):
    workshop.switch.start(timedelta(seconds=30))
    workshop.work()
    restarted = Workshop(workshop.database, workshop.clock, workshop.history)

    workshop.history.plays.append(Play(now(workshop) + 5, SONG))
    tick(restarted, 31)
    status, is_running = restarted.switch.status(), followed(restarted).is_running
    restarted.switch.stop()
    asked = len(workshop.history.asked)
    tick(restarted, 31)
    tick(restarted, 31)

    assert (is_running, status.interval_seconds) == (True, 30)
    assert restarted.stored().total() == 1
    assert len(workshop.history.asked) == asked
    assert restarted.switch.status().state == "stopped"


def test_starting_again_with_a_shorter_interval_looks_at_once(workshop: Workshop):
    workshop.switch.start(timedelta(seconds=3600))
    workshop.work()
    workshop.clock.advance(10)

    workshop.switch.start(timedelta(seconds=15))
    workshop.work()

    assert len(workshop.history.asked) == 2


def test_the_first_look_after_each_start_is_told(workshop: Workshop):
    workshop.switch.start(None)
    workshop.work()
    workshop.switch.stop()
    workshop.clock.advance(5)
    workshop.switch.start(None)
    told = len(events(workshop))

    workshop.work()

    assert events(workshop)[told:] == [STATUS]
    assert workshop.switch.status().state == "following"


def test_plays_of_the_import_and_of_the_tracker_are_never_two(workshop: Workshop):
    workshop.history.plays = [Play(now(workshop) - 100 * number, SONG) for number in range(50)]
    workshop.switch.start(None)
    workshop.work()
    workshop.run()
    workshop.history.plays.append(Play(now(workshop) + 1, OTHER))
    tick(workshop)
    workshop.run()

    assert workshop.stored() == workshop.history.multiset()


def test_a_profile_that_turned_private_is_told_in_one_sentence(workshop: Workshop):
    workshop.switch.start(None)
    workshop.work()

    def refuse(_ask: object) -> None:
        raise FailedPrecondition("The Last.fm profile rj is private.")

    workshop.history.before = refuse
    tick(workshop)

    assert followed(workshop).error == "The Last.fm profile rj is private."


def test_what_was_read_is_not_read_again_but_gaps_are():
    walk = plan_catch_up(1000, 10**9, [(0, 1500), (1600, 2000)])

    assert walk.windows == (Window(2000, None), Window(1500, 1600))


def test_another_listeners_plays_are_never_written_down_as_the_first_ones(workshop: Workshop):
    workshop.switch.start(None)
    workshop.work()
    renamed = Workshop(workshop.database, workshop.clock, workshop.history, account=Account(NAME, "somebody else"))
    workshop.history.plays.append(Play(now(workshop) + 5, SONG))

    tick(renamed)
    asked = len(workshop.history.asked)

    assert asked == 1
    assert renamed.stored().total() == 0
    assert renamed.switch.status().state == "stopped"


def test_stop_and_start_look_at_once_though_the_source_was_to_be_left_alone(workshop: Workshop):
    workshop.history.before = throttle
    workshop.switch.start(None)
    workshop.work()
    workshop.history.before = lambda _: None
    workshop.history.plays.append(Play(now(workshop) + 5, SONG))
    workshop.clock.advance(60)

    workshop.switch.stop()
    workshop.switch.start(None)
    workshop.work()

    assert workshop.stored() == workshop.history.multiset()
