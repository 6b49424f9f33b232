"""One ordered map over workers, and the only place that knows threads.

One level at a time: over pairs, else over resamples, else over slices of query rows. The level
that is chosen runs its items in threads; whatever those items do themselves runs in one.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from itertools import pairwise
from time import perf_counter
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 4  # tasks in flight for each worker: enough to keep it busy, few enough to stay small
ROWS_PER_SLICE = 8_192  # a slice should outlast the start of a thread many times over

LONG = 0.005
"""Seconds of an item that is worth a thread: replicates of 0.1 ms at a time took twice as long."""

ROWS_TOGETHER = 1_024  # a slice begins where a strip does, and where a line of the cache does

_idle: dict[int, ThreadPoolExecutor] = {}
_threads_inside: ContextVar[int] = ContextVar("threads_inside", default=1)


def ordered_map(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    n_jobs: int = 1,
) -> Generator[Result]:
    """Yield ``function(item)`` in the order of the items, the same for every ``n_jobs``.

    The first error comes out where its result would have. Items are drawn as results are taken,
    so a large iterable is held only a few items ahead. Close it if not all results are taken: else
    its threads end whenever it is collected, which may be in one of them.
    """
    if n_jobs <= 1:
        yield from map(function, items)
        return
    with _threads(n_jobs) as pool:
        yield from in_order(lambda item: pool.submit(function, item), items, n_jobs)


def map_if_long(
    function: Callable[[Item], Result], items: Iterable[Item], n_jobs: int = 1
) -> Generator[Result]:
    """Map in order: here as long as items are short, in threads from the first that is not.

    Of a short item most is Python, which one thread runs at a time: two that take turns at it may
    need up to three times as long as one.
    """
    left = iter(items)
    for item in left if n_jobs > 1 else ():
        start = perf_counter()
        result = function(item)
        is_long = perf_counter() - start >= LONG
        yield result
        if is_long:
            break
    yield from ordered_map(function, left, n_jobs)


@contextmanager
def _threads(n_jobs: int) -> Iterator[ThreadPoolExecutor]:
    """Give threads that wait for nothing else; once all of their work is done they are kept.

    Short maps follow one another, and a thread takes as long to start as some of them to run.
    """
    pool = _idle.pop(n_jobs, None) or ThreadPoolExecutor(n_jobs)
    try:
        yield pool
    except BaseException:
        pool.shutdown()
        raise
    if _idle.setdefault(n_jobs, pool) is not pool:
        pool.shutdown()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: _idle.clear())  # threads are not forked


def over_ranges(
    function: Callable[[range], Iterable[Result]],
    n_items: int,
    at_once: int,
    n_jobs: int = 1,
    *,
    are_compiled: bool = True,
) -> Generator[Result]:
    """Yield the results of items 0, 1, … in order, of which a thread takes so many ``at_once``.

    If most of them is not compiled, threads take them only where they are long.
    """
    mapped = ordered_map if are_compiled else map_if_long

    def results(start: int) -> list[Result]:
        return list(function(range(start, min(start + at_once, n_items))))

    for some in mapped(results, range(0, n_items, at_once), n_jobs):
        yield from some


def in_order(
    submit: Callable[[Item], Future[Result]], items: Iterable[Item], n_workers: int
) -> Generator[Result]:
    """Yield what comes of each item that is submitted, in order, with only a few under way."""
    waiting: deque[Future[Result]] = deque()
    try:
        for item in items:
            waiting.append(submit(item))
            if len(waiting) >= AHEAD * max(n_workers, 1):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


@contextmanager
def threads_inside(n_jobs: int) -> Iterator[None]:
    """Let ``for_slices`` and ``map_inside`` use threads in this block.

    New threads start without the permission.
    """
    token = _threads_inside.set(n_jobs)
    try:
        yield
    finally:
        _threads_inside.reset(token)


def map_inside(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Map in order, in as many threads as the block around it may use."""
    return ordered_map(function, items, _threads_inside.get())


def map_over_rows(
    function: Callable[[Item], Result], items: Iterable[Item], n_rows: int
) -> Iterator[Result]:
    """Map in order what takes each many rows: in threads where ``for_slices`` would use them."""
    return map_inside(function, items) if is_sliced(n_rows) else map(function, items)


def call_over_rows(calls: Iterable[Callable[[], object]], n_rows: int) -> None:
    """Call what takes each many rows and leaves what it makes where it will be found."""
    for _ in map_over_rows(lambda call: call(), calls, n_rows):
        pass


def is_sliced(n_rows: int) -> bool:
    """Tell whether ``for_slices`` would cut so many rows into slices."""
    return _threads_inside.get() > 1 and n_rows >= 2 * ROWS_PER_SLICE


def for_slices(function: Callable[[int, int], None], n_rows: int) -> None:
    """Call ``function(start, stop)`` over all rows; it writes what it finds into its own slice.

    There are as many slices for each thread, about equal; one that is done early takes more.
    """
    if not is_sliced(n_rows):
        function(0, n_rows)
        return
    n_threads = _threads_inside.get()
    n_slices = n_threads * max(1, round(n_rows / (n_threads * ROWS_PER_SLICE)))
    inner = (n_rows * i // n_slices // ROWS_TOGETHER * ROWS_TOGETHER for i in range(n_slices))
    left = deque(pairwise((*inner, n_rows)))

    def some(_: int) -> None:
        for ends in taken_from(left):
            function(*ends)

    for _ in map_inside(some, range(n_threads)):
        pass


def taken_from(left: deque[Item]) -> Iterator[Item]:
    """Take one item after another, as other threads do too, until none is left."""
    with suppress(IndexError):
        while True:
            yield left.popleft()
