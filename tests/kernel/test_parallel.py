"""Questions asked at the same time, shown by barriers and events: nobody passes a barrier alone."""

import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from kernel import deadline
from kernel.errors import DeadlineSpent
from kernel.parallel import Fanout

PATIENCE = 30  # seconds until a test that hangs is said to hang

colour: ContextVar[str] = ContextVar("colour", default="none")


@pytest.fixture
def fanout():
    fanout = Fanout(4, "asking")
    yield fanout
    fanout.close()


@pytest.fixture
def hanging(fanout):
    """A call that ends when the test does."""
    release = threading.Event()
    yield partial(release.wait, PATIENCE)
    release.set()


def all_at_once(calls: Mapping[Any, Any]) -> Callable[[Mapping[Any, Any]], Mapping[Any, Any]]:
    """Questions that depend on no answer."""
    return lambda _: calls


def raises_key_error() -> Any:
    raise KeyError("a bug")


def test_questions_run_at_the_same_time(fanout):
    barrier = threading.Barrier(4, timeout=PATIENCE)

    arrived = fanout.run(all_at_once(dict.fromkeys(range(4), barrier.wait)))

    assert sorted(arrived.values()) == [0, 1, 2, 3]


def test_results_stand_under_their_names_in_the_order_asked(fanout):
    results = fanout.run(all_at_once({"b": lambda: 2, "a": lambda: 1, "c": lambda: 3}))

    assert list(results.items()) == [("b", 2), ("a", 1), ("c", 3)]


def test_no_question_has_no_result(fanout):
    assert fanout.run(all_at_once({})) == {}


def test_each_question_takes_the_context_of_the_asker_along(fanout):
    barrier = threading.Barrier(3, timeout=PATIENCE)

    def ask() -> tuple[str, float | None]:
        barrier.wait()
        return colour.get(), deadline.remaining()

    token = colour.set("blue")
    with deadline.within(timedelta(hours=1)):
        results = fanout.run(all_at_once(dict.fromkeys("abc", ask)))
    colour.reset(token)

    assert {seen for seen, _ in results.values()} == {"blue"}
    assert all(left is not None and 3590 < left <= 3600 for _, left in results.values())


def test_what_a_question_does_to_its_context_does_not_reach_the_asker(fanout):
    fanout.run(all_at_once(dict.fromkeys("ab", lambda: colour.set("red"))))

    assert colour.get() == "none"


def test_a_call_that_raises_does_not_stop_the_others(fanout):
    barrier = threading.Barrier(2, timeout=PATIENCE)
    ended = []

    def ask() -> None:
        barrier.wait()
        ended.append("slow")

    def fail() -> str:
        barrier.wait()
        return str(raises_key_error())

    with pytest.raises(KeyError):
        fanout.run(all_at_once({"broken": fail, "slow": ask}))

    assert ended == ["slow"]


@pytest.mark.parametrize("first", ["a", "b"])
def test_of_several_exceptions_the_first_to_come_is_raised(fanout, first):
    first_is_in = threading.Event()
    waits: list[None] = []

    def fail(name: str) -> str:
        if name != first:
            first_is_in.wait(PATIENCE)
        raise LookupError(name)

    def patience() -> float:
        waits.append(None)
        if len(waits) == 2:
            first_is_in.set()
        return PATIENCE

    with pytest.raises(LookupError, match=first):
        fanout.run(all_at_once({name: partial(fail, name) for name in "ab"}), patience=patience)


def test_a_spent_deadline_raised_by_one_call_is_raised_as_it_is(fanout):
    with pytest.raises(DeadlineSpent), deadline.within(timedelta(0)):
        fanout.run(all_at_once({"a": lambda: "answer", "b": deadline.check}))


def test_a_question_that_needs_an_answer_is_asked_as_soon_as_that_is_there(fanout):
    second_is_asked = threading.Event()

    def next_calls(results: Mapping[str, str]) -> Mapping[str, Callable[[], str]]:
        calls = {"first": lambda: "id", "unrelated": unrelated}
        return calls | {"second": partial(second, results["first"])} if "first" in results else calls

    def second(given: str) -> str:
        second_is_asked.set()
        return f"facts of {given}"

    def unrelated() -> str:
        return "not waited for" if second_is_asked.wait(PATIENCE) else "waited for"

    results = fanout.run(next_calls)

    assert results == {"first": "id", "unrelated": "not waited for", "second": "facts of id"}
    assert list(results) == ["first", "unrelated", "second"]


def test_a_chain_of_questions_is_asked_to_its_end_and_each_once(fanout):
    asked = []

    def ask(number: int) -> int:
        asked.append(number)
        return number

    def next_calls(results: Mapping[int, int]) -> Mapping[int, Callable[[], int]]:
        return {number: partial(ask, number) for number in range(min(len(results) + 1, 5))}

    results = fanout.run(next_calls)

    assert (asked, results) == ([0, 1, 2, 3, 4], {number: number for number in range(5)})


