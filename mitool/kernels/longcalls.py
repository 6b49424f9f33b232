"""Calls that take minutes: who listens is told how far they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

SECONDS_BETWEEN = 60.0

_listeners: list[Callable[[str], None]] = []


@contextmanager
def telling(tell: Callable[[str], None]) -> Iterator[None]:
    """Have ``tell`` hear, inside, how far calls are that take minutes; others are not told."""
    before, _listeners[:] = list(_listeners), [tell]
    try:
        yield
    finally:
        _listeners[:] = before


@contextmanager
def long_call(what: str, seconds: float) -> Iterator[None]:
    """Tell once a minute how long a call takes, of which about so many ``seconds`` are foreseen.

    It has to leave the interpreter to other threads meanwhile.
    """
    done, tell = Event(), _listeners[-1] if _listeners else None
    if tell is None or seconds < SECONDS_BETWEEN:
        yield
        return

    def watch() -> None:
        n_times = 0
        while not done.wait(SECONDS_BETWEEN):
            n_times += 1
            tell(f"{what}: {n_times * SECONDS_BETWEEN:.0f} of about {seconds:.0f} s")

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
