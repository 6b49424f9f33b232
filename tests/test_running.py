"""Stretches of tasks: in threads where these are sooner, always in order, each once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import groupby

import pytest

from mitool.tasks import running
from mitool.tasks.running import ALONE, LONG, TOGETHER, Stretch, in_threads

N_THREADS = 2
ROUND = TOGETHER * N_THREADS
Run = Callable[[int, float, float], list[tuple[bool, int]]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run stretches of one task each on a clock of its own; tell where in turn, and how many."""
    here, held, now = threading.current_thread(), threading.Lock(), [0.0]
    monkeypatch.setattr(running.time, "perf_counter", lambda: now[0])

    def of(n_tasks: int, seconds_here: float, seconds_there: float) -> list[tuple[bool, int]]:
        def begin(numbers: range) -> Stretch[bool]:
            is_here = threading.current_thread() is here
            seconds = seconds_here if is_here else seconds_there
            with held:
                now[0] += seconds
            return Stretch(numbers, [is_here], seconds)

        cuts = (range(i, i + 1) for i in range(n_tasks))
        done = list(in_threads(begin, cuts, N_THREADS))
        assert [one.numbers.start for one in done] == list(range(n_tasks))
        return [(where, len(list(some))) for where, some in groupby(one.results[0] for one in done)]

    return of


def test_short_tasks_are_left_to_one_thread_that_is_sooner_and_threads_are_tried_again(
    run: Run,
) -> None:
    wanted = [(False, ROUND), (True, 1 + ALONE), (False, ROUND), (True, 1 + ALONE), (False, 5)]
    assert run(2 * (ROUND + 1 + ALONE) + 5, 0.001, 0.002) == wanted


def test_threads_that_are_sooner_are_kept_but_for_a_stretch_now_and_then(run: Run) -> None:
    wanted = [(False, ROUND), (True, 1), (False, ROUND), (True, 1), (False, 3)]
    assert run(2 * (ROUND + 1) + 3, 0.002, 0.001) == wanted


def test_long_tasks_are_not_tried_by_one_thread(run: Run) -> None:
    assert run(5 * ROUND, LONG / 4, LONG) == [(False, 5 * ROUND)]


def test_few_tasks_end_within_the_first_round(run: Run) -> None:
    assert run(3, 0.001, 0.002) == [(False, 3)]
    assert run(0, 0.001, 0.002) == []