def test_background_work_is_background_in_all_its_calls_and_no_longer_than_that(fanout):
    def next_calls(results: Mapping[str, bool]) -> Mapping[str, Callable[[], bool]]:
        return dict.fromkeys(["first", "second"] if results else ["first"], deadline.is_background)

    with deadline.in_background():
        inside = fanout.run(next_calls)
    outside = fanout.run(next_calls)

    assert (inside, outside) == ({"first": True, "second": True}, {"first": False, "second": False})


def test_after_an_exception_nothing_new_is_begun(fanout):
    asked = []

    def next_calls(_results: Mapping[str, str]) -> Mapping[str, Callable[[], str]]:
        asked.append("asked")
        return {"broken": raises_key_error}

    with pytest.raises(KeyError):
        fanout.run(next_calls)

    assert asked == ["asked"]


def test_who_is_out_of_patience_gets_what_has_ended_and_the_rest_goes_on(fanout):
    let_go, ended = threading.Event(), threading.Event()
    seen: dict[str, str] = {}

    def slow() -> str:
        let_go.wait(PATIENCE)
        ended.set()
        return "late"

    def next_calls(results: Mapping[str, str]) -> Mapping[str, Callable[[], str]]:
        seen.update(results)
        return {"slow": slow, "quick": lambda: "in time"}

    results = fanout.run(next_calls, patience=lambda: 0 if seen else PATIENCE)
    let_go.set()

    assert results == {"quick": "in time"}
    assert ended.wait(PATIENCE)


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_what_still_waits_for_a_thread_when_patience_is_over_is_never_begun(seconds):
    fanout, let_go = Fanout(1, "asking"), threading.Event()
    begun = []
    calls = {"busy": partial(let_go.wait, PATIENCE), "queued": lambda: begun.append("queued")}

    results = fanout.run(all_at_once(calls), patience=lambda: seconds)
    let_go.set()
    fanout.close()

    assert (results, begun) == ({}, [])


def test_an_exception_that_nobody_waited_for_is_dropped(fanout):
    let_go = threading.Event()

    def fail_late() -> str:
        let_go.wait(PATIENCE)
        return str(raises_key_error())

    left_behind = fanout.run(all_at_once({"broken": fail_late}), patience=lambda: 0)
    let_go.set()

    assert left_behind == {}
    assert fanout.run(all_at_once({"next": lambda: "answer"})) == {"next": "answer"}


def test_an_exception_there_was_time_for_is_raised_when_patience_is_over(fanout, hanging):
    waits: list[float] = []

    def patience() -> float:
        waits.append(0.0 if waits else PATIENCE)
        return waits[-1]

    with pytest.raises(KeyError):
        fanout.run(all_at_once({"broken": raises_key_error, "hanging": hanging}), patience=patience)

    assert waits == [PATIENCE, 0.0]


def test_an_error_in_choosing_the_next_question_is_raised_at_once(fanout, hanging):
    def next_calls(results: Mapping[str, object]) -> Mapping[str, Callable[[], object]]:
        if results:
            raise ValueError("a bug")
        return {"hanging": hanging, "quick": lambda: "answer"}

    with pytest.raises(ValueError, match="a bug"):
        fanout.run(next_calls)


def test_no_more_threads_work_than_allowed_and_all_bear_the_name():
    fanout, lock = Fanout(2, "asking"), threading.Lock()
    at_work, most, names = 0, 0, set()

    def ask() -> None:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
            names.add(threading.current_thread().name.rsplit("_", 1)[0])
        with lock:
            at_work -= 1

    fanout.run(all_at_once(dict.fromkeys(range(200), ask)))
    fanout.close()

    assert most <= 2
    assert names == {"asking"}


def test_many_askers_share_one_small_pool_and_all_are_answered():
    fanout = Fanout(2, "asking")
    results: list[int] = []

    def ask() -> None:
        results.append(sum(fanout.run(all_at_once({"a": lambda: 1, "b": lambda: 2, "c": lambda: 3})).values()))

    askers = [threading.Thread(target=ask) for _ in range(32)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(PATIENCE)
    fanout.close()

    assert results == [6] * 32


def test_after_close_none_of_its_threads_is_left():
    fanout, barrier = Fanout(3, "leaving"), threading.Barrier(3, timeout=PATIENCE)
    fanout.run(all_at_once(dict.fromkeys(range(3), barrier.wait)))

    fanout.close()

    assert not [thread for thread in threading.enumerate() if thread.name.startswith("leaving")]
