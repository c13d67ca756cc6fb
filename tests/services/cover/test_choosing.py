"""Which image is shown once the sources have been asked: rules, without any asking."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cover.choosing import Asked, Patience, settle
from services.cover.domain import Grade, ImageId, Outcome, Shown, SourceName, State, Tried

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PATIENCE = Patience(found=timedelta(days=30), absent=timedelta(days=7))
EMBEDDED, CAA, LASTFM = SourceName.EMBEDDED, SourceName.COVERARTARCHIVE, SourceName.LASTFM


def shown(source, name="a", grade=Grade.RELEASE):
    return Shown(ImageId(name * 64), source, grade, "somewhere", "", "", name, NOW)


def tried(**outcomes):
    return [Tried(SourceName(name), Outcome(outcome), "") for name, outcome in outcomes.items()]


def settled(held, sources, found=None, *, is_whole=True, rounds=0):
    return settle(held, Asked(sources, found, is_whole, rounds), now=NOW, patience=PATIENCE)


def test_nothing_found_anywhere_is_absent_for_days():
    result = settled(None, tried(embedded="miss", coverartarchive="miss", lastfm="skipped"))

    assert (result.state, result.next_check_at, result.is_unanswered) == (State.ABSENT, NOW + timedelta(days=7), False)


@pytest.mark.parametrize("place", ["embedded", "coverartarchive", "lastfm"])
def test_a_fault_anywhere_keeps_it_open(place):
    result = settled(None, tried(**dict.fromkeys(("embedded", "coverartarchive", "lastfm"), "miss") | {place: "fault"}))

    assert (result.state, result.is_unanswered, result.next_check_at) == (State.PENDING, True, NOW + timedelta(seconds=5))


def test_what_could_not_be_asked_for_lack_of_an_answer_of_somebody_else_keeps_it_open():
    result = settled(None, tried(coverartarchive="skipped"), is_whole=False)

    assert (result.state, result.is_unanswered) == (State.PENDING, True)


def test_the_held_image_outlives_every_silence():
    held = shown(CAA)

    for outcome in ("fault", "miss", "skipped"):
        result = settled(held, tried(coverartarchive=outcome, lastfm="fault"))
        assert (result.state, result.shown) == (State.FOUND, held)


def test_a_source_that_counts_more_replaces_what_is_held():
    better = shown(EMBEDDED, "b")

    assert settled(shown(CAA), tried(embedded="hit"), better).shown == better


@pytest.mark.parametrize(("outcome", "is_kept"), [("fault", True), ("skipped", True), ("miss", False), ("rejected", False)])
def test_a_source_that_counts_less_replaces_what_is_held_only_when_its_own_source_has_it_no_more(outcome, is_kept):
    held, found = shown(CAA), shown(LASTFM, "b")

    result = settled(held, tried(coverartarchive=outcome, lastfm="hit"), found)

    assert result.shown == (held if is_kept else found)
    assert result.is_stale == (outcome == "fault")


def test_the_same_picture_of_the_same_source_stays_the_image_it_is():
    held = shown(CAA, grade=Grade.RELEASE_GROUP)
    again = Shown(ImageId("f" * 64), CAA, Grade.RELEASE, "elsewhere", "", "", "a", NOW + timedelta(days=1))

    result = settled(held, tried(coverartarchive="hit"), again)

    assert result.shown == Shown(held.image_id, CAA, Grade.RELEASE, "elsewhere", "", "", "a", NOW)


def test_waits_grow_to_half_a_day_and_respect_who_names_a_time():
    waits = [settled(None, tried(lastfm="fault"), rounds=rounds).next_check_at - NOW for rounds in (0, 1, 2, 9, 50)]
    named = [Tried(LASTFM, Outcome.FAULT, "", retry_after=timedelta(days=1)), Tried(CAA, Outcome.FAULT, "")]

    assert waits == [timedelta(seconds=each) for each in (5, 20, 80, 43200, 43200)]
    assert settled(None, named).next_check_at == NOW + timedelta(days=1)


@given(
    st.lists(
        st.tuples(st.sampled_from(list(SourceName)), st.sampled_from(list(Outcome))), max_size=6, unique_by=lambda pair: pair[0]
    ),
    st.none() | st.sampled_from(list(SourceName)),
    st.booleans(),
)
def test_an_image_never_goes_without_another_and_absence_is_never_said_over_a_fault(outcomes, holder, is_whole):
    sources = [Tried(source, outcome, "") for source, outcome in outcomes]
    hits = [each for each in sources if each.outcome is Outcome.HIT]
    upto = sources[: sources.index(hits[0]) + 1] if hits else sources
    found = shown(hits[0].source, "b") if hits else None
    held = shown(holder) if holder else None

    result = settled(held, upto, found, is_whole=is_whole)

    assert (result.shown is not None) == (held is not None or found is not None)
    assert (result.state is State.FOUND) == (result.shown is not None)
    if any(each.outcome is Outcome.FAULT for each in upto) or not is_whole:
        assert result.state is not State.ABSENT
        assert result.is_unanswered
