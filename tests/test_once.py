"""Attributes computed once: kept, and never a reason for two threads to wait for each other."""

from __future__ import annotations

import threading

from mitool.once import once


class Counted:
    def __init__(self) -> None:
        self.n_made = 0

    @once
    def value(self) -> int:
        """The value."""
        self.n_made += 1
        return 42


class Crossed:
    """``first`` of one needs ``second`` of the other, and the reverse, at the same moment."""

    other: Crossed

    def __init__(self, meeting: threading.Barrier) -> None:
        self.meeting = meeting

    @once
    def first(self) -> int:
        self.meeting.wait(5)
        return self.other.second_leaf

    @once
    def second(self) -> int:
        self.meeting.wait(5)
        return self.other.first_leaf

    @once
    def first_leaf(self) -> int:
        return 1

    @once
    def second_leaf(self) -> int:
        return 2


def test_it_is_made_once_and_found_in_the_instance():
    counted = Counted()
    assert (counted.value, counted.value, counted.n_made) == (42, 42, 1)
    assert Counted.value.__doc__ == "The value."


def test_two_threads_inside_the_same_attribute_do_not_wait_for_each_other():
    meeting = threading.Barrier(2)
    one, two = Crossed(meeting), Crossed(meeting)
    one.other, two.other = two, one
    found: list[int] = []
    threads = [threading.Thread(target=lambda c=c: found.append(c.first)) for c in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [2, 2]
