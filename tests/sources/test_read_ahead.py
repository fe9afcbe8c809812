import threading
import time

import pytest

from perfusion_cam.sources.read_ahead import read_ahead


def readers():
    return [thread for thread in threading.enumerate() if thread.name == "read-ahead"]


def test_all_items_in_order():
    assert list(read_ahead(range(1000), depth=3)) == list(range(1000))
    assert readers() == []


def test_nothing_is_all_right():
    assert list(read_ahead([])) == []


def test_exceptions_are_passed_on_after_the_items_before_them():
    def failing():
        yield 1
        yield 2
        raise OSError("gone")

    seen = []
    with pytest.raises(OSError, match="gone"):
        seen.extend(read_ahead(failing()))
    items = read_ahead(failing())
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(OSError, match="gone"):
        next(items)
    assert readers() == []


@pytest.mark.parametrize("taken", [1, 2, 7])
@pytest.mark.parametrize("depth", [1, 4])
def test_stopping_early_leaves_no_thread(taken, depth):
    produced = []

    def endless():
        while True:
            produced.append(0)
            yield 0

    items = read_ahead(endless(), depth)
    for _ in range(taken):
        next(items)
    items.close()
    assert readers() == []
    assert len(produced) <= taken + depth + 3


def test_a_slow_producer_is_waited_for_when_stopping():
    def slow():
        while True:
            time.sleep(0.05)
            yield 0

    items = read_ahead(slow())
    next(items)
    items.close()
    assert readers() == []


def test_no_thread_before_the_first_item():
    read_ahead(range(5))
    assert readers() == []


def test_it_stays_ahead_but_not_more_than_depth():
    produced = []

    def counted():
        for number in range(100):
            produced.append(number)
            yield number

    items = read_ahead(counted(), depth=4)
    next(items)
    deadline = time.monotonic() + 5
    while len(produced) < 6 and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(0.02)
    assert len(produced) == 6  # one taken, four waiting, one at the door
    items.close()


def test_depth_is_checked_at_once():
    with pytest.raises(ValueError, match="depth"):
        read_ahead([], depth=0)
