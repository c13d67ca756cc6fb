"""Questions asked at the same time, shown by barriers: nobody passes one alone."""

import threading
from contextvars import ContextVar
from datetime import timedelta

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


def raises_key_error() -> str:
    raise KeyError("a bug")


def test_questions_run_at_the_same_time(fanout):
    barrier = threading.Barrier(4, timeout=PATIENCE)

    arrived = fanout.run(dict.fromkeys(range(4), barrier.wait))

    assert sorted(arrived.values()) == [0, 1, 2, 3]


def test_results_stand_under_their_names_in_the_order_asked(fanout):
    results = fanout.run({"b": lambda: 2, "a": lambda: 1, "c": lambda: 3})

    assert list(results.items()) == [("b", 2), ("a", 1), ("c", 3)]


def test_no_question_has_no_result(fanout):
    assert fanout.run({}) == {}


def test_each_question_takes_the_context_of_the_asker_along(fanout):
    barrier = threading.Barrier(3, timeout=PATIENCE)

    def ask() -> tuple[str, float | None]:
        barrier.wait()
        return colour.get(), deadline.remaining()

    token = colour.set("blue")
    with deadline.within(timedelta(hours=1)):
        results = fanout.run(dict.fromkeys("abc", ask))
    colour.reset(token)

    assert {seen for seen, _ in results.values()} == {"blue"}
    assert all(left is not None and 3590 < left <= 3600 for _, left in results.values())


def test_what_a_question_does_to_its_context_does_not_reach_the_asker(fanout):
    fanout.run(dict.fromkeys("ab", lambda: colour.set("red")))

    assert colour.get() == "none"


def test_a_call_that_raises_does_not_stop_the_others(fanout):
    barrier = threading.Barrier(2, timeout=PATIENCE)
    ended = []

    def ask() -> str:
        barrier.wait()
        ended.append("slow")
        return "answer"

    def fail() -> str:
        barrier.wait()
        return raises_key_error()

    with pytest.raises(KeyError):
        fanout.run({"broken": fail, "slow": ask})

    assert ended == ["slow"]


@pytest.mark.parametrize("names", ["abc", "cba"])
def test_of_several_exceptions_the_first_in_order_is_raised(fanout, names):
    def failing(name: str) -> str:
        raise LookupError(name)

    with pytest.raises(LookupError, match=names[0]):
        fanout.run({name: lambda name=name: failing(name) for name in names})


def test_a_spent_deadline_raised_by_one_call_is_raised_as_it_is(fanout):
    with pytest.raises(DeadlineSpent), deadline.within(timedelta(0)):
        fanout.run({"a": lambda: "answer", "b": deadline.check})


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

    fanout.run(dict.fromkeys(range(200), ask))
    fanout.close()

    assert most <= 2
    assert names == {"asking"}


def test_many_askers_share_one_small_pool_and_all_are_answered():
    fanout = Fanout(2, "asking")
    results: list[int] = []

    def ask() -> None:
        results.append(sum(fanout.run({"a": lambda: 1, "b": lambda: 2, "c": lambda: 3}).values()))

    askers = [threading.Thread(target=ask) for _ in range(32)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(PATIENCE)
    fanout.close()

    assert results == [6] * 32


def test_after_close_none_of_its_threads_is_left():
    fanout, barrier = Fanout(3, "leaving"), threading.Barrier(3, timeout=PATIENCE)
    fanout.run(dict.fromkeys(range(3), barrier.wait))

    fanout.close()

    assert not [thread for thread in threading.enumerate() if thread.name.startswith("leaving")]
