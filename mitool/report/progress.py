"""How far the work is, on standard error: a bar on a terminal, else a line a minute."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

Item = TypeVar("Item")

SECONDS_BETWEEN_LINES = 60.0
SECONDS_BETWEEN_STEPS = 0.1  # of a bar


def one(item: Any) -> int:
    """Count an item as one."""
    return 1


def followed(
    items: Iterable[Item], total: int, what: str, n_in: Callable[[Item], int] = one
) -> Iterator[Item]:
    """Pass items on and show how many of ``total`` there were; an item counts as ``n_in`` says."""
    return (_barred if sys.stderr.isatty() else _lined)(items, total, what, n_in)


def _barred(
    items: Iterable[Item], total: int, what: str, n_in: Callable[[Item], int]
) -> Iterator[Item]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task, last, n_done = progress.add_task(what, total=total), time.monotonic(), 0
        for item in items:
            yield item
            n_done += n_in(item)
            if (now := time.monotonic()) - last >= SECONDS_BETWEEN_STEPS:
                last = now
                progress.update(task, completed=n_done)


def _lined(
    items: Iterable[Item], total: int, what: str, n_in: Callable[[Item], int]
) -> Iterator[Item]:
    start = last = time.monotonic()
    n_done = 0
    for item in items:
        yield item
        n_done += n_in(item)
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LINES:
            last, left = now, (now - start) / n_done * (total - n_done)
            tell(f"{n_done} of {total} {what}, about {left:.0f} s left")


def tell(text: str) -> None:
    """Write a line of progress."""
    sys.stderr.write(f"mitool: {text}\n")
    sys.stderr.flush()
